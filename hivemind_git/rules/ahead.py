"""Prequential: what would the rules known by then have caught of the next corrections?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hivemind_git.model import Correction, Rule, RuleKind, RuleState
from hivemind_git.rules.match import Matcher
from hivemind_git.rules.mine import mine
from hivemind_git.rules.pairs import language_of
from hivemind_git.rules.utterances import by_hand
from hivemind_git.rules.verdict import Thresholds

STEPS: Final = 10
"""How often the history is mined anew: at each correction would cost its square."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What rules that were mined before would have told of the corrections after the first step.

    Of `corrections` by hand a template matches the lines of `caught`; of `spoken` corrections in words, `foretold` say
    again what a piece of advice said.
    """

    caught: int
    corrections: int
    foretold: int = 0
    spoken: int = 0


def ahead(corrections: Sequence[Correction], thresholds: Thresholds) -> Ahead:
    """Replays a history in equal steps: each is checked by the candidates of all before it.

    No line of code tells whether advice was followed: whether it was needed again shows in who joins its group. The
    guard is left out: the lines that people kept at that time are not known any more.
    """
    ordered = sorted(corrections, key=lambda one: (one.t, one.id))
    size = max(1, -(-len(ordered) // STEPS))
    told = Ahead(0, 0)
    found = mine(ordered[:size], thresholds=thresholds)
    for start in range(size, len(ordered), size):
        step = ordered[start : start + size]
        later = mine(ordered[: start + size], thresholds=thresholds)
        told = _and(told, _caught(found, step), _foretold(found, later, step))
        found = later
    return told


def _and(told: Ahead, by_lines: tuple[int, int], by_words: tuple[int, int]) -> Ahead:
    return Ahead(
        told.caught + by_lines[0],
        told.corrections + by_lines[1],
        told.foretold + by_words[0],
        told.spoken + by_words[1],
    )


def _caught(known: Sequence[Rule], step: Sequence[Correction]) -> tuple[int, int]:
    """Of the corrections by hand, how many a template matches, and how many there are."""
    matcher = Matcher(one for one in known if one.state is RuleState.CANDIDATE and one.kind is RuleKind.TEMPLATE)
    hunks = [one for one in step if by_hand(one)]
    met = [
        any(
            next(pattern.find(one.before), None) is not None
            for _, pattern in matcher.candidates(one.path, language_of(one), one.before)
        )
        for one in hunks
    ]
    return sum(met), len(hunks)


def _foretold(known: Sequence[Rule], later: Sequence[Rule], step: Sequence[Correction]) -> tuple[int, int]:
    """Of the corrections in words, how many are in a group with most of an earlier piece of advice, and how many there
    are."""
    home = {name: rule.id for rule in later if rule.kind is RuleKind.ADVICE for name in rule.corrections}
    said = set()
    for rule in known:
        if rule.state is RuleState.CANDIDATE and rule.kind is RuleKind.ADVICE:
            where, count = Counter(home.get(name, "") for name in rule.corrections).most_common(1)[0]
            said |= {where} if where and 2 * count > len(rule.corrections) else set()
    words = [one for one in step if not by_hand(one)]
    return sum(home.get(one.id) in said for one in words), len(words)
