"""Codify by itself, after turns and sessions: on local branches only, one at a time, and never in anybody's way."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from types import FrameType
from typing import Final

from hivemind_git.capture.files import exclusive, note
from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.pipeline import codifying, notices
from hivemind_git.pipeline.codifying import Codified
from hivemind_git.pipeline.pacing import End, Pace, Record, due
from hivemind_git.pipeline.workspace import Workspace

LIMIT_SECONDS: Final = 600.0
_NICE: Final = 10
_NO_NETWORK: Final = {"GIT_NO_LAZY_FETCH": "1"}


class _TookTooLong(BaseException):
    """The run is at its limit. No `except Exception` on the way may take it for something else."""


def after(space: Workspace, end: End, *, limit: float = LIMIT_SECONDS) -> bool:
    """Codifies if it is time to; whether it did. Never raises: what goes wrong is in the log and in `skillify`.

    Only for a process that nobody waits for: it lowers its own priority, and no git that it starts may ask anybody any
    more. `limit` are the seconds that it may take.
    """
    record = Record(space.repository.state_dir)
    every = space.settings.skillify_every
    if not (every and space.settings.capture):
        return False
    try:
        if end is End.TURN:
            record.turn()
        if not due(record.pace(), end, record.turns(), every, time.time()):
            return False
        with exclusive(record.lock) as mine:
            # Another may have run between the two looks.
            if not mine or not due(record.pace(), end, record.turns(), every, time.time()):
                return False
            return _run(space, record, limit)
    except OSError as error:
        note(space.repository.state_dir / "log", f"skillify: {error}")
        return False


def _run(space: Workspace, record: Record, limit: float) -> bool:
    pace = record.pace()
    if seen(space) == pace.seen and not pace.problem:
        return False
    begun = pace.starting(time.time())
    record.keep(begun)
    record.begin()
    try:
        _step_back()
        with _limited(limit):
            done = codifying.run(space, unattended=True)
            ended = _told(space, begun, done)
    except HivemindError as error:
        ended = replace(begun, problem=error.sentence)
    except _TookTooLong:
        ended = replace(begun, problem=f"it took more than {limit:.0f} seconds")
    except Exception as error:  # noqa: BLE001 - nobody is there to see a traceback
        ended = replace(begun, problem=f"{type(error).__name__}: {error}")
    record.keep(replace(ended, ended=time.time()))
    if ended.problem:
        note(space.repository.state_dir / "log", f"skillify: {ended.problem}")
    return not ended.problem


def seen(space: Workspace) -> str:
    """A digest of what a run looks at: where the store, the trunk and the skills' branches stand, and the settings."""
    refs = space.repository.refs("refs/heads/") | space.repository.refs("refs/remotes/")
    return sha256(repr((sorted(refs.items()), space.repository.head(), space.settings)).encode()).hexdigest()


def _told(space: Workspace, begun: Pace, done: Codified) -> Pace:
    """The record of a run that ended; the person is told of what is new about it."""
    waiting = {name: error.sentence for name, error in done.refused.items()}
    made = [one.skill for one in done.published]
    state = space.repository.state_dir
    if made:
        what = "the skill" if len(made) == 1 else "the skills"
        text = f"hivemind-git drafted {what} {', '.join(made)} from your corrections, on local branches"
        notices.leave(state, f"{text}: `git hivemind review`.")
    for name in waiting.keys() - begun.waiting.keys():
        notices.leave(state, f"hivemind-git has a draft of the skill {name} that needs you: `git hivemind codify`.")
    return replace(begun, seen=seen(space), failures=0, until=0.0, problem="", published=tuple(made), waiting=waiting)


def _step_back() -> None:
    """Nothing asks, nothing is fetched, and whoever works at this machine goes first."""
    os.environ.update({**process.SILENT, **_NO_NETWORK})
    if sys.platform != "win32":
        with suppress(OSError):
            os.nice(_NICE)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Ends what takes too long; where even that is not heard, the process dies with what it started.

    Windows has no such timer: there each git has its own limit, and the lock ends with the process.
    """
    if sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - signal's interface
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, 30.0)
        raise _TookTooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
