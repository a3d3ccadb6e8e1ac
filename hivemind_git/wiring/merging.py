"""Takes one side's change out of a file that the other side has changed too, by lines."""

from __future__ import annotations

from typing import TypeAlias

_Run: TypeAlias = tuple[int, int, list[bytes]]


def cut_out(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """`theirs` with each run of `base` that `ours` changes replaced, if all of them are there once; else None.

    A line diff would do, were it not for empty lines and brackets, by which it finds its way wrongly.
    """
    lines, found = base.splitlines(keepends=True), theirs.splitlines(keepends=True)
    places = []
    for start, end, new in _runs(lines, ours.splitlines(keepends=True)):
        run = lines[start:end]
        at = [place for place in range(len(found)) if found[place : place + len(run)] == run]
        if not run or len(at) != 1:
            return None
        places.append((at[0], at[0] + len(run), new))
    for start, end, new in sorted(places, key=lambda place: place[:2], reverse=True):
        found[start:end] = new
    return b"".join(found)


def traces(base: bytes, ours: bytes, theirs: bytes) -> bool:
    """Whether a line that only `base` has, and that is more than brackets, still stands in `theirs`.

    Where `base` has none, it only lacks lines that `ours` has, and that leaves no trace to look for: true.
    """
    added = {line for line in base.splitlines() if any(chr(byte).isalnum() for byte in line)} - set(ours.splitlines())
    return not added or not added.isdisjoint(theirs.splitlines())


def merge(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Both sides' changes to `base`, by lines; None where they meet. Next to each other is not meeting."""
    lines = base.splitlines(keepends=True)
    mine, yours = (_runs(lines, side.splitlines(keepends=True)) for side in (ours, theirs))
    for one in mine:
        for other in yours:
            if max(one[0], other[0]) < min(one[1], other[1]) or _within(one, other) or _within(other, one):
                return None
    merged: list[bytes] = []
    at = 0
    for start, end, new in sorted([*mine, *yours], key=lambda run: run[:2]):
        merged += [*lines[at:start], *new]
        at = end
    return b"".join([*merged, *lines[at:]])


def _within(one: _Run, other: _Run) -> bool:
    """Whether `one` inserts inside of what `other` replaces, or where it inserts too."""
    return one[0] == one[1] and (other[0] < one[0] < other[1] or one[:2] == other[:2])


def _runs(before: list[bytes], after: list[bytes]) -> list[_Run]:
    import difflib  # noqa: PLC0415 - only where a person changed a file since

    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [(i1, i2, after[j1:j2]) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]
