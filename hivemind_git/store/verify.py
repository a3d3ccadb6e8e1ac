"""Says what is wrong with a session store, without changing it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from hivemind_git.git.objects import Repository
from hivemind_git.git.trees import FILE
from hivemind_git.model import Event
from hivemind_git.store import codec, layout
from hivemind_git.store.jsonline import BrokenLineError, NewerLineError
from hivemind_git.store.layout import Area, Segment
from hivemind_git.store.patches import impossible
from hivemind_git.store.reach import Reach
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
    return sorted([*found, *check.far(), *_history(repo, tip)])


class _Check:
    def __init__(self, repo: Repository, tombstones: Tombstones) -> None:
        self._repo = repo
        self._tombstones = tombstones
        self._tombstone_paths = tombstones.paths()
        self._reach = Reach(repo)

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

    def far(self) -> Iterator[Problem]:
        """The edits, of all entries looked at, that begin where their file never reached."""
        for path, far in self._reach.beyond():
            why = f"it begins at line {far.line}, and no version of {path} known is a tenth as long"
            yield Problem(far.segment, f"line {far.number} is an edit that cannot be: {why}")

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
        yield from self._unread(segment, data)
        ids_of = codec.ids_of if segment.area.has_ids else _record_ids
        if any(self._tombstones.covers_ids(ids_of(line)) for line in codec.lines_of(data)):
            yield "holds a forgotten event"

    def _unread(self, segment: Segment, data: bytes) -> Iterator[str]:
        """What a reader passes over of a segment, or should not believe: each kind of fault once, with its first."""
        decode = _DECODERS[segment.area]
        lines = [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line]
        if segment.area is Area.CORRECTIONS:
            if codec.decode_corrections(data) is None:
                yield "line 1 does not say which derivation made the rest"
                return
            lines = lines[1:]
        faults: dict[str, list[tuple[int, str]]] = {}
        for number, line in lines:
            if fault := self._fault(segment, number, line, decode):
                what, why = fault
                faults.setdefault(what, []).append((number, why))
        for what, found in faults.items():
            number, why = found[0]
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            yield f"line {number} {what}{f': {why}' if why else ''}{more}"

    def _fault(
        self, segment: Segment, number: int, line: bytes, decode: Callable[[bytes], object]
    ) -> tuple[str, str] | None:
        """What is wrong with a line, and why."""
        try:
            value = decode(line)
        except NewerLineError as error:
            return "is of a newer version", str(error)
        except BrokenLineError as error:
            return "is out of form", str(error)
        if not isinstance(value, Event):
            return None
        if segment.area is Area.SESSIONS and layout.session_folder(value.session) != segment.folder:
            return "is of another session", ""
        if why := impossible(value):
            return "is an edit that cannot be", why
        self._reach.note(segment.path, number, value)
        return None


def _record_ids(line: bytes) -> frozenset[str]:
    return frozenset({codec.record_id(line)})


_DECODERS: Final[dict[Area, Callable[[bytes], object]]] = {
    Area.SESSIONS: codec.decode_event,
    Area.GIT: codec.decode_event,
    Area.CORRECTIONS: codec.decode_correction,
    Area.NOTES: codec.decode_note,
    Area.OFFERS: codec.decode_record,
    Area.DECISIONS: codec.decode_record,
}


def _history(repo: Repository, tip: str) -> Iterator[Problem]:
    for commit in repo.walk([tip]):
        if len(commit.parents) > 1:
            yield Problem("", f"commit {commit.id} is a merge, which can bring back what was forgotten")
        for change in repo.changes(commit.id) if commit.parents else ():
            if change.status != "added" and change.path != layout.FORMAT_PATH:
                yield Problem(change.path, f"was {change.status} in commit {commit.id}, whose history still holds it")
