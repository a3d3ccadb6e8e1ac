"""Questions to the index: words, and SQL that can only read."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from hivemind_git.errors import UsageError
from hivemind_git.store.index import schema

FOUND_BEGINS, FOUND_ENDS = "\x02", "\x03"
"""Stand around each word that was found, in the excerpt of a hit."""

_EXCERPT = 24
"""Words of an excerpt."""

_STEPS = 10_000
"""SQLite's steps between two looks for Ctrl-C; a runaway join must not have to be killed."""

# Scripts written without spaces: a run of them is one word to the tokenizer, so their words are looked for inside it.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")

_READS = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})

_REACHING = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look for. Every word must stand in a document; `word*` is a beginning, `"two words"` stand together."""

    words: str
    kinds: tuple[str, ...] = ()
    agent: str = ""
    since: str = ""
    until: str = ""
    paths: tuple[str, ...] = ()
    limit: int = 20


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found, best first. `excerpt` has the found words between FOUND_BEGINS and FOUND_ENDS."""

    kind: str
    ref: str
    session: str
    path: str
    t: str
    agent: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a SQL query: the names of its columns, and its rows."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | float | int | bytes | None, ...], ...]


def search(connection: sqlite3.Connection, wanted: Wanted) -> list[Hit]:
    """The documents that hold all the words, best first (BM25 times the weight of the kind), each id once.

    Raises:
        UsageError: there is no word in it.
    """
    spaced, inside = _terms(wanted.words)
    if not spaced and not inside:
        raise UsageError("there is no word to search for", "git hivemind search WORDS…")
    where, values = _conditions(wanted)
    if spaced:
        where.insert(0, "words MATCH ?")
        values.insert(0, " AND ".join(spaced))
    for term in inside:
        where.append("instr(words.body, ?) > 0")
        values.append(term)
    rank, excerpt = ("bm25(words) * d.weight", f"snippet(words, 0, ?, ?, '…', {_EXCERPT})") if spaced else ("d.t", "")
    query = (
        f"SELECT d.kind, d.ref, d.session, d.path, d.t, d.agent, {excerpt or 'words.body'}"  # noqa: S608 - parts of ours
        f" FROM words JOIN documents d ON d.id = words.rowid WHERE {' AND '.join(where)}"
        f" ORDER BY {rank} {'' if spaced else 'DESC'} LIMIT ?"
    )
    marks = [FOUND_BEGINS, FOUND_ENDS] if spaced else []
    found = connection.execute(query, [*marks, *values, wanted.limit * 2])
    hits: dict[tuple[str, str], Hit] = {}
    for row in found:
        kind, ref, session, path, t, agent, text = row
        hit = Hit(kind, ref, session, path, t, agent, text if spaced else _around(text, inside))
        hits.setdefault((hit.kind, hit.ref), hit)
    return list(hits.values())[: wanted.limit]


def sql(connection: sqlite3.Connection, query: str, limit: int | None = None) -> Answer:
    """The answer to one SQL query over the documented tables.

    Args:
        connection: the index, open for reading.
        query: one statement that reads.
        limit: at most so many rows.

    Raises:
        UsageError: it is no SQL that SQLite knows, would do more than read, or was stopped.
    """
    # A full-text table is set up when it is first used, by statements that are no reads.
    connection.execute("SELECT 1 FROM words LIMIT 0")
    connection.set_authorizer(_only_reading)
    connection.set_progress_handler(lambda: 0, _STEPS)
    try:
        cursor = connection.execute(query)
        rows = cursor.fetchall() if limit is None else cursor.fetchmany(limit)
    except sqlite3.Error as error:
        step = f"The tables are {', '.join(schema.TABLES)}; docs/search.md has their columns."
        raise UsageError(f"SQLite says: {error}", step) from error
    except sqlite3.Warning as error:
        raise UsageError(f"SQLite says: {error}", "Ask one question at a time.") from error
    finally:
        connection.set_authorizer(None)
    if cursor.description is None:
        raise UsageError("that asks nothing", "Write a SELECT.")
    return Answer(tuple(str(column[0]) for column in cursor.description), tuple(map(tuple, rows)))


def _only_reading(action: int, one: str | None, other: str | None, *_: str | None) -> int:
    # An assistant may ask too: whatever is not a read is refused, and so are functions that reach past the index.
    if action == sqlite3.SQLITE_FUNCTION and other in _REACHING:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and one == "data_version":  # full-text tables ask for it themselves
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY


def _terms(words: str) -> tuple[list[str], list[str]]:
    """The terms of an FTS5 query, each quoted so that no sign in it is an operator, and what is looked for inside."""
    spaced, inside = [], []
    for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', words):
        term = quoted or bare
        if _UNSPACED.search(term):
            inside.append(term.rstrip("*"))
        elif any(char.isalnum() or char == "_" for char in term):
            star = "*" if bare.endswith("*") else ""
            escaped = term.rstrip("*").replace('"', '""')
            spaced.append(f'"{escaped}"{star}')
    return spaced, inside


def _conditions(wanted: Wanted) -> tuple[list[str], list[str | int]]:
    where: list[str] = []
    values: list[str | int] = []
    if wanted.kinds:
        where.append(f"d.kind IN ({', '.join('?' * len(wanted.kinds))})")
        values += wanted.kinds
    if wanted.agent:
        where.append("d.agent = ?")
        values.append(wanted.agent)
    if wanted.since:
        where.append("d.t >= ?")
        values.append(wanted.since)
    if wanted.until:
        where.append("d.t <> '' AND d.t <= ?")
        values.append(wanted.until)
    if wanted.paths:
        where.append("(" + " OR ".join(["d.path = ? OR substr(d.path, 1, ?) = ?"] * len(wanted.paths)) + ")")
        for path in wanted.paths:
            folder = f"{path.rstrip('/')}/"
            values += [path.rstrip("/"), len(folder), folder]
    return where, values


def _around(body: str, terms: Sequence[str]) -> str:
    begin = body.find(terms[0])
    end = begin + len(terms[0])
    return f"{body[max(begin - 40, 0) : begin]}{FOUND_BEGINS}{terms[0]}{FOUND_ENDS}{body[end : end + 60]}"
