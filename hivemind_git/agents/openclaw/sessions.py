"""Reads the sessions in a database of OpenClaw: the entries of pi's core, one a row, version 4. Measured with 2026.9.6.

Messages have ids that no hook knows. A prompt has a key of the client's own, which hooks are told too, and an answer is
named by its prompt and its number after it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hivemind_git.agents.files import Files
from hivemind_git.agents.lines import Record, Tally, mapping, objects, text
from hivemind_git.agents.openclaw.disk import AGENT, is_log, opened
from hivemind_git.agents.openclaw.ends import told_by_message
from hivemind_git.agents.pi_entries import Entries
from hivemind_git.agents.pi_tools import file_of
from hivemind_git.agents.stamp import Place
from hivemind_git.model import Capture, DiffFunction, Source

_SESSIONS = "SELECT session_id FROM transcript_events WHERE seq = 0 ORDER BY created_at, session_id"
_ENTRIES = "SELECT event_json FROM transcript_events WHERE session_id = ? ORDER BY seq"


def read_sessions(path: Path, place: Place, tally: Tally, diff: DiffFunction) -> Iterator[Capture]:
    """The events of the sessions that a log holds and that work in the repository, session by session.

    Args:
        path: of one session in a database, or of a whole database.
        place: where a file stands in the repository.
        tally: counts what was left out; an entry that is kept compressed counts as too long.
        diff: cuts the hunks of edit events.

    Raises:
        OSError: it is no database, or cannot be read.
    """
    try:
        with closing(opened(_database(path))) as connection:
            for session in _named(path, connection):
                entries = _entries(connection, session, tally)
                header = next(entries, {})
                cwd = text(header, "cwd")
                if place(f"{cwd}/file", cwd) is None:
                    continue
                told = Entries(AGENT, Source.TRANSCRIPT, Files(place, diff, tally), session, ended=told_by_message)
                yield from told.feed(header)
                for entry in keyed(entries):
                    yield from told.feed(entry)
                yield from told.finish()
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error


def mentioned(path: Path) -> tuple[set[str], set[str]]:
    """The files that the file tools of a log name, and the folders in which its sessions worked, as it wrote them.

    Raises:
        OSError: it is no database, or cannot be read.
    """
    paths: set[str] = set()
    folders: set[str] = set()
    try:
        with closing(opened(_database(path))) as connection:
            for session in _named(path, connection):
                for entry in _entries(connection, session, Tally()):
                    folders.add(text(entry, "cwd"))
                    for block in objects(mapping(entry, "message"), "content"):
                        if block.get("type") == "toolCall":
                            paths.add(file_of(mapping(block, "arguments")))
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error
    return paths - {""}, folders - {""}


def keyed(entries: Iterator[Record]) -> Iterator[Record]:
    """The entries, with the keys of prompts and answers that hooks know too (hooks/agent/openclaw/index.js)."""
    turn, answers = "", 0
    for entry in entries:
        message = mapping(entry, "message")
        role = text(message, "role")
        if role == "user":
            turn, answers = text(message, "idempotencyKey") or f"at-{message.get('timestamp')}", 0
            yield {**entry, "key": turn}
        elif role == "assistant":
            yield {**entry, "key": f"{turn}#{answers}"}
            answers += 1
        else:
            yield entry


def _database(path: Path) -> Path:
    return path.parent if is_log(path) else path


def _named(path: Path, connection: sqlite3.Connection) -> list[str]:
    """The sessions that a path names: one, or all of a database."""
    return [path.name] if is_log(path) else [str(session) for (session,) in connection.execute(_SESSIONS)]


def _entries(connection: sqlite3.Connection, session: str, tally: Tally) -> Iterator[Record]:
    for (told,) in connection.execute(_ENTRIES, (session,)):
        tally.lines += 1
        if not isinstance(told, str):
            tally.too_long += 1
            continue
        try:
            entry = json.loads(told)
        except (ValueError, RecursionError):
            entry = None
        if isinstance(entry, dict):
            yield entry
        else:
            tally.broken += 1
