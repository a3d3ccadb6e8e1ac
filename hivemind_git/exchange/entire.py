"""The checkpoints branch of Entire: which transcripts of which sessions stand where in its tree. Pure.

There is no version in it, and its fields drifted: only what a session is called, whose it is and where its transcript
stands is read. Each checkpoint holds the whole transcript again, up to then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from hivemind_git.exchange.reading import ForeignError, document, first_text, moment

BRANCH: Final = "entire/checkpoints/v1"

_PLACE: Final = re.compile(r"([0-9a-f]{2})/([0-9a-f]{10,30})/([0-9]{1,4})/(.+)")
_FULL: Final = re.compile(r"full\.jsonl(?:\.([0-9]{3,6}))?")
_TASK: Final = re.compile(r"tasks/[A-Za-z0-9_-]{1,100}/agent-([A-Za-z0-9_-]{1,100})\.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One session in one checkpoint. `parts` are the blobs of its transcript in order, `tasks` its sub-agents' ones."""

    checkpoint: str
    session: str
    agent: str
    t: str
    parts: tuple[str, ...]
    tasks: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class _Found:
    metadata: str = ""
    parts: dict[int, str] | None = None
    tasks: dict[str, str] | None = None


def sessions(entries: Iterable[tuple[str, str]], load: Callable[[str], bytes]) -> Iterator[Stored]:
    """The sessions of all checkpoints; one without a transcript, or without a name, is passed over.

    Args:
        entries: path and blob id of each file in the tree.
        load: the content of a blob; empty where it is missing or too large for metadata.
    """
    found: dict[tuple[str, str], _Found] = {}
    for path, oid in entries:
        place = _PLACE.fullmatch(path)
        if place:
            _take(found.setdefault((place[1] + place[2], place[3]), _Found()), place[4], oid)
    for (checkpoint, number), one in sorted(found.items()):
        session, agent, t = _named(load(one.metadata) if one.metadata else b"")
        if one.parts and session:
            yield Stored(
                checkpoint=checkpoint,
                session=session,
                agent=agent,
                t=t or number,
                parts=tuple(oid for _, oid in sorted(one.parts.items())),
                tasks=tuple(sorted((one.tasks or {}).items())),
            )


def assistant(agent: str, known: Iterable[str]) -> str:
    """Which of the known assistants is meant by Entire's name of one (`Claude Code`, `Codex CLI`); empty for none."""
    plain = "-".join(agent.lower().split())
    return next((name for name in known if plain == name or plain.startswith((f"{name}-", f"{name}("))), "")


def _take(found: _Found, name: str, oid: str) -> None:
    full, task = _FULL.fullmatch(name), _TASK.fullmatch(name)
    if name == "metadata.json":
        found.metadata = oid
    elif full:
        found.parts = {**(found.parts or {}), int(full[1] or 0): oid}
    elif task:
        found.tasks = {**(found.tasks or {}), task[1]: oid}


def _named(data: bytes) -> tuple[str, str, str]:
    """Session, agent and time in a session's metadata; empty where it is none."""
    try:
        value = document(data)
    except ForeignError:
        return "", "", ""
    if not isinstance(value, dict):
        return "", "", ""
    return first_text(value, "session_id"), first_text(value, "agent"), moment(value.get("created_at")) or ""
