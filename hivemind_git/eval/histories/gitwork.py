"""What people do with git in a planted history, by git's own commands."""

from __future__ import annotations

import difflib
import random
from collections.abc import Mapping, Sequence

from hivemind_git.eval.histories.ledger import Seam
from hivemind_git.eval.histories.places import place, written_by_hand
from hivemind_git.eval.histories.world import File, World

_BOTH = "a conflict was resolved by hand"
_THROWN = "thrown away, or put aside: lines that came back make it the one or the other"


def commit_all(world: World, rng: random.Random) -> bool:
    """Commits everything."""
    tree = _tree(world, rng)
    return _commit_all(world, tree, f"Change {rng.randint(100, 999)}")


def commit_some(world: World, rng: random.Random) -> bool:
    """Commits one file of several."""
    tree = _tree(world, rng)
    paths = _changed(world, tree)
    if not paths:
        return False
    path = rng.choice(paths)
    world.git(tree, "add", "--", path)
    return _commit(world, tree, f"Change {path}", f"commits {path}")


def commit_parts(world: World, rng: random.Random) -> bool:
    """Commits some hunks of a file, as `git add -p` stages them."""
    tree = _tree(world, rng)
    paths = _changed(world, tree)
    if not paths:
        return False
    path = rng.choice(paths)
    answers = "".join(rng.choice("yn") + "\n" for _ in range(12))
    world.git(tree, "add", "-N", "--", path)
    world.git(tree, "-c", "diff.context=0", "add", "-p", "--", path, stdin=answers.encode())
    if not world.git(tree, "diff", "--cached", "--quiet")[0]:
        world.git(tree, "reset", "-q")
        return False
    done = _commit(
        world, tree, f"Change a part of {path}", f"git add -p {path} ({answers.split()}), commits", hook=False
    )
    world.git(tree, "reset", "-q")
    _half_moved(world, tree, path)
    return done


def amend(world: World, rng: random.Random) -> bool:
    """Amends the last commit with everything, or only its message."""
    tree = _tree(world, rng)
    if not _has_parent(world, tree):
        return False
    if rng.random() < 0.7:
        world.git(tree, "add", "-A")
    world.say(f"person in {tree}: git commit --amend")
    return not world.git(tree, "commit", "-q", "--amend", "-m", f"Change again {rng.randint(100, 999)}")[0]


def squash(world: World, rng: random.Random) -> bool:
    """Makes one commit of the last two or three."""
    tree = _tree(world, rng)
    back = f"HEAD~{rng.randint(2, 3)}"
    if world.git(tree, "rev-parse", "-q", "--verify", back)[0] or _merges(world, tree, back):
        return False
    world.git(tree, "reset", "-q", "--soft", back)
    world.say(f"person in {tree}: squashes onto {back}")
    return not world.git(tree, "commit", "-q", "-m", "Squash")[0]


def branch(world: World, rng: random.Random) -> bool:
    """Starts a branch, or goes to another one, with a clean worktree."""
    tree = _tree(world, rng)
    _commit_all(world, tree, "Save before the switch")
    others = _others(world, tree)
    if others and rng.random() < 0.6:
        name = rng.choice(others)
        done = not world.git(tree, "switch", "-q", name)[0]
    else:
        name = f"topic{rng.randint(100, 999)}"
        done = not world.git(tree, "switch", "-q", "-c", name)[0]
    world.say(f"person in {tree}: switches to {name}")
    return done


def worktree(world: World, rng: random.Random) -> bool:  # noqa: ARG001 - as all steps
    """Adds a worktree on a branch of its own."""
    if len(world.trees) > 2:
        return False
    name = f"wt{len(world.trees)}"
    world.trees[name] = world.folder / name
    if world.git("main", "worktree", "add", "-q", "-b", f"in-{name}", str(world.trees[name]))[0]:
        del world.trees[name]
        return False
    world.say(f"person: adds the worktree {name}")
    return True


def rebase(world: World, rng: random.Random) -> bool:
    """Rebases the branch onto another one."""
    tree = _tree(world, rng)
    _commit_all(world, tree, "Save before the rebase")
    others = _all_others(world, tree)
    if not others:
        return False
    name = rng.choice(others)
    world.say(f"person in {tree}: rebases onto {name}")
    if world.git(tree, "rebase", "-q", name)[0]:
        world.git(tree, "rebase", "--abort")
    return True


def cherry_pick(world: World, rng: random.Random) -> bool:
    """Picks the tip of another branch."""
    tree = _tree(world, rng)
    _commit_all(world, tree, "Save before the pick")
    others = _all_others(world, tree)
    if not others:
        return False
    name = rng.choice(others)
    world.say(f"person in {tree}: cherry-picks {name}")
    if world.git(tree, "cherry-pick", name)[0]:
        world.git(tree, "cherry-pick", "--abort")
    return True


