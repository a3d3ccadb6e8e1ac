"""Corrections of other repositories that share a workspace: they count, and only what may be told here is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from hivemind_git.model import Correction, Rule, RuleKind
from hivemind_git.rules import scope
from hivemind_git.rules import template as tm
from hivemind_git.rules.advice import lessons


@dataclass(frozen=True, slots=True)
class Company:
    """Corrections made elsewhere. Of those that are `told` the text may stand here; the `counted` ones only count.

    None of them has a path or a commit: what those name is not here.
    """

    told: tuple[Correction, ...] = ()
    counted: tuple[Correction, ...] = ()

    @property
    def all(self) -> tuple[Correction, ...]:
        """Both."""
        return (*self.told, *self.counted)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.told or self.counted)


ALONE: Final = Company()
"""No company."""


def elsewhere(corrections: Iterable[Correction]) -> tuple[Correction, ...]:
    """Corrections as they are seen from another repository."""
    return tuple(replace(one, path="", commit=None, author=None, context="") for one in corrections)


def told_here(rules: Iterable[Rule], own: Sequence[Correction], company: Company) -> tuple[Rule, ...]:
    """The rules as they may be told here, mined of own corrections and the company's.

    Text, evidence and scope are functions of what may be told; the counts and the state are of all. A rule with nothing
    that may be told is not told at all, nor is one whose words stand in nothing that may be.
    """
    open_ = {one.id: one for one in (*own, *company.told)}
    counted = {one.id for one in company.counted}
    foreign = counted | {one.id for one in company.told}
    mine = {one.id: one for one in own}
    found = []
    for rule in rules:
        if foreign.isdisjoint(rule.corrections):
            found.append(rule)
            continue
        told = _told(rule, [open_[name] for name in rule.corrections if name in open_], mine)
        if told is not None:
            away = len(foreign.intersection(rule.corrections))
            found.append(replace(told, why=f"{rule.why}; {away} of {len(rule.corrections)} elsewhere in the workspace"))
    return tuple(found)


def _told(rule: Rule, members: Sequence[Correction], own: Mapping[str, Correction]) -> Rule | None:
    if not members:
        return None
    paths = [one.path for one in members if one.id in own]
    open_ended = rule.kind is RuleKind.ADVICE and any(not scope.infer([path]) for path in paths)
    seen = replace(
        rule,
        corrections=tuple(one.id for one in members),
        sessions=tuple(sorted({one.session for one in members})),
        scope=() if open_ended else scope.infer(paths),
    )
    if rule.kind is RuleKind.TEMPLATE:
        return seen if _stands_in(rule, members) else None
    if any(_plain(rule.advice.rstrip("…")) in _plain(_words(one)) for one in members):
        return seen
    said = [one.text for one in lessons(members, {}, [[one.id for one in members]]) if one.text]
    return replace(seen, advice=said[0]) if said else None


def _stands_in(rule: Rule, members: Sequence[Correction]) -> bool:
    """Whether all code of a template stands in one of the corrections."""

    def within(template: str, text: str) -> bool:
        return all(_plain(part) in _plain(text) for part in tm.segments(template) if isinstance(part, str))

    return any(within(rule.before, one.before) and within(rule.after, one.after) for one in members)


def _words(one: Correction) -> str:
    return one.reason.text if one.reason else ""


def _plain(text: str) -> str:
    return "".join(text.split())


def without(known: Collection[str], corrections: Iterable[Correction]) -> list[Correction]:
    """The corrections that are not known already: two clones of one repository hold the same."""
    return [one for one in corrections if one.id not in known]
