"""Where OpenClaw keeps its configuration and its sessions.

One SQLite database an agent holds its sessions in all folders, `<home>/agents/<agent>/agent/openclaw-agent.sqlite`. One
session in it is named by a path that continues the database's: `…/openclaw-agent.sqlite/<session>`.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from hivemind_git.agents.base import Checkout, Machine
from hivemind_git.agents.standing import is_within, tops_of

AGENT = "openclaw"
"""Its name in the configuration, the journal and the store."""

_DATABASE = "openclaw-agent.sqlite"
_LOCKED_SECONDS = 2.0
# SQLite gives up the whole query at a row that is no JSON; a column holds whatever type was put into it.
_BEGUN = (
    "SELECT CAST(session_id AS TEXT), json_extract(event_json, '$.cwd'), CAST(ifnull(created_at, 0) AS INTEGER)"
    " FROM transcript_events WHERE seq = 0 AND CASE typeof(event_json) WHEN 'text' THEN json_valid(event_json) END"
)
_MEASURE = "SELECT count(*), CAST(max(created_at) AS INTEGER) FROM transcript_events WHERE session_id = ?"


def home(machine: Machine) -> Path:
    """OpenClaw's own folder, whether or not it is there."""
    named = machine.environ.get("OPENCLAW_STATE_DIR")
    if named:
        return _expanded(named, machine)
    above = machine.environ.get("OPENCLAW_HOME")
    return (_expanded(above, machine) if above else machine.home) / ".openclaw"


def configuration(machine: Machine) -> Path:
    """Its one configuration file, whether or not it is there."""
    named = machine.environ.get("OPENCLAW_CONFIG_PATH")
    return _expanded(named, machine) if named else home(machine) / "openclaw.json"


def transcripts(checkout: Checkout, machine: Machine) -> list[Path]:
    """The sessions that work in one of the repository's worktrees, least recently begun first."""
    tops = tops_of(checkout)
    found = {
        database / session: begun
        for database in home(machine).glob(f"agents/*/agent/{_DATABASE}")
        for session, cwd, begun in _begun(database)
        if is_within(cwd, tops)
    }
    return sorted(found, key=lambda path: (found[path], path))


def measured(path: Path) -> tuple[int, int] | None:
    """How many entries a session has, and when the last came, in ns; None: it is not there."""
    try:
        with closing(opened(path.parent)) as connection:
            count, last = connection.execute(_MEASURE, (path.name,)).fetchone()
    except (OSError, sqlite3.Error):
        return None
    return (count, last * 1_000_000) if count else None


def is_log(path: Path) -> bool:
    """Whether a path names one session of a database that is there."""
    return path.is_absolute() and path.parent.name == _DATABASE and path.parent.is_file()


def opened(path: Path) -> sqlite3.Connection:
    """A database, read only.

    Raises:
        OSError: it is no database, or cannot be read.
    """
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=_LOCKED_SECONDS)
        connection.execute("SELECT 1 FROM transcript_events LIMIT 1")
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error
    return connection


def _begun(database: Path) -> list[tuple[str, str, int]]:
    """Id, folder and begin of each session; none where the database cannot be read."""
    try:
        with closing(opened(database)) as connection:
            rows = connection.execute(_BEGUN).fetchall()
    except (OSError, sqlite3.Error):
        return []
    return [(session, cwd, begun) for session, cwd, begun in rows if session and isinstance(cwd, str)]


def _expanded(path: str, machine: Machine) -> Path:
    return machine.home / path[2:] if path.startswith("~/") else Path(path)
