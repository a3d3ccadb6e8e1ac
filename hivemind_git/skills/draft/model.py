"""What a model is asked: the wording of rules, and which lessons say the same. No tools, capped, distrusted, never
needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from hivemind_git.skills.draft import alike, proposal
from hivemind_git.skills.draft.alike import Heard
from hivemind_git.skills.draft.asking import Caller, Question, UnusableError, ask
from hivemind_git.skills.draft.proposal import Decision, Judgement
from hivemind_git.skills.rules_toml import EVIDENCE_ENTRIES, SkillRule

RULES_PER_CALL = 12
LESSONS_PER_CALL = 120
_TOKENS_PER_RULE = 160
_TOKENS_PER_LESSON = 8


@dataclass(frozen=True, slots=True)
class Wording:
    """Rules as a model worded, merged and left them. `skipped` are rule id → why; `note` says why the template drafts.

    `drafter` is for the commit's trailer: the model only where a word of it is used.
    """

    rules: tuple[SkillRule, ...]
    skipped: Mapping[str, str]
    drafter: str
    note: str = ""


def word(rules: Sequence[SkillRule], standing: Sequence[SkillRule], caller: Caller) -> Wording:
    """Words rules by a model where it answers usefully, else leaves them to the template. Never raises.

    Args:
        rules: what is to be published.
        standing: the rules that are live, which a new one may turn out to repeat.
        caller: how to ask.
    """
    found: list[Judgement] = []
    notes: dict[str, None] = {}
    for start in range(0, len(rules), RULES_PER_CALL):
        batch = rules[start : start + RULES_PER_CALL]
        try:
            found += _judged(batch, standing, caller)
        except UnusableError as error:
            notes[str(error)] = None
            found += [Judgement(rule.id, Decision.KEEP) for rule in batch]
    useful = any(one.headline or one.decision is not Decision.KEEP for one in found)
    return Wording(
        rules=_applied(rules, standing, found),
        skipped={one.rule: one.reason for one in found if one.decision is Decision.SKIP},
        drafter=caller.name if useful else "template",
        note="; ".join(notes),
    )


def _applied(
    rules: Sequence[SkillRule], standing: Sequence[SkillRule], found: Sequence[Judgement]
) -> tuple[SkillRule, ...]:
    by_id = {rule.id: rule for rule in (*standing, *rules)}
    kept = {one.rule: replace(by_id[one.rule], headline=one.headline) for one in found if one.decision is Decision.KEEP}
    for one in found:
        if one.decision is Decision.MERGE:
            kept[one.into] = _joined(kept.get(one.into, by_id[one.into]), by_id[one.rule])
    return tuple(kept.values())


def _joined(rule: SkillRule, other: SkillRule) -> SkillRule:
    known = {proof.correction for proof in rule.evidence}
    more = tuple(proof for proof in other.evidence if proof.correction not in known)
    return replace(
        rule,
        decisions=rule.decisions + other.decisions,
        corrections=rule.corrections + other.corrections,
        sessions=tuple(dict.fromkeys((*rule.sessions, *other.sessions))),
        evidence=(*rule.evidence, *more)[:EVIDENCE_ENTRIES],
    )


def _judged(rules: Sequence[SkillRule], standing: Sequence[SkillRule], caller: Caller) -> tuple[Judgement, ...]:
    text = proposal.question(rules, standing, caller.redact)
    asked = Question(proposal.SYSTEM, proposal.SCHEMA, text, 200 + _TOKENS_PER_RULE * len(rules))
    return ask(caller, asked, partial(proposal.judgements, rules=rules, standing=standing))


def same(lessons: Sequence[Heard], caller: Caller) -> tuple[tuple[int, ...], ...]:
    """The sets of these lessons, by place, that a model takes for the same.

    Raises:
        UnusableError: the model did not answer, or not usefully.
    """
    text = alike.question(lessons, caller.redact)
    asked = Question(alike.SYSTEM, alike.SCHEMA, text, 200 + _TOKENS_PER_LESSON * len(lessons))
    return ask(caller, asked, partial(alike.sets, lessons=len(lessons)))
