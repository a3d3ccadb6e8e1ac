"""Sub-trees of a repository as workspaces of their own: what is corrected in one teaches that one alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from hivemind_git.model import Correction, Rule, RuleState
from hivemind_git.rules.guard import KeptLine
from hivemind_git.rules.mine import rank

Mine: TypeAlias = Callable[[str, Sequence[Correction], Sequence[KeptLine], Collection[str]], tuple[Rule, ...]]
"""Sub-tree (empty: what is in none), its corrections, its kept lines, the ids that are live there → its rules."""


def mine(
    folders: Collection[str],
    corrections: Iterable[Correction],
    kept: Iterable[KeptLine],
    live: Mapping[str, Sequence[str]],
    mined: Mine,
) -> tuple[Rule, ...]:
    """The rules of all workspaces of a repository, each with a scope inside of its own; one that two have is one rule.

    Args:
        folders: the sub-trees, without a slash at the end.
        corrections: all corrections.
        kept: all kept lines.
        live: rule id → the scope of each rule that is live.
        mined: mines one workspace.
    """
    of_home: dict[str, tuple[list[Correction], list[KeptLine]]] = {one: ([], []) for one in ("", *sorted(folders))}
    for correction, place in _placed(tuple(corrections), folders):
        of_home[place][0].append(correction)
    for line in kept:
        of_home[home(line.path, folders)][1].append(line)
    found: dict[str, list[Rule]] = defaultdict(list)
    for folder, (own, lines) in of_home.items():
        known = {rule for rule, scope in live.items() if reaches(scope, folder, folders)}
        for rule in mined(folder, own, lines, known):
            found[rule.id].append(replace(rule, scope=inside(rule.scope, folder)) if rule.corrections else rule)
    return tuple(sorted((_one(rules) for rules in found.values()), key=rank))


def _placed(corrections: Sequence[Correction], folders: Collection[str]) -> Iterator[tuple[Correction, str]]:
    """Each correction with its sub-tree. Words about no file belong where all else of their session was corrected."""
    of_session: dict[str, set[str]] = defaultdict(set)
    for one in corrections:
        if one.path:
            of_session[one.session].add(home(one.path, folders))
    for one in corrections:
        around = of_session[one.session]
        yield one, home(one.path, folders) if one.path or len(around) != 1 else next(iter(around))


def home(path: str, folders: Collection[str]) -> str:
    """The innermost sub-tree that a path is in; empty where it is in none."""
    return max((one for one in folders if f"{path}/".startswith(f"{one}/")), key=len, default="")


def homes(scope: Sequence[str], folders: Collection[str]) -> set[str]:
    """The sub-trees that the patterns of a scope are in, the empty one for what is in none."""
    return {home(_literal(pattern), folders) for pattern in scope} or {""}


def reaches(scope: Sequence[str], folder: str, folders: Collection[str]) -> bool:
    """Whether a scope holds in a sub-tree, or, for the empty one, anywhere outside of them all."""
    if not scope:
        return True
    if not folder:
        return any(not home(_literal(pattern), folders) for pattern in scope)
    starts = [_literal(pattern) for pattern in scope]
    return any(not one or f"{one}/".startswith(f"{folder}/") or f"{folder}/".startswith(f"{one}/") for one in starts)


def inside(scope: Sequence[str], folder: str) -> tuple[str, ...]:
    """The part of a scope that lies in a folder: wider patterns start at the folder."""
    if not folder:
        return tuple(scope)
    clipped = [
        pattern if f"{_literal(pattern)}/".startswith(f"{folder}/") else f"{_escaped(folder)}/{_tail(pattern)}"
        for pattern in scope
    ]
    return tuple(dict.fromkeys(clipped)) or (f"{_escaped(folder)}/**",)


def _one(rules: Sequence[Rule]) -> Rule:
    """What several workspaces found each for itself, as one rule that holds where it stands or may stand."""
    standing = [one for one in rules if one.state in {RuleState.CANDIDATE, RuleState.PUBLISHED}]
    if len(standing) < 2:
        return standing[0] if standing else min(rules, key=rank)
    new = [one for one in standing if one.state is RuleState.CANDIDATE]
    first = (new or standing)[0]
    return replace(
        first,
        scope=tuple(sorted({pattern for one in standing for pattern in one.scope})),
        corrections=tuple(name for one in standing for name in one.corrections),
        sessions=tuple(sorted({name for one in standing for name in one.sessions})),
        decisions=sum(one.decisions for one in standing),
        why="; ".join(dict.fromkeys(f"{', '.join(one.scope) or 'elsewhere'}: {one.why}" for one in standing)),
    )


def _literal(pattern: str) -> str:
    """The folders that a pattern names before its first wildcard; the pattern itself where it has none."""
    parts = []
    for part in pattern.strip("/").split("/"):
        plain = part.replace("\\*", "").replace("\\?", "").replace("\\[", "")
        if any(char in plain for char in "*?["):
            break
        parts.append(part.replace("\\", ""))
    return "/".join(parts)


def _tail(pattern: str) -> str:
    """What a pattern has from its first wildcard on."""
    depth = len([part for part in _literal(pattern).split("/") if part])
    return "/".join(pattern.strip("/").split("/")[depth:]) or "**"


def _escaped(folder: str) -> str:
    return "".join(f"\\{char}" if char in "*?[\\" else char for char in folder)