def merge(world: World, rng: random.Random) -> bool:
    """Merges another branch: with a merge commit, squashed, or with the conflict resolved to both sides."""
    tree = _tree(world, rng)
    _commit_all(world, tree, "Save before the merge")
    others = _all_others(world, tree)
    if not others:
        return False
    name = rng.choice(others)
    if rng.random() < 0.3:
        world.say(f"person in {tree}: merges {name} squashed")
        if world.git(tree, "merge", "-q", "--squash", name)[0]:
            world.git(tree, "reset", "-q", "--hard")
            return True
        world.git(tree, "commit", "-q", "-m", f"Squash of {name}")
        return True
    world.say(f"person in {tree}: merges {name}")
    if world.git(tree, "merge", "-q", "--no-ff", "--no-edit", name)[0]:
        _both_sides(world, tree)
    return True


def revert(world: World, rng: random.Random) -> bool:
    """Reverts one of the last commits: what it took out of an agent's lines is a correction."""
    tree = _tree(world, rng)
    _commit_all(world, tree, "Save before the revert")
    target = rng.choice(("HEAD", "HEAD~1"))
    if not _has_parent(world, tree, target) or _merges(world, tree, f"{target}~1"):
        return False
    before = {path: world.load(tree, path) for path in world.paths(tree)}
    world.say(f"person in {tree}: reverts {target}")
    if world.git(tree, "revert", "--no-edit", target)[0]:
        world.git(tree, "revert", "--abort")
        return True
    for path, old in before.items():
        new = world.load(tree, path)
        if old and new and written_by_hand(path):
            _reverted(world, (tree, path, world.now), old.lines, new.lines)
        elif old:
            world.ledger.doubt(old.lines, "its file was taken away")
    return True


def stash(world: World, rng: random.Random) -> bool:
    """Stashes everything, or takes back what was stashed last."""
    tree = _tree(world, rng)
    if world.git(tree, "stash", "list")[1] and rng.random() < 0.7:
        if not _commit_all(world, tree, "Save before the pop") and _changed(world, tree):
            return False
        world.say(f"person in {tree}: git stash pop")
        if world.git(tree, "stash", "pop", "-q")[0]:
            world.git(tree, "reset", "-q", "--hard")
            world.git(tree, "clean", "-qfd")
        return True
    world.say(f"person in {tree}: git stash")
    before = {path: world.load(tree, path) for path in _changed(world, tree)}
    done = not world.git(tree, "stash", "push", "-q", "-u")[0]
    _vanished(world, tree, before)
    return done


def restore(world: World, rng: random.Random) -> bool:
    """Throws away what is not committed, of one file or of all."""
    tree = _tree(world, rng)
    paths = _changed(world, tree)
    if not paths:
        return False
    path = rng.choice(paths)
    before = {one: world.load(tree, one) for one in paths}
    whole = rng.random() < 0.3
    arguments = ("reset", "-q", "--hard") if whole else ("checkout", "-q", "--", path)
    world.say(f"person in {tree}: git {' '.join(arguments)}")
    if world.git(tree, *arguments)[0]:
        return False
    _vanished(world, tree, before)
    _seams(world, tree, before)
    return True


def reset(world: World, rng: random.Random) -> bool:
    """Takes the last commit back and keeps its files (mixed or soft)."""
    tree = _tree(world, rng)
    if not _has_parent(world, tree):
        return False
    how = rng.choice(("--mixed", "--soft"))
    world.say(f"person in {tree}: git reset {how} HEAD~1")
    return not world.git(tree, "reset", "-q", how, "HEAD~1")[0]


def rename(world: World, rng: random.Random) -> bool:
    """Renames a file and commits; what was changed before goes with it. A new one may be committed later."""
    found = place(world, rng)
    if found is None or not written_by_hand(found[1]):
        return False
    tree, path, _ = found
    head, dot, tail = path.rpartition(".")
    target = f"{head}_{rng.randint(100, 999)}{dot}{tail}"
    new = bool(world.git(tree, "mv", "--", path, target)[0])
    if new:
        world.move(tree, path, target)  # git knows nothing of it yet
    world.say(f"person in {tree}: renames {path} to {target}{', which is new' * new}")
    world.renamed[target] = (world.now, path)
    return _commit_all(world, tree, "Rename") if not new or rng.random() < 0.5 else True


def _tree(world: World, rng: random.Random) -> str:
    return rng.choice(sorted(world.trees.keys() - {"mate"}))


def _commit_all(world: World, tree: str, subject: str) -> bool:
    world.git(tree, "add", "-A")
    return _commit(world, tree, subject, "commits everything")


