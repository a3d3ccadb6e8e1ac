"""Which lines of a changed run are only laid out anew, and which are truly others.

A diff knows no layout: a formatter that cuts a call into four lines and a person who changes the line below make one
hunk. Here the run is taken apart again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from hivemind_git.corrections import bare
from hivemind_git.corrections.lines import size
from hivemind_git.model import DiffFunction, Hunk

_LARGEST = 40_000
"""Pairs of lines that are compared in one hunk: beyond that it was rebuilt, and its layout tells nothing."""

_SPREAD = 30
"""Lines, old and new, from which on a change may be a formatter's work on a whole file, and pays a second diff."""

TELLING = 3
"""Characters that a line must have without its layout for its return to be no chance."""


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring lines on both sides that say the same (half-open, relative to the two sequences)."""

    before: range
    after: range


def groups(before: Sequence[bytes], after: Sequence[bytes]) -> list[Group]:
    """The lines that say the same on both sides, in order, each group as small as it can be."""
    if not before or not after or len(before) * len(after) > _LARGEST:
        return []
    old, new = bare.sides(before, after)
    begin: dict[bytes, list[int]] = defaultdict(list)
    for j, line in enumerate(new):
        begin[line[:1]].append(j)
    found: list[Group] = []
    at = start = 0
    while start < len(old):
        like = begin.get(old[start][:1], ())  # a group begins with the same byte on both sides
        near = (like[k] for k in range(bisect_left(like, at), len(like)))
        group = next((one for j in near if (one := _group(old, new, start, j))), None)
        if group is None:
            start += 1
            continue
        found.append(group)
        start, at = group.before.stop, group.after.stop
    return found


def _group(old: Sequence[bytes], new: Sequence[bytes], i: int, j: int) -> Group | None:
    """The group that begins just here, with the lines after it that are brackets or blank."""
    left, right = old[i], new[j]
    if not left or not right:
        return None
    i_end, j_end = i + 1, j + 1
    while left != right:
        if right.startswith(left) and i_end < len(old):
            left, i_end = left + old[i_end], i_end + 1
        elif left.startswith(right) and j_end < len(new):
            right, j_end = right + new[j_end], j_end + 1
        else:
            return None
    if len(left) < TELLING:
        return None
    while i_end < len(old) and not old[i_end]:
        i_end += 1
    while j_end < len(new) and not new[j_end]:
        j_end += 1
    return Group(range(i, i_end), range(j, j_end))


def apart(
    before: Sequence[bytes], after: Sequence[bytes], hunks: Sequence[Hunk], diff: DiffFunction
) -> Iterator[tuple[Hunk, bool]]:
    """The hunks between two images, each cut into what was laid out anew (true) and what was changed."""
    if sum(map(size, hunks)) > _SPREAD and _kept(before, after, hunks):
        parts = _realigned(before, after, diff)
        if sum(size(hunk) for hunk, same in parts if not same) < sum(map(size, hunks)):
            for hunk, same in parts:
                yield from ((hunk, True),) if same else cut(before, after, (hunk,))
            return
    yield from cut(before, after, hunks)


def _kept(before: Sequence[bytes], after: Sequence[bytes], hunks: Sequence[Hunk]) -> bool:
    """Whether any line went in one place and came in some place, but for its layout: else there is none to align."""
    gone = [line for hunk in hunks for line in before[hunk.before_start : hunk.before_end]]
    come = [line for hunk in hunks for line in after[hunk.after_start : hunk.after_end]]
    fewer, more = sorted((gone, come), key=len)
    known = {text for line in fewer if len(text := bare.line(line)) >= TELLING}
    return bool(known) and any(bare.line(line) in known for line in more)


def _realigned(before: Sequence[bytes], after: Sequence[bytes], diff: DiffFunction) -> list[tuple[Hunk, bool]]:
    """The hunks that a diff of the bare lines shows, and between them the runs of lines that differ in layout alone.

    Where a formatter touched most lines (another indent), a diff of the text holds on to the few that stayed by chance,
    and shows what lies between them as gone here and come there.
    """
    hunks = diff(*(_stripped(tuple(lines)) for lines in (before, after)))
    found: list[tuple[Hunk, bool]] = []
    at = shift = 0
    for hunk in (*hunks, Hunk(len(before), len(before), len(after), len(after))):
        found += [
            (Hunk(i, j, i + shift, j + shift), True) for i, j in _laid_out(before, after, at, hunk.before_start, shift)
        ]
        found += [(hunk, False)] if size(hunk) else []
        at, shift = hunk.before_end, hunk.after_end - hunk.before_end
    return found


@lru_cache(32)
def _stripped(lines: tuple[bytes, ...]) -> bytes:
    """The bare lines; a bracket alone is no blank line. One image is held against several others."""
    return b"".join([(bare.line(line) or line.strip()) + b"\n" for line in lines])


def _laid_out(
    before: Sequence[bytes], after: Sequence[bytes], start: int, end: int, shift: int
) -> Iterator[tuple[int, int]]:
    """The runs of lines that are not equal to their partners, `shift` lines below them on the other side."""
    begun = start
    for i in range(start, end + 1):
        if i == end or before[i] == after[i + shift]:
            if begun < i:
                yield begun, i
            begun = i + 1


def cut(before: Sequence[bytes], after: Sequence[bytes], hunks: Sequence[Hunk]) -> Iterator[tuple[Hunk, bool]]:
    """Hunks as they are, each cut so."""
    for hunk in hunks:
        old = before[hunk.before_start : hunk.before_end]
        new = after[hunk.after_start : hunk.after_end]
        i, j = hunk.before_start, hunk.after_start
        for group in groups(old, new):
            start, new_start = hunk.before_start + group.before.start, hunk.after_start + group.after.start
            if start > i or new_start > j:
                yield Hunk(i, start, j, new_start), False
            i, j = hunk.before_start + group.before.stop, hunk.after_start + group.after.stop
            yield Hunk(start, i, new_start, j), True
        if hunk.before_end > i or hunk.after_end > j:
            yield Hunk(i, hunk.before_end, j, hunk.after_end), False
