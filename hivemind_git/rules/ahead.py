"""Prequential: what would the rules known by then have caught of the next corrections?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hivemind_git.model import Correction, RuleKind, RuleState
from hivemind_git.rules.match import Matcher
from hivemind_git.rules.mine import mine
from hivemind_git.rules.pairs import language_of
from hivemind_git.rules.utterances import by_hand
from hivemind_git.rules.verdict import Thresholds

STEPS: Final = 10
"""How often the history is mined anew: at each correction would cost its square."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """Of `corrections` by hand that came after the first step, how many a template mined before them matches."""

    caught: int
    corrections: int


def ahead(corrections: Sequence[Correction], thresholds: Thresholds) -> Ahead:
    """Replays a history in equal steps: each is checked by the candidates of all before it.

    Advice is left out, for no line of code tells whether it was followed. So is the guard: the lines that people kept
    at that time are not known any more.
    """
    ordered = sorted(corrections, key=lambda one: (one.t, one.id))
    size = max(1, -(-len(ordered) // STEPS))
    caught = looked = 0
    for start in range(size, len(ordered), size):
        found = mine(ordered[:start], thresholds=thresholds)
        matcher = Matcher(one for one in found if one.state is RuleState.CANDIDATE and one.kind is RuleKind.TEMPLATE)
        for one in filter(by_hand, ordered[start : start + size]):
            looked += 1
            caught += any(
                next(pattern.find(one.before), None) is not None
                for _, pattern in matcher.candidates(one.path, language_of(one), one.before)
            )
    return Ahead(caught, looked)