def _commit(world: World, tree: str, subject: str, said: str, *, hook: bool = True) -> bool:
    staged = _listed(world, tree, "diff", "--cached", "--name-only", "-z", "--diff-filter=d")
    if world.formats and hook:
        for path in staged:
            world.format(tree, path)
            world.git(tree, "add", "--", path)
        said += ", and a hook lays out what is staged"
    if world.git(tree, "commit", "-q", "-m", subject)[0]:
        return False
    world.say(f"person in {tree}: {said}")
    return True


def _changed(world: World, tree: str) -> list[str]:
    modified = _listed(world, tree, "diff", "HEAD", "--name-only", "-z")
    return sorted({*modified, *_listed(world, tree, "ls-files", "-o", "--exclude-standard", "-z")})


def _listed(world: World, tree: str, *arguments: str) -> list[str]:
    return [path for path in world.git(tree, *arguments)[1].split("\0") if path]


def _has_parent(world: World, tree: str, commit: str = "HEAD") -> bool:
    return not world.git(tree, "rev-parse", "-q", "--verify", f"{commit}~1")[0]


def _merges(world: World, tree: str, since: str) -> bool:
    return bool(world.git(tree, "rev-list", "--merges", f"{since}..HEAD")[1])


def _others(world: World, tree: str) -> list[str]:
    """The branches that are checked out nowhere."""
    listed = world.git(tree, "for-each-ref", "--format=%(refname:short) %(worktreepath)", "refs/heads")[1]
    return [name for name, _, where in (line.partition(" ") for line in listed.splitlines()) if not where]


def _all_others(world: World, tree: str) -> list[str]:
    listed = world.git(tree, "for-each-ref", "--format=%(HEAD) %(refname:short)", "refs/heads")[1]
    return [line[2:] for line in listed.splitlines() if not line.startswith("*")]


def _both_sides(world: World, tree: str) -> None:
    for path in _listed(world, tree, "diff", "--name-only", "--diff-filter=U", "-z"):
        target = world.trees[tree] / path
        if not target.is_file():
            continue
        kept: list[bytes] = []
        within = False
        # Git may end its marks otherwise than the file its lines.
        for line in target.read_bytes().splitlines(keepends=True):
            if line.startswith((b"<<<<<<< ", b">>>>>>> ")) or line.rstrip() == b"=======":
                within = not line.startswith(b">>>>>>> ")
                continue
            kept.append(line)
            if within:
                world.ledger.doubt([line.decode()], _BOTH)
        target.write_bytes(b"".join(kept))
    world.git(tree, "add", "-A")
    world.git(tree, "commit", "-q", "--no-edit")
    world.say(f"person in {tree}: resolves the conflict to both sides")


def _half_moved(world: World, tree: str, path: str) -> None:
    """Of lines that were moved, a commit may have the place where they went away, and not the other one."""
    there, held = world.load(tree, path), world.git(tree, "show", f"HEAD:{path}")[1]
    standing = set(world.ledger.names(there.lines)) if there else set()
    missing = standing - set(world.ledger.names(held.splitlines()))
    world.ledger.doubt(missing & world.ledger.moved, "lines were moved, and a commit took half of it")


def _vanished(world: World, tree: str, before: Mapping[str, File | None]) -> None:
    for path, old in before.items():
        new = world.load(tree, path)
        standing = set(world.ledger.names(new.lines)) if new else set()
        if old:
            thrown = {name for name in world.ledger.names(old.lines) if name not in standing}
            pending = (act for act in world.ledger.acts if thrown & {*act.new, *act.around} and act.path == path)
            world.ledger.doubt([*thrown, *(name for act in pending for name in act.gone)], _THROWN)


def _seams(world: World, tree: str, before: Mapping[str, File | None]) -> None:
    for path, file in before.items():
        now = world.load(tree, path)
        old, new = (("", *world.ledger.names(one.lines if one else ()), "") for one in (file, now))
        for tag, _, _, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            if tag != "equal":
                seam = Seam(new[start - 1 : end + 1], frozenset(new[start:end]), tree, path, world.now)
                world.ledger.seams.append(seam)


def _reverted(world: World, where: tuple[str, str, float], old: Sequence[str], new: Sequence[str]) -> None:
    changed = {*old} ^ {*new}
    old, new = world.ledger.names(old), world.ledger.names(new)
    if any(world.ledger.name(line) in {*old} & {*new} for line in changed):
        world.ledger.doubt(changed, "a revert took a layout back as well")
        return
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        around = world.ledger.around(old, start, end)
        # A line cut by a layout has its name on both sides of what an agent put into it.
        gone = [name for name in old[start:end] if name not in new]
        come = [name for name in new[new_start:new_end] if name not in old]
        known = world.ledger.names([*gone, *come])
        if any(map(world.ledger.by_agent, gone)) and not set(known) & world.ledger.touched:
            world.ledger.act(gone, come, around, where, "revert")
        else:
            world.ledger.doubt([*gone, *come, *around], "a revert of what was corrected, or took lines away, before")
