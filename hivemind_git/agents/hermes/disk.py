"""Where Hermes keeps its sessions on this machine, and which of them are of a repository.

One SQLite database holds all of them, `<home>/state.db`, and each profile has one of its own. One session in it is
named by a path that continues the database's: `<home>/state.db/<session>`. `hermes sessions export` writes the same
rows as JSON, one session a line. Tables and their meaning: `hermes_state.py` of 0.19.0.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hivemind_git.agents.base import Checkout, Machine
from hivemind_git.agents.lines import Record, Tally, mapping, objects, records, text, whole_lines
from hivemind_git.agents.standing import is_within, tops_of

AGENT = "hermes"
"""Its name in the configuration, the journal and the store."""

_DATABASE = "state.db"
_LOCKED_SECONDS = 2.0
_MEASURE = """
    WITH RECURSIVE family(id) AS (
        SELECT ?
        UNION SELECT sessions.id FROM sessions JOIN family ON sessions.parent_session_id = family.id
    )
    SELECT count(*) AS count, max(timestamp) AS last FROM messages WHERE session_id IN (SELECT id FROM family)
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A session's row and its messages, oldest first, with those that a compaction or a rewind put aside.

    `inherited`: the messages of the session that it continues. `top`: of a sub-agent, the session of a person.
    """

    row: Record
    messages: Sequence[Record]
    inherited: Sequence[Record] = ()
    top: str = ""

    @property
    def name(self) -> str:
        """The client's id of it."""
        return text(self.row, "id")

    @property
    def settings(self) -> Record:
        """What it was started with, as the client keeps it."""
        return _json(self.row.get("model_config"))

    @property
    def delegated_by(self) -> str:
        """The session whose sub-agent this one is, or empty."""
        return text(self.settings, "_delegate_from")

    @property
    def continues(self) -> str:
        """The session of which this one is a branch, or what a compaction left of it; or empty."""
        return "" if self.delegated_by else text(self.row, "parent_session_id")


def home(machine: Machine) -> Path:
    """Hermes's own folder, whether or not it is there."""
    named = machine.environ.get("HERMES_HOME", "").strip()
    return Path(named) if named else machine.home / ".hermes"


def transcripts(checkout: Checkout, machine: Machine) -> list[Path]:
    """The sessions that worked in one of the repository's worktrees, least recently begun first."""
    tops = tops_of(checkout)
    found: dict[Path, float] = {}
    for database in _databases(home(machine)):
        for row in _rows(database, "SELECT * FROM sessions"):
            if is_within(text(row, "cwd"), tops) and not Session(row, ()).delegated_by:
                found[database / text(row, "id")] = float(row.get("started_at") or 0)
    return sorted(found, key=lambda path: (found[path], path))


def log_of(session: str, machine: Machine) -> Path:
    """The log of a session, a sub-agent's in that of the one who asked it; it may not be there yet."""
    for database in _databases(home(machine)):
        found = _rows(database, "SELECT * FROM sessions WHERE id = ?", session)
        if found:
            parent = Session(found[0], ()).delegated_by
            return log_of(parent, machine) if parent else database / session
    return home(machine) / _DATABASE / session


def measured(path: Path) -> tuple[int, int] | None:
    """How many messages a log holds with those of its sub-agents, and when the last came, in ns; None: it is not there.

    The database's own size and time are those of all sessions on the machine.
    """
    try:
        rows = _read(path.parent, _MEASURE, path.name)
    except OSError:
        return None
    count, last = rows[0]["count"], rows[0]["last"]
    return (count, int(last * 1e9)) if count else None


def is_log(path: Path) -> bool:
    """Whether a path names one session of a database that is there."""
    return path.parent.name == _DATABASE and path.parent.is_file()


def sessions(path: Path, tally: Tally) -> Iterator[Session]:
    """The sessions that a log holds, with all that its sub-agents did behind each.

    Args:
        path: of one session in a database, of a whole database, or of an export.
        tally: counts what could not be read.

    Raises:
        OSError: the file cannot be read.
    """
    if is_log(path):
        yield from _family(path.parent, path.name, tally)
    elif path.name == _DATABASE or _is_database(path):
        for row in _read(path, "SELECT * FROM sessions ORDER BY started_at, id"):
            if not Session(row, ()).delegated_by:
                yield from _family(path, text(row, "id"), tally)
    else:
        with path.open("rb") as stream:
            for record in records(whole_lines(stream, tally), tally):
                yield Session(record, objects(record, "messages"))


def _family(database: Path, session: str, tally: Tally, top: str = "") -> Iterator[Session]:
    rows = _read(database, "SELECT * FROM sessions WHERE id = ?", session)
    for row in rows:
        messages = _messages(database, session)
        tally.lines += 1 + len(messages)
        parent = Session(row, ()).continues
        yield Session(row, messages, _messages(database, parent) if parent else (), top)
    children = _read(database, "SELECT * FROM sessions WHERE parent_session_id = ? ORDER BY started_at, id", session)
    for child in children:
        if Session(child, ()).delegated_by:
            yield from _family(database, text(child, "id"), tally, top or session)


def _messages(database: Path, session: str) -> list[Record]:
    return _read(database, "SELECT * FROM messages WHERE session_id = ? ORDER BY id", session)


def _databases(folder: Path) -> list[Path]:
    """The databases of the person's profiles, the default one first."""
    top = folder.parent.parent if folder.parent.name == "profiles" else folder
    places = [folder, top, *sorted((top / "profiles").glob("*"))]
    return [place / _DATABASE for place in dict.fromkeys(places) if (place / _DATABASE).is_file()]


def _is_database(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(16) == b"SQLite format 3\0"


def _rows(database: Path, query: str, *values: str) -> list[Record]:
    """As `_read`; nothing where the database cannot be read."""
    with contextlib.suppress(OSError):
        return _read(database, query, *values)
    return []


def _read(database: Path, query: str, *values: str) -> list[Record]:
    """The rows of a query. Hermes may be writing: only what it committed is seen.

    Raises:
        OSError: the database cannot be read, or is none.
    """
    if not database.is_file():
        raise FileNotFoundError(2, "No such file", str(database))
    try:
        uri = f"{database.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True, timeout=_LOCKED_SECONDS)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]
    except sqlite3.Error as error:
        raise OSError(5, f"the database cannot be read ({error})", str(database)) from error


def tool_calls(message: Record) -> list[Record]:
    """The tool uses that an answer asks for: each with its id, its name and its arguments, decoded."""
    told = message.get("tool_calls")
    found = json_list(told)
    return [
        {
            "id": text(call, "id"),
            "name": text(mapping(call, "function"), "name"),
            "arguments": _json(mapping(call, "function").get("arguments")),
        }
        for call in found
    ]


def json_list(value: Any) -> list[Record]:
    """The objects of a list that is written as JSON in a text, or is one already."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return []
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _json(value: Any) -> Record:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {}
    return value if isinstance(value, dict) else {}
