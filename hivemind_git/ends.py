"""What two texts have in common at their ends: an edit changes a few lines of a file, and nothing else need be read."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


class Ends(NamedTuple):
    """What two texts begin and end with: the bytes of the lines that both begin with, how many lines these are, and how
    many bytes of the rest both end with."""

    start: int
    lines: int
    end: int


@lru_cache(64)
def common_lines(one: bytes, other: bytes) -> Ends:
    """What both begin and end with.

    Whoever compares two images also cuts them into lines, and asks the same.
    """
    start = other.rfind(b"\n", 0, common_start(one, other)) + 1
    return Ends(start, other.count(b"\n", 0, start), common_end(one, other, start))


def common_start(one: bytes, other: bytes) -> int:
    """How many bytes both begin with. Bisected: slices are compared at the speed of memory."""
    low, high = 0, min(len(one), len(other))
    if one[:high] == other[:high]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


def common_end(one: bytes, other: bytes, start: int) -> int:
    """How many bytes both end with, none of them before `start`."""
    low, high = 0, min(len(one), len(other)) - start
    if one[len(one) - high :] == other[len(other) - high :]:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle
    return low
