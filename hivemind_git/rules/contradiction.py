"""Rules that want opposite things of the same lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Final

from hivemind_git.model import Correction, Rule
from hivemind_git.rules import scope
from hivemind_git.rules import template as tm
from hivemind_git.rules.cluster import Draft
from hivemind_git.rules.delta import informative
from hivemind_git.rules.guard import narrow
from hivemind_git.rules.match import compile_template

_STAND_INS: Final = {number: f"value{number}" for number in range(256)}


def contradictions(
    rules: Sequence[Rule], drafts: Sequence[Draft], corrections: Sequence[Correction], ratio: float
) -> tuple[dict[str, Rule], dict[str, str]]:
    """Rules made narrower so that they no longer meet, and, for those that still do, what they contradict (both by id).

    Two rules contradict each other where one matches what the other was made of and would make something else of it, or
    where one undoes the other. The less frequent one counts only where it is more than an exception: more than
    max(1, `ratio` of the other's decisions).
    """
    paths = {one.id: one.path for one in corrections}
    narrowed: dict[str, Rule] = {}
    against: dict[str, str] = {}
    for one, other in _opposed(rules, {draft.id: draft for draft in drafts}):
        fewer, more = sorted((one.decisions, other.decisions))
        if fewer <= max(1, ratio * more):
            continue
        left, right = (narrow(rule, paths) for rule in (one, other))
        if _apart(left, right, paths):
            narrowed |= {left.id: left, right.id: right}
            continue
        against.setdefault(one.id, _sentence(one, other))
        against.setdefault(other.id, _sentence(other, one))
    return narrowed, against


def _sentence(one: Rule, other: Rule) -> str:
    wanted = f"`{other.after}`" if other.after else "nothing"
    return f"{one.decisions} decisions, but `{other.before}` became {wanted} in {other.decisions} (rule {other.id})"


def _opposed(rules: Sequence[Rule], drafts: Mapping[str, Draft]) -> Iterator[tuple[Rule, Rule]]:
    """Pairs that contradict each other, each once. Only rules that share a telling token can.

    A rule that matches a special case of another is an exception to it, and no contradiction.
    """
    by_token: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    undoing: dict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.decisions > 1:
            for token in set(drafts[rule.id].removed):
                by_token[(drafts[rule.id].family, token)].append(rule)
            for token in set(drafts[rule.id].added):
                undoing[(drafts[rule.id].family, token)].append(rule)
    pairs: dict[tuple[str, str], tuple[Rule, Rule]] = {}
    for (of_family, token), group in by_token.items():
        others = (*group, *undoing[(of_family, token)]) if informative([token]) else ()
        for one, other in product(group, others):
            if one.id != other.id and _contradict(one, other, alike=drafts[one.id].removed == drafts[other.id].removed):
                pairs[(min(one.id, other.id), max(one.id, other.id))] = (one, other)
    for _, pair in sorted(pairs.items()):
        yield pair


def _contradict(one: Rule, other: Rule, *, alike: bool) -> bool:
    spoils = (_spoils(one, other), _spoils(other, one))
    return all(spoils) or (any(spoils) and alike) or _undoes(one, other)


def _undoes(one: Rule, other: Rule) -> bool:
    return one.before == other.after and one.after == other.before


def _spoils(rule: Rule, other: Rule) -> bool:
    """Whether a rule matches what another starts from, and makes of it what the other does not."""
    before, after = _example(other.before), _example(other.after)
    rewritten = compile_template(rule.before, rule.after, rule.language).rewrite(before)
    return rewritten is not None and "".join(rewritten.split()) != "".join(after.split())


def _example(text: str) -> str:
    """An example of a side of a rule: its holes are filled with names."""
    return tm.fill(tm.segments(text), _STAND_INS)


def _apart(one: Rule, other: Rule, paths: Mapping[str, str]) -> bool:
    """Whether no correction of one rule lies in the scope of the other."""
    return not any(
        scope.within(left.scope, paths[name])
        for left, right in ((one, other), (other, one))
        for name in right.corrections
    )
