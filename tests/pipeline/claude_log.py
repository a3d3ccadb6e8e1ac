"""Claude Code as the file system shows it: transcripts below a home folder, and payloads in the journal."""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_HOOKS = itertools.count(1)


@dataclass
class Log:
    """One transcript, written record by record as the client does."""

    home: Path
    top: Path
    session: str
    minute: int = 0
    day: str = "2026-01-02"
    agent: str | None = None
    count: Iterator[int] = field(default_factory=itertools.count)
    now: Callable[[], str] | None = None

    @property
    def path(self) -> Path:
        folder = self.home / ".claude/projects" / re.sub(r"[^A-Za-z0-9]", "-", str(self.top))
        return (
            folder / self.session / f"subagents/agent-{self.agent}.jsonl"
            if self.agent
            else (folder / f"{self.session}.jsonl")
        )

    def add(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Appends a record."""
        n = next(self.count)
        record = {
            "type": kind,
            "uuid": f"{self.session}-{self.agent or 'main'}-{n}",
            "parentUuid": None,
            "sessionId": self.session,
            "isSidechain": self.agent is not None,
            "timestamp": self.now() if self.now else f"{self.day}T03:{self.minute:02d}:{n:02d}.000Z",
            "cwd": str(self.top),
            **fields,
        }
        self.append(record)
        return record

    def append(self, *records: dict[str, Any]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a") as stream:
            stream.writelines(json.dumps(record) + "\n" for record in records)

    def prompt(self, text: str) -> None:
        n = next(self.count)
        self.add("user", promptId=f"{self.session}-p{n}", message={"role": "user", "content": text})

    def says(self, text: str) -> None:
        self._assistant({"type": "text", "text": text})

    def writes(self, use: str, name: str, text: str) -> None:
        """A use of Write that made a new file."""
        path = str(self.top / name)
        self._assistant({"type": "tool_use", "id": use, "name": "Write", "input": {"file_path": path, "content": text}})
        detail = {"type": "create", "filePath": path, "content": text, "structuredPatch": [], "originalFile": None}
        self._result(use, f"File created successfully at: {path}", detail)

    def uses(self, use: str, tool: str, asked: dict[str, Any], said: str, detail: dict[str, Any]) -> None:
        """A use of any tool, and what came of it."""
        self._assistant({"type": "tool_use", "id": use, "name": tool, "input": asked})
        self._result(use, said, detail)

    def refuses(self, use: str, name: str, text: str, why: str) -> None:
        """A use of Write that the person refused, with the reason."""
        path = str(self.top / name)
        self._assistant({"type": "tool_use", "id": use, "name": "Write", "input": {"file_path": path, "content": text}})
        said = (
            "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file "
            "edit, the new_string was NOT written to the file). To tell you how to proceed, the user said:\n"
        )
        block = {"type": "tool_result", "tool_use_id": use, "content": said + why, "is_error": True}
        self.add("user", message={"role": "user", "content": [block]}, toolUseResult="User rejected tool use")

    def runs(self, use: str, command: str, output: str) -> None:
        self._assistant({"type": "tool_use", "id": use, "name": "Bash", "input": {"command": command}})
        self._result(use, output, {"stdout": output, "stderr": "", "interrupted": False})

    def reads(self, use: str, name: str, text: str) -> None:
        path = str(self.top / name)
        self._assistant({"type": "tool_use", "id": use, "name": "Read", "input": {"file_path": path}})
        lines = text.count("\n")
        shown = {"filePath": path, "content": text, "numLines": lines, "startLine": 1, "totalLines": lines}
        self._result(use, text, {"type": "text", "file": shown})

    def fork(self, session: str) -> Log:
        """Another session that begins with copies of this one's records, as `--fork-session` makes it."""
        other = Log(self.home, self.top, session, self.minute + 1, self.day)
        for line in self.path.read_text().splitlines():
            record = json.loads(line)
            root = {"requestSessionId": self.session} if record["type"] == "assistant" else {}
            other.append({**record, "sessionId": session, **root})
        return other

    def hook(self, state: Path, event: str, **fields: Any) -> Path:
        """Puts a payload into the journal, as the hook does."""
        data = {
            "session_id": self.session,
            "transcript_path": str(self.path),
            "cwd": str(self.top),
            "hook_event_name": event,
            **fields,
        }
        (state / "journal").mkdir(parents=True, exist_ok=True)
        path = state / "journal" / f"claude-code.{next(_HOOKS)}.0"
        path.write_text(json.dumps(data))
        return path

    def _assistant(self, block: dict[str, Any]) -> None:
        number = next(self.count)
        message = {"id": f"{self.session}-m{number}", "model": "opus", "role": "assistant", "content": [block]}
        self.add("assistant", requestSessionId=self.session, message=message)

    def _result(self, use: str, text: str, detail: dict[str, Any]) -> None:
        block = {"type": "tool_result", "tool_use_id": use, "content": text}
        self.add("user", message={"role": "user", "content": [block]}, toolUseResult=detail)


def grow_older(path: Path, seconds: float) -> None:
    """Sets a file's time back."""
    stat = path.stat()
    os.utime(path, (stat.st_atime - seconds, stat.st_mtime - seconds))
