"""The one command line that every assistant's configuration holds, for ever."""

from __future__ import annotations

import re

_BODY = (
    'trap "exit 0" 0; exec 2>/dev/null; '
    "case $HIVEMIND_CAPTURE in false|0|off|no) ;; *) "
    "unset GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR; "
    'case $CLAUDE_PROJECT_DIR in /*) cd "$CLAUDE_PROJECT_DIR";; esac; '
    "h=.git; [ -f .git ] && read -r g h <.git; "
    '[ -f "$h/commondir" ] && h=$h/../..; '
    'h=$h/hivemind/hook; [ -O .git ] && [ -r "$h" ] || '
    "h=$(git -c safe.bareRepository=explicit rev-parse --git-common-dir)/hivemind/hook; "
    '[ -r "$h" ] && . "$h";; esac; exec cat >/dev/null'
)
_AGENT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def command_line(agent: str) -> str:
    """What the configuration of `agent` runs at each of its events, with the event's payload on standard input.

    The text never changes: Codex's trust hash covers it, and one byte more switches a trusted hook off without a word.
    All that may have to change is in the file it sources, `<git common dir>/hivemind/hook` (shipped as
    `hooks/agent/hook`), with the assistant's name in `$1` and its own path in `$h`. Why each part is there:

    - `sh -c '…'` around it all: Codex runs hooks with `$SHELL -lc`, which may be fish; Hermes splits the line into
      words and uses no shell. No single quote, backslash, newline or `${` is inside: somebody on the way might
      expand it.
    - `trap "exit 0" 0`: a syntax error in a sourced file ends a POSIX shell with 2, which Claude Code and Codex read as
      "block the tool". `exec 2>/dev/null`: nobody without us, or without git, sees a message.
    - `HIVEMIND_CAPTURE` is looked at here, so that switching off needs neither git nor the file.
    - `unset GIT_DIR …`: an agent started by a git hook or by `rebase --exec` inherits them, and they may name another
      repository. The folder decides.
    - `cd` only to an absolute path: Claude Code's project folder stays while the agent's `cd` moves the current one. An
      empty argument would follow an exported CDPATH. If the folder is gone, the current one serves.
    - `h=.git; …`: at the top of a worktree the hook is found without git, which saves a process, and works where a
      desktop application has no git on its PATH. `.git` is a file in submodules and linked worktrees; only the latter
      have `commondir`. `-O`: only where `.git` is the user's own, as git's `safe.directory` has it, or anybody could
      leave a script for us in /tmp.
    - `git rev-parse` finds it from sub-folders and in all other cases. `safe.bareRepository`: a clone can carry a
      folder that looks like a bare repository, with a `hivemind/hook` by its author. Git before 2.38 ignores the
      setting. No `--path-format`, which needs git 2.31: a relative answer is as good.
    - `.` and not `sh`: one process less.
    - `exec cat >/dev/null` when nothing was captured: where nobody reads the payload, Codex reports "failed to write
      hook stdin: Broken pipe" at each tool use, and older versions of Claude Code crash.

    Raises:
        ValueError: `agent` is not a lower-case name of letters, digits and single hyphens.
    """
    if not _AGENT.fullmatch(agent):
        raise ValueError(f"not an assistant's name: {agent!r}")
    return f"sh -c '{_BODY}' hivemind {agent}"


def is_ours(command: object, agent: str) -> bool:
    """Whether a configured command is our line for an assistant; by its end, for an older one may have another body."""
    return isinstance(command, str) and command.startswith("sh -c '") and command.endswith(f"' hivemind {agent}")
