"""Rules replayed over history: would a rule have fired on agent lines that people kept?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from hivemind_git.model import Correction, CorrectionKind, Rule
from hivemind_git.rules import scope
from hivemind_git.rules.match import Matcher
from hivemind_git.rules.pairs import language_of

_DEEP: Final = 99
_NARROW: Final = " narrowed"


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line of an agent that reached a commit unchanged. `t` is RFC 3339 in UTC: when it was committed."""

    path: str
    language: str
    text: str
    t: str
    session: str


@dataclass(slots=True)
class Figures:
    """How often a rule's before matched an agent's line in its scope.

    `corrected` and `kept` count lines since the rule's first correction. Shown and not counted: `earlier`, the kept
    ones before
    that, and `elsewhere`, those outside of a scope that was narrowed for their sake.
    """

    corrected: int = 0
    kept: int = 0
    earlier: int = 0
    elsewhere: int = 0

    def keep(self, line: KeptLine, *, since: str) -> None:
        """Counts a kept line."""
        if line.t < since:
            self.earlier += 1
        else:
            self.kept += 1

    def held(self, ratio: float) -> bool:
        """Whether people kept what the rule forbids more than once, and more often than `ratio` of what they
        corrected."""
        return self.kept > max(1, ratio * self.corrected)


def guard(
    rules: Sequence[Rule], corrections: Sequence[Correction], kept: Iterable[KeptLine], *, ratio: float
) -> tuple[list[Rule], dict[str, Figures]]:
    """The rules with the figures of each template rule, by id.

    A rule that fires on kept lines only outside of the very folder of its corrections is narrowed to that folder.
    Kept lines
    are read once and may be a stream.
    """
    paths = {one.id: one.path for one in corrections}
    deep = {rule.id: narrow(rule, paths) for rule in rules}
    narrowed = [replace(deep[rule.id], id=rule.id + _NARROW) for rule in rules if deep[rule.id].scope != rule.scope]
    figures = _replay([*rules, *narrowed], corrections, kept)
    for rule in narrowed:
        name = rule.id.removesuffix(_NARROW)
        if figures[name].held(ratio) and not figures[rule.id].held(ratio):
            figures[rule.id].elsewhere = figures[name].kept - figures[rule.id].kept
            figures[name] = figures[rule.id]
        else:
            del deep[name]
    return [deep.get(rule.id, rule) for rule in rules], figures


def narrow(rule: Rule, paths: Mapping[str, str]) -> Rule:
    """A rule with the scope of the very folder that holds its corrections (`paths` by correction id)."""
    return replace(rule, scope=scope.infer((paths[name] for name in rule.corrections), depth=_DEEP))


def _replay(rules: Sequence[Rule], corrections: Sequence[Correction], kept: Iterable[KeptLine]) -> dict[str, Figures]:
    matcher = Matcher(rules)
    started = _started(rules, corrections)
    figures: dict[str, Figures] = defaultdict(Figures)
    for one in corrections:
        if one.kind is CorrectionKind.REJECTED:
            continue
        for rule, pattern in matcher.candidates(one.path, language_of(one), one.before):
            if one.t >= started[rule.id]:
                lines = {one.before.count("\n", 0, found.start) for found in pattern.find(one.before)}
                figures[rule.id].corrected += len(lines)
    for line in kept:
        for rule, pattern in matcher.candidates(line.path, line.language, line.text):
            if next(pattern.find(line.text), None) is not None:
                figures[rule.id].keep(line, since=started[rule.id])
    return figures


def _started(rules: Sequence[Rule], corrections: Sequence[Correction]) -> dict[str, str]:
    when = {one.id: one.t for one in corrections}
    return {rule.id: min((when[name] for name in rule.corrections if name in when), default="") for rule in rules}
