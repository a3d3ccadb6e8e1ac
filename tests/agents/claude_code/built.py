"""Builds transcripts of Claude Code, and shows what is read of them."""

from __future__ import annotations

import itertools
import json
from typing import Any

from hivemind_git.agents.claude_code.transcript import read_transcript
from hivemind_git.agents.lines import Tally
from hivemind_git.model import Capture

TOP = "/w"


def place(path: str, cwd: str) -> tuple[str, str] | None:
    return ("main", path[len(TOP) + 1 :]) if path.startswith(f"{TOP}/") else None


class Log:
    """Builds a transcript, record by record, as version 2.0 writes them."""

    def __init__(self, session: str = "s") -> None:
        self.session = session
        self.records: list[dict[str, Any]] = []
        self._clock = itertools.count()

    def add(self, kind: str, **fields: Any) -> dict[str, Any]:
        n = next(self._clock)
        record = {
            "type": kind,
            "uuid": f"u{n}",
            "parentUuid": f"u{n - 1}" if n else None,
            "sessionId": self.session,
            "timestamp": f"2026-01-01T00:00:{n:02d}.000Z",
            "cwd": TOP,
            **fields,
        }
        self.records.append(record)
        return record

    def person(self, text: Any, **fields: Any) -> dict[str, Any]:
        return self.add("user", message={"role": "user", "content": text}, **fields)

    def says(self, text: str, **fields: Any) -> None:
        content = [{"type": "text", "text": text}]
        self.add("assistant", message={"id": f"m{len(self.records)}", "model": "opus", "content": content}, **fields)

    def asks(self, use: str, tool: str, **tool_input: Any) -> None:
        content = [{"type": "tool_use", "id": use, "name": tool, "input": tool_input}]
        self.add("assistant", message={"id": f"m{len(self.records)}", "model": "opus", "content": content})

    def answer(self, use: str, text: Any = "ok", failed: bool = False, detail: Any = None, **fields: Any) -> None:
        block = {"type": "tool_result", "tool_use_id": use, "content": text, **({"is_error": True} if failed else {})}
        self.person([block], **({} if detail is None else {"toolUseResult": detail}), **fields)

    def uses(self, use: str, tool: str, tool_input: dict[str, Any], **result: Any) -> None:
        self.asks(use, tool, **tool_input)
        self.answer(use, **result)

    def read(self, tally: Tally | None = None) -> list[Capture]:
        return list(read_transcript([json.dumps(each).encode() for each in self.records], place, tally))


def of(captures: list[Capture], kind: str) -> list[Capture]:
    return [capture for capture in captures if capture.event.kind == kind]


def fields(captures: list[Capture], kind: str, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(capture.event.fields.get(name) for name in names) for capture in of(captures, kind)]


def images(captures: list[Capture]) -> list[tuple[str, bytes | None, bytes | None, bool]]:
    return [(str(c.event.fields["path"]), c.before, c.after, c.before_known) for c in of(captures, "edit")]


def whole_read(path: str, content: str, **more: Any) -> dict[str, Any]:
    count = content.count("\n") + 1
    shown = {"filePath": path, "content": content, "startLine": 1, "numLines": count, "totalLines": count, **more}
    return {"type": "text", "file": shown}
