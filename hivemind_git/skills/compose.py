"""From rules to the files of a skill: joined to what stands there, within the limits, changed only where it must be."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from hivemind_git.model import Correction, Rule
from hivemind_git.skills import document, rules_toml, rules_write
from hivemind_git.skills.document import BODY_LINES, checksum
from hivemind_git.skills.draft import template
from hivemind_git.skills.draft.views import BRIEF, FULL, ROW
from hivemind_git.skills.layout import Standing
from hivemind_git.skills.merge import Merged, merge
from hivemind_git.skills.rules_toml import EVIDENCE_ENTRIES, Proof, RuleFile, SkillRule


@dataclass(frozen=True, slots=True)
class Draft:
    """The files of a skill as they shall be. `new`: it did not stand before.

    `added`, `changed` and `removed` name rules; where all are empty, there is nothing to commit.
    """

    name: str
    new: bool
    skill: str
    rules_file: str
    rules: tuple[SkillRule, ...]
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    body_lines: int

    @property
    def worth_a_commit(self) -> bool:
        """Whether a rule came, changed or went. More evidence for what stands already is no reason for a commit."""
        return bool(self.added or self.changed or self.removed)


def published(rule: Rule, corrections: Mapping[str, Correction], headline: str = "") -> SkillRule:
    """A mined rule as a skill carries it, with up to twenty of its corrections, spread over its sessions."""
    found = [corrections[one] for one in rule.corrections if one in corrections]
    turns: dict[str, int] = {}
    order: list[tuple[int, str, str]] = []
    for one in sorted(found, key=lambda one: (one.t, one.id)):
        turns[one.session] = turns.get(one.session, 0) + 1
        order.append((turns[one.session], one.t, one.id))
    return SkillRule(
        id=rule.id,
        kind=rule.kind,
        before=rule.before,
        after=rule.after,
        advice=rule.advice,
        headline=headline,
        scope=rule.scope,
        language=rule.language,
        origin=rule.origin,
        decisions=rule.decisions,
        corrections=len(rule.corrections),
        sessions=rule.sessions,
        evidence=tuple(proof(corrections[one]) for *_, one in sorted(order)[:EVIDENCE_ENTRIES]),
    )


def compose(
    name: str,
    new: Sequence[SkillRule],
    standing: Standing,
    prompts: Sequence[str] = (),
    *,
    edited: Collection[str] = (),
    without: Collection[str] = (),
) -> Draft:
    """Drafts a skill that has the standing rules and the new ones.

    Args:
        name: the skill's name, which is its folder's.
        new: rules that come, or that stand and have more evidence now.
        standing: the files as they are.
        prompts: redacted prompts in which the mistakes were made; their words go into the description.
        edited: ids of new rules that a person worded; no later draft words them anew.
        without: ids of standing rules that go.

    Raises:
        HivemindError: a standing file cannot be read.
    """
    where = f"{name}/rules.toml"
    old = RuleFile() if standing.rules is None else rules_toml.parse(standing.rules, where)
    rules = tuple(rule for rule in _join(old, new, edited) if rule.id not in without)
    before = {rule.id: rule for rule in old.rules}
    removed = tuple(rule for rule in before if rule in without)
    added = tuple(rule.id for rule in rules if rule.id not in before)
    changed = tuple(rule.id for rule in rules if rule.id in before and _fields(rule) != _fields(before[rule.id]))
    skill = standing.skill
    if removed and skill is not None:
        skill = document.without(document.parse(skill, f"{name}/SKILL.md"), removed).render().encode()
    merged = _fitted(name, rules, skill, old.written, prompts)
    ours = {rule.id for rule in new if rule.id not in edited and _untouched(rule.id, old)}
    written = {**merged.written, **{f"fields-{rule.id}": _fields(rule) for rule in rules if rule.id in ours}}
    return Draft(
        name=name,
        new=standing.skill is None,
        skill=merged.document.render(),
        rules_file=rules_write.update(standing.rules, rules, written, where, removed),
        rules=rules,
        added=added,
        changed=changed,
        removed=removed,
        body_lines=merged.document.body_lines,
    )


def _join(old: RuleFile, new: Sequence[SkillRule], edited: Collection[str]) -> tuple[SkillRule, ...]:
    """The standing rules with what is new about them, then the new ones. Fields that a person edited stay."""
    coming = {rule.id: rule for rule in new}
    joined = [_grown(rule, coming.pop(rule.id), old, edited) if rule.id in coming else rule for rule in old.rules]
    return (*joined, *coming.values())


def _grown(rule: SkillRule, new: SkillRule, old: RuleFile, edited: Collection[str]) -> SkillRule:
    known = {proof.correction for proof in rule.evidence}
    evidence = (*rule.evidence, *(proof for proof in new.evidence if proof.correction not in known))
    grown = replace(
        rule,
        decisions=max(rule.decisions, new.decisions),
        corrections=max(rule.corrections, new.corrections),
        sessions=tuple(dict.fromkeys((*rule.sessions, *new.sessions))),
        evidence=evidence[: max(EVIDENCE_ENTRIES, len(rule.evidence))],
    )
    if rule.id in edited:
        return replace(
            grown,
            before=new.before,
            after=new.after,
            advice=new.advice,
            headline=new.headline,
            scope=new.scope,
        )
    if not _untouched(rule.id, old):
        return grown
    return replace(grown, before=new.before, after=new.after, scope=new.scope, headline=rule.headline or new.headline)


def _untouched(rule: str, old: RuleFile) -> bool:
    standing = next((one for one in old.rules if one.id == rule), None)
    return standing is None or old.written.get(f"fields-{rule}") == _fields(standing)


def _fields(rule: SkillRule) -> str:
    return checksum(repr((rule.before, rule.after, rule.advice, rule.headline, rule.scope, rule.language)))


def _fitted(
    name: str, rules: Sequence[SkillRule], skill: bytes | None, written: Mapping[str, str], prompts: Sequence[str]
) -> Merged:
    """The merged document with as much detail as the body holds: what has the fewest decisions is shortened first."""
    where = f"{name}/SKILL.md"
    old = None if skill is None else document.parse(skill, where)
    weakest = sorted(range(len(rules)), key=lambda at: (rules[at].decisions, -at))
    steps = [(at, level) for level in (BRIEF, ROW) for at in weakest]

    def merged(taken: int) -> Merged:
        details = dict.fromkeys(range(len(rules)), FULL) | dict(steps[:taken])
        text = template.skill(name, rules, [details[at] for at in range(len(rules))], prompts)
        fresh = document.parse(text.encode(), where)
        return merge(fresh, fresh, {}) if old is None else merge(old, fresh, written)

    # Each step takes lines away and adds none, so the fewest steps that fit can be found by halves.
    enough = bisect_left(range(len(steps)), True, key=lambda taken: merged(taken).document.body_lines <= BODY_LINES)
    return merged(enough)


def proof(correction: Correction) -> Proof:
    """A correction as the evidence of a rule."""
    return Proof(
        correction=correction.id,
        session=correction.session,
        commit=correction.commit or "",
        path=correction.path,
        before=correction.before,
        after=correction.after,
        words=correction.reason.text if correction.reason else "",
    )
