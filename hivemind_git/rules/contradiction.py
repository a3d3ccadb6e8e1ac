"""Rules that want opposite things of the same lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations

from hivemind_git.model import Correction, Rule
from hivemind_git.rules import scope
from hivemind_git.rules.cluster import Draft
from hivemind_git.rules.match import compile_template

DEEP = 99


def contradictions(
    rules: Sequence[Rule], drafts: Mapping[str, Draft], corrections: Mapping[str, Correction], ratio: float
) -> tuple[dict[str, Rule], dict[str, str]]:
    """Rules made narrower so that they no longer meet, and, for those that still do, what they contradict (both by id).

    Two rules contradict each other where people made different things of what both match, or undid with the one what
    the other
    asks for. The less frequent one counts only where it is more than an exception: more than max(1, `ratio` of the
    other's decisions).
    """
    narrowed: dict[str, Rule] = {}
    against: dict[str, str] = {}
    for one, other in _opposed(rules, drafts, corrections):
        fewer, more = sorted((one.decisions, other.decisions))
        if fewer <= max(1, ratio * more):
            continue
        left, right = (_narrow(rule, corrections) for rule in (one, other))
        if _apart(left, right, corrections):
            narrowed |= {left.id: left, right.id: right}
            continue
        against.setdefault(one.id, _sentence(one, other))
        against.setdefault(other.id, _sentence(other, one))
    return narrowed, against


def _sentence(one: Rule, other: Rule) -> str:
    wanted = f"`{other.after}`" if other.after else "nothing"
    return f"{one.decisions} decisions, but `{other.before}` became {wanted} in {other.decisions} (rule {other.id})"


def _opposed(
    rules: Sequence[Rule], drafts: Mapping[str, Draft], corrections: Mapping[str, Correction]
) -> Iterator[tuple[Rule, Rule]]:
    alike: dict[tuple[str, tuple[str, ...]], list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.id in drafts and rule.decisions > 1:
            alike[(drafts[rule.id].family, drafts[rule.id].removed)].append(rule)
    for group in alike.values():
        for one, other in combinations(group, 2):
            if one.after != other.after and _meet(one, other, corrections):
                yield one, other
    for (of_family, removed), group in alike.items():
        for one in group:
            for other in alike.get((of_family, drafts[one.id].added), ()):
                if one.id < other.id and drafts[other.id].added == removed:
                    yield one, other


def _meet(one: Rule, other: Rule, corrections: Mapping[str, Correction]) -> bool:
    """Whether one rule matches half of what the other was made of."""
    return _matched(one, other, corrections) or _matched(other, one, corrections)


def _matched(rule: Rule, other: Rule, corrections: Mapping[str, Correction]) -> bool:
    pattern = compile_template(rule.before, rule.after, rule.language)
    texts = [corrections[name].before for name in other.corrections if name in corrections]
    return 2 * sum(next(pattern.find(text), None) is not None for text in texts) >= len(texts)


def _narrow(rule: Rule, corrections: Mapping[str, Correction]) -> Rule:
    paths = [corrections[name].path for name in rule.corrections if name in corrections]
    return replace(rule, scope=scope.infer(paths, depth=DEEP))


def _apart(one: Rule, other: Rule, corrections: Mapping[str, Correction]) -> bool:
    """Whether no correction of one rule lies in the scope of the other."""
    return not any(
        scope.within(left.scope, corrections[name].path)
        for left, right in ((one, other), (other, one))
        for name in right.corrections
        if name in corrections
    )
