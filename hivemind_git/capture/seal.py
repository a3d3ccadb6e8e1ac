"""Moves what the assistants' hook kept from the journal to the session store."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, TypeAlias

from hivemind_git.capture.files import exclusive, note
from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.journal import Entry, Journal, Payload
from hivemind_git.capture.keep import Checkpoint, Keeper, RedactorFor
from hivemind_git.capture.memory import Memory
from hivemind_git.errors import GitUnusableError, HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.model import Capture
from hivemind_git.settings import Settings

_CHUNK_ENTRIES: Final = 500
_CHUNK_BYTES: Final = 32 * 1024 * 1024
_ROUNDS: Final = 20
_DAY_SECONDS: Final = 86400.0

ToCaptures: TypeAlias = Callable[[str, Sequence[Payload]], Iterable[Capture]]
"""Assistant, its payloads in order → what happened, in order. It may read transcripts, and tell again what it told."""


@dataclass(frozen=True, slots=True)
class SealResult:
    """What a seal did. `pending` events are still in the journal, `lost` were lost since install.

    `busy`: another seal was at work, and something was left to it. `seen`: the journal when it looked last.
    """

    events: int = 0
    sessions: int = 0
    forgotten: int = 0
    pending: int = 0
    lost: int = 0
    busy: bool = False
    seen: frozenset[Path] = field(default=frozenset(), compare=False)


def lock_path(repo: Repository) -> Path:
    """The file that whoever writes sessions of this machine to the store holds (`files.exclusive`)."""
    return repo.state_dir / "seal.lock"


def seal(
    repo: Repository,
    ref: str,
    settings: Settings,
    to_captures: ToCaptures,
    redactor_for: RedactorFor,
    *,
    ready: Callable[[Payload], bool] = lambda _: True,
    clock: Callable[[], float] = time.time,
    checkpoint: Checkpoint = lambda _: None,
) -> SealResult:
    """Seals all that is in the journal, in the order in which it was written.

    An entry is removed only when its events are in the store. What arrives meanwhile is sealed too. What goes wrong is
    in `<git common dir>/hivemind/log`.

    Args:
        repo: where the journal and the store are.
        ref: the store's full ref name.
        settings: how long images are kept, what is never recorded, and the workspace's name.
        to_captures: what payloads mean. If it fails on one, that one is set aside and counted as lost.
        redactor_for: makes the redactor of a session.
        ready: whether the hook is done with a payload; one that it still works on stays in the journal.
        clock: POSIX seconds.
        checkpoint: told of each step that is done.

    Raises:
        HivemindError: the store or the disk cannot be written; the journal stays as it is.
    """
    journal = Journal(repo.state_dir)
    log = repo.state_dir / "log"
    keeper = Keeper(repo, ref, redactor_for, settings=settings, checkpoint=checkpoint)
    work = _Seal(journal, keeper, to_captures, ready, clock, checkpoint, log)
    seen: set[Path] = set()
    try:
        # A hook that came while the lock was held has left, so look once more after letting go of it.
        for _ in range(_ROUNDS):
            if {entry.path for entry in journal.pending()} <= seen:
                break
            with exclusive(lock_path(repo)) as mine:
                if not mine:
                    return SealResult(pending=len(journal.pending()), lost=journal.lost(), busy=True)
                seen = work.drain()
                _tidy(repo.state_dir, settings, clock())
    except OSError as error:
        note(log, f"seal: {error}")
        raise HivemindError(f"the journal could not be sealed: {error}", "Check permissions and disk space.") from error
    except HivemindError as error:
        note(log, f"seal: {error.sentence}")
        raise
    finally:
        with suppress(OSError):
            journal.tidy(clock())
    kept = keeper.kept
    return SealResult(
        kept.events,
        len(kept.sessions),
        kept.forgotten,
        pending=len(journal.pending()),
        lost=journal.lost(),
        seen=frozenset(seen),
    )


class _NonsenseError(Exception):
    """What a payload says could not be told."""


@dataclass(frozen=True, slots=True)
class _Seal:
    """One seal at work, which holds the lock."""

    journal: Journal
    keeper: Keeper
    to_captures: ToCaptures
    ready: Callable[[Payload], bool]
    clock: Callable[[], float]
    checkpoint: Checkpoint
    log: Path

    def drain(self) -> set[Path]:
        """Seals what is in the journal now, and returns all that it saw there."""
        entries = self.journal.pending()
        for chunk in _chunks(entries):
            self._seal_chunk(chunk)
        return {entry.path for entry in entries}

    def _seal_chunk(self, chunk: Sequence[Entry]) -> None:
        now = self.clock()
        # The sessions of one workspace apart from others, so that what a payload leads to bears its label too.
        by_agent: dict[tuple[str, str | None], list[tuple[Entry, Payload]]] = {}
        for entry in chunk:
            payload = self.journal.read(entry, now)
            if payload is not None and self.ready(payload):
                by_agent.setdefault((entry.agent, payload.workspace), []).append((entry, payload))
        done = [entry for (agent, label), found in by_agent.items() for entry in self._keep(agent, label, found)]
        self.keeper.flush()
        self._report()
        self.journal.discard(done)
        self.checkpoint("journal")

    def _keep(self, agent: str, label: str | None, found: Sequence[tuple[Entry, Payload]]) -> Iterator[Entry]:
        """Keeps the payloads of one assistant and workspace, and gives the entries that may go once all is written."""
        try:
            for capture in self._told(agent, [payload for _, payload in found]):
                event = capture.event
                self.keeper.add(replace(capture, event=replace(event, workspace=event.workspace or label)))
        except _NonsenseError as error:
            note(self.log, f"seal: {agent}: {error}")
            if len(found) == 1:
                self.journal.set_aside(found[0][0])
                return
            for one in found:
                yield from self._keep(agent, label, [one])
        else:
            yield from (entry for entry, _ in found)

    def _told(self, agent: str, payloads: Sequence[Payload]) -> Iterator[Capture]:
        try:
            yield from self.to_captures(agent, payloads)
        except GitUnusableError:
            raise  # nothing is wrong with what was told
        except Exception as error:  # one payload that nobody understands must not hold up all others
            raise _NonsenseError(f"{type(error).__name__}: {error}") from error

    def _report(self) -> None:
        kept = self.keeper.kept
        for agent, reason in kept.refused:
            self.journal.lose(agent, "refused")
            note(self.log, f"seal: {agent}: refused: {reason}")
        kept.refused.clear()


def _chunks(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    chunk: list[Entry] = []
    size = 0
    for entry in entries:
        if chunk and (len(chunk) >= _CHUNK_ENTRIES or size + entry.size > _CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(entry)
        size += entry.size
    if chunk:
        yield chunk


def _tidy(state: Path, settings: Settings, now: float) -> None:
    """Once a day: images and memory of sessions long done go."""
    stamp = state / "tidied"
    try:
        if abs(now - stamp.stat().st_mtime) < _DAY_SECONDS:
            return
    except FileNotFoundError:
        pass
    stamp.touch(mode=0o600)
    ImageStore(state / "images").prune(settings.images_days, settings.images_bytes, now)
    # Without its images a session is not derived any more, and nothing that is remembered of it is asked for.
    Memory(state).prune(now - settings.images_days * _DAY_SECONDS)
