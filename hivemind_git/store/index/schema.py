"""The tables of the index; docs/search.md describes each column and is kept in step by a test.

A question that people ask with `git hivemind sql` sees the six documented tables; the others are how the index keeps
itself up to date.
"""

from __future__ import annotations

VERSION = 2
"""Of the tables below. An index of another version is thrown away."""

TABLES = {
    "sessions": (
        "id",
        "agent",
        "agent_version",
        "model",
        "workspace",
        "branch",
        "started",
        "ended",
        "prompts",
        "edits",
        "events",
        "prompt",
    ),
    "events": ("id", "session", "seq", "t", "kind", "agent", "model", "branch", "tool", "path", "text", "fields"),
    "corrections": (
        "id",
        "session",
        "tool_use",
        "agent",
        "model",
        "path",
        "language",
        "kind",
        "origin",
        "before",
        "after",
        "reason",
        "reason_source",
        "commit_id",
        "author",
        "t",
        "decision",
        "confidence",
    ),
    "rules": (
        "id",
        "kind",
        "state",
        "skill",
        "before",
        "after",
        "advice",
        "scope",
        "language",
        "origin",
        "decisions",
        "corrections",
        "sessions",
        "why",
    ),
    "skills": ("name", "path", "state", "commit_id", "author", "t", "rules", "corrections", "description", "body"),
    "notes": ("id", "t", "tool", "key", "title", "who", "text"),
}
"""Documented table → its columns, in order."""

_KEYS = {"events": "session, id", "corrections": "id, session"}
_NUMBERS = frozenset({"prompts", "edits", "events", "seq", "decisions", "confidence"})

UPKEEP = (
    # One row a folder of the store: what stands there unchanged need not be read again.
    "CREATE TABLE folders(path TEXT PRIMARY KEY, tree TEXT NOT NULL) WITHOUT ROWID",
    # A session's folder in the store, and the id that its events bear.
    "CREATE TABLE sources(folder TEXT PRIMARY KEY, session TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE marks(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE documents(id INTEGER PRIMARY KEY, kind TEXT, ref TEXT, session TEXT, path TEXT, t TEXT, agent TEXT,"
    " weight REAL)",
    "CREATE INDEX documents_session ON documents(session)",
    "CREATE INDEX corrections_session ON corrections(session)",
    # `_` is a letter: names of code are searched as they are written.
    "CREATE VIRTUAL TABLE words USING fts5(body, tokenize=\"unicode61 remove_diacritics 2 tokenchars '_'\")",
)


def statements() -> list[str]:
    """The statements that make an empty index."""
    return [*(_table(name, columns) for name, columns in TABLES.items()), *UPKEEP]


def _table(name: str, columns: tuple[str, ...]) -> str:
    typed = ", ".join(f"{column} {_affinity(name, column)}" for column in columns)
    return f"CREATE TABLE {name}({typed}, PRIMARY KEY({_KEYS.get(name, columns[0])}))"


def _affinity(table: str, column: str) -> str:
    # A rule's corrections and sessions are lists of ids; a session's prompts, edits and events are counts.
    return "NUMERIC" if column in _NUMBERS and not (table == "rules" and column != "decisions") else "TEXT"
