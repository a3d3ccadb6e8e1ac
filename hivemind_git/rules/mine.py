"""Corrections → rules, each with its state and the reason for it. Thresholds live here, not in a prompt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hivemind_git.model import Correction, CorrectionOrigin, Rule, RuleKind, RuleState
from hivemind_git.rules import scope
from hivemind_git.rules.cluster import Draft, cluster
from hivemind_git.rules.guard import Figures, KeptLine, guard


@dataclass(frozen=True, slots=True)
class Dropped:
    """A rule that stood on the trunk, or was offered, and is to stay away: `corrections` is its recorded evidence."""

    id: str
    commit: str
    corrections: tuple[str, ...] = ()
    rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What a rule needs: distinct decisions, sessions, and the share of kept to corrected lines at which the guard
    holds it back."""

    decisions: int = 3
    sessions: int = 2
    guard_ratio: float = 0.2


def mine(
    corrections: Iterable[Correction],
    kept: Iterable[KeptLine] = (),
    *,
    thresholds: Thresholds | None = None,
    dropped: Sequence[Dropped] = (),
    published: Iterable[str] = (),
    previous: Mapping[str, Sequence[str]] | None = None,
    explicit: Sequence[Rule] = (),
) -> tuple[Rule, ...]:
    """The rules that corrections have in common, candidates first, then by id; the same for any order of the input.

    Args:
        corrections: all corrections of a workspace.
        kept: agent lines that reached a commit unchanged; read once.
        thresholds: what a rule needs to be a candidate.
        dropped: rules that were reverted or rejected; they and what repeats half of their evidence stay held.
        published: ids of the rules that are live.
        previous: advice rule id → the corrections it had, so that it keeps its id as its cluster grows.
        explicit: rules that a person stated outright: one decision, no threshold.
    """
    limits = thresholds or Thresholds()
    ordered = sorted(corrections, key=lambda one: (one.t, one.id))
    drafts = cluster(ordered, min_decisions=limits.decisions)
    rules = [_rule(draft, ordered) for draft in drafts]
    figures = guard(rules, ordered, kept)
    live = frozenset(published)
    judged = [_judged(rule, figures.get(rule.id, Figures()), limits, dropped, live) for rule in rules]
    return tuple(sorted([*explicit, *judged], key=_rank))


_ORDER = (RuleState.CANDIDATE, RuleState.PUBLISHED, RuleState.CONFLICT, RuleState.HELD, RuleState.REJECTED)


def _rank(rule: Rule) -> tuple[int, int, str]:
    return _ORDER.index(rule.state), -rule.decisions, rule.id


def _rule(draft: Draft, corrections: Sequence[Correction]) -> Rule:
    members = [corrections[number] for number in draft.corrections]
    languages = {one.language for one in members}
    return Rule(
        id=draft.id,
        kind=RuleKind.TEMPLATE,
        before=draft.template.before,
        after=draft.template.after,
        advice="",
        scope=scope.infer(one.path for one in members),
        language=languages.pop() if len(languages) == 1 else draft.family,
        corrections=tuple(one.id for one in members),
        sessions=tuple(sorted({one.session for one in members})),
        decisions=len({one.decision for one in members}),
        origin=origin(members),
        state=RuleState.HELD,
        why="",
    )


def origin(members: Sequence[Correction]) -> CorrectionOrigin:
    """Whose opinion a rule is: a linter's only where nothing else is among its corrections."""
    found = {one.origin for one in members}
    for choice in (CorrectionOrigin.HUMAN, CorrectionOrigin.REVIEW):
        if choice in found:
            return choice
    return CorrectionOrigin.LINTER


def _judged(rule: Rule, figures: Figures, limits: Thresholds, dropped: Sequence[Dropped], live: frozenset[str]) -> Rule:
    if rule.id in live:
        return replace(rule, state=RuleState.PUBLISHED, why="it is in a skill of this tree")
    gone = _gone(rule, dropped)
    if gone is not None:
        state = RuleState.REJECTED if gone.rejected else RuleState.HELD
        return replace(rule, state=state, why=f"{'rejected' if gone.rejected else 'reverted'} in {gone.commit}")
    why = _short_of(rule, limits)
    if why:
        return replace(rule, state=RuleState.HELD, why=why)
    counted = f"kept {_times(figures.kept)} against {figures.corrected} corrected"
    if figures.earlier:
        counted += f", {figures.earlier} kept earlier"
    if figures.held(limits.guard_ratio):
        return replace(rule, state=RuleState.HELD, why=counted)
    fix = "; the fix is a linter" if rule.origin is CorrectionOrigin.LINTER else ""
    return replace(
        rule,
        state=RuleState.CANDIDATE,
        why=f"{rule.decisions} decisions in {len(rule.sessions)} sessions, {counted}{fix}",
    )


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _short_of(rule: Rule, limits: Thresholds) -> str:
    if rule.decisions < limits.decisions:
        return f"{rule.decisions} of {limits.decisions} decisions"
    if len(rule.sessions) < limits.sessions:
        return f"{len(rule.sessions)} of {limits.sessions} sessions"
    return ""


def _gone(rule: Rule, dropped: Sequence[Dropped]) -> Dropped | None:
    """The dropped rule that this one is again: by id, or because it has half of that rule's recorded evidence."""
    mine_too = set(rule.corrections)
    for one in dropped:
        if one.id == rule.id or (
            one.corrections and 2 * len(mine_too.intersection(one.corrections)) >= len(one.corrections)
        ):
            return one
    return None
