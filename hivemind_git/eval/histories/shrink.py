"""From a failing history to the few steps that still fail in the same way."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from hivemind_git.eval.histories.judge import Score, judge
from hivemind_git.eval.histories.play import Step, play
from hivemind_git.eval.histories.world import World

Fails: TypeAlias = Callable[[Sequence[Step]], bool]


@dataclass(frozen=True, slots=True)
class Script:
    """A small history that fails: what happened, in order, and what is wrong with what was derived."""

    seed: int
    steps: tuple[Step, ...]
    told: tuple[str, ...]
    wrong: tuple[str, ...]

    def text(self) -> str:
        """The script as a person reads it."""
        happened = [f"  {number}. {line}" for number, line in enumerate(self.told)]
        return "\n".join(
            [f"seed {self.seed}, {len(self.steps)} steps:", *happened, *(f"  !! {one}" for one in self.wrong)]
        )


def measured(seed: int, steps: Sequence[Step], folder: Path) -> tuple[World, Score]:
    """Plays steps in a new folder below `folder`, judges what came of them, and removes it."""
    with _fresh(folder) as empty:
        world = play(seed, steps, empty)
        return world, judge(world)


def shrunk(seed: int, steps: Sequence[Step], folder: Path) -> Script | None:
    """The fewest steps found that fail as all of them do; None where they do not fail."""
    kinds = _kinds(measured(seed, steps, folder)[1])
    if not kinds:
        return None
    least = least_failing(steps, lambda tried: bool(kinds & _kinds(measured(seed, tried, folder)[1])))
    world, score = measured(seed, least, folder)
    return Script(seed, tuple(least), tuple(world.told), tuple(f"{one.what}: {one.text}" for one in score.wrong))


def least_failing(steps: Sequence[Step], fails: Fails) -> list[Step]:
    """Leaves out ever smaller runs of steps as long as the rest fails (Zeller's delta debugging, complements only)."""
    left = list(steps)
    size = max(len(left) // 2, 1)
    while True:
        at = 0
        while at < len(left):
            tried = left[:at] + left[at + size :]
            if tried and fails(tried):
                left = tried
            else:
                at += size
        if size == 1:
            return left
        size = max(size // 2, 1)


def _kinds(score: Score) -> set[str]:
    return {one.what for one in score.wrong}


@contextmanager
def _fresh(folder: Path) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="history-", dir=folder))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
