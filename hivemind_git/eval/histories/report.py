"""Many histories: played one after the other or in several processes, counted together, and told."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from hivemind_git.eval.histories.judge import Score
from hivemind_git.eval.histories.play import plan
from hivemind_git.eval.histories.shrink import Script, measured, shrunk

_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own is made in it


@dataclass(slots=True)
class Measured:
    """What came of many histories. `failing` are the seeds with anything wrong, in order."""

    histories: int = 0
    score: Score = field(default_factory=Score)
    failing: list[int] = field(default_factory=list)


def measure(seeds: Sequence[int], folder: Path, jobs: int = 1) -> Measured:
    """Plays and judges the history of each seed, in folders of their own below `folder`."""
    done = Measured()
    for seed, score in _scores(seeds, folder, jobs):
        done.histories += 1
        done.score.add(score)
        done.failing += [seed] if score.wrong else []
    return done


def scripts(seeds: Sequence[int], folder: Path) -> Iterator[Script]:
    """The smallest failing script found for each of some seeds."""
    for seed in seeds:
        script = shrunk(seed, plan(seed), folder)
        if script is not None:
            yield script


def folder(chosen: str | None = None) -> Path:
    """Where histories are made: in memory where the system offers that, unless somebody chose a folder."""
    if chosen:
        return Path(chosen)
    return _MEMORY if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) else Path(tempfile.gettempdir())


def table(done: Measured) -> list[tuple[str, str]]:
    """The figures with their names, in the order in which they are told."""
    score = done.score
    rows = [
        ("histories", f"{done.histories}"),
        ("corrections planted and decidable", f"{score.right + score.missed}"),
        ("precision", f"{score.precision:.4f} ({score.false} false)"),
        ("recall", f"{score.recall:.4f} ({score.missed} missed)"),
        ("lines looked at", f"{score.lines}"),
        ("lines with a right origin", f"{score.named}"),
        ("lines with a wrong origin", f"{score.misnamed}"),
        ("lines of unknown origin", f"{score.unknown}"),
        ("histories with anything wrong", f"{len(done.failing)}"),
    ]
    return rows + [(f"left out: {reason}", f"{count}") for reason, count in sorted(score.aside.items())]


def _scores(seeds: Sequence[int], folder: Path, jobs: int) -> Iterator[tuple[int, Score]]:
    one = partial(_one, folder)
    if jobs < 2:
        yield from map(one, seeds)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(one, seeds, chunksize=8)


def _one(folder: Path, seed: int) -> tuple[int, Score]:
    return seed, measured(seed, plan(seed), folder)[1]
