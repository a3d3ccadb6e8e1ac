"""Whether a rule changed what agents write: how often they broke it before its skill landed, and since."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from typing import Final

ENOUGH: Final = 10
"""Chances on each side below which nothing is said: fewer, and the intervals overlap whatever happened."""
_Z: Final = 1.96


class Outcome(StrEnum):
    """What the numbers say."""

    TOO_FEW = "too few"
    HELPED = "helped"
    UNCHANGED = "unchanged"
    WORSE = "worse"


@dataclass(slots=True)
class Tally:
    """Chances that an agent had to break a rule, and how many of them it took."""

    violated: int = 0
    chances: int = 0

    @property
    def rate(self) -> float | None:
        """The share of chances taken; None without any."""
        return self.violated / self.chances if self.chances else None

    @property
    def interval(self) -> tuple[float, float]:
        """Where the true share lies with 95 % confidence (Wilson 1927): sound near 0 and 1 and for few chances."""
        if not self.chances:
            return 0.0, 1.0
        n, p = self.chances, self.violated / self.chances
        middle = p + _Z * _Z / (2 * n)
        spread = _Z * sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        scale = 1 + _Z * _Z / n
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)


def judge(before: Tally, since: Tally) -> Outcome:
    """What two tallies say: a difference counts where their intervals do not meet."""
    if min(before.chances, since.chances) < ENOUGH:
        return Outcome.TOO_FEW
    (low, high), (lowest, highest) = before.interval, since.interval
    if highest < low:
        return Outcome.HELPED
    return Outcome.WORSE if lowest > high else Outcome.UNCHANGED
