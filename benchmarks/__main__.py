"""Runs the benchmarks and prints one table: `python -m benchmarks [NAME …] [--size small] [--json FILE]`."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import benchmarks
from benchmarks import Row, Size


def modules(names: Iterable[str]) -> dict[str, ModuleType]:
    """The benchmarks by name, all of them where none is named."""
    found = {
        info.name: importlib.import_module(f"benchmarks.{info.name}")
        for info in pkgutil.iter_modules(benchmarks.__path__)
        if info.name != "__main__"
    }
    known = {name: module for name, module in found.items() if hasattr(module, "run")}
    if unknown := set(names) - set(known):
        raise SystemExit(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return {name: module for name, module in known.items() if name in names or not names}


def seconds(value: float) -> str:
    """A time in the unit that fits."""
    for unit, factor in (("s", 1.0), ("ms", 1e3)):
        if value * factor >= 1:
            return f"{value * factor:.2f} {unit}"
    return f"{value * 1e6:.0f} µs"


def amount(value: float, unit: str) -> str:
    """A time or a size in the unit that fits."""
    if unit == "s":
        return seconds(value)
    return f"{value / 1e6:.2f} MB" if value >= 1e6 else f"{value / 1e3:.2f} kB"


def table(rows: list[Row]) -> str:
    """The rows, aligned."""
    cells = [("what", "time", "baseline", "its time", "ratio", "bound", "")]
    for row in rows:
        bound = "" if row.bound is None else f"{row.bound:g}"
        verdict = row.note if row.holds else f"OVER THE BOUND {row.note}".rstrip()
        times = amount(row.seconds, row.unit), row.baseline, amount(row.baseline_seconds, row.unit)
        cells.append((row.name, *times, f"{row.ratio:.2f}", bound, verdict))
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    right = {1, 3, 4, 5}
    return "\n".join(
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def as_json(name: str, row: Row) -> dict[str, object]:
    """One row for machines."""
    return {
        "benchmark": name,
        "name": row.name,
        "seconds": row.seconds,
        "baseline": row.baseline,
        "baseline_seconds": row.baseline_seconds,
        "ratio": row.ratio,
        "bound": row.bound,
        "holds": row.holds,
        "note": row.note,
        "unit": row.unit,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios, each against a baseline.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a benchmark; all where none is named")
    parser.add_argument("--size", type=Size, choices=list(Size), default=Size.FULL)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--transcripts", type=Path, metavar="FOLDER", help="measure the store's size on these")
    options = parser.parse_args()
    benchmarks.transcripts = options.transcripts and options.transcripts.resolve()
    if options.json:
        options.json = options.json.resolve()
    load, processors = os.getloadavg()[0], os.cpu_count() or 1
    if load > processors * 0.8:
        print(f"This machine is busy (load {load:.1f} of {processors}): it costs several processes more than one.\n")
    written: list[dict[str, object]] = []
    for name, module in modules(options.names).items():
        rows: list[Row] = module.run(options.size)
        written += [as_json(name, row) for row in rows]
        print(f"{name}: {(module.__doc__ or '').splitlines()[0]}\n{table(rows)}\n", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"version": 1, "size": options.size, "rows": written}, indent=2) + "\n")


if __name__ == "__main__":
    main()
