"""Notes of git-ai (`refs/notes/ai`, the Git AI Standard 3.0.0): which session of which agent wrote which lines.

A note has no line's text and no file's hash: without its own commit it means nothing. Lines that no key covers are
nobody's, as here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from hivemind_git.exchange import attested
from hivemind_git.exchange.attested import Attested, Record
from hivemind_git.exchange.reading import ForeignError, document, first_text
from hivemind_git.model import Json

REF: Final = "refs/notes/ai"
MOST_BYTES: Final = 8 * 1024 * 1024

_SESSION: Final = re.compile(r"(s_[0-9a-f]{14})::t_[0-9a-f]{14}|([0-9a-f]{7}|[0-9a-f]{16})")
_PERSON: Final = re.compile(r"h_[0-9a-f]{14}")
_AGENTS: Final = {"claude": "claude-code", "claude-code": "claude-code", "codex": "codex"}
_NAME: Final = 100


def read(commit: str, note: bytes) -> Record:
    """What the note of a commit says.

    Raises:
        ForeignError: it is no note of version 3 of the standard.
    """
    head, divider, body = note.partition(b"\n---\n")
    if not divider:
        head, divider, body = (b"", b"---\n", note[4:]) if note.startswith(b"---\n") else (b"", b"", b"")
    value = document(body) if divider else None
    version = value.get("schema_version") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(version, str) or not version.startswith("authorship/"):
        raise ForeignError("is no authorship log of git-ai")
    if not version.startswith("authorship/3."):
        raise ForeignError(f"is {version[:30]}, and authorship/3 is read here")
    found: dict[tuple[str, str], list[Attested]] = {}
    unclear = broken = 0
    for path, key, lines in _entries(head.decode("utf-8", "surrogateescape")):
        one = _attested(commit, path, key, lines, value)
        if one:
            found.setdefault((path, one.session), []).append(one)
        elif _PERSON.fullmatch(key) and attested.ranges(lines):
            unclear += 1
        else:
            broken += 1
    joined = (replace(each[0], lines=attested.joined(each)) for each in found.values())
    return Record(tuple(joined), unclear, broken)


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    """(path, key, ranges) of each entry; those that are out of form have an empty key."""
    path = ""
    for line in text.split("\n"):
        if not line.strip():
            continue
        if not line.startswith("  "):
            path = line[1:-1] if len(line) > 1 and line.startswith('"') and line.endswith('"') else line
            continue
        key, _, lines = line[2:].partition(" ")
        yield path, key if path else "", lines


def _attested(commit: str, path: str, key: str, lines: str, value: Mapping[str, Json]) -> Attested | None:
    named, spans = _SESSION.fullmatch(key), attested.ranges(lines)
    if named is None or not spans:
        return None
    session = named[1] or named[2]
    held = value.get("sessions" if named[1] else "prompts")
    record = held.get(session) if isinstance(held, dict) else None
    agent = record.get("agent_id") if isinstance(record, dict) else None
    told = agent if isinstance(agent, dict) else {}
    tool = first_text(told, "tool")[:_NAME]
    return Attested(
        revision=commit,
        path=path,
        session=session,
        agent=_AGENTS.get(tool.lower(), tool) or "unknown",
        model=first_text(told, "model")[:_NAME] or None,
        known=first_text(told, "id"),
        lines=spans,
    )
