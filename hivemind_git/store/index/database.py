"""The index's file: opened, or made anew where it is missing, of another version, or damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from hivemind_git.errors import HivemindError
from hivemind_git.store.index import schema

_PATIENCE = 10.0
"""Seconds to wait for another process that is writing the index."""

_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def path(state: Path) -> Path:
    """Where the index of a repository stands, given the folder of its local state."""
    return state / "index" / "store.sqlite"


@contextmanager
def writing(state: Path) -> Iterator[sqlite3.Connection]:
    """The index, open for a refresh: one transaction, kept when the block ends well and else undone.

    Raises:
        HivemindError: it cannot be written, or another process does not let go of it.
    """
    file = path(state)
    try:
        with closing(_opened(file)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            with connection:
                yield connection
    except (sqlite3.Error, OSError) as error:
        raise _failed(state, error) from error


@contextmanager
def reading(state: Path) -> Iterator[sqlite3.Connection]:
    """The index, open for questions that can change nothing.

    Raises:
        HivemindError: it cannot be read.
    """
    file = path(state)
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=_PATIENCE)) as connection:
            connection.execute("PRAGMA query_only = ON")
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise _failed(state, error) from error


def discard(state: Path) -> None:
    """Removes the index: nothing is lost.

    Raises:
        OSError: it cannot be removed.
    """
    file = path(state)
    for name in (file.name, f"{file.name}-journal"):
        file.with_name(name).unlink(missing_ok=True)


def empty(connection: sqlite3.Connection) -> None:
    """Drops all tables and makes them anew, within the caller's transaction.

    Raises:
        sqlite3.Error: the index cannot be written.
    """
    # A virtual table takes its own tables along, which are then no longer there to be dropped.
    names = connection.execute("SELECT name FROM sqlite_master WHERE type='table' ORDER BY sql LIKE '%VIRTUAL%' DESC")
    for (name,) in names.fetchall():
        with suppress(sqlite3.OperationalError):
            connection.execute(f'DROP TABLE IF EXISTS "{name}"')
    for statement in schema.statements():
        connection.execute(statement)


def _failed(state: Path, error: Exception) -> HivemindError:
    if getattr(error, "sqlite_errorcode", None) in _DAMAGED:
        discard(state)
        return HivemindError(f"the index was damaged: {error}", "It was removed. Ask again, and it is made anew.")
    return HivemindError(f"the index cannot be used: {error}", f"See to {path(state).parent}; nothing else is in it.")


def _opened(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for last in (False, True):
        file.touch(mode=0o600)
        connection = sqlite3.connect(file, timeout=_PATIENCE, isolation_level=None)
        try:
            return _prepared(connection)
        except sqlite3.Error as error:
            connection.close()
            if last or error.sqlite_errorcode not in _DAMAGED:
                raise
            discard(file.parent.parent)
    raise AssertionError


def _prepared(connection: sqlite3.Connection) -> sqlite3.Connection:
    # What was forgotten must not be left in free pages.
    connection.execute("PRAGMA secure_delete = ON")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == schema.VERSION:
        return connection
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        # Another process may have made it while this one waited.
        if connection.execute("PRAGMA user_version").fetchone()[0] != schema.VERSION:
            empty(connection)
            connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    return connection
