"""Where in a history something can be done so that its truth stays known."""

from __future__ import annotations

import random

from hivemind_git.eval.histories import texts
from hivemind_git.eval.histories.world import File, World

Found = tuple[str, str, File]


def place(world: World, rng: random.Random, tree: str = "") -> Found | None:
    """A worktree (never the team-mate's, unless asked for), and a file that stands in it."""
    tree = tree or rng.choice(sorted(world.trees.keys() - {"mate"}))
    paths = world.paths(tree)
    if not paths:
        return None
    path = rng.choice(paths)
    file = world.load(tree, path)
    return (tree, path, file) if file else None


def written_by_hand(path: str) -> bool:
    """Whether people change this file at all."""
    return path != texts.GENERATED


def single(world: World, file: File, index: int) -> bool:
    """Whether a line stands on one line, as one that a formatter cut does not."""
    name = world.ledger.name(file.lines[index])
    return not name or name in texts.COMMON or [world.ledger.name(line) for line in file.lines].count(name) == 1


def untouched(world: World, file: File, index: int) -> bool:
    """Whether nobody corrected a line or moved it, so that its change would be an act of its own."""
    return not 0 <= index < len(file.lines) or world.ledger.name(file.lines[index]) not in world.ledger.touched


def clear(world: World, file: File, rng: random.Random, most: int, *, agents: bool = True) -> tuple[int, int] | None:
    """A run of at most so many lines, an agent's or nobody's of them, with nothing done to its neighbours."""
    starts = list(range(1, len(file.lines) - 1))
    rng.shuffle(starts)
    size = rng.randint(1, most)
    for start in starts:
        end = start + size
        if end >= len(file.lines) or not all(untouched(world, file, i) for i in range(start - 1, end + 1)):
            continue
        inside = range(start, end)
        if all(single(world, file, i) and _is(world, file.lines[i], agents=agents) for i in inside):
            return start, end
    return None


def gap(world: World, file: File, rng: random.Random) -> int | None:
    """A place between two lines of agents, with nothing done to either."""
    places = [
        i
        for i in range(1, len(file.lines))
        if all(
            untouched(world, file, j) and single(world, file, j) and world.ledger.by_agent(file.lines[j])
            for j in (i - 1, i)
        )
    ]
    return rng.choice(places) if places else None


def together(world: World, file: File, start: int, end: int) -> bool:
    """Whether a removal of these lines shows: both lines around are unique, and one was written with them."""
    around = (file.lines[start - 1], file.lines[end])
    names = [world.ledger.name(line) for line in around]
    born = {world.ledger.born.get(world.ledger.name(line)) for line in file.lines[start:end]}
    unique = all(single(world, file, i) and file.lines[i].strip() for i in (start - 1, end))
    plain = not any(name in world.ledger.common or name in {"", ")"} for name in names)
    return unique and plain and len(born) == 1 and bool(born & {world.ledger.born.get(name) for name in names})


def _is(world: World, line: str, *, agents: bool) -> bool:
    if agents:
        return world.ledger.by_agent(line)
    name = world.ledger.name(line)
    return bool(name) and name not in world.ledger.common and "person" in world.ledger.wrote(line)
