"""When codify runs by itself, and when it rests: what it did last, kept in a file of this machine.

A peer's failed background run came again every five seconds. So a run is counted as a failure before it begins, and
what it was is known only to one that ends: a run that is killed, or takes the machine down, backs off all the same.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from hivemind_git.capture.files import exclusive, place, private_folder

REST_SECONDS: Final = 300.0
"""The least time between two runs at the ends of turns."""
REST_SHARE: Final = 20.0
"""How many times as long as a run took it rests after it, so that it never takes more than a twentieth of a core."""
FIRST_WAIT_SECONDS: Final = 60.0
LONGEST_WAIT_SECONDS: Final = 6 * 3600.0


class End(StrEnum):
    """What ended: the agent's turn, or its session."""

    TURN = "turn"
    SESSION = "session"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The last run. Times are POSIX seconds; `seen` is what it looked at, as a digest.

    `failures` are those in a row, and `until` is when it may run again after them. `problem` says what went wrong, and
    `waiting` (skill → why) which drafts need a person.
    """

    began: float = 0.0
    ended: float = 0.0
    seen: str = ""
    failures: int = 0
    until: float = 0.0
    problem: str = ""
    published: tuple[str, ...] = ()
    waiting: Mapping[str, str] = field(default_factory=dict)

    def starting(self, now: float) -> Pace:
        """The record of a run that begins: a failure, until it says otherwise."""
        wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 4 ** min(self.failures, 10))
        return Pace(
            began=now,
            ended=self.ended,
            seen=self.seen,
            failures=self.failures + 1,
            until=now + wait,
            problem="it was killed before it ended",
            waiting=self.waiting,
        )


def due(pace: Pace, end: End, turns: int, every: int, now: float) -> bool:
    """Whether it is time for a run, whatever there is to look at.

    Args:
        pace: the last run.
        end: what ended now.
        turns: turns that ended since the last run began.
        every: after so many turns it runs however short its rest was; 0: never by itself.
        now: POSIX seconds.
    """
    if not every or now < pace.until:
        return False
    # A clock that was set back must not stop it for ever.
    return end is End.SESSION or turns >= every or now >= rested(pace) or now < pace.ended


def rested(pace: Pace) -> float:
    """The POSIX time from which the end of any turn is enough for a run."""
    return pace.ended + max(REST_SECONDS, REST_SHARE * (pace.ended - pace.began)) if pace.ended else 0.0


class Record:
    """The last run and the turns since, in `<git common dir>/hivemind`. A damaged file counts as none."""

    def __init__(self, state: Path) -> None:
        self._file = state / "skillify.json"
        self._turns = state / "skillify.turns"
        self.lock: Path = state / "skillify.lock"

    def pace(self) -> Pace:
        """The last run."""
        try:
            found = json.loads(self._file.read_bytes())
            return Pace(**{**found, "published": tuple(found["published"])})
        except (OSError, ValueError, TypeError, KeyError):
            return Pace()

    def running(self) -> bool:
        """Whether a run is at work now."""
        if not self.lock.exists():
            return False
        with exclusive(self.lock) as free:
            return not free

    def keep(self, pace: Pace) -> None:
        """Keeps what is known of a run.

        Raises:
            OSError: it cannot be written.
        """
        private_folder(self._file.parent)
        place(self._file, json.dumps(asdict(pace)).encode())

    def attended(self, refused: Collection[str]) -> None:
        """Forgets the drafts that needed a person, now that one was there; less those that are refused all the same."""
        pace = self.pace()
        left = {name: why for name, why in pace.waiting.items() if name in refused}
        if left != pace.waiting:
            self.keep(replace(pace, waiting=left))

    def turns(self) -> int:
        """Turns that ended since the last run began."""
        try:
            return self._turns.stat().st_size
        except OSError:
            return 0

    def turn(self) -> None:
        """Counts a turn, one byte each: many agents may do so at once."""
        private_folder(self._turns.parent)
        handle = os.open(self._turns, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, b".")
        finally:
            os.close(handle)

    def begin(self) -> None:
        """Counts turns from here on."""
        with suppress(FileNotFoundError):
            self._turns.unlink()
