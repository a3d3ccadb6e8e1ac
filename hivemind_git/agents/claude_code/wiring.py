"""Where Claude Code is told to call us: hooks in its settings files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hivemind_git.agents import exclude, jsonedit
from hivemind_git.agents.base import Checkout, Machine, Scope, Wired
from hivemind_git.agents.claude_code.disk import config_folders
from hivemind_git.agents.claude_code.tools import AGENT
from hivemind_git.agents.command import command_line
from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.model import Json
from hivemind_git.wiring import FileChange

_LOCAL = ".claude/settings.local.json"
_PROJECT = ".claude/settings.json"
_TIMEOUT_SECONDS = 10
"""Session end is cut off after 1.5 s without one; a tool use is not held up longer by a disk that hangs."""


@dataclass(frozen=True, slots=True)
class Hook:
    """An event that we listen to, of which tools (all where `matcher` is empty), and why that is worth a process."""

    event: str
    matcher: str
    why: str


HOOKS = (
    Hook("SessionStart", "", "seals what a session that was killed left behind, and tells the person what waits"),
    Hook("UserPromptSubmit", "", "keeps the person's words, whatever becomes of the transcript"),
    Hook("PreToolUse", "Bash", "opens the window in which what a command writes is the agent's"),
    Hook("PostToolUse", "Bash|Edit|MultiEdit|Write|NotebookEdit", "keeps what was written, and closes the window"),
    Hook("PostToolUseFailure", "Bash", "closes the window of a command that failed"),
    Hook("Stop", "", "seals the turn; refusals and interrupts come from the transcript then"),
    Hook("SessionEnd", "", "seals the session"),
)


def wire(checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:
    """The changes that register our hooks for a scope; none where they are registered.

    Raises:
        HivemindError: a settings file is malformed, or is git's where it must be one person's.
    """
    changes = [_registered(path) for path in _files(checkout, machine, scope)]
    if scope is Scope.LOCAL:
        _refuse_committed(checkout)
        hidden = exclude.hide(checkout, _LOCAL, "Claude Code's settings of one person")
        changes += [hidden] if hidden else []
    return [change for change in changes if not change.empty]


def untangle(path: Path, content: bytes) -> bytes | None:
    """A settings or exclude file without our part; None where it has none, or cannot be read."""
    if path.name == "exclude":
        return exclude.shown_again(content)
    if path.name not in {"settings.json", "settings.local.json"}:
        return None
    try:
        clean = _without(content)
    except ValueError:
        return None
    return None if clean == content else clean


def wired(checkout: Checkout, machine: Machine) -> Wired:
    """The settings files that register all our hooks."""
    places = [path for scope in Scope for path in _files(checkout, machine, scope)]
    return Wired(tuple(dict.fromkeys(path for path in places if _registers(path))))


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


def _refuse_committed(checkout: Checkout) -> None:
    repository = Repository.containing(checkout.top)
    head = repository.head()
    if head and repository.entry(head, _LOCAL):
        raise HivemindError(
            f"{_LOCAL} is committed in this repository, so it is not one person's",
            "Wire Claude Code with --project for everybody, or with --user for yourself.",
        )


def _registered(path: Path) -> FileChange:
    change = FileChange.to(path, None)
    content = change.before or b""
    try:
        after = content if _complete(content) else _with(_without(content))
    except ValueError as error:
        raise HivemindError(
            f"{path} cannot be extended: {error}", "Mend the file, then run the command again; nothing was changed."
        ) from error
    return FileChange(path, change.before, after, change.mode)


def _registers(path: Path) -> bool:
    try:
        return _complete(path.read_bytes())
    except (OSError, ValueError):
        return False


def _complete(content: bytes) -> bool:
    """Whether a settings file holds our entries, all of them and no other."""
    found = {event: ours for event, groups in _events(content) if (ours := [one for one in groups if _is_ours(one)])}
    return found == {hook.event: [_group(hook)] for hook in HOOKS} and _without(content, whole=False) == content


def _with(content: bytes) -> bytes:
    for hook in HOOKS:
        content = jsonedit.append(content, ("hooks", hook.event), _group(hook))
    return content


def _without(content: bytes, *, whole: bool = True) -> bytes:
    """The settings without our entries; `whole` false: without those alone that stand in somebody else's group."""
    for event, groups in reversed(list(_events(content))):
        for index in reversed(range(len(groups))):
            if _is_ours(groups[index]):
                continue
            content = jsonedit.remove(content, ("hooks", event, index, "hooks"), _is_our_command)
        if whole:
            content = jsonedit.remove(content, ("hooks", event), _is_ours)
    return content


def _events(content: bytes) -> Iterator[tuple[str, list[Json]]]:
    settings = jsonedit.read(content)
    hooks = settings.get("hooks") if isinstance(settings, dict) else None
    for event, groups in hooks.items() if isinstance(hooks, dict) else ():
        if isinstance(groups, list):
            yield event, groups


def _group(hook: Hook) -> dict[str, Json]:
    command: Json = {"type": "command", "command": command_line(AGENT), "timeout": _TIMEOUT_SECONDS}
    return {**({"matcher": hook.matcher} if hook.matcher else {}), "hooks": [command]}


def _is_ours(group: Json) -> bool:
    commands = group.get("hooks") if isinstance(group, dict) else None
    return isinstance(commands, list) and bool(commands) and all(map(_is_our_command, commands))


def _is_our_command(hook: Json) -> bool:
    command = hook.get("command") if isinstance(hook, dict) else None
    # By its end: an older version of ours may have had another body.
    return isinstance(command, str) and command.startswith("sh -c '") and command.endswith(f"' hivemind {AGENT}")
