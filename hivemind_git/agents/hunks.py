"""The hunks of an edit event, from its two file images."""

from __future__ import annotations

from collections.abc import Sequence

from hivemind_git.model import DiffFunction, Hunk, Json


def trimmed(before: bytes, after: bytes) -> Sequence[Hunk]:
    """One hunk between the first and the last line that differ: exact for a single replacement, coarse for several."""
    old, new = lines(before), lines(after)
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    hunk = Hunk(head, len(old) - tail, head, len(new) - tail)
    return [] if hunk.before_start == hunk.before_end and hunk.after_start == hunk.after_end else [hunk]


def lines(image: bytes) -> list[bytes]:
    """The lines of a file image with their ends. Only LF ends a line, as in git."""
    parts = image.split(b"\n")
    whole = [part + b"\n" for part in parts[:-1]]
    return [*whole, parts[-1]] if parts[-1] else whole


def hunk_fields(before: bytes, after: bytes, diff: DiffFunction) -> list[Json]:
    """The `hunks` of an edit event (docs/data-model.md): changed lines as text, 0-based line numbers."""
    old, new = lines(before), lines(after)
    return [
        {
            "before": readable(b"".join(old[hunk.before_start : hunk.before_end])),
            "after": readable(b"".join(new[hunk.after_start : hunk.after_end])),
            "before_start": hunk.before_start,
            "after_start": hunk.after_start,
        }
        for hunk in diff(before, after)
    ]


def readable(image: bytes) -> str:
    """Bytes as text; what is not UTF-8 is replaced, as git's own patches are read by people."""
    return image.decode("utf-8", "replace")


def stored(value: str) -> bytes:
    """Text from JSON as file bytes. A lone surrogate, which no file in UTF-8 holds, survives as itself."""
    return value.encode("utf-8", "surrogatepass")
