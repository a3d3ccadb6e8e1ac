"""How well rules are found: planted lessons among one-off edits, found again?

A candidate is right where four of five of its corrections come from one lesson and it rewrites fresh examples of that
lesson as the
lesson would. Precision is the share of right candidates, recall the share of lessons with a right candidate, pair
precision the share
of pairs of corrections in one candidate that come from one lesson.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hivemind_git.eval.planted import NONE, Team, edit, team
from hivemind_git.eval.planted_catalogue import Lesson
from hivemind_git.model import Rule, RuleKind, RuleState
from hivemind_git.rules import tokens as tk
from hivemind_git.rules.match import compile_template
from hivemind_git.rules.mine import mine

PURE: Final = 0.8
FRESH: Final = 20
"""Fresh examples that a candidate is tried on; `PURE` of them have to come out right."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over one or more histories."""

    candidates: int = 0
    right: int = 0
    lessons: int = 0
    found: int = 0
    pairs: int = 0
    true_pairs: int = 0
    corrections: int = 0
    wrong: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()

    @property
    def precision(self) -> float:
        """The share of candidates that are right."""
        return self.right / self.candidates if self.candidates else 0.0

    @property
    def recall(self) -> float:
        """The share of lessons that were found."""
        return self.found / self.lessons if self.lessons else 0.0

    @property
    def pair_precision(self) -> float:
        """The share of pairs in a candidate that belong together."""
        return self.true_pairs / self.pairs if self.pairs else 0.0

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.candidates + other.candidates,
            self.right + other.right,
            self.lessons + other.lessons,
            self.found + other.found,
            self.pairs + other.pairs,
            self.true_pairs + other.true_pairs,
            self.corrections + other.corrections,
            self.wrong + other.wrong,
            self.missed + other.missed,
        )


def evaluate(seeds: Iterable[int], noise: float) -> Figures:
    """The figures over a history for each seed, with `noise` one-off edits for every planted one."""
    total = Figures()
    for seed in seeds:
        total += _measure(team(seed, noise), seed)
    return total


def _measure(planted: Team, seed: int) -> Figures:
    rules = mine(planted.corrections, planted.kept)
    candidates = [rule for rule in rules if rule.state is RuleState.CANDIDATE and rule.kind is RuleKind.TEMPLATE]
    lessons = {lesson.name: lesson for lesson in planted.lessons}
    right: list[str] = []
    wrong: list[str] = []
    pairs = true_pairs = 0
    for rule in candidates:
        origins = Counter(planted.lesson_of[name] for name in rule.corrections)
        pairs += _pairs(origins.total())
        true_pairs += sum(_pairs(count) for name, count in origins.items() if name != NONE)
        lesson = _taught(rule, origins, lessons, random.Random(seed))  # noqa: S311 a reproducible draw
        if lesson:
            right.append(lesson)
        else:
            wrong.append(f"{rule.language}: {rule.before} \u2192 {rule.after} {dict(origins)}")
    missed = tuple(name for name in lessons if name not in right)
    return Figures(
        len(candidates), len(right), len(lessons), len(lessons) - len(missed), pairs, true_pairs,
        len(planted.corrections), tuple(wrong), missed,
    )  # fmt: skip


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _taught(rule: Rule, origins: Counter[str], lessons: dict[str, Lesson], rng: random.Random) -> str:
    """The name of the lesson that a candidate has understood, or nothing."""
    name, count = origins.most_common(1)[0]
    if name not in lessons or count < PURE * origins.total():
        return ""
    done = sum(_obeys(rule, *edit(lessons[name], rng)) for _ in range(FRESH))
    return name if done >= PURE * FRESH else ""


def _obeys(rule: Rule, before: str, after: str) -> bool:
    rewritten = compile_template(rule.before, rule.after, rule.language).rewrite(before)
    of_family = tk.family(rule.language)
    return rewritten is not None and tk.tokenise(rewritten, of_family).texts == tk.tokenise(after, of_family).texts


HEAD: Final = ("noise", "corrections", "candidates", "lessons", "precision", "recall", "pair precision")


def rows(found: Iterable[tuple[float, Figures]]) -> list[tuple[str, ...]]:
    """The figures by noise, under `HEAD`."""
    return [
        (
            f"{noise:g}\u00d7",
            str(one.corrections),
            str(one.candidates),
            str(one.lessons),
            *(f"{share:.3f}" for share in (one.precision, one.recall, one.pair_precision)),
        )
        for noise, one in found
    ]


def table(found: Iterable[tuple[float, Figures]]) -> str:
    """The same as text, each column as wide as its name."""
    lines = [HEAD, *rows(found)]
    return "\n".join("  ".join(cell.rjust(len(name)) for name, cell in zip(HEAD, line, strict=True)) for line in lines)


def report(seeds: Sequence[int], noises: Iterable[float]) -> Iterator[tuple[float, Figures]]:
    """The figures for each level of noise, one after the other."""
    for noise in noises:
        yield noise, evaluate(seeds, noise)
