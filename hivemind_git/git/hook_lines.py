"""The lines that stand in git's hooks: what they source from `hivemind/` in the git common dir, and how.

They name no path, find the common dir with what git sets for a hook, and leave the hook that follows its standard
input, arguments, options, variables and exit status. All but those of pre-push run in a subshell whose end nobody asks
for; those of pre-push read the refs, give them back, and may stop the push, the one command that a hook of ours may
stop.
"""

from __future__ import annotations

HOOKS = ("pre-commit", "post-commit", "post-rewrite", "pre-push")
PUSH = "pre-push"
HINT_SCRIPT = "git-hook"
PUSH_SCRIPT = "git-push"
SCRIPTS = {HINT_SCRIPT: "hint", PUSH_SCRIPT: "push"}
"""Name in the state folder → name in `hooks/git`."""

BEGIN = b"# >>> hivemind-git"
END = b"# <<< hivemind-git"
HEADLINE = "# >>> hivemind-git: leaves a hint of commits; `git hivemind uninstall` takes these lines out\n"
_PUSH_HEADLINE = (
    "# >>> hivemind-git: sessions are pushed only where sync is on; `git hivemind uninstall` takes these lines out\n"
)
_COMMON_DIR = (
    '[ ! -f "$d/commondir" ] || IFS= read -r c <"$d/commondir"',
    "case $c in '') ;; /*) d=$c ;; *) d=$d/$c ;; esac",
)
# In the main worktree the first line alone tells that no assistant was ever here, without a fork.
_IF = 'if [ -d "${GIT_DIR:-.git}/hivemind/journal" ] || [ -f "${GIT_DIR:-.git}/commondir" ]; then ('
_HINT = (
    "hook={hook} d=${{GIT_DIR:-.git}} c=",
    *_COMMON_DIR,
    f'[ ! -f "$d/hivemind/{HINT_SCRIPT}" ] || . "$d/hivemind/{HINT_SCRIPT}"',
)
_FI = "); fi </dev/null >/dev/null 2>&1 || :"
_READ = "hivemind_refs=$(cat) || :"
_GUARD = (
    "d=${GIT_DIR:-.git} c=",
    *_COMMON_DIR,
    f'[ ! -f "$d/hivemind/{PUSH_SCRIPT}" ] || . "$d/hivemind/{PUSH_SCRIPT}"',
)
_STOP = ") </dev/null >/dev/null || [ $? -ne 77 ] || exit 1"
# A here-document of nothing is an empty line, and git gives nothing where nothing is pushed.
_GIVE_BACK = 'exec <<hivemind_refs\n$hivemind_refs\nhivemind_refs\n[ -n "$hivemind_refs" ] || exec </dev/null\n'


def block(hook: str) -> bytes:
    """The lines of a hook's file, between our marks."""
    if hook == PUSH:
        inside = "".join(f"  {line}\n" for line in _GUARD)
        return f"{_PUSH_HEADLINE}{_READ}\n(\n{inside}{_STOP}\n{_GIVE_BACK}".encode() + END + b"\n"
    inside = "".join(f"  {line}\n" for line in _HINT).format(hook=hook)
    return f"{HEADLINE}{_IF}\n{inside}{_FI}\n".encode() + END + b"\n"


def section(hook: str) -> bytes:
    """A hook in git's configuration (`hook.<name>.command`, since Git 2.54), with a standard input of its own.

    Git adds the hook's arguments to the command, and `:` does not mind them.
    """
    if hook == PUSH:
        command = f"{_READ}; ( {'; '.join(_GUARD)} {_STOP}; :"
    else:
        command = f"{_IF} {'; '.join(_HINT).format(hook=hook)} {_FI}"
    quoted = command.replace("\\", "\\\\").replace('"', '\\"')
    return f'[hook "hivemind-{hook}"]\n\tevent = {hook}\n\tcommand = "{quoted}"\n'.encode()
