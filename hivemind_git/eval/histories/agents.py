"""What an agent does in a planted history. Each step says whether there was anything for it to do."""

from __future__ import annotations

import random

from hivemind_git.capture.images import Image
from hivemind_git.eval.histories import texts
from hivemind_git.eval.histories.ledger import agent
from hivemind_git.eval.histories.places import clear, place, single, written_by_hand
from hivemind_git.eval.histories.world import LINTER, File, World
from hivemind_git.model import Kind


def insert(world: World, rng: random.Random) -> bool:
    """Puts some lines in."""
    found = place(world, rng)
    if found is None:
        return False
    tree, path, file = found
    one = world.session(rng, tree)
    at = rng.randint(0, len(file.lines))
    lines = world.writing.block(rng, rng.randint(1, 7), common=0.12)
    file = File(file.lines, file.end, file.final or rng.random() < 0.5)
    world.edit(one, path, file.having(at, at, lines), lines)
    world.say(f"{one.id} in {tree}: puts {len(lines)} lines into {path} at {at}: {lines[0].strip()} …")
    return True


def rewrite(world: World, rng: random.Random) -> bool:
    """Writes some lines anew, whoever wrote them, or takes them out."""
    found = place(world, rng)
    if found is None or not found[2].lines:
        return False
    tree, path, file = found
    one = world.session(rng, tree)
    at = rng.randrange(len(file.lines))
    end = min(at + rng.randint(1, 3), len(file.lines))
    if not all(single(world, file, i) for i in range(at, end)):
        return False
    lines = [] if rng.random() < 0.25 else world.writing.block(rng, rng.randint(1, 4), common=0.1)
    world.edit(one, path, file.having(at, end, lines), lines)
    world.say(f"{one.id} in {tree}: makes {len(lines)} lines of {end - at} in {path} at {at}: {lines[:1]} …")
    return True


def create(world: World, rng: random.Random) -> bool:
    """Writes a new file."""
    tree = rng.choice(sorted(world.trees.keys() - {"mate"}))
    free = [path for path in (*texts.PATHS, texts.GENERATED) if not (world.trees[tree] / path).exists()]
    if not free:
        return False
    one, path = world.session(rng, tree), rng.choice(free)
    lines = world.writing.block(rng, rng.randint(4, 12), common=0.12)
    file = File(tuple(lines), rng.choice(("\n", "\n", "\r\n")), rng.random() < 0.8)
    world.edit(one, path, file, lines)
    world.say(f"{one.id} in {tree}: writes {path}, {len(lines)} lines")
    return True


def look(world: World, rng: random.Random) -> bool:
    """Reads a whole file."""
    found = place(world, rng)
    if found is None:
        return False
    tree, path, file = found
    one = world.session(rng, tree)
    content = file.content()
    world.meet(one, path, content)
    world.record(
        one, Kind.TOOL_USE, {"tool": "Read", "path": path, "status": "ok"}, Image(None, content, before_known=False)
    )
    world.say(f"{one.id} in {tree}: reads {path}")
    return True


def script(world: World, rng: random.Random) -> bool:
    """Runs a program of its own that writes a file; no hook saw the file before or after."""
    found = place(world, rng)
    if found is None or not (free := clear(world, found[2], rng, 1)):
        return False
    tree, path, file = found
    one = world.session(rng, tree)
    at, end = free
    lines = world.writing.block(rng, 1)
    world.ledger.write(lines, agent(one.id))
    world.ledger.doubt([*file.lines[at:end], *lines], "the agent's own program changed the file")
    world.run(one, f"python tools/rewrite.py '{path}'", path, "the agent ran its own program")
    world.save(tree, path, file.having(at, end, lines))
    world.say(f"{one.id} in {tree}: runs a program that makes {lines} of line {at} of {path}")
    return True


def formatter(world: World, rng: random.Random) -> bool:
    """Runs the formatter."""
    found = place(world, rng)
    if found is None:
        return False
    tree, path, _ = found
    one = world.session(rng, tree)
    world.run(one, f"ruff format '{path}'", path, "the agent ran a formatter")
    if not world.format(tree, path):
        return False
    world.say(f"{one.id} in {tree}: runs the formatter on {path}")
    return True


def linter(world: World, rng: random.Random) -> bool:
    """Runs the linter, which mends what it finds."""
    found = place(world, rng)
    if found is None:
        return False
    tree, path, file = found
    one = world.session(rng, tree)
    world.run(one, f"ruff check --fix '{path}'", path, LINTER)
    runs = world.lint(tree, path)
    mended = world.load(tree, path) if written_by_hand(path) else None
    for start, end, old in runs:
        around = world.ledger.around(file.lines, start, end)
        if mended and {*around, *world.ledger.names(old)} & world.ledger.touched:
            world.ledger.doubt([*old, *mended.lines[start:end], *around], "a hand and the linter changed neighbours")
        elif mended and any(world.ledger.by_agent(line) for line in old):
            world.ledger.act(old, mended.lines[start:end], around, (tree, path, world.now), "linter")
        elif mended:
            world.ledger.touched.update(world.ledger.names(mended.lines[start:end]))
    world.say(f"{one.id} in {tree}: runs the linter on {path}, which mends {len(runs)} places")
    return bool(runs)


def commit(world: World, rng: random.Random) -> bool:
    """Commits everything in its worktree."""
    tree = rng.choice(sorted(world.trees.keys() - {"mate"}))
    one = world.session(rng, tree)
    subject = f"Step {len(one.events)} of {one.id}"
    world.git(tree, "add", "-A")
    code, _ = world.git(tree, "commit", "-q", "-m", subject)
    if code:
        return False
    world.run(one, f"git add -A && git commit -m '{subject}'", what="the agent ran git commit")
    world.say(f"{one.id} in {tree}: commits everything")
    return True


def stash(world: World, rng: random.Random) -> bool:
    """Stashes and pops again."""
    tree = rng.choice(sorted(world.trees.keys() - {"mate"}))
    one = world.session(rng, tree)
    if world.git(tree, "stash", "push", "-q", "-u")[0] or not world.git(tree, "stash", "list")[1]:
        return False
    world.run(one, "git stash -u && make check; git stash pop", what="the agent ran git stash")
    world.git(tree, "stash", "pop", "-q")
    world.say(f"{one.id} in {tree}: git stash, git stash pop")
    return True
