"""Puts lines into a database as OpenClaw keeps its sessions: a row a line, an object of the columns."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

TABLE: Final = "transcript_events"
_COLUMNS: Final = ("session_id", "seq", "event_json", "created_at")
_LARGEST: Final = 2**63


def written(home: Path, lines: bytes) -> Path:
    """The database of a person's only agent, with the lines in it. What is no row stands in the place of an entry."""
    path = home / ".openclaw/agents/main/agent/openclaw-agent.sqlite"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(f"CREATE TABLE {TABLE} ({', '.join(_COLUMNS)})")
        connection.executemany(f"INSERT INTO {TABLE} VALUES (?, ?, ?, ?)", _rows(lines))
        connection.commit()
    return path


def _rows(lines: bytes) -> Iterator[tuple[Any, ...]]:
    session: Any = "s"
    for number, line in enumerate(lines.splitlines()):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        if isinstance(row, dict):
            session = _kept(row.get("session_id"))
            yield tuple(_kept(row.get(column)) for column in _COLUMNS)
        else:
            yield session, number, line.decode("utf-8", "replace"), number


def _kept(value: Any) -> Any:
    """A value as SQLite can hold it."""
    if isinstance(value, dict | list):
        return json.dumps(value)
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    return value if not isinstance(value, int) or abs(value) < _LARGEST else float(value)
