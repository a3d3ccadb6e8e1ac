"""Our entries in the hook configuration that Claude Code and Codex share in form.

`{"hooks": {"<event>": [{"matcher": "…", "hooks": [{"type": "command", "command": "…", "timeout": 10}]}]}}`, among
whatever else the file holds. Our entry of an event is a group of its own, the last one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hivemind_git.agents import jsonedit
from hivemind_git.agents.command import command_line, is_ours
from hivemind_git.errors import HivemindError
from hivemind_git.model import Json
from hivemind_git.wiring import FileChange


@dataclass(frozen=True, slots=True)
class Hook:
    """An event that we listen to, of which tools (all where `matcher` is empty), and why that is worth a process.

    `seconds`: how long it may take before the client goes on.
    """

    event: str
    matcher: str
    why: str
    seconds: int = 10


@dataclass(frozen=True, slots=True)
class HookFile:
    """What we register for an assistant."""

    agent: str
    hooks: tuple[Hook, ...]

    def registered(self, path: Path) -> FileChange:
        """The change that registers our hooks in a file; an empty one where they are.

        Raises:
            HivemindError: the file is malformed, or cannot be read.
        """
        change = FileChange.to(path, None)
        content = change.before or b""
        try:
            after = content if self._complete(content) else self._with(self._without(content))
        except ValueError as error:
            raise HivemindError(
                f"{path} cannot be extended: {error}", "Mend the file, then run the command again; nothing was changed."
            ) from error
        return FileChange(path, change.before, after, change.mode)

    def registers(self, path: Path) -> bool:
        """Whether a file registers all our hooks, and nothing else in our name."""
        try:
            return self._complete(path.read_bytes())
        except (OSError, ValueError):
            return False

    def untangled(self, content: bytes) -> bytes | None:
        """A file without our hooks; None where it has none, or cannot be read."""
        try:
            clean = self._without(content)
        except ValueError:
            return None
        return None if clean == content else clean

    def commands(self, path: Path) -> tuple[str, ...]:
        """Our commands as a file has them, each once; none where it cannot be read."""
        try:
            entries = [entry for _, each in _events(path.read_bytes()) for entry in each if self._is_ours(entry)]
        except (OSError, ValueError):
            return ()
        return tuple(dict.fromkeys(command for entry in entries for command in _commands(entry)))

    def events(self, path: Path) -> tuple[str, ...]:
        """All events that a file has entries for, ours or not; none where it cannot be read."""
        try:
            return tuple(event for event, _ in _events(path.read_bytes()))
        except (OSError, ValueError):
            return ()

    def groups(self, content: bytes) -> dict[str, int]:
        """By event, the number of our group in a file that registers our hooks."""
        return {
            event: at for event, groups in _events(content) for at, each in enumerate(groups) if self._is_ours(each)
        }

    def group(self, hook: Hook) -> dict[str, Json]:
        """Our group of an event."""
        command: Json = {"type": "command", "command": command_line(self.agent), "timeout": hook.seconds}
        return {**({"matcher": hook.matcher} if hook.matcher else {}), "hooks": [command]}

    def _complete(self, content: bytes) -> bool:
        """Whether a file holds our entries, all of them and no other."""
        found = {
            event: ours for event, groups in _events(content) if (ours := [one for one in groups if self._is_ours(one)])
        }
        wanted = {hook.event: [self.group(hook)] for hook in self.hooks}
        return found == wanted and self._without(content, whole=False) == content

    def _with(self, content: bytes) -> bytes:
        for hook in self.hooks:
            content = jsonedit.append(content, ("hooks", hook.event), self.group(hook))
        return content

    def _without(self, content: bytes, *, whole: bool = True) -> bytes:
        """The file without our entries; `whole` false: without those alone that stand in somebody else's group."""
        for event, groups in reversed(list(_events(content))):
            for index in reversed(range(len(groups))):
                if self._is_ours(groups[index]):
                    continue
                content = jsonedit.remove(content, ("hooks", event, index, "hooks"), self._is_our_command)
            if whole:
                content = jsonedit.remove(content, ("hooks", event), self._is_ours)
        return content

    def _is_ours(self, group: Json) -> bool:
        commands = group.get("hooks") if isinstance(group, dict) else None
        return isinstance(commands, list) and bool(commands) and all(map(self._is_our_command, commands))

    def _is_our_command(self, hook: Json) -> bool:
        return isinstance(hook, dict) and is_ours(hook.get("command"), self.agent)


def _commands(entry: Json) -> Iterator[str]:
    """The commands of a group, or of an entry that is in none."""
    if isinstance(entry, dict):
        hooks = entry.get("hooks")
        for one in hooks if isinstance(hooks, list) else [entry]:
            command = one.get("command") if isinstance(one, dict) else None
            if isinstance(command, str):
                yield command


def _events(content: bytes) -> Iterator[tuple[str, list[Json]]]:
    settings = jsonedit.read(content)
    hooks = settings.get("hooks") if isinstance(settings, dict) else None
    for event, groups in hooks.items() if isinstance(hooks, dict) else ():
        if isinstance(groups, list):
            yield event, groups
