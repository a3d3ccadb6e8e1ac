"""Forgets sessions, events or a value: out of the store and its history, and out of everything local that is ours.

The store comes first: from then on a tombstone keeps every seal, import and sync from bringing it back, so whatever a
kill leaves undone is done by running the same again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from hivemind_git.capture import erase
from hivemind_git.capture.files import exclusive
from hivemind_git.capture.seal import lock_path
from hivemind_git.errors import HivemindError, UsageError
from hivemind_git.pipeline import reach, selecting
from hivemind_git.pipeline.reach import Trace
from hivemind_git.pipeline.selecting import Selected
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.store import codec
from hivemind_git.store import forget as store_forget
from hivemind_git.store.layout import Area
from hivemind_git.store.reader import Store

_PATIENCE_SECONDS = 60.0
_SHORTEST_VALUE = 6


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be forgotten: sessions by id or the start of one, events by id, a value wherever it stands."""

    sessions: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    value: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was forgotten, or would be.

    `forks` are sessions that were forked from those asked for; `events` counts what goes from the store, `corrections`
    those of them that were derived. `journal` are entries, `log` lines. `traces` are what people published of it.
    """

    sessions: tuple[str, ...] = ()
    forks: tuple[str, ...] = ()
    events: int = 0
    corrections: int = 0
    journal: int = 0
    log: int = 0
    image_events: int = 0
    segments: int = 0
    traces: tuple[Trace, ...] = ()
    transcripts: tuple[Path, ...] = ()
    remotes: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    left: tuple[Path, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether there is nothing of it in the store or beside it."""
        counts = (self.events, self.corrections, self.journal, self.log, self.image_events, self.segments)
        return not (self.sessions or any(counts))


def forget(space: Workspace, request: Request, *, dry_run: bool = False) -> Report:
    """Forgets what is asked for, with the forks, sub-agents, corrections, images and journal entries of it.

    Args:
        space: where.
        request: what.
        dry_run: change nothing, and report what would go.

    Raises:
        HivemindError: nothing is asked for, a session or event is not known, a value is too short to mean anything, or
            the store cannot be written.
    """
    _check(request)
    with _alone(space):
        chosen = selecting.select(space, request.sessions, request.events, request.value)
        report = _report(space, chosen)
        if dry_run or not chosen.tombstones:
            return report
        done = store_forget.forget(space.repository, space.ref, chosen.tombstones, _message(chosen))
        _erase(space, chosen)
    return replace(
        report,
        segments=done.segments,
        elsewhere=done.elsewhere,
        left=tuple(erase.left(space.repository.state_dir, chosen.sought.needles)),
    )


def prune(space: Workspace, before: str, *, dry_run: bool = False) -> Report:
    """Forgets all sessions that began before a day, by their first event in UTC, and all of git's events before it.

    Args:
        space: where.
        before: `YYYY-MM` or `YYYY-MM-DD`.
        dry_run: change nothing, and report what would go.

    Raises:
        HivemindError: `before` is no such day, or the store cannot be written.
    """
    with _alone(space):
        chosen = selecting.before(space, before)
        report = _report(space, chosen)
        if dry_run:
            return report
        # No tombstone names the sessions of a month, so what is local of them goes while the store still does.
        erase.erase_sessions(space.repository.state_dir, chosen.folders)
        done = store_forget.forget(space.repository, space.ref, chosen.tombstones, f"Prune all before {before}")
        _erase(space, chosen)
    return replace(report, segments=done.segments, elsewhere=done.elsewhere)


def _check(request: Request) -> None:
    if not (request.sessions or request.events or request.value is not None):
        raise UsageError("nothing to forget was named", "Name a session, or give --event ID or --value-from-stdin.")
    if request.value is not None and len(request.value) < _SHORTEST_VALUE:
        raise UsageError(
            f"a value of {len(request.value)} characters stands in too much that has nothing to do with it",
            f"Give the whole secret, at least {_SHORTEST_VALUE} characters, on standard input.",
        )


@contextmanager
def _alone(space: Workspace) -> Iterator[None]:
    """Holds the lock under which sessions are written: what is forgotten must not be sealed meanwhile."""
    with exclusive(lock_path(space.repository), _PATIENCE_SECONDS) as mine:
        if not mine:
            raise HivemindError(
                "an import or seal is at work in this repository", "Run the command again when it is done."
            )
        yield


def _report(space: Workspace, chosen: Selected) -> Report:
    state = space.repository.state_dir
    store = space.store()
    corrections = _corrections(store, chosen)
    return Report(
        sessions=chosen.sessions,
        forks=chosen.forks,
        events=len(chosen.events),
        corrections=len(corrections),
        journal=len(chosen.journal),
        log=erase.log_lines(state, chosen.sought),
        image_events=chosen.image_events,
        traces=reach.traces(space, chosen.folders, corrections, chosen.sought),
        transcripts=chosen.transcripts,
        remotes=reach.remotes(space),
    )


def _corrections(store: Store, chosen: Selected) -> frozenset[str]:
    """The ids of the corrections that go."""
    gone = chosen.tombstones
    return frozenset(
        own
        for segment, oid in store.places(Area.CORRECTIONS)
        for line in codec.lines_of(store.segment(oid))
        if (own := codec.own_id_of(line))
        and (segment.folder in chosen.folders or not codec.ids_of(line).isdisjoint(gone.events | chosen.events))
    )


def _erase(space: Workspace, chosen: Selected) -> None:
    """Removes what is local, for all that was ever forgotten.

    Raises:
        HivemindError: something cannot be removed; the store has forgotten it already.
    """
    state = space.repository.state_dir
    try:
        for path in chosen.journal:
            path.unlink(missing_ok=True)
        erase.clean_log(state, chosen.sought)
        erase.sweep(state, space.store().tombstones())
        erase.drop_caches(state, (*chosen.sessions, *chosen.forks))
    except OSError as error:
        raise HivemindError(
            f"the store has forgotten it, but {error.filename} could not be removed: {error.strerror}",
            "Correct that, and run the same command again.",
        ) from error


def _message(chosen: Selected) -> str:
    sessions = len(chosen.tombstones.sessions)
    parts = [f"{sessions} session{'s' * (sessions != 1)}"] if sessions else []
    events = len(chosen.tombstones.events)
    parts += [f"{events} event{'s' * (events != 1)}"] if events or not parts else []
    return f"Forget {' and '.join(parts)}"
