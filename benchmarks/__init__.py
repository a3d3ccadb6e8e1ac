"""Every figure that the project quotes, each a ratio against a baseline measured in the same run.

`python -m benchmarks` runs them all. A module of this package is a benchmark if it has `run(size: Size) -> list[Row]`;
the first line of its docstring is its title. What was measured is kept by `benchmarks.figures`.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

PROGRAM = str(Path(sys.executable).with_name("git-hivemind"))
"""Our command, as installed beside this Python."""

transcripts: Path | None = None
"""A folder of real transcripts, for the benchmarks that can do with generated ones."""


class Size(StrEnum):
    """How much to measure: `quick` in seconds, to see that nothing went out of hand; `full` for figures to quote."""

    QUICK = "quick"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, in seconds, in bytes where `unit` is B, or counted where it is n.

    Attributes:
        cost: what it takes.
        baseline, baseline_cost: what it is compared with, and what that takes.
        bound: the largest ratio that is fine; None where none was promised.
        series, n: rows of one series differ in the size `n` alone; how their cost grows is shown.
    """

    name: str
    cost: float
    baseline: str
    baseline_cost: float
    bound: float | None
    note: str = ""
    unit: str = "s"
    series: str = ""
    n: int = 0

    @property
    def ratio(self) -> float:
        """How many times the baseline it takes."""
        return self.cost / self.baseline_cost

    @property
    def holds(self) -> bool:
        """Whether the ratio is within its bound."""
        return self.bound is None or self.ratio <= self.bound


def interleaved(cases: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The time of each case in seconds, all cases once a round, so that a busy moment touches all alike.

    It is the lower quartile of the rounds: what else the machine does only ever adds. The first round warms the caches.
    """
    times: dict[str, list[float]] = {name: [] for name in cases}
    for number in range(rounds + 1):
        for name, case in cases.items():
            start = time.perf_counter()
            case()
            if number:
                times[name].append(time.perf_counter() - start)
    return {name: _lower_quartile(taken) for name, taken in times.items()}


def _lower_quartile(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=4, method="inclusive")[0] if len(taken) > 1 else taken[0]


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


_PEAK = """
import os, sys
pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=[
    (os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_RDWR, 0) for fd in (0, 1)])
_, status, used = os.wait4(pid, 0)
if os.waitstatus_to_exitcode(status):
    sys.exit(1)
print(used.ru_maxrss)
"""
PYTHON_PEAK = "python -c 'import click, pygit2'"
"""The baseline of memory peaks: what every command of ours loads."""


def peak(argv: list[str], cwd: Path) -> int:
    """The most memory that a command ever held, in bytes.

    A small process in between starts it: a child's figure begins with what its parent held.

    Raises:
        subprocess.CalledProcessError: the command failed.
    """
    command = [sys.executable, "-I", "-S", "-c", _PEAK, *argv]
    kilobytes = subprocess.run(command, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout
    return int(kilobytes) * 1024


def peak_of_imports(cwd: Path) -> int:
    """What the baseline of memory peaks holds, in bytes."""
    return peak([sys.executable, "-c", "import click, pygit2"], cwd)
