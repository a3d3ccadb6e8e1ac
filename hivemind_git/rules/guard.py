"""Rules replayed over history: would a rule have fired on agent lines that people kept?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hivemind_git.model import Correction, CorrectionKind, Rule
from hivemind_git.rules.match import Matcher


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

    `corrected` and `kept` count lines since the rule's first correction; `earlier` the kept ones before that, shown
    and not counted.
    """

    corrected: int = 0
    kept: int = 0
    earlier: int = 0
    examples: list[KeptLine] = field(default_factory=list)

    def held(self, ratio: float) -> bool:
        """Whether people kept what the rule forbids more than once, and more often than `ratio` of what they
        corrected."""
        return self.kept > max(1, ratio * self.corrected)


def guard(rules: Sequence[Rule], corrections: Sequence[Correction], kept: Iterable[KeptLine]) -> dict[str, Figures]:
    """The figures of each template rule, by id. Kept lines are read once and may be a stream."""
    matcher = Matcher(rules)
    started = _started(rules, corrections)
    figures: dict[str, Figures] = defaultdict(Figures)
    for one in corrections:
        if one.kind is CorrectionKind.REJECTED:
            continue
        for rule, pattern in matcher.candidates(one.path, one.language, one.before):
            if one.t >= started.get(rule.id, ""):
                figures[rule.id].corrected += len(
                    {one.before.count("\n", 0, found.start) for found in pattern.find(one.before)}
                )
    for line in kept:
        for rule, pattern in matcher.candidates(line.path, line.language, line.text):
            if next(pattern.find(line.text), None) is None:
                continue
            figure = figures[rule.id]
            if line.t < started.get(rule.id, ""):
                figure.earlier += 1
                continue
            figure.kept += 1
            if len(figure.examples) < 3:
                figure.examples.append(line)
    return dict(figures)


def _started(rules: Sequence[Rule], corrections: Sequence[Correction]) -> dict[str, str]:
    when = {one.id: one.t for one in corrections}
    return {rule.id: min((when[name] for name in rule.corrections if name in when), default="") for rule in rules}
