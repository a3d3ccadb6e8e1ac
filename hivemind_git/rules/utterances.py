"""What people said to correct an agent, as weighted features: concerns, words, what was done about it, and where."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin, ReasonSource
from hivemind_git.rules import tokens as tk
from hivemind_git.rules.concerns import complaint, concerns
from hivemind_git.rules.pairs import family_of

HEARD: Final = 700
"""Characters of an utterance that are looked at: what is pasted below says little about why."""
CONCERN: Final = 2.0
WORD: Final = 1.0
GRAMS: Final = 0.3
PLACE: Final = 0.5
MOSTLY: Final = 0.6

_WORD: Final = re.compile(r"[^\W\d_][^\W\d_'\u2019]+")
_PASTED: Final = re.compile(
    r"```.*?(?:```|\Z)"
    r"|^[ \t]*(?:at \S+\(|File \".*?\", line |>>> )[^\n]*"
    r"|^[ \t]*(?:\S+: )*(?:error|fatal|remote|traceback|panic)\b[^\n]{0,20}:[^\n]*",
    re.DOTALL | re.MULTILINE | re.IGNORECASE,
)
"""Code and output that stands in a message; it is not what the person says."""
_SMALL: Final = (
    "a about actually after again all also am an and any are as at back be because been being both but by can "
    "case change changes could did do does doesn't doing don't done down each else even first for from get go "
    "going got had has have he her here hey hi him his hm hmm how i i'd i'll i'm i've if in instead into is "
    "isn't it it's its just know let let's like look make may maybe me might more most must my need no nor not "
    "now of off ok okay on one only or our out over please really same see shall she should since so some "
    "still sure than thank thanks that that's the their them then there these they thing things think this "
    "those to too up us use used using very want was way we we're we've well were what when where which while "
    "who why will with would yeah yep yes you you're your"
)
_STOP: Final = frozenset(_SMALL.split())
_ENDINGS: Final = ("ations", "ation", "ings", "ing", "edly", "ies", "ed", "es", "ly", "s")


@dataclass(frozen=True, slots=True)
class Utterance:
    """One act of saying something, with the corrections (by place) that it explains.

    `heads` are its chief complaints; the subject of a commit tells what was done and complains of nothing.
    """

    key: str
    text: str
    corrections: tuple[int, ...]
    features: Mapping[str, float]
    heads: frozenset[str]


def utterances(corrections: Sequence[Correction]) -> list[Utterance]:
    """What was said, in the order of the corrections. A linter says nothing; hunks of one commit share its words."""
    grouped: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(corrections):
        if one.reason is not None and one.reason.text.strip() and one.origin is not CorrectionOrigin.LINTER:
            grouped[act(one)].append(number)
    return [_utterance(key, corrections, numbers) for key, numbers in grouped.items()]


def act(one: Correction) -> str:
    """The act of a person that a correction belongs to: twenty hunks of a commit were explained once."""
    return (
        f"commit {one.commit} {one.reason.text if one.reason else ''}" if by_hand(one) and one.commit else one.decision
    )


def by_hand(one: Correction) -> bool:
    """Whether a person changed the lines, rather than said so."""
    return one.kind not in {CorrectionKind.REJECTED, CorrectionKind.RESTATED}


def _utterance(key: str, corrections: Sequence[Correction], numbers: Sequence[int]) -> Utterance:
    first = corrections[numbers[0]]
    text = first.reason.text.strip() if first.reason else ""
    heard = _PASTED.sub(" ", text)[:HEARD]
    changed: Counter[str] = Counter()
    for number in numbers:
        changed.update(_done(corrections[number]))
    spoken = concerns(heard)
    features = {f"concern {name}": CONCERN * (1 + math.log(count)) for name, count in spoken.items()}
    features |= {feature: WORD * (1 + math.log(count)) for feature, count in Counter(_words(heard)).items()}
    features |= dict.fromkeys(_grams(heard), GRAMS)
    features |= {feature: min(1.0, count / len(numbers)) for feature, count in changed.items()}
    features |= dict.fromkeys(_places(first), PLACE)
    subject = first.reason is not None and first.reason.source is ReasonSource.COMMIT
    heads = frozenset[str]() if subject else _heads(spoken, changed)
    return Utterance(key, text, tuple(numbers), features, heads)


def _heads(spoken: Mapping[str, int], changed: Mapping[str, float]) -> frozenset[str]:
    """The complaints spoken of most; what was changed decides between a comment, a message and the rest."""
    weight = {name: 1 + math.log(count) for name, count in spoken.items() if complaint(name)}
    for name, feature in (("comments", "changed comment"), ("wording", "changed string")):
        if name in weight and changed.get(feature):
            weight[name] += 1
    most = max(weight.values(), default=0.0)
    return frozenset(name for name, value in weight.items() if value == most)


def _words(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text.replace("\u2019", "'")):
        word = match.group().lower()
        if word not in _STOP:
            yield f"word {stem(word)}"


def is_small(word: str) -> bool:
    """Whether a word in lower case says nothing by itself."""
    return word in _STOP


def stem(word: str) -> str:
    """The beginning that forms of an English word share; others lose at most a plural."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    if len(word) > 4 and word[-1] == word[-2]:
        word = word[:-1]
    return word.rstrip("e") if len(word) > 4 else word


def _grams(text: str) -> set[str]:
    """Beginnings of four characters, which survive a misspelt end; pairs of characters where words have no spaces."""
    found = {f"gram {word[:4]}" for word in map(str.lower, _WORD.findall(text)) if len(word) > 5 and word not in _STOP}
    dense = [character for character in text if "\u3040" <= character <= "\u9fff" or "\uac00" <= character <= "\ud7af"]
    return found | {f"gram {one}{other}" for one, other in pairwise(dense)}


def _done(one: Correction) -> dict[str, float]:
    """What the agent was stopped from, or what was made of its lines."""
    if one.kind is CorrectionKind.REJECTED:
        return _refused(one)
    gone, come = _difference(one)
    weight: Counter[str] = Counter()
    for token, count in (gone + come).items():
        if tk.is_comment(token):
            weight["changed comment"] += count * len(token.split())
        elif tk.is_string(token):
            weight["changed string"] += count * len(token.split())
        elif tk.is_name(token):
            weight["changed code"] += count
    total = weight.total()
    found = {name: 1.0 for name, count in weight.items() if name != "changed code" and count > MOSTLY * total}
    if gone and not come:
        found["only removed"] = 1.0
    return found


def _refused(one: Correction) -> dict[str, float]:
    """The head of a refused shell command. A refused edit or plan shows only what was not yet done."""
    if one.path or "\n" in one.before.strip()[:200]:
        return {}
    words = one.before.split()
    return {f"command {words[0]}": 0.5, f"command {' '.join(words[:2])}": 1.0} if words else {}


def _difference(one: Correction) -> tuple[Counter[str], Counter[str]]:
    of_family = family_of(one)
    before = Counter(tk.tokenise(one.before, of_family).texts)
    after = Counter(tk.tokenise(one.after, of_family).texts)
    return before - after, after - before


def _places(one: Correction) -> Iterator[str]:
    name = one.path.lower().rpartition("/")[2]
    if "test" in name or "spec." in name:
        yield "in tests"
    if name.endswith((".md", ".rst", ".txt", ".adoc")):
        yield "in documents"
