"""What changed between two token sequences: concrete tokens taken away and put in, and the runs that merely stayed or
moved.

`atoms` describe both sides of the changed core: a `str` is a concrete token, a tuple a run of tokens that the change
carried over (it
becomes a hole where examples differ). The context outside the core is the same on both sides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from hivemind_git.rules import tokens as tk
from hivemind_git.rules.align import Region, regions
from hivemind_git.rules.tokens import Tokens

Atom: TypeAlias = str | tuple[str, ...]
VALUES: Final = frozenset(
    {
        "true",
        "false",
        "null",
        "nil",
        "none",
        "undefined",
        "self",
        "this",
        "it",
        "True",
        "False",
        "None",
        "NULL",
        "Nothing",
    }
)

STRUCTURE: Final = frozenset({"if", "else", "for", "while", "return", "in", "do", "then", "end", "case", "and", "or"})
"""Words that every file is full of: they recognise nothing by themselves."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A change as a skeleton: both texts, where the core lies in them, and the atoms of the core before and after.

    The core is `before[start:end]` and `after[start:after_end]`; what is outside of it is the same on both sides.
    """

    before: Tokens
    after: Tokens
    start: int
    end: int
    after_end: int
    atoms_before: tuple[Atom, ...]
    atoms_after: tuple[Atom, ...]

    @property
    def removed(self) -> tuple[str, ...]:
        """The concrete tokens of the core before."""
        return tuple(atom for atom in self.atoms_before if isinstance(atom, str))

    @property
    def added(self) -> tuple[str, ...]:
        """The concrete tokens of the core after."""
        return tuple(atom for atom in self.atoms_after if isinstance(atom, str))

    @property
    def skeleton(self) -> tuple[tuple[str | None, ...], tuple[str | None, ...]]:
        """Both cores with their runs blanked: only deltas of one skeleton can be unified."""
        return (
            tuple(atom if isinstance(atom, str) else None for atom in self.atoms_before),
            tuple(atom if isinstance(atom, str) else None for atom in self.atoms_after),
        )


def informative(texts: Sequence[str]) -> bool:
    """Whether concrete tokens say enough to recognise a mistake without the words around it."""
    if any(_telling(text) for text in texts):
        return True
    names = [text for text in texts if tk.is_name(text) and text not in STRUCTURE]
    return bool(names) and len(texts) > 1


def _telling(text: str) -> bool:
    bare = text.lstrip(tk.GLUE)
    if tk.is_name(text):
        return bare not in VALUES and bare not in STRUCTURE and (len(bare) > 1 or bare.isupper())
    return len(bare) > 1 and not tk.is_number(text)


def _shaped(removed: Sequence[str], added: Sequence[str]) -> bool:
    """Whether punctuation alone has a shape (`['…']`) that a name takes the place of."""
    return len(removed) > 3 and any(_telling(text) and tk.is_name(text) for text in added)


@dataclass(frozen=True, slots=True)
class _Core:
    """Where the core lies, and which of its tokens outside of the changed regions are concrete nevertheless (the
    anchor)."""

    start: int
    end: int
    after_end: int
    concrete: frozenset[int] = frozenset()
    closer: bool = False


def delta(before: Tokens, after: Tokens, *, exact: bool = False, close: bool = False) -> Delta | None:
    """The skeleton of a change, or None where nothing changed, or what changed says nothing and stands beside nothing
    that does.

    Args:
        before: the tokens of the agent's text.
        after: the tokens of the accepted text.
        exact: take every changed token as concrete, also one that only moved (`not x in y` → `x not in y`).
        close: where the change says too little, take in only its nearest neighbour (`get` rather than `requests.get`).
    """
    changed = regions(before.bare, after.bare)
    if not changed:
        return None
    moved: frozenset[str] = frozenset() if exact else _carried(before.texts, after.texts, changed)
    removed, added = _concrete(before.texts, after.texts, changed, moved)
    core: _Core | None = _Core(changed[0][0], changed[-1][1], changed[-1][3])
    if not informative(removed) and not _shaped(removed, added):
        core = _widened(before, after, changed, moved, close=close)
    if core is None:
        return None
    return _assemble(before, after, changed, _whole_tokens(before, core), moved)


def _widened(
    before: Tokens, after: Tokens, changed: Sequence[Region], moved: frozenset[str], *, close: bool
) -> _Core | None:
    """The core with as much around it as makes the change recognisable."""
    removed, added = _concrete(before.texts, after.texts, changed, moved)
    core = None if close else _pivot(before.texts, changed)
    if core is None and added and not removed:
        core = _echo(before.texts, changed, moved)
    if core is None and (removed or added):
        core = _anchor(before.texts, after.texts, changed, qualified=not close)
    return core


def _concrete(
    before: Sequence[str], after: Sequence[str], changed: Sequence[Region], moved: frozenset[str]
) -> tuple[list[str], list[str]]:
    removed = [text for b0, b1, _, _ in changed for text in before[b0:b1] if text not in moved]
    added = [text for _, _, a0, a1 in changed for text in after[a0:a1] if text not in moved]
    return removed, added


def _carried(before: Sequence[str], after: Sequence[str], changed: Sequence[Region]) -> frozenset[str]:
    """Names and literals that the change kept, moved or repeated: they vary from example to example and say nothing
    about it."""
    gone = {text for b0, b1, _, _ in changed for text in before[b0:b1]}
    come = {text for _, _, a0, a1 in changed for text in after[a0:a1]}
    stayed: set[str] = set()
    at = 0
    for b0, b1, _, _ in changed:
        stayed.update(before[at:b0])
        at = b1
    stayed.update(before[at:])
    kept = (gone & come) | ((gone | come) & stayed)
    return frozenset(text for text in kept if tk.is_name(text) or tk.is_number(text) or tk.is_string(text))


def _whole_tokens(before: Tokens, core: _Core) -> _Core:
    """A core that starts and ends between tokens, not inside a name."""
    start, end, after_end = core.start, core.end, core.after_end
    while start and start < len(before) and before.texts[start].startswith(tk.GLUE):
        start -= 1
    while end < len(before) and before.texts[end].startswith(tk.GLUE):
        end, after_end = end + 1, after_end + 1
    return _Core(start, end, after_end, core.concrete, core.closer)


def _assemble(before: Tokens, after: Tokens, changed: Sequence[Region], core: _Core, moved: frozenset[str]) -> Delta:
    atoms_before: list[Atom] = []
    atoms_after: list[Atom] = []
    at = core.start
    for b0, b1, a0, a1 in changed:
        shared = _shared(before.texts, at, b0, core, moved)
        atoms_before += shared + _changed(before.texts[b0:b1], moved)
        atoms_after += shared + _changed(after.texts[a0:a1], moved)
        at = b1
    shared = _shared(before.texts, at, core.end, core, moved)
    return Delta(before, after, core.start, core.end, core.after_end, (*atoms_before, *shared), (*atoms_after, *shared))


def _shared(texts: Sequence[str], start: int, end: int, core: _Core, moved: frozenset[str]) -> list[Atom]:
    """A common segment: its anchor tokens one by one, the rest as runs; what the change repeats is a run of its own."""
    atoms: list[Atom] = []
    run: list[str] = []
    for index in range(start, end):
        text = texts[index]
        concrete = index in core.concrete or (core.closer and index == core.end - 1)
        if not concrete and text not in moved:
            run.append(text)
            continue
        if run:
            atoms.append(tuple(run))
            run = []
        atoms.append(text if concrete else (text,))
    return [*atoms, tuple(run)] if run else atoms


def _changed(texts: Sequence[str], moved: frozenset[str]) -> list[Atom]:
    """A changed region: concrete tokens, and what it carried over as runs (`a.b` that moved as a whole is one run)."""
    atoms: list[Atom] = []
    for index, text in enumerate(texts):
        last = atoms[-1] if atoms else None
        if text not in moved:
            atoms.append(text)
        elif last in {".", "::", "->"} and len(atoms) > 1 and isinstance(atoms[-2], tuple) and index:
            joined = (*atoms[-2], str(last), text)
            del atoms[-2:]
            atoms.append(joined)
        else:
            atoms.append((text,))
    return atoms


def _pivot(before: Sequence[str], changed: Sequence[Region]) -> _Core | None:
    """Where values changed places, what they changed places around (`a.equals(b)` → `b.equals(a)`): a member or
    call."""
    start, end, after_end = changed[0][0], changed[-1][1], changed[-1][3]
    between = [index for one, other in pairwise(changed) for index in range(one[1], other[0])]
    member = any(tk.is_name(before[n]) and n and before[n - 1] in {".", "::", "->"} for n in between)
    if not member or not informative([before[index] for index in between]):
        return None
    return _Core(start, end, after_end, frozenset(between))


def _echo(before: Sequence[str], changed: Sequence[Region], moved: frozenset[str]) -> _Core | None:
    """Where a value gave way that is said again to the right (`Order o = new Order(` → `var o = new Order(`), up to
    there."""
    start, end, after_end = changed[0][0], changed[-1][1], changed[-1][3]
    gone = {text for b0, b1, _, _ in changed for text in before[b0:b1]} & moved
    again = next((index for index in range(end, len(before)) if before[index] in gone), None)
    return None if again is None else _Core(start, again + 1, after_end + again + 1 - end)


def _anchor(before: Sequence[str], after: Sequence[str], changed: Sequence[Region], *, qualified: bool) -> _Core | None:
    """The core widened by what stands beside the change: `name =`, a name, or the call that it is an argument of."""
    b0, b1, a0, _ = changed[0]
    end, after_end = changed[-1][1], changed[-1][3]
    first = before[b0] if b1 > b0 else after[a0]
    while b0 and b0 < len(before) and before[b0].startswith(tk.GLUE):
        b0 -= 1
    if not b0:
        return None
    previous = before[b0 - 1]
    argument = first == "," or previous in {"(", ",", "["}
    if (
        not argument
        and not tk.is_name(previous)
        and previous not in tk.CLOSERS
        and b0 > 1
        and tk.is_name(before[b0 - 2])
    ):
        return _Core(b0 - 2, end, after_end, frozenset({b0 - 2, b0 - 1}))
    if not argument and tk.is_name(previous) and previous not in VALUES:
        return _Core(b0 - 1, end, after_end, frozenset({b0 - 1}))
    return _call(before, after, b0, (end, after_end), qualified=qualified)


def _call(
    before: Sequence[str], after: Sequence[str], at: int, ends: tuple[int, int], *, qualified: bool
) -> _Core | None:
    opener = tk.enclosing(tuple(before), at)
    if opener is None or not opener or not tk.is_name(before[opener - 1]):
        return None
    start = opener - 1
    if qualified and start > 1 and before[start - 1] in {".", "::", "->"} and tk.is_name(before[start - 2]):
        start -= 2
    concrete = frozenset(range(start, opener + 1))
    close, close_after = tk.closing(tuple(before), opener), tk.closing(tuple(after), opener)
    if close is None or close_after is None or close < ends[0]:
        return _Core(start, *ends, concrete)
    return _Core(start, close + 1, close_after + 1, concrete, closer=True)


def parts(before: Tokens, after: Tokens) -> list[tuple[Tokens, Tokens]]:
    """Each changed region by itself, with what stayed around it; empty where there are fewer than two."""
    changed = regions(before.texts, after.texts)
    if len(changed) < 2:
        return []
    found = []
    for index, (b0, b1, a0, a1) in enumerate(changed):
        room_left = b0 - (changed[index - 1][1] if index else 0)
        room_right = (changed[index + 1][0] if index + 1 < len(changed) else len(before)) - b1
        found.append((before.slice(b0 - room_left, b1 + room_right), after.slice(a0 - room_left, a1 + room_right)))
    return found


def finer(before: Tokens, after: Tokens) -> tuple[Tokens, Tokens]:
    """Both sides with the changed names, strings and comments cut into their pieces."""
    changed = regions(before.texts, after.texts)
    return (
        tk.split(before, (index for b0, b1, _, _ in changed for index in range(b0, b1))),
        tk.split(after, (index for _, _, a0, a1 in changed for index in range(a0, a1))),
    )
