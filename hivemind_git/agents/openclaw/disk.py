"""Where OpenClaw keeps its configuration and its sessions: one SQLite database an agent, for all its folders."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from hivemind_git.agents.base import Checkout, Machine

AGENT = "openclaw"
"""Its name in the configuration, the journal and the store."""

_FIRST = "SELECT json_extract(event_json, '$.cwd') FROM transcript_events WHERE seq = 0"


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
    """The databases with a session that works in one of the repository's worktrees, least recently written first."""
    tops = {spelling for top in checkout.worktrees for spelling in (str(top), os.path.realpath(top))}
    found = {path: path.stat().st_mtime for path in _databases(machine) if _works_in(path, tops)}
    return sorted(found, key=lambda path: (found[path], path))


def opened(path: Path) -> sqlite3.Connection:
    """A database, read only.

    Raises:
        OSError: it is no database, or cannot be read.
    """
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        connection.execute("SELECT 1 FROM transcript_events LIMIT 1")
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error
    return connection


def _databases(machine: Machine) -> Iterator[Path]:
    yield from home(machine).glob("agents/*/agent/openclaw-agent.sqlite")


def _works_in(path: Path, tops: set[str]) -> bool:
    try:
        with closing(opened(path)) as connection:
            folders = [cwd for (cwd,) in connection.execute(_FIRST) if isinstance(cwd, str)]
    except (OSError, sqlite3.Error):
        return False
    spellings = {spelling for cwd in folders for spelling in (cwd, os.path.realpath(cwd))}
    return any(each == top or each.startswith(f"{top}{os.sep}") for each in spellings for top in tops)


def _expanded(path: str, machine: Machine) -> Path:
    return machine.home / path[2:] if path.startswith("~/") else Path(path)
