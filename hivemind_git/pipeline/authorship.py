"""Which lines of a file an agent wrote, by the sessions of this machine, without deriving the whole history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property

from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.journal import Journal
from hivemind_git.capture.memory import Memory
from hivemind_git.corrections.creations import settled
from hivemind_git.corrections.evidence import CommitRecord, Evidence, FileChange, Session
from hivemind_git.corrections.lines import Writer
from hivemind_git.corrections.timeline import timelines
from hivemind_git.corrections.walk import walk
from hivemind_git.errors import HivemindError
from hivemind_git.git.changed import ChangedFile
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Event
from hivemind_git.pipeline import sessions
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.store import codec, jsonline
from hivemind_git.store.fold import fold, in_order
from hivemind_git.store.layout import Area

_PATIENCE_SECONDS = 3.0
RECENT = 64
"""Sessions that are looked through, those that were sealed last: a check may not cost what the whole store costs."""


class Sessions:
    """The sessions of this machine, asked for agents' lines in the files of one repository."""

    def __init__(self, space: Workspace, recent: int = RECENT) -> None:
        self._space = space
        self._count = recent
        self._state = space.repository.state_dir

    def agent_lines(self, file: ChangedFile) -> frozenset[int]:
        """The 1-based numbers of the lines that evidence says an agent wrote. Of all others nobody knows."""
        return frozenset(self.written(file))

    def written(self, file: ChangedFile) -> dict[int, str]:
        """Number of each line (from 1) that evidence says an agent wrote → the session that wrote it."""
        read = tuple(self._session(folder, file) for folder in self._recent)
        last = max((item.t for session in read for item in session.items), default=0.0) + 1.0
        landed = CommitRecord(
            id="", parents=(), t=last, committed=last, author="", subject="", body="", patch="",
            files=(FileChange(path=file.path, previous_path=file.previous, before=file.before, after=file.after),),
        )  # fmt: skip
        for timeline in timelines(settled(Evidence(sessions=read, commits=(landed,)))):
            version = walk(timeline, diff_lines).versions.get((file.path, file.after))
            if version is not None:
                found = enumerate(version.origins, 1)
                return {number: origin.session for number, origin in found if origin.writer is Writer.AGENT}
        return {}

    @cached_property
    def _recent(self) -> list[str]:
        # What the agent wrote a moment ago may still be in the journal.
        if Journal(self._state).pending():
            from hivemind_git.pipeline import sealing  # noqa: PLC0415 - loads every assistant's reader

            # A seal of the turn's beginning may still be at work, and has the lines before or after this one looks.
            with suppress(HivemindError, OSError):
                sealing.seal(self._space, _PATIENCE_SECONDS)
        return Memory(self._state).latest(self._count)

    @cached_property
    def _segments(self) -> dict[str, list[bytes]]:
        store = self._space.store()
        places = {folder: store.places(Area.SESSIONS, folder) for folder in self._recent}
        return {folder: [store.segment(oid) for _, oid in found] for folder, found in places.items()}

    def _session(self, folder: str, file: ChangedFile) -> Session:
        found = [event for path in {file.path, file.previous} for event in self._events(folder, path)]
        events = in_order(fold(found).values())
        images = ImageStore(self._state / "images").load(folder) if events else {}
        return sessions.session(events[0].session if events else folder, events, images)

    def _events(self, folder: str, path: str) -> Iterator[Event]:
        # A session's segments are megabytes of which one file's edits are few lines: only those are decoded.
        needle = jsonline.dump({"path": path})[1:-1]
        for data in self._segments[folder]:
            if needle in data:
                lines = b"\n".join(line for line in codec.lines_of(data) if needle in line)
                yield from codec.decode_lines(lines, codec.decode_event).values
