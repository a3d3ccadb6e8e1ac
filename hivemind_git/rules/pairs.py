"""A correction's hunk as pairs of lines: what the agent wrote and what was made of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hivemind_git.corrections.decisions import language
from hivemind_git.model import Correction, CorrectionKind
from hivemind_git.rules import tokens as tk
from hivemind_git.rules.tokens import Tokens

LONGEST: Final = 40
"""Lines on one side of a hunk beyond which its lines are paired by place only, and only where both sides have as
many."""
WHOLE: Final = 6
"""Lines up to which an uneven hunk is also looked at as a whole."""
REMOVED: Final = 3
"""Lines up to which a removal is one of statements; a longer one takes a piece of work away, which no template says."""
ALIKE: Final = 0.3
SEPARATOR: Final = "@@"
"""Stands alone on a line between the hunks of a correction in words."""


class PairKind(StrEnum):
    """What a pair is made of."""

    LINE = "line"
    HUNK = "hunk"
    STATEMENT = "statement"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts of which the second replaced the first. A removed statement has an empty after."""

    correction: int
    kind: PairKind
    before: Tokens
    after: Tokens


def pairs(correction: Correction, number: int) -> Iterator[Pair]:
    """The pairs of a correction (`number` is its place in the list). A refused tool use has no accepted side, and so
    none."""
    if correction.kind is CorrectionKind.REJECTED:
        return
    of_family = family_of(correction)
    for before, after in _hunks(correction):
        yield from _of_hunk(before, after, number, of_family)


def language_of(correction: Correction) -> str:
    """The language of a correction; one in words names none, and its path tells."""
    return correction.language or language(correction.path)


def family_of(correction: Correction) -> str:
    """The family of a correction's language."""
    return tk.family(language_of(correction))


def _hunks(correction: Correction) -> Iterator[tuple[list[str], list[str]]]:
    befores, afters = _blocks(correction.before), _blocks(correction.after)
    if len(befores) == len(afters):
        yield from zip(befores, afters, strict=True)


def _blocks(text: str) -> list[list[str]]:
    blocks: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip() == SEPARATOR:
            blocks.append([])
        elif line.strip():
            blocks[-1].append(line)
    return blocks


def _of_hunk(before: list[str], after: list[str], number: int, of_family: str) -> Iterator[Pair]:
    if not before:
        return
    if not after:
        if len(before) <= REMOVED:
            for line in before:
                yield Pair(number, PairKind.STATEMENT, tk.tokenise(line, of_family), tk.tokenise("", of_family))
        return
    if len(before) != len(after) and max(len(before), len(after)) <= WHOLE:
        yield Pair(
            number, PairKind.HUNK, tk.tokenise("\n".join(before), of_family), tk.tokenise("\n".join(after), of_family)
        )
    cut_before = [tk.tokenise(line, of_family) for line in before]
    cut_after = [tk.tokenise(line, of_family) for line in after]
    for one, other in align(cut_before, cut_after):
        if one.texts != other.texts:
            yield Pair(number, PairKind.LINE, one, other)


def align(before: Sequence[Tokens], after: Sequence[Tokens]) -> list[tuple[Tokens, Tokens]]:
    """The lines that belong together, in order: the pairing of the greatest likeness. A lone line belongs to a lone
    line."""
    if len(before) == len(after) == 1:
        return [(before[0], after[0])]
    if max(len(before), len(after)) > LONGEST:
        return (
            [pair for pair in zip(before, after, strict=False) if likeness(*pair) >= ALIKE]
            if len(before) == len(after)
            else []
        )
    rows, columns = len(before), len(after)
    like = [[likeness(one, other) for other in after] for one in before]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            both = best[i + 1][j + 1] + like[i][j] - ALIKE / 2 if like[i][j] >= ALIKE else -1.0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    return [(before[i], after[j]) for i, j in _walk(like, best)]


def _walk(like: list[list[float]], best: list[list[float]]) -> Iterator[tuple[int, int]]:
    i = j = 0
    while i < len(like) and j < len(like[0]):
        if like[i][j] >= ALIKE and best[i][j] == best[i + 1][j + 1] + like[i][j] - ALIKE / 2:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1


def likeness(one: Tokens, other: Tokens) -> float:
    """The share of tokens that two lines have in common (Dice), from 0 to 1."""
    total = len(one) + len(other)
    if not total:
        return 0.0
    return 2 * (Counter(one.texts) & Counter(other.texts)).total() / total
