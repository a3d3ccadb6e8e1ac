"""Kills the hook and the seal at every call in turn, and counts events: `python -m benchmarks.faults.kills`.

The faults of `benchmarks.faults` are drawn; here no point is left out: each write, rename, link, unlink, mkdir, flush
and start of a process, counted as strace counts them, in each process by itself. An event is accepted once its entry in
the journal is whole. After each kill a seal runs, and every accepted event must be in the store, once. Of git's locks
on our ref that the killed left, it is taken that an hour has passed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import PROGRAM
from benchmarks.faults.checks import unlock
from benchmarks.faults.injecting import Fault, counted, injected
from benchmarks.faults.scenarios import MARKS, SPOKEN, Stage
from benchmarks.tables import between
from hivemind_git.git.objects import Repository
from hivemind_git.model import Kind
from hivemind_git.store.reader import Store
from hivemind_git.store.verify import verify

DOCUMENT = ("<!-- kills -->\n", "<!-- /kills -->\n")
NAMES = ("hook", "seal")
_REF = "refs/heads/hivemind/sessions"


@dataclass(frozen=True, slots=True)
class Killed:
    """A kill: how many events had been accepted before it, how many are not in the store after it, or are twice."""

    scenario: str
    fault: Fault
    accepted: int
    lost: int
    twice: int
    damaged: bool


def killed(stage: Stage, name: str) -> Iterator[Killed]:
    """Kills a command at each of its calls."""
    log = stage.top / "strace"
    stage.reset()
    counts = counted(stage.command(name), log)
    faults = [Fault(group, "kill", n + 1) for group, count in counts.items() for n in range(count)]
    for at, fault in enumerate(faults, 1):
        print(f"\r{name}: kill {at} of {len(faults)}", end="", file=sys.stderr, flush=True)
        stage.reset()
        if injected(stage.command(name), fault, log):
            yield _counted(stage, name, fault)


def _counted(stage: Stage, name: str, fault: Fault) -> Killed:
    wanted = {*MARKS, *_accepted(stage)}
    unlock(stage, name)
    stage.must(PROGRAM, "seal")
    found = _stored(stage)
    return Killed(
        scenario=name,
        fault=fault,
        accepted=len(wanted),
        lost=sum(found[text] == 0 for text in wanted),
        twice=sum(found[text] > 1 for text in wanted),
        damaged=any(verify(Repository.containing(stage.repo), _REF)),
    )


def _accepted(stage: Stage) -> Iterator[str]:
    """The prompt that was told as it broke, if it was accepted before."""
    entries = [path.read_bytes() for path in (stage.repo / ".git/hivemind/journal").glob("claude-code.*")]
    if SPOKEN in _stored(stage) or any(_prompt(entry) == SPOKEN for entry in entries):
        yield SPOKEN


def _prompt(entry: bytes) -> object:
    try:
        return json.loads(entry).get("prompt")
    except ValueError:
        return None


def _stored(stage: Stage) -> Counter[object]:
    events = Store(Repository.containing(stage.repo), _REF).events()
    return Counter(event.fields.get("text") for event in events if event.kind is Kind.PROMPT)


def table(found: Sequence[Killed]) -> str:
    """Kill points and what became of the events, as a Markdown table."""
    lines = [
        "| command | kill points tried | events accepted | lost | twice | store damaged |",
        "| :-- " + "| --: " * 5 + "|",
    ]
    for name in (*dict.fromkeys(one.scenario for one in found), "all"):
        mine = [one for one in found if name in {one.scenario, "all"}]
        sums = (
            len(mine),
            sum(one.accepted for one in mine),
            sum(one.lost for one in mine),
            sum(one.twice for one in mine),
        )
        lines.append(f"| {name} | {' | '.join(map(str, sums))} | {sum(one.damaged for one in mine)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults.kills", description="Kills at every call.")
    parser.add_argument("--only", action="append", default=[], choices=NAMES, help="this command; may be repeated")
    parser.add_argument("--into", type=Path, metavar="DOCUMENT", help="put the table into a Markdown document as well")
    asked = parser.parse_args()
    found = []
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder).resolve())
        stage.make()
        for one in (one for name in asked.only or NAMES for one in killed(stage, name)):
            found.append(one)
            if one.lost or one.twice or one.damaged:
                print(one, flush=True)
    print(f"\n{table(found)}")
    if asked.into:
        asked.into.write_text(between(asked.into.read_text(), DOCUMENT[0], table(found), DOCUMENT[1]))
    return any(one.lost or one.twice or one.damaged for one in found)


if __name__ == "__main__":
    sys.exit(main())
