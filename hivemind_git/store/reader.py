"""Reads the session store: one snapshot of it, everything checked, nothing trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from hivemind_git.git.objects import Repository
from hivemind_git.git.trees import FILE
from hivemind_git.model import Correction, Event, Json, Note
from hivemind_git.store import codec, layout
from hivemind_git.store.codec import Decoded, Value
from hivemind_git.store.fold import fold, in_order
from hivemind_git.store.layout import Area, Segment
from hivemind_git.store.patches import impossible
from hivemind_git.store.tombstones import StoredTombstones, Tombstones


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as the trees show it. `segments` are (place, blob id), in the order of the places.

    `folder` is the session's id wherever that is a safe name (`layout.session_folder`).
    """

    folder: str
    months: tuple[str, ...]
    segments: tuple[tuple[Segment, str], ...]


@dataclass(slots=True)
class Skipped:
    """What a reader passed over so far.

    Lines out of form, lines of newer versions, what has no place in a store, edits that no file can have had; and of
    what lies beside the store, file images that are gone or damaged.
    """

    broken: int = 0
    newer: int = 0
    foreign: int = 0
    impossible: int = 0
    images: int = 0

    @property
    def nonsense(self) -> int:
        """How much of it should not be in a store at all."""
        return self.broken + self.foreign + self.impossible


