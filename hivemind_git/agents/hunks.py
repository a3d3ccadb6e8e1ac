"""The hunks of an edit event, from its two file images."""

from __future__ import annotations

from collections.abc import Sequence

from hivemind_git.model import DiffFunction, Hunk, Json


def trimmed(before: bytes, after: bytes) -> Sequence[Hunk]:
    """One hunk between the first and the last line that differ: exact for a single replacement, coarse for several."""
    if before == after:
        return []
    start = before.rfind(b"\n", 0, _common(before, after)) + 1
    head = before.count(b"\n", 0, start)
    tail = _count(before[len(before) - _common_end(before[start:], after[start:]) :])
    return [Hunk(head, _count(before) - tail, head, _count(after) - tail)]


def _common(one: bytes, other: bytes) -> int:
    """The length of what both begin with. Comparing slices is a hundred times faster than comparing lines."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_end(one: bytes, other: bytes) -> int:
    """The length of the whole lines that both end with. Both begin with a line."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle :] == other[len(other) - middle :]:
            low = middle
        else:
            high = middle - 1
    if all(low == len(side) or side[len(side) - low - 1 : len(side) - low] == b"\n" for side in (one, other)):
        return low
    line = one.find(b"\n", len(one) - low)
    return 0 if line < 0 else len(one) - line - 1


def _count(image: bytes) -> int:
    return image.count(b"\n") + (bool(image) and not image.endswith(b"\n"))


def lines(image: bytes) -> list[bytes]:
    """The lines of a file image with their ends. Only LF ends a line, as in git."""
    parts = image.split(b"\n")
    whole = [part + b"\n" for part in parts[:-1]]
    return [*whole, parts[-1]] if parts[-1] else whole


def hunk_fields(before: bytes, after: bytes, diff: DiffFunction) -> list[Json]:
    """The `hunks` of an edit event (docs/data-model.md): changed lines as text, 0-based line numbers."""
    old, new = before.split(b"\n"), after.split(b"\n")
    return [
        {
            "before": readable(_between(old, hunk.before_start, hunk.before_end)),
            "after": readable(_between(new, hunk.after_start, hunk.after_end)),
            "before_start": hunk.before_start,
            "after_start": hunk.after_start,
        }
        for hunk in diff(before, after)
    ]


def _between(parts: list[bytes], start: int, end: int) -> bytes:
    """The lines of a half-open range, of an image that was split at its line ends."""
    if start >= end:
        return b""
    return b"\n".join(parts[start:end]) + (b"\n" if end < len(parts) else b"")


def readable(image: bytes) -> str:
    """Bytes as text; what is not UTF-8 is replaced, as git's own patches are read by people."""
    return image.decode("utf-8", "replace")


def stored(value: str) -> bytes:
    """Text from JSON as file bytes. A lone surrogate, which no file in UTF-8 holds, survives as itself."""
    return value.encode("utf-8", "surrogatepass")
