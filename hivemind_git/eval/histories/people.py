"""What people do by hand in a planted history."""

from __future__ import annotations

import random

from hivemind_git.eval.histories.ledger import PERSON, PROGRAM, TEAMMATE
from hivemind_git.eval.histories.places import clear, gap, place, single, together, untouched, written_by_hand
from hivemind_git.eval.histories.world import MATE, Ran, World


def replace(world: World, rng: random.Random) -> bool:
    """Writes other lines in place of an agent's: a correction."""
    found = place(world, rng)
    if found is None or not written_by_hand(found[1]):
        return False
    tree, path, file = found
    run = clear(world, file, rng, 3)
    if run is None:
        return False
    start, end = run
    old = file.lines[start:end]
    new = [world.writing.changed(line, rng) for line in old[: rng.randint(1, len(old))]]
    world.ledger.write(new, PERSON)
    world.ledger.act(old, new, (file.lines[start - 1], file.lines[end]), (tree, path, world.now))
    world.save(tree, path, file.having(start, end, new))
    world.say(f"person in {tree}: {path}:{start} {[one.strip() for one in old]} -> {[one.strip() for one in new]}")
    return True


def remove(world: World, rng: random.Random) -> bool:
    """Takes an agent's lines out: a correction."""
    found = place(world, rng)
    if found is None or not written_by_hand(found[1]):
        return False
    tree, path, file = found
    run = clear(world, file, rng, 2)
    if run is None or not together(world, file, *run):
        return False
    start, end = run
    old, around = file.lines[start:end], (file.lines[start - 1], file.lines[end])
    world.ledger.act(old, [], around, (tree, path, world.now))
    world.ledger.touched.update(world.ledger.names(around))
    world.save(tree, path, file.having(start, end, []))
    world.say(f"person in {tree}: {path}:{start} takes out {[one.strip() for one in old]}")
    return True


def extend(world: World, rng: random.Random) -> bool:
    """Puts lines between two of an agent: a correction."""
    found = place(world, rng)
    at = gap(world, found[2], rng) if found and written_by_hand(found[1]) else None
    if found is None or at is None:
        return False
    tree, path, file = found
    new = world.writing.block(rng, rng.randint(1, 2))
    world.ledger.write(new, PERSON)
    world.ledger.act([], new, (file.lines[at - 1], file.lines[at]), (tree, path, world.now))
    world.save(tree, path, file.having(at, at, new))
    world.say(f"person in {tree}: {path}:{at} puts in {[one.strip() for one in new]}")
    return True


def other(world: World, rng: random.Random) -> bool:
    """Changes lines that no agent wrote: nobody's correction."""
    found = place(world, rng)
    run = clear(world, found[2], rng, 2, agents=False) if found and written_by_hand(found[1]) else None
    if found is None or run is None:
        return False
    tree, path, file = found
    start, end = run
    new = world.writing.block(rng, rng.randint(1, 2))
    world.ledger.write(new, PERSON)
    world.ledger.touched.update(world.ledger.names([*new, *file.lines[start:end]]))
    world.save(tree, path, file.having(start, end, new))
    world.say(f"person in {tree}: {path}:{start} changes {end - start} lines of people")
    return True


def append(world: World, rng: random.Random) -> bool:
    """Writes lines at the end of a file: nobody's correction."""
    found = place(world, rng)
    if found is None or not written_by_hand(found[1]) or not untouched(world, found[2], len(found[2].lines) - 1):
        return False
    tree, path, file = found
    if not file.final:
        return False
    new = world.writing.block(rng, rng.randint(1, 4))
    world.ledger.write(new, PERSON)
    world.ledger.touched.update(world.ledger.names([*new, *file.lines[-1:]]))
    world.save(tree, path, file.having(len(file.lines), len(file.lines), new))
    world.say(f"person in {tree}: {path} {len(new)} lines at the end")
    return True


def move(world: World, rng: random.Random) -> bool:
    """Puts lines of an agent somewhere else in the file, as they are: no correction."""
    found = place(world, rng)
    run = clear(world, found[2], rng, 3) if found and written_by_hand(found[1]) else None
    if found is None or run is None:
        return False
    tree, path, file = found
    start, end = run
    targets = [
        i
        for i in range(1, len(file.lines) - 1)
        if (i < start - 2 or i > end + 2)
        and all(untouched(world, file, j) and single(world, file, j) for j in (i - 1, i))
    ]
    if not targets:
        return False
    at, lines = rng.choice(targets), file.lines[start:end]
    around = (file.lines[start - 1], file.lines[end], file.lines[at - 1], file.lines[at])
    world.ledger.touched.update(world.ledger.names([*lines, *around]))
    world.ledger.moved.update(world.ledger.names(lines))
    first, second = sorted(((start, end, ()), (at, at, lines)), reverse=True)
    world.save(tree, path, file.having(*first).having(*second))
    world.ran.append(Ran(world.now, tree, path, "other lines were moved"))
    world.say(f"person in {tree}: {path} moves lines {start} to {end} to {at}")
    return True


def formatter(world: World, rng: random.Random) -> bool:
    """Lets the editor lay a file out anew: no correction."""
    found = place(world, rng)
    if found is None or not world.format(found[0], found[1]):
        return False
    world.say(f"person in {found[0]}: formats {found[1]}")
    return True


def generate(world: World, rng: random.Random) -> bool:
    """Runs the program that makes the generated file, which changes every line: no correction."""
    found = place(world, rng)
    if found is None or written_by_hand(found[1]):
        return False
    tree, path, file = found
    lines = world.writing.block(rng, len(file.lines))
    world.ledger.write(lines, PROGRAM)
    world.save(tree, path, file.having(0, len(file.lines), lines))
    world.say(f"person in {tree}: makes {path} anew")
    return True


def teammate(world: World, rng: random.Random) -> bool:
    """Somebody else commits on a branch of their own, over the agent's lines or over others."""
    if "mate" not in world.trees:
        world.trees["mate"] = world.folder / "mate"
        if world.git("main", "worktree", "add", "-q", "-b", "mate", str(world.trees["mate"]), "main")[0]:
            del world.trees["mate"]
            return False
    found = place(world, rng, "mate")
    run = clear(world, found[2], rng, 2, agents=rng.random() < 0.5) if found and written_by_hand(found[1]) else None
    if found is None or run is None:
        return False
    _, path, file = found
    start, end = run
    new = world.writing.block(rng, rng.randint(1, 2))
    world.ledger.write(new, TEAMMATE)
    world.ledger.doubt([*file.lines[start:end], *new], "somebody else than the agent's person changed it")
    world.save("mate", path, file.having(start, end, new))
    world.git("mate", "add", "-A")
    world.git("mate", "commit", "-q", "-m", "Tidy", who=MATE)
    world.say(f"team-mate: {path}:{start} changes {end - start} lines and commits")
    return True
