"""Which of Cursor's payloads tell the same thing: several hooks run at one tool use, and few of them name it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from hivemind_git.agents.cursor.edits import Replacement
from hivemind_git.agents.cursor.tools import SHELL, TASK, Answer, Asked, file_of, replacements
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, mapping, text
from hivemind_git.agents.stamp import Stamp
from hivemind_git.capture.journal import Payload

_OWN = "hook:"

OF_ONE_KIND = frozenset(
    {
        "beforeShellExecution",
        "afterShellExecution",
        "beforeMCPExecution",
        "afterMCPExecution",
        "subagentStart",
        "subagentStop",
    }
)
"""The events at a tool use of one kind, which an event at all tool uses tells as well."""


def own_id(payload: Payload) -> str:
    """What stands for the id of a thing that the client gives none: the journal's."""
    return _OWN + event_id(payload.name, round(payload.t * 1000))


def unnamed(asked: Asked) -> bool:
    """Whether the client gave no id of a use."""
    return asked.tool_use.startswith(_OWN)


def what(asked: Asked) -> str:
    """What a use asks for in its turn, by which hooks that give no id are matched to those that do."""
    said = asked.input.get("command", asked.input)
    if asked.tool.startswith("MCP:"):
        said = asked.input.get("tool_input", asked.input)
        said = said if isinstance(said, str) else json.dumps(said, separators=(",", ":"))
    return json.dumps([asked.tool, said], sort_keys=True)


def use(payload: Payload, stamp: Stamp) -> Asked | None:
    """The use that a payload at any tool use is of; None where it names none."""
    data = payload.data
    named, tool = text(data, "tool_use_id"), text(data, "tool_name")
    return Asked(named, tool, mapping(data, "tool_input"), stamp) if named and tool else None


def of_one_kind(payload: Payload, stamp: Stamp) -> tuple[Asked, Answer | None]:
    """The use that a payload of `OF_ONE_KIND` is of, and its end where it tells one."""
    data, event = payload.data, text(payload.data, "hook_event_name")
    if event.startswith("subagent"):
        return _subagent(payload, stamp)
    if event.endswith("ShellExecution"):
        asked = Asked(own_id(payload), SHELL, {"command": text(data, "command")}, stamp)
        # No exit code is told, so nobody knows whether it failed.
        return asked, Answer("unknown", text(data, "output")) if event.startswith("after") else None
    asked = Asked(own_id(payload), f"MCP:{text(data, 'tool_name')}", {"tool_input": text(data, "tool_input")}, stamp)
    return asked, Answer("ok", text(data, "result_json")) if event.startswith("after") else None


def _subagent(payload: Payload, stamp: Stamp) -> tuple[Asked, Answer | None]:
    data = payload.data
    named = text(data, "tool_call_id") or text(data, "subagent_id") or own_id(payload)
    asked: Record = {key: text(data, key) for key in ("task", "description") if text(data, key)}
    ended = text(data, "hook_event_name") == "subagentStop"
    status = {"completed": "ok", "error": "failed", "aborted": "interrupted"}.get(text(data, "status"), "unknown")
    return Asked(named, TASK, asked, stamp), Answer(status, text(data, "summary")) if ended else None


@dataclass
class Changes:
    """What the editor told of files, until the tool use that did it is told.

    The editor tells the pieces and no use; the hook after a use tells the use, and the pieces not always.
    """

    waiting: list[tuple[str, Asked]] = field(default_factory=list)
    late: dict[tuple[str, str], Asked] = field(default_factory=dict)
    alone: set[tuple[str, str]] = field(default_factory=set)

    def keep(self, change: Asked, turn: str) -> Asked | None:
        """Keeps a change; where its use was told before, the use instead, if it did not say itself what it wrote."""
        use_before = self.late.pop((turn, file_of(change.input)), None)
        if use_before is None:
            self.waiting.append((turn, change))
            return None
        return None if use_before.tells else use_before

    def of(self, asked: Asked, turn: str) -> tuple[Replacement, ...] | None:
        """The pieces of a use that is told now; None where its edit was told without it."""
        mine = [(one, change) for one, change in self.waiting if one == turn and file_of(change.input) in asked.files]
        self.waiting = [each for each in self.waiting if each not in mine]
        places = {(turn, path) for path in asked.files}
        if not mine and places & self.alone:
            self.alone -= places
            return None
        if not mine:
            self.late |= dict.fromkeys(places, asked)
        return tuple(piece for _, change in mine for piece in replacements(change.input))

    def left(self) -> Iterator[tuple[Asked, Answer]]:
        """The changes of which no use was told so far: whatever came since needs to know the files."""
        for turn, change in self.waiting:
            self.alone.add((turn, file_of(change.input)))
            yield change, Answer("ok", replacements=replacements(change.input))
        self.waiting = []
