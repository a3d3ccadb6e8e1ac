"""Commands survive faults in their system calls; `python -m benchmarks.faults` draws as many as anybody wants."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest

from benchmarks.faults.__main__ import tried
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
