"""How well corrections are derived on labelled cases: precision and recall by kind, weighted and not.

Judging is pooled: only what meets a label, or stands in a clean control, is judged. A second correction for a label
already met, and what meets none, is counted as unjudged.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hivemind_git.eval.labelled import Folder, Found, Label

KINDS: Final = ("hunk", "restatement", "rejection")
_ALIKE: Final = 0.5
_HEAVY: Final = 3.0
_DRAWS: Final = 2000
_SEED: Final = 20260101


@dataclass(slots=True)
class Counts:
    """Right, wrong and wanted, as numbers of labels or as sums of their weights."""

    right: float = 0.0
    wrong: float = 0.0
    wanted: float = 0.0

    @property
    def precision(self) -> float:
        """The share of what was judged that is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        """The share of what was wanted that was found."""
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """Twice the right ones over all judged and all wanted."""
        both = self.right + self.wrong + self.wanted
        return 2 * self.right / both if both else 0.0

    def add(self, other: Counts) -> None:
        """Takes other counts in."""
        self.right += other.right
        self.wrong += other.wrong
        self.wanted += other.wanted


@dataclass(slots=True)
class Result:
    """One kind's figures. `interval` holds 95 % of the weighted F1 of redrawn components."""

    kind: str
    plain: Counts = field(default_factory=Counts)
    weighted: Counts = field(default_factory=Counts)
    in_controls: int = 0
    unjudged: int = 0
    heavy: list[Label] = field(default_factory=list)
    interval: tuple[float, float] = (0.0, 0.0)


def judge(folder: Folder, found: Iterable[Found]) -> list[Result]:
    """The figures of each kind."""
    labels = defaultdict[tuple[str, str], list[Label]](list)
    for label in folder.labels:
        labels[label.kind, label.component].append(label)
    of_kind = defaultdict[str, list[Found]](list)
    for one in found:
        of_kind[one.kind].append(one)
    return [_kind(folder, kind, labels, of_kind[kind]) for kind in KINDS]


def _kind(
    folder: Folder, kind: str, labels: Mapping[tuple[str, str], Sequence[Label]], found: Sequence[Found]
) -> Result:
    result = Result(kind)
    of_component = defaultdict[str, Counts](Counts)
    met: set[str] = set()
    for (of, component), there in labels.items():
        for label in there if of == kind else ():
            wanted = label.true and not label.ignored
            count(result, of_component[component], Counts(wanted=1.0), label.weight if wanted else 0.0)
    for one in found:
        component = folder.components[one.case]
        if one.case in folder.clean:
            if kind == "hunk":
                result.in_controls += 1
                count(result, of_component[component], Counts(wrong=1.0), 1.0)
            continue
        label_met = _met(one, labels.get((kind, component), ()), met)
        if label_met is None or label_met.id in met:
            result.unjudged += 1
            continue
        met.add(label_met.id)
        if label_met.ignored:
            continue
        counts = Counts(right=1.0) if label_met.true else Counts(wrong=1.0)
        count(result, of_component[component], counts, label_met.weight)
        if not label_met.true and label_met.weight > _HEAVY:
            result.heavy.append(label_met)
    result.interval = interval(list(of_component.values()))
    return result


def count(result: Result, component: Counts, one: Counts, weight: float) -> None:
    """Takes one more into the figures of a kind, and with its weight into those of its component."""
    weighted = Counts(one.right * weight, one.wrong * weight, one.wanted * weight)
    if weight:
        result.plain.add(one)
    result.weighted.add(weighted)
    component.add(weighted)


def interval(components: Sequence[Counts]) -> tuple[float, float]:
    """2.5 % and 97.5 % of F1 when the components are drawn anew with replacement (seeded bootstrap)."""
    if not components:
        return 0.0, 0.0
    rng = random.Random(_SEED)  # noqa: S311 - a reproducible draw
    drawn = []
    for _ in range(_DRAWS):
        total = Counts()
        for one in rng.choices(components, k=len(components)):
            total.add(one)
        drawn.append(total.f1)
    drawn.sort()
    return drawn[int(_DRAWS * 0.025)], drawn[int(_DRAWS * 0.975) - 1]


def _met(one: Found, labels: Iterable[Label], met: set[str]) -> Label | None:
    """The label most like a correction; of equals, one that none has met yet."""
    best: tuple[float, bool] = (0.0, False)
    found = None
    for label in labels:
        likeness = _alike(one, label)
        if (likeness, label.id not in met) > best:
            best, found = (likeness, label.id not in met), label
    return found if best[0] >= _ALIKE else None


def _alike(one: Found, label: Label) -> float:
    """How many lines both have of all that either has; of words, whether one starts with the other."""
    if one.kind != "hunk":
        said, heard = (" ".join(text.split())[:200] for text in (label.words, one.words))
        same = said == heard or (len(heard) >= 20 and said.startswith(heard[:80])) or heard.startswith(said)
        return 1.0 if said and same else 0.0
    if label.path != one.path or (label.final and label.commit[:8] != one.commit[:8]):
        return 0.0
    ours, theirs = _lines(one.before, one.after), _lines(label.before, label.after)
    return (ours & theirs).total() / max(1, (ours | theirs).total())


def _lines(*texts: str) -> Counter[str]:
    return Counter(line.strip() for text in texts for line in text.splitlines() if line.strip() not in {"", "@@"})


def table(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """The figures with a first row of names."""
    rows: list[tuple[str, ...]] = [
        ("kind", "right", "wrong", "of", "P", "R", "F1", "weighted P", "R", "F1", "95 %", "unjudged")
    ]
    for one in results:
        plain, heavy, (low, high) = one.plain, one.weighted, one.interval
        rates = [f"{rate:.3f}" for counts in (plain, heavy) for rate in (counts.precision, counts.recall, counts.f1)]
        counts = [f"{number:.0f}" for number in (plain.right, plain.wrong, plain.wanted)]
        rows.append((one.kind, *counts, *rates, f"{low:.3f} to {high:.3f}", f"{one.unjudged}"))
    return rows
