"""Corrections and effects → the series that the report's charts show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hivemind_git.model import Correction, CorrectionKind

IN_WORDS = "no file"
"""The area of what was said about no file."""

_OTHERS = "others"
_MOST_WEEKS = 60
"""More bars than this are too thin for a phone; then a bar is a month."""


@dataclass(frozen=True, slots=True)
class Part:
    """One colour of a bar: whose it is, the number of the colour, how many, its share of the longest bar (0 to 1)."""

    name: str
    colour: int
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `landed` names the skills that landed in its time."""

    label: str
    parts: tuple[Part, ...]
    total: int
    landed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars on one scale. `series` are the names of the colours, in order; `longest` is the total of the longest bar."""

    series: tuple[str, ...]
    bars: tuple[Bar, ...]
    longest: int


def over_time(corrections: Sequence[Correction], landed: Mapping[str, Sequence[str]]) -> Chart:
    """Corrections by week (by month, where that would be more than 60 bars), parted by assistant.

    Args:
        corrections: all of them.
        landed: day (`YYYY-MM-DD`) → skills that landed then.
    """
    days = [one.t[:10] for one in corrections]
    if not days:
        return Chart((), (), 0)
    # A skill mostly lands after the last correction that it rests on: the time up to then stands too.
    spans = _spans(min(days), max([*days, *landed]))
    counts: dict[str, Counter[str]] = {span: Counter() for span in spans}
    for day, one in zip(days, corrections, strict=True):
        counts[_span_of(day, spans)][one.agent] += 1
    names: dict[str, list[str]] = {span: [] for span in spans}
    for day, skills in sorted(landed.items()):
        if day[:7] >= spans[0][:7]:
            names[_span_of(day, spans)] += skills
    return _chart(counts, {span: tuple(found) for span, found in names.items()})


def by_area(corrections: Iterable[Correction], most: int = 12) -> Chart:
    """Corrections by folder (two levels), the most corrected first, parted by assistant; the rest are one bar."""
    counts: dict[str, Counter[str]] = {}
    for one in corrections:
        counts.setdefault(area(one.path), Counter())[one.agent] += 1
    ranked = sorted(counts, key=lambda name: (-counts[name].total(), name))
    shown = {name: counts[name] for name in ranked[:most]}
    if rest := ranked[most:]:
        shown[f"{len(rest)} {_OTHERS}"] = sum((counts[name] for name in rest), Counter())
    return _chart(shown, {})


def area(path: str) -> str:
    """The folder of a path, two levels deep at most; `.` at the top."""
    if not path:
        return IN_WORDS
    return "/".join(path.split("/")[:-1][:2]) or "."


def in_words(corrections: Iterable[Correction]) -> int:
    """How many were given in words."""
    return sum(one.kind in {CorrectionKind.REJECTED, CorrectionKind.RESTATED} for one in corrections)


def _chart(counts: Mapping[str, Counter[str]], landed: Mapping[str, tuple[str, ...]]) -> Chart:
    total: Counter[str] = sum(counts.values(), Counter())
    series = tuple(sorted(total, key=lambda name: (-total[name], name)))
    longest = max((each.total() for each in counts.values()), default=0)
    bars = tuple(
        Bar(
            label,
            tuple(
                Part(name, number, each[name], each[name] / longest) for number, name in enumerate(series) if each[name]
            ),
            each.total(),
            landed.get(label, ()),
        )
        for label, each in counts.items()
    )
    return Chart(series, bars, longest)


def _spans(first: str, last: str) -> list[str]:
    """The first days of the weeks (Mondays) between two days, or the months where those are too many; oldest first."""
    start, end = _monday(first), _monday(last)
    weeks = (end - start).days // 7 + 1
    if weeks <= _MOST_WEEKS:
        return [(start + timedelta(weeks=number)).isoformat() for number in range(weeks)]
    year, month, months = int(first[:4]), int(first[5:7]), []
    while f"{year:04}-{month:02}" <= last[:7]:
        months.append(f"{year:04}-{month:02}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return months


def _span_of(day: str, spans: Sequence[str]) -> str:
    """The span that a day lies in; the first or last where it lies outside."""
    wanted = day[:7] if len(spans[0]) == len("2026-01") else _monday(day).isoformat()
    return min(max(wanted, spans[0]), spans[-1])


def _monday(day: str) -> date:
    found = date.fromisoformat(day)
    return found - timedelta(days=found.weekday())
