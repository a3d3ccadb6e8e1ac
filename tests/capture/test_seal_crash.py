"""Real processes, killed at every step of a seal: every event that the hook accepted is in the store once."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from capture.conftest import Desk
from capture.seal_driver import STEPS
from store.store_values import an_id

from hivemind_git.capture.images import Image
from hivemind_git.capture.seal import SealResult

DRIVER = Path(__file__).with_name("seal_driver.py")
ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parents[1])}


def start(desk: Desk, step: str = "") -> subprocess.Popen[bytes]:
    command = [sys.executable, str(DRIVER), str(desk.repo.path), step]
    return subprocess.Popen(command, env={**os.environ, **ENVIRONMENT}, stdout=subprocess.PIPE)


def ended(process: subprocess.Popen[bytes]) -> int:
    process.communicate()
    return process.returncode


@pytest.mark.parametrize("step", STEPS)
def test_a_seal_killed_at_a_step_loses_nothing_and_repeats_nothing(desk: Desk, step: str) -> None:
    for number in range(6):
        desk.hook(session=f"s{number % 2}", name=number, text=f"hunter{number}", after=f"image {number}")
    assert ended(start(desk, step)) == -signal.SIGKILL
    first = desk.commits() if step in STEPS[2:] else []
    desk.hook(session="s0", name=6, text="hunter6 hunter0")
    desk.seal()
    assert {event.id for event in desk.events()} == {an_id(number) for number in range(7)}
    assert (desk.journal.pending(), desk.journal.lost(), desk.verify()) == ([], 0, [])
    images = {**desk.images.load("s0"), **desk.images.load("s1")}
    assert images == {an_id(number): Image(None, f"image {number}".encode(), True) for number in range(6)}
    # The numbers of secrets that were committed before the kill still hold after it.
    last = next(event for event in desk.events() if event.id == an_id(6))
    assert last.fields == {"text": "<custom:4> <custom:1>"}
    assert len(desk.commits()) == len(first) + 1
    assert desk.seal() == SealResult()


def test_ten_seals_at_once_seal_all_once(desk: Desk) -> None:
    for number in range(40):
        desk.hook(agent=("codex", "claude-code")[number % 2], session=f"s{number % 4}", name=number)
    assert [ended(process) for process in [start(desk) for _ in range(10)]] == [0] * 10
    desk.seal()
    assert sorted(event.id for event in desk.events()) == sorted(an_id(number) for number in range(40))
    lines = [
        line
        for path in desk.repo.git("ls-tree", "-r", "--name-only", "hivemind/sessions", "sessions").splitlines()
        for line in desk.repo.git("cat-file", "blob", f"hivemind/sessions:{path}").splitlines()
    ]
    assert (len(lines), desk.journal.pending(), desk.journal.lost(), desk.verify()) == (40, [], 0, [])


def test_a_killed_seal_leaves_no_lock(desk: Desk) -> None:
    desk.hook(session="s1", name=1)
    assert ended(start(desk, "images")) == -signal.SIGKILL
    assert desk.seal() == SealResult(events=1, sessions=1)


@pytest.mark.parametrize("seed", range(12))
def test_kills_at_any_moment_lose_nothing(desk: Desk, seed: int) -> None:
    """Between steps too: half-written files, locks of git, a commit without its ref."""
    choose = random.Random(seed)
    for name in range(30):
        desk.hook(session=f"s{name % 3}", name=name, text=f"hunter{name % 10}", after=f"image {name}")
        if name % 10 == 9:
            process = start(desk)
            assert process.stdout is not None
            assert process.stdout.readline() == b"sealing\n"
            # From before the first step to after the last.
            time.sleep(choose.uniform(0, 0.06))
            process.kill()
            ended(process)
            for lock in desk.repo.path.glob(".git/refs/**/*.lock"):
                os.utime(lock, (1, 1))
    while desk.seal().busy:  # a git that the last one had just forked still holds its lock
        time.sleep(0.01)
    wanted = {an_id(name) for name in range(30)}
    assert {event.id for event in desk.events()} == wanted
    assert {event for session in ("s0", "s1", "s2") for event in desk.images.load(session)} == wanted
    assert (desk.journal.pending(), desk.journal.lost(), desk.verify()) == ([], 0, [])
