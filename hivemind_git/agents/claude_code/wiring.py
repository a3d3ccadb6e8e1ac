"""Where Claude Code is told to call us: hooks in its settings files."""

from __future__ import annotations

from pathlib import Path

from hivemind_git.agents import exclude, jsonedit
from hivemind_git.agents.base import Call, Checkout, Fault, Machine, Scope, Wired
from hivemind_git.agents.claude_code.disk import AGENT, config_folders
from hivemind_git.agents.hookfile import Hook, HookFile
from hivemind_git.wiring import FileChange

_LOCAL = ".claude/settings.local.json"
_PROJECT = ".claude/settings.json"
_EDITS = "Edit|MultiEdit|Write|NotebookEdit"

HOOKS = (
    Hook("SessionStart", "", "seals what a session that was killed left behind, and tells the person what waits"),
    Hook("UserPromptSubmit", "", "keeps the person's words, whatever becomes of the transcript"),
    Hook(
        "PreToolUse", f"Bash|{_EDITS}", "opens the window in which what a command writes is the agent's; recalls rules"
    ),
    Hook("PostToolUse", f"Bash|{_EDITS}", "keeps what was written, and closes the window"),
    Hook("PostToolUseFailure", "Bash", "closes the window of a command that failed"),
    Hook("Stop", "", "seals the turn; refusals and interrupts come from the transcript then"),
    # Without a time of its own it is cut off after 1.5 s.
    Hook("SessionEnd", "", "seals the session"),
)
_OURS = HookFile(AGENT, HOOKS)


def wire(checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:
    """The changes that register our hooks for a scope; none where they are registered.

    Raises:
        HivemindError: a settings file is malformed, or is git's where it must be one person's.
    """
    changes = [_OURS.registered(path) for path in _files(checkout, machine, scope)]
    if scope is Scope.LOCAL:
        exclude.refuse_committed(checkout, _LOCAL, "Claude Code")
        hidden = exclude.hide(checkout, _LOCAL, "Claude Code's settings of one person")
        changes += [hidden] if hidden else []
    return [change for change in changes if not change.empty]


def untangle(path: Path, content: bytes) -> bytes | None:
    """A settings or exclude file without our part; None where it has none, or cannot be read."""
    if path.name == "exclude":
        return exclude.shown_again(content)
    if path.name not in {"settings.json", "settings.local.json"}:
        return None
    return _OURS.untangled(content)


def wired(checkout: Checkout, machine: Machine) -> Wired:
    """The settings files that register all our hooks."""
    places = [path for scope in Scope for path in _files(checkout, machine, scope)]
    return Wired(tuple(dict.fromkeys(path for path in places if _OURS.registers(path))))


def calls(checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
    """How Claude Code runs our hooks: by the system's shell, in the project."""
    environ = {"CLAUDE_PROJECT_DIR": str(checkout.top)}
    commands = (command for path in wired(checkout, machine).files for command in _OURS.commands(path))
    return tuple(Call(("/bin/sh", "-c", command), checkout.top, environ) for command in dict.fromkeys(commands))


def faults(checkout: Checkout, machine: Machine) -> tuple[Fault, ...]:
    """Settings that keep Claude Code from running any hook."""
    found = []
    for path in dict.fromkeys(path for scope in Scope for path in _files(checkout, machine, scope)):
        try:
            settings = jsonedit.read(path.read_bytes())
        except (OSError, ValueError):
            continue
        if isinstance(settings, dict) and settings.get("disableAllHooks") is True:
            found.append(Fault(f"{path} switches all hooks off", f'take "disableAllHooks" out of {path}'))
    return tuple(found)


def _files(checkout: Checkout, machine: Machine, scope: Scope) -> list[Path]:
    if scope is Scope.USER:
        folders = config_folders(machine)
        named = machine.environ.get("CLAUDE_CONFIG_DIR")
        return [(folders[0] if folders else Path(named) if named else machine.home / ".claude") / "settings.json"]
    name = _LOCAL if scope is Scope.LOCAL else _PROJECT
    # Newer versions read the main worktree's settings in all worktrees, older ones only those where they stand. The
    # same command in several files runs once.
    main = [checkout.common.parent] if scope is Scope.LOCAL and checkout.common.name == ".git" else []
    return list(dict.fromkeys(top / name for top in [checkout.top, *main]))
