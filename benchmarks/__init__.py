"""Every figure that the project quotes, each a ratio against a baseline measured in the same run.

`python -m benchmarks` runs them all. A module of this package is a benchmark if it has `run(size: Size) -> list[Row]`;
the first line of its docstring is its title.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

transcripts: Path | None = None
"""A folder of real transcripts, for the benchmarks that can do with generated ones."""


class Size(StrEnum):
    """How much to measure: `small` in seconds, to see that a benchmark works; `full` for figures to quote."""

    SMALL = "small"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure: medians in seconds, and the largest ratio that is fine (None where none was promised).

    Where `unit` is B both are bytes instead.
    """

    name: str
    seconds: float
    baseline: str
    baseline_seconds: float
    bound: float | None
    note: str = ""
    unit: str = "s"

    @property
    def ratio(self) -> float:
        """How many times the baseline it takes."""
        return self.seconds / self.baseline_seconds

    @property
    def holds(self) -> bool:
        """Whether the ratio is within its bound."""
        return self.bound is None or self.ratio <= self.bound


def interleaved(cases: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median time of each case in seconds, all cases once a round, so that a busy moment touches all alike.

    The first round only warms the caches.
    """
    times: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, case in cases.items():
            start = time.perf_counter()
            case()
            if number:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def process(argv: list[str], cwd: Path, payload: bytes = b"", env: Mapping[str, str] | None = None) -> None:
    """Runs a command as an assistant runs a hook, with less overhead than subprocess adds to every measured time.

    The payload is written to its standard input; its standard output and error are read until nobody holds them.

    Raises:
        RuntimeError: it failed, or printed something.
    """
    stdin, feed = os.pipe()
    result, stdout = os.pipe()
    os.chdir(cwd)
    pid = os.posix_spawnp(
        argv[0],
        argv,
        os.environ if env is None else env,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, stdin, 0),
            (os.POSIX_SPAWN_DUP2, stdout, 1),
            (os.POSIX_SPAWN_DUP2, stdout, 2),
        ],
    )
    os.close(stdin)
    os.close(stdout)
    view = memoryview(payload)
    while view:
        view = view[os.write(feed, view) :]
    os.close(feed)
    printed = b""
    while chunk := os.read(result, 65536):
        printed += chunk
    os.close(result)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code:
        raise RuntimeError(f"{argv} exited with {code} and printed {printed!r}")
