"""Hermes's database, with those columns of its tables that are read; as 0.19.0 makes them."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, model TEXT, model_config TEXT, parent_session_id TEXT,
    started_at REAL NOT NULL, ended_at REAL, end_reason TEXT, cwd TEXT, git_branch TEXT
);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, role TEXT NOT NULL, content TEXT,
    tool_call_id TEXT, tool_calls TEXT, tool_name TEXT, timestamp REAL NOT NULL, finish_reason TEXT,
    active INTEGER NOT NULL DEFAULT 1, compacted INTEGER NOT NULL DEFAULT 0
);
"""
START = 1795227314.0


class Database:
    """A database that sessions are written into. Each message comes a second after the one before."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.path = home / "state.db"
        self._clock = START
        with self._open() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(_TABLES)

    def session(self, name: str, cwd: str, **more: Any) -> Path:
        """A session's row; its log."""
        self._clock += 1
        row = {"id": name, "source": "cli", "model": "m", "cwd": cwd, "started_at": self._clock, **more}
        self._insert("sessions", row)
        return self.path / name

    def say(self, session: str, role: str, content: str, *calls: tuple[str, str, dict[str, Any]], **more: Any) -> None:
        """A message, with tool uses as (id, name, arguments)."""
        self._clock += 1
        told = [
            {"id": call, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
            for call, name, arguments in calls
        ]
        row = {"session_id": session, "role": role, "content": content, "timestamp": self._clock, **more}
        self._insert("messages", {**row, "tool_calls": json.dumps(told) if told else None})

    def result(self, session: str, call: str, tool: str, **result: Any) -> None:
        """What a tool answered."""
        self.say(session, "tool", json.dumps(result), tool_call_id=call, tool_name=tool)

    def copied(self, session: str, of: str, messages: slice, *, t: float | None = None) -> None:
        """Messages written once more, at one time or with their own."""
        with self._open() as connection:
            rows = [dict(row) for row in connection.execute("SELECT * FROM messages WHERE session_id = ?", (of,))]
        for row in rows[messages]:
            copy = {key: value for key, value in row.items() if key != "id"}
            self._insert("messages", {**copy, "session_id": session, **({"timestamp": t} if t else {})})

    @property
    def now(self) -> float:
        return self._clock

    def _insert(self, table: str, row: dict[str, Any]) -> None:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        with self._open() as connection, connection:
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))

    def _open(self) -> contextlib.closing[sqlite3.Connection]:
        connection = sqlite3.connect(self.path)
        connection.row_factory = sqlite3.Row
        return contextlib.closing(connection)
