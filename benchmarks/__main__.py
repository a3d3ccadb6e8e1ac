"""Runs the benchmarks and prints their tables: `python -m benchmarks [--only NAME]… [--quick] [--json FILE]`."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import benchmarks
from benchmarks import Size, figures, tables
from benchmarks.figures import Figures


def modules(names: Collection[str]) -> dict[str, ModuleType]:
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


def measured(names: Collection[str], size: Size) -> Iterator[Figures]:
    """Runs the benchmarks one after the other."""
    for name, module in modules(names).items():
        title = (module.__doc__ or "").splitlines()[0]
        begun = figures.begun(name, title, size)
        yield replace(begun, rows=tuple(module.run(size)))


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Ratios, each against a baseline. At full size some take many minutes each.",
    )
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this benchmark; may be repeated")
    parser.add_argument(
        "--quick", action="store_true", help="small sizes and few rounds: all of them in two minutes or so"
    )
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="keep the figures there, beside those of other benchmarks"
    )
    parser.add_argument("--from", type=Path, metavar="FILE", dest="kept", help="measure nothing: show what --json kept")
    parser.add_argument("--markdown", action="store_true", help="print Markdown")
    parser.add_argument("--into", type=Path, metavar="DOCUMENT", help="put the tables into a Markdown document as well")
    parser.add_argument(
        "--transcripts", type=Path, metavar="FOLDER", help="measure on real transcripts where that is possible"
    )
    return parser.parse_args()


def main() -> None:
    asked = options()
    paths = {name: path and path.resolve() for name, path in vars(asked).items() if isinstance(path, Path)}
    benchmarks.transcripts = paths.get("transcripts")
    kept = figures.read(paths["kept"] if asked.kept else paths["json"]) if asked.kept or asked.json else {}
    shown = kept.values() if asked.kept else measured(asked.only, Size.QUICK if asked.quick else Size.FULL)
    if not asked.kept and (load := os.getloadavg()[0]) > (os.cpu_count() or 1) * 0.8:
        print(f"This machine is busy (load {load:.1f}): that costs several processes more than one.\n")
    for one in shown:
        print(tables.markdown([one]) if asked.markdown else tables.text(one), flush=True)
        kept = {**kept, one.benchmark: one}
        if asked.json:
            figures.write(paths["json"], kept.values())
    if asked.into:
        document = paths["into"]
        document.write_text(tables.within(document.read_text(), list(kept.values())))


if __name__ == "__main__":
    main()
