"""The journal → the session store, each assistant's payloads reconciled with its own logs."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Final

from hivemind_git import agents
from hivemind_git.capture import places
from hivemind_git.capture import seal as capture
from hivemind_git.capture.files import exclusive, note, owner_alone
from hivemind_git.capture.journal import Journal, Payload
from hivemind_git.capture.keep import Keeper
from hivemind_git.capture.memory import Memory
from hivemind_git.capture.seal import SealResult, lock_path
from hivemind_git.capture.watch import Look, Watch
from hivemind_git.errors import HivemindError
from hivemind_git.model import Capture
from hivemind_git.pipeline import redaction, visits
from hivemind_git.pipeline.hearing import Listener
from hivemind_git.pipeline.hinted import AGENT
from hivemind_git.pipeline.windowed import Windowed
from hivemind_git.pipeline.workspace import Workspace

DUE: Final = "due"
"""In the state folder while a seal that a commit started has not begun: the process that is to begin it."""
QUIET: Final = "quiet"
"""In the state folder where the last seal that found anything found nothing but hints of git's hooks."""
_ROUNDS: Final = 5


def seal(space: Workspace, patience: float = 0.0) -> SealResult:
    """Moves what is in the journal to the store, and what assistants wrote in their logs since.

    Hooks are hints: they miss refusals, interrupts and background work, and a killed agent fires none. So what an
    assistant wrote in its own log counts too, whether or not a hook told of it, and the reader folds the two.

    Where capture is off for the repository, what came before the hooks knew is discarded.

    Args:
        space: what is sealed.
        patience: seconds to wait for another seal, which may hold what somebody is about to look at.

    Raises:
        HivemindError: the store or the disk cannot be written; the journal stays as it is.
    """
    until = time.monotonic() + patience
    total = _sealed_alone(space)
    while total.busy and (left := until - time.monotonic()) > 0:
        with exclusive(lock_path(space.repository), left):
            pass
        total = _both(total, _sealed_alone(space))
    return total


def _sealed_alone(space: Workspace) -> SealResult:
    """One seal, which leaves where another is at work."""
    journal = Journal(space.repository.state_dir)
    if not space.settings.capture:
        # The environment speaks for one session, and the journal is everybody's.
        if "HIVEMIND_CAPTURE" not in os.environ:
            journal.discard(journal.pending())
        return SealResult(pending=len(journal.pending()), lost=journal.lost())
    owner_alone(space.repository.state_dir)
    # A commit that comes from here on starts a seal of its own (hooks/git/hint).
    with suppress(OSError):
        (space.repository.state_dir / DUE).unlink(missing_ok=True)
    total: SealResult | None = None
    heard: set[str] = set()
    for _ in range(_ROUNDS):
        sealing = _Sealing(space)
        done = capture.seal(
            space.repository,
            space.ref,
            space.settings,
            sealing.captures,
            redaction.redactor_for(space),
            ready=sealing.windowed.ready,
        )
        if done.busy:
            return _both(total, done) if total else done
        done = sealing.sweep(done)
        total = _both(total, done) if total else done
        heard |= sealing.heard
        _tell_hooks(space.repository.state_dir / QUIET, heard, total)
        # A seal that came while this one read logs has left.
        if {entry.path for entry in journal.pending()} <= done.seen:
            break
    return total or SealResult()


def _tell_hooks(quiet: Path, heard: set[str], done: SealResult) -> None:
    """Lets the next commit start a seal only where more than commits came of this one, or an assistant tells more."""
    with suppress(OSError):
        if done.sessions or heard - {AGENT}:
            quiet.unlink(missing_ok=True)
        elif heard:
            quiet.touch(mode=0o600)


def _both(first: SealResult, second: SealResult) -> SealResult:
    return replace(
        second,
        events=first.events + second.events,
        sessions=first.sessions + second.sessions,
        forgotten=first.forgotten + second.forgotten,
    )


