"""Corrections → rules, each with its state and the reason for it. Thresholds live here, not in a prompt."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from hivemind_git.model import Correction, CorrectionOrigin, Rule, RuleKind, RuleState
from hivemind_git.rules import scope
from hivemind_git.rules.advice import Lesson, lessons
from hivemind_git.rules.cluster import Draft, cluster
from hivemind_git.rules.contradiction import contradictions
from hivemind_git.rules.guard import KeptLine, guard
from hivemind_git.rules.pairs import language_of
from hivemind_git.rules.utterances import by_hand
from hivemind_git.rules.verdict import Dropped, Thresholds, Verdicts
from hivemind_git.rules.written import Statement, heed

_ORDER = (RuleState.CANDIDATE, RuleState.PUBLISHED, RuleState.CONFLICT, RuleState.HELD, RuleState.REJECTED)


def mine(
    corrections: Iterable[Correction],
    kept: Iterable[KeptLine] = (),
    *,
    thresholds: Thresholds | None = None,
    dropped: Sequence[Dropped] = (),
    published: Iterable[str] = (),
    previous: Mapping[str, Sequence[str]] | None = None,
    explicit: Sequence[Rule] = (),
    written: Iterable[Statement] = (),
    alike: Sequence[Collection[str]] = (),
) -> tuple[Rule, ...]:
    """The rules that corrections have in common, candidates first; the same for any order of the corrections.

    Args:
        corrections: all corrections of a workspace.
        kept: agent lines that reached a commit unchanged; read once.
        thresholds: what a rule needs to be a candidate.
        dropped: rules that were reverted or rejected; they and what repeats half of their evidence stay away.
        published: ids of the rules that are live.
        previous: advice rule id → the corrections it had, so that it keeps its id as its group grows.
        explicit: rules that a person stated outright (`explicit.stated`): one decision, no threshold.
        written: what people's own rules files say; read only where a rule might say it again.
        alike: sets of correction ids of which a model proposed that they say the same in words; their groups become
            one, and everything is counted here all the same.
    """
    limits = thresholds or Thresholds()
    ordered = sorted(corrections, key=lambda one: (one.t, one.id))
    drafts, said = _without_echoes(
        ordered,
        cluster(ordered, min_decisions=limits.decisions),
        limits,
        lambda some: lessons(some, previous or {}, alike),
    )
    templates = [_template(draft, ordered) for draft in drafts]
    narrowed, against = contradictions(templates, drafts, ordered, limits.guard_ratio)
    rules = [narrowed.get(rule.id, rule) for rule in templates] + [_advice(lesson, ordered) for lesson in said]
    enough = [rule for rule in rules if rule.kind is RuleKind.TEMPLATE and not limits.short(rule)]
    guarded, figures = guard(enough, ordered, kept, ratio=limits.guard_ratio)
    settled = {rule.id: rule for rule in guarded}
    verdicts = Verdicts(limits, dropped, frozenset(published), figures, against)
    latest = [settled.get(rule.id, rule) for rule in rules]
    judged = [verdicts.known(rule) or verdicts.judge(rule) for rule in latest]
    stated = [verdicts.known(rule) or rule for rule in explicit]
    heeded = heed([*stated, *judged], written, {one.id: one.path for one in ordered})
    return tuple(sorted(heeded, key=rank))


def rank(rule: Rule) -> tuple[int, int, str]:
    """The place of a rule in a listing: candidates first, then by decisions."""
    return _ORDER.index(rule.state), -rule.decisions, rule.id


def _without_echoes(
    corrections: Sequence[Correction],
    drafts: list[Draft],
    limits: Thresholds,
    taught: Callable[[Sequence[Correction]], list[Lesson]],
) -> tuple[list[Draft], list[Lesson]]:
    """Templates and lessons without those that say of a correction, alone, what a larger rule says already."""
    strong = {
        number for draft in drafts if _decisions(draft, corrections) >= limits.decisions for number in draft.corrections
    }
    spoken = [number for number, one in enumerate(corrections) if number not in strong or not by_hand(one)]
    found = taught([corrections[number] for number in spoken])
    said = [replace(one, corrections=tuple(spoken[number] for number in one.corrections)) for one in found]
    company = {number: (lesson.decisions, len(lesson.corrections)) for lesson in said for number in lesson.corrections}
    kept = [
        draft for draft in drafts if any(_beyond(draft, number, company, corrections) for number in draft.corrections)
    ]
    explained = {
        number: (_decisions(draft, corrections), len(draft.corrections))
        for draft in kept
        for number in draft.corrections
    }
    return kept, [
        lesson
        for lesson in said
        if any(
            explained.get(number, (0, 0)) <= (lesson.decisions, len(lesson.corrections))
            for number in lesson.corrections
        )
    ]


def _beyond(
    draft: Draft, number: int, company: Mapping[int, tuple[int, int]], corrections: Sequence[Correction]
) -> bool:
    """Whether a template says more of a correction than the lesson that has it: more decisions, of as many more
    corrections, or alone with it by hand."""
    others = company.get(number, (0, 0))
    mine = _decisions(draft, corrections), len(draft.corrections)
    return mine > others or (mine == others == (1, 1) and by_hand(corrections[number]))


def _decisions(draft: Draft, corrections: Sequence[Correction]) -> int:
    return len({corrections[number].decision for number in draft.corrections})


def _template(draft: Draft, corrections: Sequence[Correction]) -> Rule:
    members = [corrections[number] for number in draft.corrections]
    languages = {language_of(one) for one in members}
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
        decisions=_decisions(draft, corrections),
        origin=_origin(members),
        state=RuleState.HELD,
        why="",
    )


def _advice(lesson: Lesson, corrections: Sequence[Correction]) -> Rule:
    members = [corrections[number] for number in lesson.corrections]
    languages = {language_of(one) for one in members}
    everywhere = any(not scope.infer([one.path]) for one in members)
    return Rule(
        id=lesson.id,
        kind=RuleKind.ADVICE,
        before="",
        after="",
        advice=lesson.text,
        scope=() if everywhere else scope.infer(one.path for one in members),
        language=languages.pop() if len(languages) == 1 else "",
        corrections=tuple(one.id for one in members),
        sessions=tuple(sorted({one.session for one in members})),
        decisions=lesson.decisions,
        origin=_origin(members),
        state=RuleState.HELD,
        why="",
    )


def _origin(members: Sequence[Correction]) -> CorrectionOrigin:
    """Whose opinion a rule is: a linter's only where nothing else is among its corrections."""
    found = {one.origin for one in members}
    for choice in (CorrectionOrigin.HUMAN, CorrectionOrigin.REVIEW):
        if choice in found:
            return choice
    return CorrectionOrigin.LINTER
