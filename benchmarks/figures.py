"""What was measured, kept as JSON between runs, and what it says about growth."""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks import Row, Size

VERSION = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """The rows of one benchmark, and what the run was.

    Attributes:
        day: of the measurement, in UTC.
        load, processors: how busy the machine was as it began.
    """

    benchmark: str
    title: str
    size: Size
    day: str
    load: float
    processors: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """How a cost follows a size between its smallest and its largest: as the size to the power of `exponent`."""

    series: str
    least: int
    most: int
    exponent: float
    baseline_exponent: float


def begun(benchmark: str, title: str, size: Size) -> Figures:
    """The figures of a benchmark that starts now, without rows yet."""
    day = time.strftime("%Y-%m-%d", time.gmtime())
    return Figures(benchmark, title, size, day, round(os.getloadavg()[0], 1), os.cpu_count() or 1, ())


def growths(rows: Sequence[Row]) -> Iterator[Growth]:
    """The growth of each series of at least two sizes, in the order of their names."""
    members = sorted((row for row in rows if row.series), key=lambda row: (row.series, row.n))
    for series, found in groupby(members, key=lambda row: row.series):
        points = list(found)
        if len(points) > 1:
            own = _exponent([(row.n, row.cost) for row in points])
            theirs = _exponent([(row.n, row.baseline_cost) for row in points])
            yield Growth(series, points[0].n, points[-1].n, own, theirs)


def _exponent(points: Sequence[tuple[int, float]]) -> float:
    """The slope of the least-squares line through the logarithms."""
    xs, ys = [math.log(n) for n, _ in points], [math.log(cost) for _, cost in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum((one - x) * (other - y) for one, other in zip(xs, ys, strict=True))
    return rise / sum((one - x) ** 2 for one in xs)


def read(path: Path) -> dict[str, Figures]:
    """The figures in a file, by benchmark; none if there is no such file.

    Raises:
        ValueError: it is of another version, or no JSON.
    """
    if not path.exists():
        return {}
    value = json.loads(path.read_text())
    if value["version"] != VERSION:
        raise ValueError(f"{path} has version {value['version']}, and this reads {VERSION}")
    return {one["benchmark"]: _figures(one) for one in value["benchmarks"]}


def write(path: Path, figures: Iterable[Figures]) -> None:
    """Keeps figures in a file."""
    found = sorted(figures, key=lambda one: one.benchmark)
    value = {"version": VERSION, "benchmarks": [_value(one) for one in found]}
    path.write_text(json.dumps(value, indent=1) + "\n")


def _figures(value: dict[str, Any]) -> Figures:
    names = Row.__dataclass_fields__
    rows = tuple(Row(**{name: row[name] for name in names}) for row in value["rows"])
    fields = {name: value[name] for name in Figures.__dataclass_fields__}
    return Figures(**{**fields, "size": Size(value["size"]), "rows": rows})


def _value(figures: Figures) -> dict[str, object]:
    """What derives from the rows is written too, for readers that do not count."""
    rows = [
        {**asdict(row), "cost": _short(row.cost), "baseline_cost": _short(row.baseline_cost)}
        | {"ratio": round(row.ratio, 3), "holds": row.holds}
        for row in figures.rows
    ]
    growth = [asdict(one) for one in growths(figures.rows)]
    return {**asdict(figures), "rows": rows, "growth": growth}


def _short(value: float) -> float:
    return float(f"{value:.5g}")
