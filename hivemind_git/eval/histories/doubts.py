"""Where the evidence cannot tell what happened: such acts are counted apart, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hivemind_git.eval.histories.ledger import Act, Seam
from hivemind_git.eval.histories.world import LINTER, World

_BESIDE_THROWN = "changed where text was thrown away that nobody saw go: git's logs do not tell which reset did that"
NO_RENAME = "git itself sees no rename, so much was changed with it"


@dataclass(frozen=True, slots=True)
class Moment:
    """Something showed an image: an agent that met the file, or a commit, which is named.

    `previous` is the name from which git sees the file renamed there.
    """

    t: float
    worktree: str
    path: str
    names: tuple[str, ...]
    commit: str = ""
    previous: str = ""


def of_act(world: World, act: Act, shown: Sequence[Moment], moments: Sequence[Moment]) -> str:
    """Why the evidence cannot tell what an act was; empty where it can. `shown` are the moments that show it."""
    for name in (*act.gone, *act.new, *(act.around if not act.gone else ())):
        if name in world.ledger.doubts:
            return world.ledger.doubts[name]
    if doubt := _of_older_text(world, act, moments):
        return doubt
    first = min(shown, key=lambda moment: moment.t)
    if _unseen_rename(world, first.path, moments):
        return NO_RENAME
    taken = any(act.telling <= set(one.names) for one in moments if one.commit != first.commit and one.t <= first.t)
    if world.hole and first.commit and taken:
        return "the record has a hole, and an earlier commit had taken the lines in"
    there = (act.worktree, first.path)
    if not first.commit and not any((met.worktree, met.path) == there and met.t < act.t for met in world.met):
        return "an agent's first look in this worktree: what had stood there is in no record"
    return _ran(world, act, first, moments)


def of_lines(world: World, gone: Sequence[str], new: Sequence[str]) -> str:
    """Why nobody can say of a derived correction that it is none; empty where it is wrong."""
    doubt = next((world.ledger.doubts[name] for name in (*gone, *new) if name in world.ledger.doubts), "")
    if doubt or len(world.trees) < 2:
        return doubt
    telling = {name for name in gone if name not in world.ledger.common}
    standing = (
        world.ledger.names(file.lines)
        for tree in world.trees
        for path in world.paths(tree)
        if (file := world.load(tree, path)) is not None
    )
    if telling and any(telling <= set(lines) for lines in standing):
        return "the lines stand in another worktree: no record says in which one the commit was made"
    return ""


def _of_older_text(world: World, act: Act, moments: Sequence[Moment]) -> str:
    if act.origin == "revert" and not any(act.telling <= set(moment.names) for moment in moments if moment.commit):
        return "an earlier image came back, and no commit that is left says why"
    if any(seam.meets(act) and not _seen_between(world, seam, act, moments) for seam in world.ledger.seams):
        return _BESIDE_THROWN
    return ""


def _seen_between(world: World, seam: Seam, act: Act, moments: Sequence[Moment]) -> bool:
    """Whether an agent met the file, or a commit took it in, after text was thrown away and before an act."""
    met = (one.t for one in world.met if (one.worktree, one.path) == (seam.worktree, seam.path))
    # Which worktree's commit it is no moment says, where there are several.
    made = (one.t for one in moments if one.commit and one.path == seam.path and len(world.trees) == 1)
    return any(seam.t <= t < act.t for t in (*met, *made))


def _left_out(act: Act, first: Moment, moments: Sequence[Moment]) -> bool:
    between = (one for one in moments if one.commit and one.path == act.path and int(act.t) <= one.t < first.t)
    return bool(first.commit) and any(act.telling <= set(one.names) for one in between)


def _unseen_rename(world: World, path: str, moments: Sequence[Moment]) -> bool:
    """Whether git sees one of a file's renames not as one, of those since an agent first met it under an older name."""
    seen = {moment.path for moment in moments if moment.previous}
    names = [path]
    while names[-1] in world.renamed:
        names.append(world.renamed[names[-1]][1])
    for number, name in enumerate(names[:-1], 1):
        t, older = world.renamed[name][0], names[number:]
        if name not in seen and any(met.path in older and met.t < t for met in world.met):
            return True
    return False


def _ran(world: World, act: Act, first: Moment, moments: Sequence[Moment]) -> str:
    until = first.t + 2
    if act.origin == "linter" and _left_out(act, first, moments):
        return "a commit after the linter left its work out, and a later one took it in"
    place = (act.worktree, act.path)
    since = max((met.t for met in world.met if met.t < act.t and (met.worktree, met.path) == place), default=0.0)
    beside = (one for one in world.ledger.acts if one.origin != "linter" and one.path == act.path)
    if act.origin == "linter" and any(since <= one.t <= until for one in beside):
        return "a person changed the file in the span of the linter"
    for ran in world.ran:
        own = act.origin == "linter" and ran.what == LINTER
        if since <= ran.t <= until and not own and ran.worktree == act.worktree and ran.path in {"", act.path}:
            return f"{ran.what} in the same span"
    return ""
