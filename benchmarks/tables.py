"""Figures as people read them: aligned text for a terminal, Markdown for the documents."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import Row
from benchmarks.figures import Figures, Growth, growths

_HEAD = ("what", "cost", "baseline", "its cost", "ratio", "bound", "")
_RIGHT = (False, True, False, True, True, True, False)
BEGIN, END = "<!-- figures -->\n", "<!-- /figures -->\n"
"""What a document has around the tables that are generated."""


def text(figures: Figures) -> str:
    """One benchmark, aligned for a terminal."""
    cells = [_HEAD, *(_cells(row) for row in figures.rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    lines = (
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, _RIGHT, strict=True)
        ).rstrip()
        for line in cells
    )
    return "\n".join([f"{figures.benchmark}: {figures.title}", *lines, *map(_growth, growths(figures.rows))]) + "\n"


def markdown(figures: Sequence[Figures]) -> str:
    """All benchmarks as sections of a document."""
    return "\n".join(map(_section, figures))


def within(document: str, figures: Sequence[Figures]) -> str:
    """The document with these tables in place of those it has.

    Raises:
        ValueError: it has no place for them.
    """
    return between(document, BEGIN, markdown(figures), END)


def between(document: str, begin: str, text: str, end: str) -> str:
    """The document with this text in place of what stands between two lines of it.

    Raises:
        ValueError: it does not have them both.
    """
    before, begins, rest = document.partition(begin)
    _, ends, after = rest.partition(end)
    if not begins or not ends:
        raise ValueError(f"the document has no {begin.strip()} … {end.strip()}")
    return f"{before}{begins}\n{text}\n{ends}{after}"


def _section(figures: Figures) -> str:
    when = f"{figures.day}, load {figures.load:g} on {figures.processors} processors, size {figures.size}"
    rule = [":--" if not right else "--:" for right in _RIGHT]
    table = [_HEAD, rule, *(_cells(row) for row in figures.rows)]
    lines = ["| " + " | ".join(line) + " |" for line in table]
    grown = [f"- {_growth(one)}" for one in growths(figures.rows)]
    parts = [f"## {figures.benchmark}", "", f"{figures.title} ({when})", "", *lines, ""]
    return "\n".join([*parts, *grown, ""] if grown else parts)


def _cells(row: Row) -> tuple[str, ...]:
    bound = "" if row.bound is None else f"{row.bound:g}"
    verdict = row.note if row.holds else f"OVER THE BOUND {row.note}".rstrip()
    cost, theirs = amount(row.cost, row.unit), amount(row.baseline_cost, row.unit)
    return (row.name, cost, row.baseline, theirs, f"{row.ratio:.2f}", bound, verdict)


def _growth(growth: Growth) -> str:
    between = f"from {growth.least:,} to {growth.most:,}"
    powers = f"grows as n^{growth.exponent:.2f}, its baseline as n^{growth.baseline_exponent:.2f}"
    return f"{growth.series}, {between}: {powers}"


def amount(value: float, unit: str) -> str:
    """A time or a size in the unit that fits, or a number of things."""
    if unit == "n":
        return f"{value:,.0f}"
    if unit == "B":
        return f"{value / 1e6:.2f} MB" if value >= 1e6 else f"{value / 1e3:.2f} kB"
    for name, factor in (("s", 1.0), ("ms", 1e3)):
        if value * factor >= 1:
            return f"{value * factor:.2f} {name}"
    return f"{value * 1e6:.0f} µs"
