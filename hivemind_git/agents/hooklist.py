"""Our entries in the hook configuration of Cursor: a flat list an event.

`{"version": 1, "hooks": {"<event>": [{"command": "…", "matcher": "…", "timeout": 10}]}}`. Our entry of an event is the
last one.
"""

from __future__ import annotations

from dataclasses import dataclass

from hivemind_git.agents import jsonedit
from hivemind_git.agents.command import command_line, is_ours
from hivemind_git.agents.hookfile import Hook, HookFile
from hivemind_git.model import Json

_VERSION = 1


@dataclass(frozen=True, slots=True)
class HookList(HookFile):
    """What we register for an assistant whose entries stand in no groups."""

    def group(self, hook: Hook) -> dict[str, Json]:
        """Our entry of an event."""
        matcher: dict[str, Json] = {"matcher": hook.matcher} if hook.matcher else {}
        return {"command": command_line(self.agent), **matcher, "timeout": hook.seconds}

    def _with(self, content: bytes) -> bytes:
        settings = jsonedit.read(content)
        # What is left out counts as 1; in a file that says something already it is not ours to add.
        if settings is None:
            content = jsonedit.put(content, ("version",), _VERSION)
        elif isinstance(settings, dict) and settings.get("version", _VERSION) != _VERSION:
            raise ValueError(f"its version is not {_VERSION}")
        return super(HookList, self)._with(content)  # a class with slots is made twice

    def _is_ours(self, group: Json) -> bool:
        return isinstance(group, dict) and is_ours(group.get("command"), self.agent)
