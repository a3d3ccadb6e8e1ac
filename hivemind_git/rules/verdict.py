"""Where a rule stands, and one sentence why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hivemind_git.model import CorrectionOrigin, Rule, RuleKind, RuleState
from hivemind_git.rules.guard import Figures


@dataclass(frozen=True, slots=True)
class Dropped:
    """A rule that stood on the trunk, or was offered, and is to stay away: `corrections` is its recorded evidence."""

    id: str
    commit: str
    corrections: tuple[str, ...] = ()
    rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What a rule needs: distinct decisions, distinct sessions, and to be kept no more often than `guard_ratio` of
    corrected."""

    decisions: int = 3
    sessions: int = 2
    guard_ratio: float = 0.2

    def short(self, rule: Rule) -> str:
        """What a rule lacks to be a candidate; empty where it has enough."""
        if rule.kind is RuleKind.ADVICE and not rule.advice:
            return "changed by hand in one commit, and nobody said why"
        if rule.decisions < self.decisions:
            return f"{rule.decisions} of {self.decisions} decisions"
        if len(rule.sessions) < self.sessions:
            return f"{len(rule.sessions)} of {self.sessions} sessions"
        return ""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All that a judgement needs. `figures` are the guard's, `against` what a rule contradicts, both by rule id."""

    thresholds: Thresholds
    dropped: Sequence[Dropped]
    live: frozenset[str]
    figures: Mapping[str, Figures]
    against: Mapping[str, str]

    def judge(self, rule: Rule) -> Rule:
        """A mined rule with its state and the reason for it."""
        short = self.thresholds.short(rule)
        if short:
            return replace(rule, state=RuleState.HELD, why=short)
        if rule.id in self.against:
            return replace(rule, state=RuleState.CONFLICT, why=self.against[rule.id])
        return self._guarded(rule)

    def known(self, rule: Rule) -> Rule | None:
        """The rule with the state that an earlier decision gave it, or None where there was none."""
        if rule.id in self.live:
            return replace(rule, state=RuleState.PUBLISHED, why="stands in a skill of this tree")
        gone = _gone(rule, self.dropped)
        if gone is None:
            return None
        if gone.rejected:
            return replace(rule, state=RuleState.REJECTED, why=f"rejected in {gone.commit}")
        return replace(rule, state=RuleState.HELD, why=f"reverted in {gone.commit}")

    def _guarded(self, rule: Rule) -> Rule:
        counted = f"{rule.decisions} decisions in {len(rule.sessions)} sessions"
        if rule.kind is RuleKind.ADVICE:
            return replace(rule, state=RuleState.CANDIDATE, why=counted)
        figures = self.figures.get(rule.id, Figures())
        replayed = f"kept {_times(figures.kept)} against {figures.corrected} corrected"
        if figures.earlier:
            replayed += f", {_times(figures.earlier)} before the first of these"
        if figures.elsewhere:
            replayed += f", {_times(figures.elsewhere)} outside of this folder"
        if figures.held(self.thresholds.guard_ratio):
            return replace(rule, state=RuleState.HELD, why=replayed)
        fix = "; the fix is a linter" if rule.origin is CorrectionOrigin.LINTER else ""
        return replace(rule, state=RuleState.CANDIDATE, why=f"{counted}; {replayed}{fix}")


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _gone(rule: Rule, dropped: Sequence[Dropped]) -> Dropped | None:
    """The dropped rule that this one is again: by id, or because it has half of that rule's recorded evidence."""
    names = set(rule.corrections)
    for one in dropped:
        again = 2 * len(names.intersection(one.corrections))
        if one.id == rule.id or again >= len(one.corrections) > 0:
            return one
    return None