class _Sealing:
    """One seal of one repository."""

    def __init__(self, space: Workspace) -> None:
        self.windowed = Windowed(space)
        self.heard: set[str] = set()
        self._space = space
        self._listener = Listener(space)
        self._watch = Watch(space.repository.state_dir, agents.measured)
        self._read: list[tuple[Path, Look]] = []

    def captures(self, agent: str, payloads: Sequence[Payload]) -> Iterator[Capture]:
        """What payloads mean, with all that is new in the logs that they name."""
        self.heard.add(agent)
        self._settle()
        if agent in agents.NAMES:
            yield from self.windowed.captures(agent, payloads)
        guests = [payload for payload in payloads if visits.is_visit(payload)]
        self._watch.add(agent, self._listener.logs(agent, guests), guest=True)
        logs = self._listener.logs(agent, [payload for payload in payloads if not visits.is_visit(payload)])
        self._watch.add(agent, logs)
        told = chain(self._listener.hear(agent, payloads), chain.from_iterable(self._new(agent, log) for log in logs))
        yield from (one for one in told if not self.windowed.knows(one))

    def sweep(self, done: SealResult) -> SealResult:
        """Reads the logs that changed though no hook told of it, and remembers how far all of them were read.

        Raises:
            HivemindError: the store or the disk cannot be written.
        """
        repository = self._space.repository
        if not self._read and not any(Watch(repository.state_dir, agents.measured).changed()):
            return done
        try:
            with exclusive(lock_path(repository)) as mine:
                return self._swept(done) if mine else replace(done, busy=True)
        except OSError as error:
            note(repository.state_dir / "log", f"seal: {error}")
            raise HivemindError(
                f"what an assistant logged could not be sealed: {error}", "Check permissions and disk space."
            ) from error

    def _swept(self, done: SealResult) -> SealResult:
        self._settle()
        self._watch.sealed(self._read, time.time())
        self._read = []
        space = self._space
        keeper = Keeper(space.repository, space.ref, redaction.redactor_for(space), settings=space.settings)
        for agent, log in self._all_logs():
            self._sweep_log(agent, log, keeper)
        keeper.flush()
        self._watch.sealed(self._read, time.time())
        kept = keeper.kept
        return replace(done, events=done.events + kept.events, sessions=done.sessions + len(kept.sessions))

    def _settle(self) -> None:
        """Remembers where the worktrees are.

        A copy lets go of the logs that are the original's, and parts from it: both go on with the same sessions.
        """
        repository = self._space.repository
        tops = {str(path): name for path, name in repository.worktrees.items()}
        self._watch = Watch(repository.state_dir, agents.measured)
        if places.is_copy(repository.state_dir, repository.common_dir):
            self._watch.clear()
            Memory(repository.state_dir).part()
        places.remember(repository.state_dir, repository.common_dir, tops)

    def _all_logs(self) -> list[tuple[str, Path]]:
        """The watched logs, and those of sub-agents that came beside them since."""
        for log, look in self._watch.logs():
            named = Payload("", look.agent, 0.0, {"transcript_path": str(log)})
            self._watch.add(look.agent, self._listener.logs(look.agent, [named]), guest=look.guest)
        return [(look.agent, log) for log, look in self._watch.logs()]

    def _sweep_log(self, agent: str, log: Path, keeper: Keeper) -> None:
        try:
            for one in self._new(agent, log):
                if not self.windowed.knows(one):
                    keeper.add(one)
        except HivemindError:
            raise
        except Exception as error:  # noqa: BLE001 - one log that nobody understands must not hold up all others
            note(self._space.repository.state_dir / "log", f"seal: {agent}: {type(error).__name__}: {error}")

    def _new(self, agent: str, log: Path) -> Iterator[Capture]:
        """What a log tells, if it changed since all of it was sealed."""
        look = self._watch.look(agent, log)
        if look is not None and self._watch.is_new(log, look) and (log, look) not in self._read:
            told = self._listener.read(agent, log)
            yield from visits.own_part(told) if look.guest else told
            self._read.append((log, look))
            visits.announce(self._space.repository, agent, log, self._listener.visited())
