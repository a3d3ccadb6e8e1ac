"""Commands survive faults in their system calls; `python -m benchmarks.faults` draws as many as anybody wants."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from benchmarks.faults import kills
from benchmarks.faults.__main__ import tried
from benchmarks.faults.injecting import Fault
from benchmarks.faults.scenarios import NAMES, Stage


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    if shutil.which("strace") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("strace is not there: install it (Debian: strace)")
    made = Stage(tmp_path_factory.mktemp("faults").resolve())
    made.make()
    yield made
    shutil.rmtree(made.top)


@pytest.mark.xdist_group("faults")
@pytest.mark.parametrize("name", NAMES)
def test_a_command_survives_a_fault(stage: Stage, name: str) -> None:
    (one,) = tried(stage, name, 1, 7)

    assert one.problems == ()


@pytest.mark.xdist_group("faults")
@pytest.mark.parametrize("name", kills.NAMES)
def test_events_are_counted_after_a_kill(stage: Stage, name: str) -> None:
    one = next(kills.killed(stage, name))

    assert one == kills.Killed(name, Fault("write", "kill", 1), accepted=8, lost=0, twice=0, damaged=False)


def test_the_table_of_kills_adds_up() -> None:
    found = [kills.Killed("hook", Fault("write", "kill", n), 9, n - 1, 0, damaged=n == 2) for n in (1, 2)]

    assert kills.table(found).splitlines()[2:] == ["| hook | 2 | 18 | 1 | 0 | 1 |", "| all | 2 | 18 | 1 | 0 | 1 |"]