class Store:
    """The session store as it stood when this was made. A store that does not exist is empty.

    `skipped` counts what the reads so far passed over; it is the caller's where one is given.
    """

    def __init__(self, repo: Repository, ref: str, skipped: Skipped | None = None) -> None:
        self._repo = repo
        self.ref = ref
        self.tip: str | None = repo.ref(ref)
        self.skipped = Skipped() if skipped is None else skipped
        # Whoever asks for a session's corrections also asks which derivation made them.
        self._derived = lru_cache(1)(lambda session: tuple(self._derivations(session)))

    @classmethod
    def at(cls, repo: Repository, tip: str | None) -> Store:
        """The store of a commit, whatever stands at its ref."""
        found = cls(repo, "")
        found.tip = tip
        return found

    def sessions(self) -> list[StoredSession]:
        """All sessions, by their first month and folder. Reads trees only."""
        found: dict[str, list[tuple[Segment, str]]] = {}
        for segment, oid in self._segments(Area.SESSIONS):
            found.setdefault(segment.folder or "", []).append((segment, oid))
        sessions = [
            StoredSession(folder, tuple(sorted({segment.month for segment, _ in places})), tuple(sorted(places)))
            for folder, places in found.items()
        ]
        return sorted(sessions, key=lambda session: (session.months, session.folder))

    def events(self, session: str | None = None, since: str | None = None) -> Iterator[Event]:
        """Events, each once, folded, in order of (t, seq, id).

        Without a session all of them are held in memory at once: for a large store go through `sessions`, one by one.

        Args:
            session: only this session's; its id, or its folder.
            since: only events whose `t` (RFC 3339, UTC) is this or later.
        """
        yield from self._ordered(Area.SESSIONS, session, since)

    def git_events(self, since: str | None = None) -> Iterator[Event]:
        """Commits and rewrites: events of no session, as `events`."""
        yield from self._ordered(Area.GIT, None, since)

    def corrections(self, session: str | None = None) -> list[Correction]:
        """Corrections of the highest derivation of each session that had seen most, each id once, in order of (t, id).

        Of two that bear one id, the one accepted later counts: accepted text, commit and confidence are attributes.
        """
        best: dict[str, Correction] = {}
        for found in self._latest(session):
            for correction in found.values:
                mine = best.get(correction.id)
                if mine is None or _later(correction) > _later(mine):
                    best[correction.id] = correction
        return sorted(best.values(), key=lambda correction: (correction.t, correction.id))

    def derivation(self, session: str) -> tuple[int, str] | None:
        """The number of the highest derivation of a session, and how far it had seen; None if nobody derived it yet."""
        return max(((derived.derivation, derived.as_of) for _, derived in self._derived(session)), default=None)

    def raw(self, area: Area) -> Iterator[dict[str, Json]]:
        """The records of offers or decisions as they were written, in order of month and segment."""
        for _, oid in sorted(self._segments(area)):
            yield from self._counted(codec.decode_lines(self._load(oid), codec.decode_record)).values

    def notes(self) -> list[Note]:
        """All notes, each id once, in order of (t, id). Of two with one id the one changed later counts."""
        best: dict[str, Note] = {}
        for _, oid in self._segments(Area.NOTES):
            for note in self._counted(codec.decode_lines(self._load(oid), codec.decode_note)).values:
                mine = best.get(note.id)
                if mine is None or _changed(note) > _changed(mine):
                    best[note.id] = note
        return sorted(best.values(), key=lambda note: (note.t, note.id))

    def tombstones(self) -> Tombstones:
        """All that was forgotten."""
        return StoredTombstones(self._repo, self.tip).all()

    def segment(self, oid: str) -> bytes:
        """The bytes of a segment; empty, and counted, where it is missing or longer than any segment."""
        return self._load(oid)

    def places(self, area: Area, session: str | None = None) -> list[tuple[Segment, str]]:
        """Where the segments of an area stand, with their blob ids; only a session's where one is named."""
        return sorted(self._segments(area) if session is None else self._of_session(area, session))

    def _ordered(self, area: Area, session: str | None, since: str | None) -> list[Event]:
        places = self._segments(area) if session is None else self._of_session(area, session)
        found = [event for segment, oid in places for event in self._events_of(segment, oid)]
        return in_order(event for event in fold(found).values() if since is None or event.t >= since)

    def _events_of(self, segment: Segment, oid: str) -> Iterator[Event]:
        for event in self._counted(codec.decode_lines(self._load(oid), codec.decode_event)).values:
            # An event in another session's folder is somebody's attempt to speak for that session.
            if segment.folder not in (None, layout.session_folder(event.session)):
                self.skipped.foreign += 1
            elif impossible(event):
                self.skipped.impossible += 1
            else:
                yield event

    def _latest(self, session: str | None) -> Iterator[Decoded[Correction]]:
        of_session: dict[str, list[codec.DerivedCorrections]] = {}
        for segment, derived in self._derived(session):
            of_session.setdefault(segment.folder or "", []).append(derived)
        for each in of_session.values():
            latest = max((derived.derivation, derived.as_of) for derived in each)
            yield from (
                self._counted(derived.corrections) for derived in each if (derived.derivation, derived.as_of) == latest
            )

    def _derivations(self, session: str | None) -> Iterator[tuple[Segment, codec.DerivedCorrections]]:
        for segment, oid in self.places(Area.CORRECTIONS, session):
            derived = codec.decode_corrections(self._load(oid))
            if derived is None:
                self.skipped.broken += 1
            else:
                yield segment, derived

    def _of_session(self, area: Area, session: str) -> Iterator[tuple[Segment, str]]:
        for month in self._months(area):
            yield from self._below(layout.parent(area, month, layout.named_folder(session)))

    def _months(self, area: Area) -> list[str]:
        return [name for name, _, _ in self._repo.list_folder(self._tree, area)] if self._tree else []

    def _segments(self, area: Area) -> Iterator[tuple[Segment, str]]:
        return self._below(area)

    def _below(self, folder: str) -> Iterator[tuple[Segment, str]]:
        for path, mode, oid in self._repo.walk_tree(self._tree, folder) if self._tree else ():
            segment = layout.parse(path)
            if segment is None or mode != FILE:
                self.skipped.foreign += 1
            else:
                yield segment, oid

    @cached_property
    def _tree(self) -> str | None:
        """The tip, where it is a store of a format known here; whatever else stands at the ref is read as empty."""
        if self.tip is None:
            return None
        version = layout.parse_format(self._repo.read(self.tip, layout.FORMAT_PATH) or b"")
        return self.tip if version is not None and version <= layout.FORMAT_VERSION else None

    def _load(self, oid: str) -> bytes:
        size = self._repo.size(oid)
        data = self._repo.blob(oid) if size is not None and size <= codec.MAX_SEGMENT else None
        if data is None:
            self.skipped.foreign += 1
        return data or b""

    def _counted(self, decoded: Decoded[Value]) -> Decoded[Value]:
        self.skipped.broken += decoded.broken
        self.skipped.newer += decoded.newer
        return decoded


def _later(correction: Correction) -> tuple[str, bytes]:
    return correction.t, codec.encode_correction(correction).data


def _changed(note: Note) -> tuple[str, bytes]:
    return note.t, codec.encode_note(note).data
