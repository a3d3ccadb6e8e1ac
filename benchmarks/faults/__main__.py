"""Draws faults, injects them, prints what survived: `python -m benchmarks.faults [--only SCENARIO]… [--each N]`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from benchmarks.faults.checks import broken, persons
from benchmarks.faults.injecting import Fault, counted, drawn, injected
from benchmarks.faults.scenarios import NAMES, Stage
from benchmarks.tables import between

MARKS = ("<!-- faults -->\n", "<!-- /faults -->\n")
_TRIES = 6
"""Draws for each fault that a command has to meet: processes differ in how many calls they make."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A fault that a scenario met, and what did not hold afterwards."""

    scenario: str
    fault: Fault
    problems: tuple[str, ...]


def tried(stage: Stage, name: str, each: int, seed: int) -> list[Tried]:
    """Lets a scenario meet `each` faults, drawn from the seed."""
    random = Random(f"{name} {seed}")
    log = stage.top / "strace"
    stage.reset()
    counts = counted(stage.command(name), log)
    found: list[Tried] = []
    for _ in range(each * _TRIES):
        if len(found) == each:
            break
        fault = drawn(counts, random)
        stage.reset()
        before = persons(stage)
        if injected(stage.command(name), fault, log):
            found.append(Tried(name, fault, tuple(broken(stage, name, before, killed=fault.kind == "kill"))))
            for problem in found[-1].problems:
                print(f"{name}, {fault}: {problem}", flush=True)
    return found


def table(found: Sequence[Tried]) -> str:
    """What was injected and what held, as a Markdown table."""
    kinds = ("error", "kill", "delay")
    lines = ["| command | errors | kills | delays | survived |", "| :-- | --: | --: | --: | --: |"]
    for name in (*dict.fromkeys(one.scenario for one in found), "all"):
        mine = [one for one in found if name in {one.scenario, "all"}]
        count = Counter(one.fault.kind for one in mine)
        held = sum(not one.problems for one in mine)
        lines.append(f"| {name} | {' | '.join(str(count[kind]) for kind in kinds)} | {held} of {len(mine)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults", description="Breaks commands on purpose.")
    parser.add_argument("--only", action="append", default=[], choices=NAMES, help="this command; may be repeated")
    parser.add_argument("--each", type=int, default=5, metavar="N", help="faults for each command; 5 by default")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="draw other faults")
    parser.add_argument("--into", type=Path, metavar="DOCUMENT", help="put the table into a Markdown document as well")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder).resolve())
        stage.make()
        found = [one for name in asked.only or NAMES for one in tried(stage, name, asked.each, asked.seed)]
    print(f"\n{table(found)}")
    if asked.into:
        asked.into.write_text(between(asked.into.read_text(), MARKS[0], table(found), MARKS[1]))
    return any(one.problems for one in found)


if __name__ == "__main__":
    sys.exit(main())
