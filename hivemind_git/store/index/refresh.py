"""The store → the index: only the sessions whose folders changed since the last time are read again."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence

from hivemind_git.git.objects import Repository
from hivemind_git.git.trees import FOLDER
from hivemind_git.model import Rule
from hivemind_git.store.index import database, rows, schema
from hivemind_git.store.index.rows import Document, IndexedSkill, Row
from hivemind_git.store.layout import TOMBSTONES, Area
from hivemind_git.store.reader import Store

_TIP = "tip"
_AREAS = (Area.SESSIONS, Area.CORRECTIONS)


def is_current(connection: sqlite3.Connection, store: Store, marks: Mapping[str, str]) -> bool:
    """Whether the index is of this version and holds what the store does, and these values are noted in it."""
    if connection.execute("PRAGMA user_version").fetchone()[0] != schema.VERSION:
        return False
    return all(mark(connection, name) == value for name, value in {_TIP: store.tip or "", **marks}.items())


def mark(connection: sqlite3.Connection, name: str) -> str | None:
    """What was noted under a name when the index was last brought up to date."""
    found = connection.execute("SELECT value FROM marks WHERE name = ?", (name,)).fetchone()
    return None if found is None else str(found[0])


def note(connection: sqlite3.Connection, name: str, value: str) -> None:
    """Notes a value under a name."""
    connection.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, value))


def sessions(
    connection: sqlite3.Connection, repository: Repository, store: Store, advance: Callable[[int, int], None]
) -> int:
    """Brings sessions, events and corrections up to date, and returns how many sessions were read.

    Args:
        connection: the index, within a transaction.
        repository: where the store is.
        store: what it holds.
        advance: is told after each session how many of how many are done.

    Raises:
        sqlite3.Error: the index cannot be written.
    """
    if mark(connection, _TIP) == (store.tip or ""):
        return 0
    forgotten = repository.entry(store.tip, TOMBSTONES) if store.tip else None
    if mark(connection, TOMBSTONES) != str(forgotten):
        # Full-text segments keep the words of deleted rows until they are merged; what was forgotten must be gone.
        database.empty(connection)
        note(connection, TOMBSTONES, str(forgotten))
    known = dict(connection.execute("SELECT path, tree FROM folders"))
    standing, changed = _compare(repository, store.tip, known)
    for done, folder in enumerate(sorted(changed), 1):
        _one(connection, store, folder)
        advance(done, len(changed))
    connection.executemany("DELETE FROM folders WHERE path = ?", [(path,) for path in known.keys() - standing.keys()])
    fresh = [(path, tree) for path, tree in standing.items() if known.get(path) != tree]
    connection.executemany("INSERT OR REPLACE INTO folders VALUES (?, ?)", fresh)
    _notes(connection, repository, store)
    note(connection, _TIP, store.tip or "")
    return len(changed)


def lessons(connection: sqlite3.Connection, rules: Iterable[tuple[Rule, str]], skills: Iterable[IndexedSkill]) -> None:
    """Replaces all rules, each with the name of its skill (empty: none), and all skills.

    Raises:
        sqlite3.Error: the index cannot be written.
    """
    for table in ("rules", "skills"):
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - two names of ours
    _forget_documents(connection, "kind IN ('rule', 'skill')", ())
    for rule, skill in rules:
        _insert(connection, "rules", [rows.rule(rule, skill)])
        _document(connection, rows.rule_document(rule))
    for one in skills:
        _insert(connection, "skills", [rows.skill(one)])
        _document(connection, rows.skill_document(one))


def _notes(connection: sqlite3.Connection, repository: Repository, store: Store) -> None:
    """Replaces all notes, if any of them is new: an import brings thousands at most, and seldom."""
    tree = str(repository.entry(store.tip, Area.NOTES) if store.tip else None)
    if mark(connection, Area.NOTES) == tree:
        return
    connection.execute("DELETE FROM notes")
    _forget_documents(connection, "kind = 'note'", ())
    for one in store.notes():
        _insert(connection, "notes", [rows.note(one)])
        _document(connection, rows.note_document(one))
    note(connection, Area.NOTES, tree)


def _compare(repository: Repository, tip: str | None, known: dict[str, str]) -> tuple[dict[str, str], set[str]]:
    """The folders that stand, with their trees, and the sessions of which something is new, other or gone."""
    standing: dict[str, str] = {}
    changed: set[str] = set()
    for area in _AREAS if tip else ():
        for month in _folders(repository, tip or "", area.value):
            for fan, tree in _folders(repository, tip or "", month).items():
                standing[fan] = tree
                if known.get(fan) == tree:
                    inside = {path: each for path, each in known.items() if path.startswith(f"{fan}/")}
                else:
                    inside = _folders(repository, tip or "", fan)
                standing |= inside
                changed |= {_name(path) for path, each in inside.items() if known.get(path) != each}
    changed |= {_name(path) for path in known.keys() - standing.keys() if path.count("/") == 3}
    return standing, changed


def _folders(repository: Repository, tip: str, path: str) -> dict[str, str]:
    return {f"{path}/{name}": oid for name, mode, oid in repository.list_folder(tip, path) if mode == FOLDER}


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _one(connection: sqlite3.Connection, store: Store, folder: str) -> None:
    known = connection.execute("SELECT session FROM sources WHERE folder = ?", (folder,)).fetchone()
    if known is not None:
        _forget(connection, known[0])
        connection.execute("DELETE FROM sources WHERE folder = ?", (folder,))
    events, corrections = list(store.events(folder)), store.corrections(folder)
    told = [one.session for one in events] or [one.session for one in corrections]
    identity = next(iter(told), None)
    if identity is None:
        return
    connection.execute("INSERT INTO sources VALUES (?, ?)", (folder, identity))
    if events:
        _insert(connection, "sessions", [rows.session(events)])
        _insert(connection, "events", map(rows.event, events))
    _insert(connection, "corrections", map(rows.correction, corrections))
    for document in (*rows.event_documents(events), *map(rows.correction_document, corrections)):
        _document(connection, document)


def _forget(connection: sqlite3.Connection, session: str) -> None:
    connection.execute("DELETE FROM sessions WHERE id = ?", (session,))
    for table in ("events", "corrections"):
        connection.execute(f"DELETE FROM {table} WHERE session = ?", (session,))  # noqa: S608 - two names of ours
    _forget_documents(connection, "session = ?", (session,))


def _forget_documents(connection: sqlite3.Connection, where: str, values: Sequence[str]) -> None:
    connection.execute(f"DELETE FROM words WHERE rowid IN (SELECT id FROM documents WHERE {where})", values)  # noqa: S608
    connection.execute(f"DELETE FROM documents WHERE {where}", values)  # noqa: S608 - conditions of ours


def _document(connection: sqlite3.Connection, one: Document) -> None:
    made = connection.execute(
        "INSERT INTO documents(kind, ref, session, path, t, agent, weight) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (one.kind, one.ref, one.session, one.path, one.t, one.agent, one.weight),
    )
    connection.execute("INSERT INTO words(rowid, body) VALUES (?, ?)", (made.lastrowid, _storable(one.body)))


def _insert(connection: sqlite3.Connection, table: str, values: Iterable[Row]) -> None:
    places = ", ".join("?" * len(schema.TABLES[table]))
    cleaned = (tuple(_storable(cell) if isinstance(cell, str) else cell for cell in row) for row in values)
    connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", cleaned)  # noqa: S608 - names of ours


def _storable(text: str) -> str:
    # A lone surrogate (a path that is not UTF-8) cannot be bound; SQLite knows only well-formed text.
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text
