"""What two texts have in common at their ends: an edit changes a few lines of a file, and nothing else need be read."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(64)
def common_lines(one: bytes, other: bytes) -> tuple[int, int]:
    """How many bytes both begin with, up to a line's end, and how many of the rest both end with.

    Whoever compares two images also cuts them into lines, and asks the same.
    """
    start = other.rfind(b"\n", 0, common_start(one, other)) + 1
    return start, common_end(one, other, start)


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
