"""Recurring advice: corrections that say the same in words, without a model.

Precise first. What people said is compared by concern, words, what was done about it and where (`utterances`),
grouped by average link
(`similar`), and quoted: the advice is the most central utterance, never a sentence of ours.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hivemind_git.model import Correction, CorrectionOrigin
from hivemind_git.rules import similar
from hivemind_git.rules.utterances import Utterance, by_hand, utterances

ALIKE: Final = 0.23
"""Average likeness at which groups with the same chief complaint are one."""
APART: Final = 0.3
"""The more it takes without a common complaint."""
LONGEST: Final = 240
"""Characters of advice."""
FEWEST: Final = 12

_LOCAL: Final = re.compile(r"\w/\w|https?:|\b[lL]ine \d|\bL:?\d")
_SENTENCE: Final = re.compile(r"(?<=[.!?\u3002])\s+|\n+")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A group of utterances: the corrections (by place) they explain, how many acts they were, and the words to quote.

    `text` is empty where hunks of one commit belong together and nobody said why.
    """

    id: str
    text: str
    corrections: tuple[int, ...]
    decisions: int


def lessons(
    corrections: Sequence[Correction],
    previous: Mapping[str, Sequence[str]],
    alike: Iterable[Collection[str]] = (),
) -> list[Lesson]:
    """What the corrections say in words, those that were said once as well, in the order of their first correction.

    Args:
        corrections: in order of time.
        previous: the ids of earlier lessons with the correction ids they had; a group that holds most of those
            carries the id on.
        alike: sets of correction ids of which somebody proposed that they say the same; their groups become one.
    """
    spoken = utterances(corrections)
    vectors = similar.weigh([one.features for one in spoken])
    grouped = similar.group(vectors, [one.heads for one in spoken], alike=ALIKE, apart=APART)
    found = []
    for members in _joined(grouped, spoken, corrections, alike):
        numbers = tuple(sorted({number for member in members for number in spoken[member].corrections}))
        text = quote([spoken[member] for member in members], [vectors[member] for member in members])
        found.append((text, numbers, len(members)))
    found += [("", numbers, 1) for numbers in _unspoken(corrections)]
    names = _names([[corrections[number].id for number in numbers] for _, numbers, _ in found], previous)
    return [Lesson(name, *rest) for name, rest in zip(names, found, strict=True)]


def _joined(
    groups: Sequence[Sequence[int]],
    spoken: Sequence[Utterance],
    corrections: Sequence[Correction],
    alike: Iterable[Collection[str]],
) -> list[list[int]]:
    """The groups, those united that a set of `alike` has a correction in."""
    home = {
        corrections[number].id: at
        for at, members in enumerate(groups)
        for member in members
        for number in spoken[member].corrections
    }
    first = list(range(len(groups)))
    for names in alike:
        met = {first[home[name]] for name in names if name in home}
        first = [min(met) if at in met else at for at in first]
    united: dict[int, list[int]] = defaultdict(list)
    for at, members in enumerate(groups):
        united[first[at]] += members
    return [sorted(members) for members in united.values()]


def _unspoken(corrections: Sequence[Correction]) -> list[tuple[int, ...]]:
    """Hunks that one commit corrected in one session without a word: one act, at least two hunks."""
    acts: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, one in enumerate(corrections):
        if by_hand(one) and one.commit and one.reason is None and one.origin is not CorrectionOrigin.LINTER:
            acts[(one.commit, one.session)].append(number)
    return [tuple(numbers) for numbers in acts.values() if len(numbers) > 1]


def advice_id(corrections: Sequence[str]) -> str:
    """The id of an advice rule: the hash of its first three correction ids."""
    text = json.dumps(["advice", *corrections[:3]], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _names(groups: Sequence[Sequence[str]], previous: Mapping[str, Sequence[str]]) -> list[str]:
    """An id for each group, carried on from the earlier lesson that has most of its corrections in it."""
    home = {name: number for number, names in enumerate(groups) for name in names}
    carried: dict[int, tuple[int, str]] = {}
    for name, had in sorted(previous.items()):
        counts = Counter(home[one] for one in had if one in home)
        if not counts:
            continue
        number, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
        if 2 * count > len(had) and count > carried.get(number, (0, ""))[0]:
            carried[number] = (count, name)
    return [carried[number][1] if number in carried else advice_id(names) for number, names in enumerate(groups)]


def quote(members: Sequence[Utterance], vectors: Sequence[similar.Vector]) -> str:
    """The words of the most central member, shortened at a sentence end."""
    total: dict[str, float] = defaultdict(float)
    for vector in vectors:
        for name, value in vector.items():
            total[name] += value
    order = sorted(range(len(members)), key=lambda n: (-_centrality(members[n], vectors[n], total), members[n].key))
    return shorten(members[order[0]].text)


def _centrality(member: Utterance, vector: similar.Vector, total: Mapping[str, float]) -> float:
    """Likeness to the whole group; what is too short to be understood alone, too long to be read, or about one place,
    is less so."""
    fair = 1.0 if FEWEST <= len(member.text) <= LONGEST else 0.7
    if _LOCAL.search(member.text):
        fair *= 0.8
    return similar.dot(vector, total) * fair


def shorten(text: str) -> str:
    """The sentences at the start of a text that fit, at least one; a sentence that does not fit is cut at a word."""
    plain = " ".join(text.split())
    if len(plain) <= LONGEST:
        return plain
    kept = ""
    for sentence in filter(None, (" ".join(part.split()) for part in _SENTENCE.split(text))):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > LONGEST:
            break
        kept = longer
    return kept or plain[: LONGEST - 1].rsplit(" ", 1)[0] + "\u2026"
