"""Which tokens of a text became which of another: the changed regions, cut where a reader would cut them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from hivemind_git.rules import tokens as tk

Region: TypeAlias = tuple[int, int, int, int]
"""Half-open ranges that changed: before from, to; after from, to."""

LONGEST: Final = 160
"""Tokens beyond which an aligned core is not looked at: such a hunk is a rewrite, and no template comes of it."""
_STARTS: Final = frozenset({",", ".", "?.", "::", "->", ";"})


def regions(before: Sequence[str], after: Sequence[str]) -> list[Region]:
    """The changed regions by a longest common subsequence; empty where nothing changed, or more than `LONGEST` did."""
    head = 0
    shorter = min(len(before), len(after))
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    core_before, core_after = before[head : len(before) - tail], after[head : len(after) - tail]
    if max(len(core_before), len(core_after)) > LONGEST:
        return []
    found = [(b0 + head, b1 + head, a0 + head, a1 + head) for b0, b1, a0, a1 in _gaps(core_before, core_after)]
    return _settled(before, after, found)


def _gaps(before: Sequence[str], after: Sequence[str]) -> list[Region]:
    """What lies between the tokens of a longest common subsequence."""
    best = _lengths(before, after)
    found: list[Region] = []
    i = j = from_before = from_after = 0
    while i < len(before) and j < len(after):
        if before[i] == after[j]:
            if i > from_before or j > from_after:
                found.append((from_before, i, from_after, j))
            i, j = i + 1, j + 1
            from_before, from_after = i, j
        elif best[i + 1][j] >= best[i][j + 1]:
            i += 1
        else:
            j += 1
    if len(before) > from_before or len(after) > from_after:
        found.append((from_before, len(before), from_after, len(after)))
    return found


def _lengths(before: Sequence[str], after: Sequence[str]) -> list[list[int]]:
    rows, columns = len(before), len(after)
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        row, below, token = best[i], best[i + 1], before[i]
        for j in range(columns - 1, -1, -1):
            if token == after[j]:
                row[j] = below[j + 1] + 1
            else:
                row[j] = below[j] if below[j] >= row[j + 1] else row[j + 1]
    return best


def _settled(before: Sequence[str], after: Sequence[str], found: list[Region]) -> list[Region]:
    """The regions with every pure insertion and removal moved to the best of its equal places, neighbours joined."""
    if not any(b0 == b1 or a0 == a1 for b0, b1, a0, a1 in found):
        return found
    sides = (_Side(before, [(b0, b1) for b0, b1, _, _ in found]), _Side(after, [(a0, a1) for _, _, a0, a1 in found]))
    settled: list[Region] = []
    for index, (b0, b1, a0, a1) in enumerate(found):
        previous = settled[-1] if settled else (0, 0, 0, 0)
        following = found[index + 1] if index + 1 < len(found) else (len(before), 0, len(after), 0)
        shift = 0
        if b0 == b1 or a0 == a1:
            room = (min(b0 - previous[1], a0 - previous[3]), min(following[0] - b1, following[2] - a1))
            shift = sides[1].shift(a0, a1, room) if b0 == b1 else sides[0].shift(b0, b1, room)
        region = (b0 + shift, b1 + shift, a0 + shift, a1 + shift)
        if settled and (region[0], region[2]) == (previous[1], previous[3]):
            settled[-1] = (previous[0], region[1], previous[2], region[3])
        else:
            settled.append(region)
    return settled


class _Side:
    """One text with its changed runs, and the bracket that belongs to each bracket."""

    def __init__(self, texts: Sequence[str], changed: Sequence[tuple[int, int]]) -> None:
        self._texts = texts
        self._changed = {index for start, end in changed for index in range(start, end)}
        self._mates = _mates(texts)

    def shift(self, start: int, end: int, room: tuple[int, int]) -> int:
        """By how much a run moves among its equal places: to where its brackets belong to what changed, and where it
        is balanced and starts like an argument or a member."""
        texts = self._texts
        left = right = 0
        while left < room[0] and texts[start - left - 1] == texts[end - left - 1]:
            left += 1
        while right < room[1] and texts[start + right] == texts[end + right]:
            right += 1
        own = self._changed.difference(range(start, end))
        shifts: list[int] = [0, *range(-1, -left - 1, -1), *range(1, right + 1)]
        best: int = max(shifts, key=lambda shift: self._worth(start + shift, end + shift, own))
        return best

    def _worth(self, start: int, end: int, changed: set[int]) -> tuple[int, bool]:
        here = range(start, end)
        strangers = sum(
            index in self._mates and self._mates[index] not in here and self._mates[index] not in changed
            for index in here
        )
        return -strangers, self._texts[start] in _STARTS


def _mates(texts: Sequence[str]) -> dict[int, int]:
    """For each bracket that has one, the index of its other half."""
    found: dict[int, int] = {}
    waiting: list[int] = []
    for index, text in enumerate(texts):
        if text in tk.OPENERS:
            waiting.append(index)
        elif text in tk.CLOSERS and waiting:
            other = waiting.pop()
            found[index], found[other] = other, index
    return found
