"""What a model has cost today, on this machine: no call that could pass the caps, and none too soon after a failure.

A background model that nobody counted burnt 345 million tokens of a peer's user in a day; another's failed call came
again every five seconds.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from hivemind_git import locks
from hivemind_git.errors import HivemindError

_DOLLARS_PER_MILLION = {"haiku": (1, 5), "sonnet": (3, 15), "opus": (15, 75)}
"""Input and output; Opus at its dearest. A model of another name is counted as the dearest of these."""
_FIRST_WAIT_SECONDS = 60.0
_LONGEST_WAIT_SECONDS = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Caps:
    """What one day (UTC) may cost: tokens in and out together, and millionths of a dollar."""

    tokens: int = 200_000
    microdollars: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Spent:
    """A day's record. `until` is the POSIX time before which no call is made, after `failures` in a row."""

    day: str = ""
    tokens: int = 0
    microdollars: int = 0
    failures: int = 0
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The record in a file of its own, shared by all processes of a repository."""

    path: Path
    caps: Caps = field(default_factory=Caps)
    clock: Callable[[], float] = time.time

    def reserve(self, model: str, tokens_in: int, tokens_out: int) -> str:
        """Books a call at its worst case, before it is made. Returns why it may not be made, or nothing.

        Raises:
            HivemindError: the record cannot be written, so that nothing could be counted.
        """
        with self._held() as spent:
            if self.clock() < spent.until:
                return f"the model failed {spent.failures} times in a row, it is asked again later"
            booked = replace(
                spent,
                tokens=spent.tokens + tokens_in + tokens_out,
                microdollars=spent.microdollars + cost(model, tokens_in, tokens_out),
            )
            if booked.tokens > self.caps.tokens or booked.microdollars > self.caps.microdollars:
                return "the model's cap for today is reached"
            self._write(booked)
            return ""

    def settle(self, model: str, booked: tuple[int, int], used: tuple[int, int]) -> None:
        """Corrects what was booked for a call to what it used (tokens in and out); the call went well."""
        with self._held() as spent:
            self._write(
                replace(
                    spent,
                    tokens=max(0, spent.tokens - sum(booked) + sum(used)),
                    microdollars=max(0, spent.microdollars - cost(model, *booked) + cost(model, *used)),
                    failures=0,
                    until=0.0,
                )
            )

    def failed(self) -> None:
        """Notes a failure. What was booked stays booked: a broken answer is paid for all the same."""
        with self._held() as spent:
            wait = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 4**spent.failures)
            self._write(replace(spent, failures=spent.failures + 1, until=self.clock() + wait))

    def spent(self) -> Spent:
        """What stands in the record for today."""
        today = time.strftime("%Y-%m-%d", time.gmtime(self.clock()))
        try:
            found = Spent(**json.loads(self.path.read_text()))
        except (OSError, ValueError, TypeError):
            return Spent(day=today)
        return found if found.day == today else replace(found, day=today, tokens=0, microdollars=0)

    @contextmanager
    def _held(self) -> Iterator[Spent]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise _unwritable(self.path, error) from error
        try:
            locks.wait(lock)
            yield self.spent()
        finally:
            os.close(lock)

    def _write(self, spent: Spent) -> None:
        new = self.path.with_suffix(".new")
        try:
            new.write_text(json.dumps(asdict(spent)))
            new.chmod(0o600)
            new.replace(self.path)
        except OSError as error:
            raise _unwritable(self.path, error) from error


def cost(model: str, tokens_in: int, tokens_out: int) -> int:
    """Millionths of a dollar for a call."""
    dearest = max(_DOLLARS_PER_MILLION.values())
    price = next((price for name, price in _DOLLARS_PER_MILLION.items() if name in model.lower()), dearest)
    return tokens_in * price[0] + tokens_out * price[1]


def _unwritable(path: Path, error: OSError) -> HivemindError:
    return HivemindError(f"{path} cannot be written: {error.strerror}", "check permissions and disk space")
