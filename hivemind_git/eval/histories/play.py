"""A history as a list of steps that can be played again, whole or in part."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from hivemind_git.eval.histories import agents, gitwork, people
from hivemind_git.eval.histories.world import World

Do: TypeAlias = Callable[[World, random.Random], bool]

_STEPS: tuple[tuple[int, Do], ...] = (
    (14, agents.insert), (10, agents.rewrite), (4, agents.create), (5, agents.look), (2, agents.script),
    (2, agents.formatter), (3, agents.linter), (2, agents.commit), (1, agents.stash),
    (14, people.replace), (7, people.remove), (7, people.extend), (5, people.other), (4, people.append),
    (3, people.move), (3, people.formatter), (1, people.generate), (2, people.teammate),
    (14, gitwork.commit_all), (4, gitwork.commit_some), (6, gitwork.commit_parts), (4, gitwork.amend),
    (2, gitwork.squash), (3, gitwork.branch), (2, gitwork.worktree), (3, gitwork.rebase), (2, gitwork.cherry_pick),
    (4, gitwork.merge), (2, gitwork.revert), (4, gitwork.stash), (2, gitwork.restore), (2, gitwork.reset),
    (3, gitwork.rename),
)  # fmt: skip
_NAMES = {f"{do.__module__.rpartition('.')[2]}.{do.__name__}": do for _, do in _STEPS}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens. Its own seed draws all that is open in it, so that it can stay when others go."""

    name: str
    seed: int


def plan(seed: int) -> tuple[Step, ...]:
    """The steps of the history of a seed."""
    rng = random.Random(f"plan {seed}")  # noqa: S311 - a reproducible draw
    weights = [weight for weight, _ in _STEPS]
    chosen = rng.choices(list(_NAMES), weights, k=rng.randint(8, 30))
    return (Step("agents.insert", rng.getrandbits(32)), *(Step(name, rng.getrandbits(32)) for name in chosen))


def play(seed: int, steps: Sequence[Step], folder: Path) -> World:
    """Makes the history in an empty folder. A step for which there is nothing to do is passed over."""
    world = World(folder, seed)
    for step in steps:
        rng = random.Random(step.seed)  # noqa: S311 - a reproducible draw
        world.wait(rng)
        _NAMES[step.name](world, rng)
    return world
