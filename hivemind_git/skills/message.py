"""What people read about a skill change: the commit's message with its trailers, and the body of a pull request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hivemind_git.git.trailers import append
from hivemind_git.skills.compose import Draft
from hivemind_git.skills.draft import template
from hivemind_git.skills.draft.views import BRIEF, FULL, evidence, view
from hivemind_git.skills.rules_toml import Proof, SkillRule
from hivemind_git.skills.text import code, cut, diff

CORRECTION_TRAILERS = 20
SUBJECT_CHARACTERS = 72

Trailers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PullRequest:
    """Title and body, in Markdown, for a forge."""

    title: str
    body: str


def commit_message(draft: Draft, drafter: str) -> str:
    """The message of a skill commit, trailers included.

    Raises:
        HivemindError: git is missing.
    """
    rules = [{"headline": view(rule, BRIEF).headline, "counts": evidence(rule)} for rule in _told(draft)]
    told = template.render("commit-message.j2", subject=subject(draft), rules=rules, removed=draft.removed)
    return append(told, trailers(draft, drafter))


def subject(draft: Draft) -> str:
    """One line of at most 72 characters."""
    if draft.removed and not (draft.added or draft.changed):
        return cut(f"Take rejected rules out of the skill {draft.name}", SUBJECT_CHARACTERS)
    return cut(f"{'Add' if draft.new else 'Extend'} the skill {draft.name}", SUBJECT_CHARACTERS)


def trailers(draft: Draft, drafter: str) -> Trailers:
    """The trailer block of a skill commit (docs/skills.md): what came, and what it rests on."""
    rules = _told(draft)
    sessions = dict.fromkeys(session for rule in rules for session in rule.sessions)
    proofs = dict.fromkeys(proof.correction for rule in rules for proof in rule.evidence)
    named = list(proofs)[:CORRECTION_TRAILERS]
    total = max(len(proofs), sum(rule.corrections for rule in rules))
    return (
        ("Hivemind-Skill", draft.name),
        *(("Hivemind-Rule", rule.id) for rule in rules),
        *(("Hivemind-Session", session) for session in sessions),
        *(("Hivemind-Correction", correction) for correction in named),
        *((("Hivemind-Corrections", str(total)),) if total > len(named) else ()),
        ("Hivemind-Drafter", drafter),
    )


def request(name: str, rules: Sequence[SkillRule], whys: Mapping[str, str], *, new: bool) -> PullRequest:
    """The request that offers a skill for review: the evidence as diffs, the guard's figures, how to undo it.

    Args:
        name: the skill.
        rules: those that the branch has and the trunk does not.
        whys: rule id → the sentence with which mining let the rule pass.
        new: the trunk has no such skill.
    """
    views = [_request_view(rule, whys.get(rule.id, "")) for rule in rules]
    count = "One rule" if len(views) == 1 else f"{len(views)} rules"
    body = template.render("pull-request.md.j2", name=name, new=new, count=count, rules=views)
    return PullRequest(cut(f"{'Add' if new else 'Extend'} the skill {name}", SUBJECT_CHARACTERS), body)


def _told(draft: Draft) -> Sequence[SkillRule]:
    news = {*draft.added, *draft.changed}
    return [rule for rule in draft.rules if rule.id in news]


def _request_view(rule: SkillRule, why: str) -> dict[str, object]:
    shown = view(rule, FULL)
    when = shown.when[:1].upper() + shown.when[1:]
    examples = [{"source": _source(one), "text": diff(one.before, one.after, lines=12)} for one in _examples(rule)]
    return {"headline": shown.headline, "when": when, "evidence": shown.evidence, "why": why, "words": shown.words,
            "examples": examples}  # fmt: skip


def _examples(rule: SkillRule) -> list[Proof]:
    shown = [proof for proof in rule.evidence if proof.before.strip() or proof.after.strip()]
    return sorted(shown, key=lambda one: (len(one.before + one.after), one.correction))[:3]


def _source(proof: Proof) -> str:
    where = code(proof.path or "a file")
    return f"{where} in {code(proof.commit[:10])}:" if proof.commit else f"{where}:"
