"""Mining: ten times the corrections in at most fifteen times the time (processor time: it is minutes of one thread)."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from itertools import pairwise

from benchmarks import Row, Size
from hivemind_git.eval import planted_words as words
from hivemind_git.eval.planted import stamp, team
from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin, Reason, ReasonSource
from hivemind_git.rules.guard import KeptLine
from hivemind_git.rules.mine import mine

SAYINGS = (
    "don't repeat {n} here, {m} does that already",
    "this is overkill, can we {v} the {n} in a simpler way?",
    "the comment on {n} is misleading, it says {m}",
    "let's do {n} in a separate PR",
    "{v} the {n} first, then look at {m}",
    "why does {n} fail silently? the user should see the error",
    "please rename {n} to {m}",
    "no, keep the {n} as it was",
    "use the existing {m} helper to {v} the {n}",
    "the tests for {n} are too slow, don't run them",
)


def history(count: int) -> tuple[list[Correction], list[KeptLine]]:
    """As many corrections, half by hand and half in words, and twice as many kept lines."""
    corrections: list[Correction] = []
    kept: list[KeptLine] = []
    seed = 0
    while len(corrections) < count // 2:
        one = team(seed, 4)
        corrections += (
            replace(each, id=f"{seed}-{each.id}", decision=f"{seed}-{each.decision}") for each in one.corrections
        )
        kept += one.kept
        seed += 1
    del corrections[count // 2 :]
    rng = random.Random(count)
    corrections += (_said(rng, number) for number in range(count - len(corrections)))
    return corrections, kept[: 2 * count]


def _said(rng: random.Random, number: int) -> Correction:
    text = rng.choice(SAYINGS).format(n=rng.choice(words.NOUNS), m=rng.choice(words.NOUNS), v=rng.choice(words.VERBS))
    return Correction(
        id=f"said-{number}",
        session=f"s{number % 400}",
        tool_use=None,
        agent="claude-code",
        model=None,
        path=f"src/{rng.choice(words.NOUNS)}.py",
        language="python",
        kind=CorrectionKind.REJECTED,
        origin=CorrectionOrigin.HUMAN,
        before=words.statement(rng, "python"),
        after="",
        context="",
        reason=Reason(text, ReasonSource.REJECTION),
        commit=None,
        author="ada@example.com",
        t=stamp(rng.random() * 200),
        decision=f"said-{number}",
        confidence=0.9,
    )


def run(size: Size) -> list[Row]:
    counts = (500, 5_000) if size is Size.QUICK else (1_000, 10_000, 100_000)
    taken = {}
    for count in counts:
        corrections, kept = history(count)
        start = time.process_time()
        rules = mine(corrections, kept)
        taken[count] = (time.process_time() - start, len(rules))
    return [
        Row(
            f"mine {more:,} corrections",
            taken[more][0],
            f"mine {fewer:,} corrections",
            taken[fewer][0],
            15,
            f"{taken[more][1]:,} rules, {1000 * taken[more][0] / more:.2f} ms a correction",
            series="mine, by corrections",
            n=more,
        )
        for fewer, more in pairwise(counts)
    ]
