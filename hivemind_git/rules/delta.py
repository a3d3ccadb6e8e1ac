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
from hivemind_git.rules.tokens import Tokens

Atom: TypeAlias = str | tuple[str, ...]
Region: TypeAlias = tuple[int, int, int, int]
"""Half-open ranges that changed: before from, to; after from, to."""

LONGEST: Final = 160
"""Tokens beyond which an aligned core is not looked at: such a hunk is a rewrite, and no template comes of it."""
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


def regions(before: Sequence[str], after: Sequence[str]) -> list[Region]:
    """The changed ranges by a longest common subsequence; empty where nothing changed or the core is beyond
    `LONGEST`."""
    head = 0
    shorter = min(len(before), len(after))
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    core_before, core_after = before[head : len(before) - tail], after[head : len(after) - tail]
    if not core_before and not core_after:
        return []
    if not core_before or not core_after:
        return [_slide(before, after, (head, head + len(core_before), head, head + len(core_after)))]
    if len(core_before) > LONGEST or len(core_after) > LONGEST:
        return []
    found = [(b0 + head, b1 + head, a0 + head, a1 + head) for b0, b1, a0, a1 in _common_gaps(core_before, core_after)]
    return [_slide(before, after, region) for region in found]


def _common_gaps(before: Sequence[str], after: Sequence[str]) -> list[Region]:
    rows, columns = len(before), len(after)
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        row, below, token = best[i], best[i + 1], before[i]
        for j in range(columns - 1, -1, -1):
            if token == after[j]:
                row[j] = below[j + 1] + 1
            else:
                row[j] = below[j] if below[j] >= row[j + 1] else row[j + 1]
    found: list[Region] = []
    i = j = from_before = from_after = 0
    while i < rows and j < columns:
        if before[i] == after[j]:
            if i > from_before or j > from_after:
                found.append((from_before, i, from_after, j))
            i, j = i + 1, j + 1
            from_before, from_after = i, j
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    if rows > from_before or columns > from_after:
        found.append((from_before, rows, from_after, columns))
    return found


def _slide(before: Sequence[str], after: Sequence[str], region: Region) -> Region:
    """Of the equal places for an insertion or removal, the one that is balanced and starts like an argument or a
    member."""
    b0, b1, a0, a1 = region
    if b0 != b1 and a0 != a1:
        return region
    side, start, end = (after, a0, a1) if b0 == b1 else (before, b0, b1)
    best, shift = _worth(side[start:end]), 0
    for step in range(1, min(b0, a0) + 1):
        if side[start - step] != side[end - step]:
            break
        worth = _worth(side[start - step : end - step])
        if worth > best:
            best, shift = worth, step
    return (b0 - shift, b1 - shift, a0 - shift, a1 - shift)


def _worth(run: Sequence[str]) -> tuple[bool, bool]:
    return tk.balanced(run), run[0] in {",", ".", "?.", "::", "->", ";"}


def informative(removed: Sequence[str]) -> bool:
    """Whether taken-away tokens say enough to recognise the mistake without the words around it."""
    for token in removed:
        bare = token.lstrip(tk.GLUE)
        if tk.is_name(token) and bare not in VALUES and bare not in STRUCTURE and len(bare) > 1:
            return True
        if tk.is_string(token) or tk.is_comment(token):
            return True
        if len(bare) > 1 and not tk.is_name(token) and not tk.is_number(token):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Core:
    """Where the core lies, and which of its tokens outside of the changed regions are concrete nevertheless (the
    anchor)."""

    start: int
    end: int
    after_end: int
    concrete: frozenset[int] = frozenset()
    closer: bool = False


def delta(before: Tokens, after: Tokens, *, exact: bool = False, qualified: bool = True) -> Delta | None:
    """The skeleton of a change, or None where nothing changed, or what changed says nothing and stands beside nothing
    that does.

    Args:
        before: the tokens of the agent's text.
        after: the tokens of the accepted text.
        exact: take every changed token as concrete, also one that only moved (`not x in y` → `x not in y`).
        qualified: an anchor that is a call takes its qualifier with it (`requests.get` rather than `get`).
    """
    changed = regions(before.texts, after.texts)
    if not changed:
        return None
    moved: frozenset[str] = frozenset() if exact else _carried(before.texts, after.texts, changed)
    removed, added = _concrete(before.texts, after.texts, changed, moved)
    core: _Core | None = _Core(changed[0][0], changed[-1][1], changed[-1][3])
    if not removed and not added:
        core = _pivot(before.texts, changed)
    elif not informative(removed):
        core = _anchor(before.texts, after.texts, changed, qualified=qualified)
    if core is None:
        return None
    return _assemble(before, after, changed, _whole_tokens(before, core), moved)


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
        shared = _shared(before.texts, at, b0, core)
        atoms_before += shared + _changed(before.texts[b0:b1], moved)
        atoms_after += shared + _changed(after.texts[a0:a1], moved)
        at = b1
    shared = _shared(before.texts, at, core.end, core)
    return Delta(before, after, core.start, core.end, core.after_end, (*atoms_before, *shared), (*atoms_after, *shared))


def _shared(texts: Sequence[str], start: int, end: int, core: _Core) -> list[Atom]:
    """A common segment: its anchor tokens one by one, the rest as runs."""
    atoms: list[Atom] = []
    run: list[str] = []
    for index in range(start, end):
        if index in core.concrete or (core.closer and index == core.end - 1):
            if run:
                atoms.append(tuple(run))
                run = []
            atoms.append(texts[index])
        else:
            run.append(texts[index])
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
    """Where values only changed places, what they changed places around (`a.equals(b)` → `b.equals(a)`)."""
    start, end, after_end = changed[0][0], changed[-1][1], changed[-1][3]
    between = [index for one, other in pairwise(changed) for index in range(one[1], other[0])]
    if not informative([before[index] for index in between]):
        return None
    return _Core(start, end, after_end, frozenset(between))


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
