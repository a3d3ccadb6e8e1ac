"""Says what is wrong with a session store, without changing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hivemind_git.git.objects import Repository
from hivemind_git.git.trees import FILE
from hivemind_git.store import codec, layout
from hivemind_git.store.layout import Area, Segment
from hivemind_git.store.tombstones import StoredTombstones, Tombstones

_PRUNED: Final = layout.month_tombstone("")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something at a path of the store that should not be so."""

    path: str
    what: str


def verify(repo: Repository, ref: str) -> list[Problem]:
    """All problems of the store at `ref`, by path; none for a store that is whole, or that does not exist.

    Reads everything: format, names against content, each line, tombstones against what they forget, and history, which
    has neither merges nor content that the tip lacks.
    """
    tip = repo.ref(ref)
    if tip is None:
        return []
    version = layout.parse_format(repo.read(tip, layout.FORMAT_PATH) or b"")
    if version != layout.FORMAT_VERSION:
        return [Problem(layout.FORMAT_PATH, "is not the format of this version")]
    check = _Check(repo, StoredTombstones(repo, tip).all())
    found = [problem for path, mode, oid in repo.walk_tree(tip) for problem in check.entry(path, mode, oid)]
    return sorted([*found, *_history(repo, tip)])


class _Check:
    def __init__(self, repo: Repository, tombstones: Tombstones) -> None:
        self._repo = repo
        self._tombstones = tombstones
        self._tombstone_paths = tombstones.paths()

    def entry(self, path: str, mode: int, oid: str) -> Iterator[Problem]:
        segment = layout.parse(path)
        if mode != FILE:
            yield Problem(path, "is not a plain file")
        elif segment is not None:
            yield from (Problem(path, what) for what in self._segment(segment, oid))
        elif path in self._tombstone_paths or layout.is_month(path.removeprefix(_PRUNED)):
            yield from self._tombstone(path, oid)
        elif path != layout.FORMAT_PATH:
            yield Problem(path, "has no place in a session store")

    def _tombstone(self, path: str, oid: str) -> Iterator[Problem]:
        if (self._repo.size(oid) or 0) > len(layout.TOMBSTONE) or self._repo.blob(oid) != layout.TOMBSTONE:
            yield Problem(path, "is not what a tombstone holds")

    def _segment(self, segment: Segment, oid: str) -> Iterator[str]:
        if self._tombstones.covers_month(segment.month):
            yield "was pruned and is there"
        if segment.folder is not None and self._tombstones.covers_session(segment.folder):
            yield "was forgotten and is there"
        size = self._repo.size(oid)
        if size is None:
            yield "is missing"
        elif size > codec.MAX_SEGMENT:
            yield f"is {size} bytes long"
        else:
            yield from self._content(segment, self._repo.blob(oid) or b"")

    def _content(self, segment: Segment, data: bytes) -> Iterator[str]:
        if layout.segment_name(data) != segment.name:
            yield "does not hold what its name says"
        broken, newer = _unread(segment.area, data)
        if broken:
            yield f"has {broken} lines out of form"
        if newer:
            yield f"has {newer} lines of a newer version"
        ids_of = codec.ids_of if segment.area.has_ids else _record_ids
        if any(self._tombstones.covers_ids(ids_of(line)) for line in codec.lines_of(data)):
            yield "holds a forgotten event"
        if segment.area is Area.SESSIONS:
            events = codec.decode_lines(data, codec.decode_event).values
            strangers = sum(layout.session_folder(event.session) != segment.folder for event in events)
            if strangers:
                yield f"has {strangers} events of another session"


def _record_ids(line: bytes) -> frozenset[str]:
    return frozenset({codec.record_id(line)})


def _unread(area: Area, data: bytes) -> tuple[int, int]:
    if area is Area.CORRECTIONS:
        derived = codec.decode_corrections(data)
        return (1, 0) if derived is None else (derived.corrections.broken, derived.corrections.newer)
    if area in (Area.SESSIONS, Area.GIT):
        events = codec.decode_lines(data, codec.decode_event)
        return events.broken, events.newer
    if area is Area.NOTES:
        notes = codec.decode_lines(data, codec.decode_note)
        return notes.broken, notes.newer
    records = codec.decode_lines(data, codec.decode_record)
    return records.broken, records.newer


def _history(repo: Repository, tip: str) -> Iterator[Problem]:
    for commit in repo.walk([tip]):
        if len(commit.parents) > 1:
            yield Problem("", f"commit {commit.id} is a merge, which can bring back what was forgotten")
        for change in repo.changes(commit.id) if commit.parents else ():
            if change.status != "added" and change.path != layout.FORMAT_PATH:
                yield Problem(change.path, f"was {change.status} in commit {commit.id}, whose history still holds it")
