"""What a detector answers: a stretch of the text, and which kind of secret it is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

PLACEHOLDER = re.compile(r"<[a-z]+(?:-[a-z]+)*:[1-9][0-9]*>")
"""What stands for a secret: `<github-token:1>`, the family and a number that is the secret's own in its session."""

APART = r"(?!<[a-z-]+:[0-9]+>)"
"""No placeholder follows. Detectors end in it where a replaced neighbour would let them match in the next pass: a row
of a thousand tokens would take a thousand passes.
"""


class Span(NamedTuple):
    """`text[start:end]` is a secret of this family. Families are written in placeholders: letters and hyphens only."""

    start: int
    end: int
    family: str


def disjoint(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, without overlaps. Those that overlap become one, of the family that was given first.

    Detectors are asked from the most specific to the vaguest: `TOKEN=ghp_…` is a GitHub token and no assignment.
    """
    taken: list[tuple[int, int, int, str]] = []
    for start, end, rank, family in sorted(
        (span.start, span.end, rank, span.family) for rank, span in enumerate(spans)
    ):
        if taken and start < taken[-1][1]:
            first, last, best, name = taken[-1]
            taken[-1] = (first, max(last, end), *min((best, name), (rank, family)))
        else:
            taken.append((start, end, rank, family))
    return [Span(start, end, family) for start, end, _, family in taken]
