"""Runs the targets and prints what they met: `python -m benchmarks.fuzz [--only TARGET]… [--seconds S] [--guided]`."""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.fuzz.guided import guided
from benchmarks.fuzz.running import Met, case, met
from benchmarks.fuzz.targets import targets
from benchmarks.tables import between


def table(found: Sequence[Met]) -> str:
    """What was met, as a Markdown table; columns of what nobody counted are left out."""
    columns: list[tuple[str, list[str]]] = [
        ("inputs", [*(f"{one.inputs:,}" for one in found), f"{sum(one.inputs for one in found):,}"])
    ]
    refused = [one.refused for one in found if one.refused is not None]
    if refused:
        columns.append(("refused", [*(f"{number:,}" for number in refused), f"{sum(refused):,}"]))
    slowest = [one.slowest for one in found if one.slowest is not None]
    if slowest:
        columns.append(("slowest", [f"{seconds * 1000:,.0f} ms" for seconds in (*slowest, max(slowest))]))
    columns.append(("broke", [*(str(len(one.broke)) for one in found), str(sum(len(one.broke) for one in found))]))
    lines = [
        f"| parser | {' | '.join(title for title, _ in columns)} |",
        "| :-- " + "| --: " * len(columns) + "|",
        *(
            f"| {name} | {' | '.join(cells[row] for _, cells in columns)} |"
            for row, name in enumerate([*(one.target for one in found), "all"])
        ),
    ]
    return "\n".join(lines) + "\n"


def kept(block: str) -> list[Met]:
    """What a table says that `table` made; which inputs broke a parser it does not say."""
    lines = [[cell.strip() for cell in line.strip("| ").split("|")] for line in block.splitlines() if line]
    rows = [dict(zip(lines[0], cells, strict=True)) for cells in lines[2:]]
    return [
        Met(
            target=row["parser"],
            inputs=_number(row["inputs"]),
            refused=_number(row["refused"]) if "refused" in row else None,
            broke=("before",) * _number(row["broke"]),
            slowest=_number(row["slowest"].removesuffix(" ms")) / 1000 if "slowest" in row else None,
        )
        for row in rows
        if row["parser"] != "all"
    ]


def _number(cell: str) -> int:
    return int(cell.replace(",", ""))


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description="Feeds parsers hostile input.")
    parser.add_argument("--only", action="append", default=[], metavar="TARGET", help="this parser; may be repeated")
    parser.add_argument("--seconds", type=float, default=10.0, metavar="S", help="for each parser; 10 by default")
    parser.add_argument("--guided", action="store_true", help="let atheris choose the inputs by what they reach")
    parser.add_argument("--show", type=int, metavar="NUMBER", help="print one input of the parser and stop")
    parser.add_argument("--into", type=Path, metavar="DOCUMENT", help="put the rows into a Markdown document as well")
    return parser.parse_args()


def main() -> int:
    asked = options()
    known = targets()
    names = asked.only or list(known)
    if unknown := set(names) - set(known):
        raise SystemExit(f"no such parser: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    if asked.show is not None:
        sys.stdout.buffer.write(case(known[names[0]], asked.show))
        return 0
    found = []
    for name in names:
        found.append(
            guided(name, int(asked.seconds)) if asked.guided else met(known[name], itertools.count(), asked.seconds)
        )
        print(f"{name}: {found[-1].inputs:,} inputs", *found[-1].broke, sep="\n  ", flush=True)
    print(f"\n{table(found)}")
    if asked.into:
        name = "guided" if asked.guided else "mutated"
        marks = (f"<!-- {name} -->\n", f"<!-- /{name} -->\n")
        page = asked.into.read_text()
        block = page.partition(marks[0])[2].partition(marks[1])[0]
        shown = {one.target: one for one in (*kept(block), *found)}
        rows = [shown[name] for name in known if name in shown]
        asked.into.write_text(between(page, marks[0], table(rows), marks[1]))
    return any(one.broke for one in found)


if __name__ == "__main__":
    sys.exit(main())
