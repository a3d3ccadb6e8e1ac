"""Which lines of a file an agent wrote, as another tool's record of a commit says it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """Lines of one file at one commit that one session of an agent wrote.

    `lines` are inclusive ranges that count from 1. `session` is that tool's own key of the session, `known` the agent's
    own id of it where it is told.
    """

    revision: str
    path: str
    session: str
    agent: str
    model: str | None
    known: str
    lines: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Record:
    """What a record says. `unclear` counts ranges that it calls a person's, mixed or unknown: no evidence of an agent.

    `broken` counts entries that are out of form.
    """

    attested: tuple[Attested, ...]
    unclear: int = 0
    broken: int = 0


def without(content: bytes, ranges: Iterable[tuple[int, int]]) -> bytes | None:
    """A file without some of its lines; None where it does not have them."""
    lines = content.split(b"\n")
    # What follows the last line end is a line only if it says something.
    count = len(lines) - (not lines[-1])
    gone: set[int] = set()
    for start, end in ranges:
        if not 1 <= start <= end <= count:
            return None
        gone.update(range(start, end + 1))
    if not gone:
        return None
    kept = [line for number, line in enumerate(lines, 1) if number not in gone]
    text = b"\n".join(kept)
    return text + b"\n" if len(lines) in gone and kept else text


def ranges(text: str) -> tuple[tuple[int, int], ...] | None:
    """The ranges in `1-4,9,12`; None where it is out of form."""
    found = []
    for part in text.split(","):
        start, dash, end = part.partition("-")
        numbers = (start, end) if dash else (start, start)
        if not all(number.isascii() and number.isdigit() and len(number) < 10 for number in numbers):
            return None
        found.append((int(numbers[0]), int(numbers[1])))
    return tuple(found)


def joined(found: Sequence[Attested]) -> tuple[tuple[int, int], ...]:
    """The lines of several entries."""
    return tuple(sorted({one for each in found for one in each.lines}))
