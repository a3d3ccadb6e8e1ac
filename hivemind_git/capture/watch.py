"""The assistants' logs of sessions that may not be over: looked at again until two weeks pass without a change.

An agent that is killed fires no hook, and one that was killed between two hooks wrote more than any hook told. So each
log that a payload ever named is remembered, with the size and time it had when all of it went to the store; a log that
did not change since costs one stat. It is remembered before it is there: Claude Code makes its transcript only after
the hook of the first prompt has run. The file is `<git common dir>/hivemind/unfinished.json`; whoever writes it holds
the lock of the seal.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from hivemind_git.capture.files import place, private_folder

WATCHED_SECONDS: Final = 14 * 86400.0
Measure: TypeAlias = Callable[[str, Path], tuple[int, int] | None]
"""(assistant, log) → how much is in it and when that changed, in ns; None where it is not there."""


class Look(NamedTuple):
    """A log as it stood when it was looked at: its size, in bytes or in messages, and its time in ns.

    `size` is -1 where nothing of it is in the store yet; `time` is then when it was named. `guest`: the session is
    another repository's.
    """

    agent: str
    size: int
    time: int
    guest: bool = False


def file_size(_: str, log: Path) -> tuple[int, int] | None:
    """Size and time of a log that is a file."""
    try:
        stat = log.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


class Watch:
    """The logs that are watched in one repository."""

    def __init__(self, state: Path, measure: Measure = file_size) -> None:
        self._measure = measure
        self._file = state / "unfinished.json"
        self._looks = _read(self._file)

    def add(self, agent: str, logs: Iterable[Path], *, guest: bool = False) -> None:
        """Watches logs from now on, before anything of them is read: a kill after that loses none.

        Raises:
            OSError: the file cannot be written.
        """
        looks = ((str(log), self._looks.get(str(log))) for log in logs)
        # A visitor that began to work here for good is read again, as a whole.
        unknown = [name for name, look in looks if look is None or (look.guest and not guest)]
        new = {name: Look(agent, -1, time.time_ns(), guest) for name in unknown}
        if new:
            self._looks |= new
            self._write()

    def look(self, agent: str, log: Path) -> Look | None:
        """The log as it stands now; None where it is gone."""
        found = self._measure(agent, log)
        if found is None:
            return None
        known = self._looks.get(str(log))
        return Look(agent, *found, known.guest if known else False)

    def has(self, log: Path) -> bool:
        """Whether a log is watched."""
        return str(log) in self._looks

    def clear(self) -> None:
        """Watches nothing any more.

        Raises:
            OSError: the file cannot be written.
        """
        self._looks = {}
        self._write()

    def is_new(self, log: Path, look: Look) -> bool:
        """Whether there may be something in a log that the store has not."""
        return self._looks.get(str(log)) != look

    def changed(self) -> Iterator[tuple[Path, Look]]:
        """The logs in which something may be new, as they stand now."""
        for name, before in self._looks.items():
            now = self.look(before.agent, Path(name))
            if now is not None and now != before:
                yield Path(name), now

    def logs(self) -> list[tuple[Path, Look]]:
        """All logs that are watched, as they were seen last."""
        return [(Path(name), look) for name, look in self._looks.items()]

    def sealed(self, looks: Iterable[tuple[Path, Look]], now: float) -> None:
        """Remembers logs that were read to the store as they stood, and lets go of those that are long quiet.

        Args:
            looks: taken before each was read, so that what was written meanwhile counts as new.
            now: POSIX seconds.

        Raises:
            OSError: the file cannot be written.
        """
        before = dict(self._looks)
        self._looks |= {str(log): look for log, look in looks}
        for name, look in list(self._looks.items()):
            there = self.look(look.agent, Path(name))
            old = abs(now - look.time / 1e9) > WATCHED_SECONDS
            if (there is None and (old or look.size >= 0)) or (there == look and old):
                del self._looks[name]
        if self._looks != before:
            self._write()

    def forget(self, session: str) -> None:
        """Watches the logs of a session no more.

        Raises:
            OSError: the file cannot be written.
        """
        kept = {name: look for name, look in self._looks.items() if session not in name}
        if len(kept) < len(self._looks):
            self._looks = kept
            self._write()

    def _write(self) -> None:
        private_folder(self._file.parent)
        place(self._file, json.dumps(self._looks, sort_keys=True).encode("utf-8", "surrogatepass"))


def _read(file: Path) -> dict[str, Look]:
    try:
        value = json.loads(file.read_bytes().decode("utf-8", "surrogatepass"))
        return {
            name: Look(str(agent), int(size), int(t), bool(guest)) for name, (agent, size, t, *guest) in value.items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
