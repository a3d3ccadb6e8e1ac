"""Prints what is taken for a person's correction of what real formatters did: `python -m benchmarks.formatters`."""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.formatters.sources import Sources, folders
from benchmarks.formatters.tools import CONFIGURED, TOOLS, Tool
from benchmarks.formatters.trials import MARK, Outcome, Trial, reconsidered, tried, within


@dataclass(frozen=True)
class Judged:
    """A trial and its outcome."""

    trial: Trial
    outcome: Outcome


def judged(tool: Tool, sources: Sources, samples: int, seed: int, folder: Path) -> list[Judged]:
    """The trials of one formatter: whole files and parts of files, as they are and with a person's change."""
    rng = random.Random(f"{seed} {tool.name}")
    texts = list(islice(sources.texts(tool.suffixes), samples * 2))
    texts = [tool.untidy(text, rng) if tool.untidy else text for text in texts]
    made = tool.formatted(texts, folder)
    pairs = [(text, new) for text, new in zip(texts, made, strict=True) if text != new and MARK not in text][:samples]
    trials = [trial for text, new in pairs for trial in _trials(text, new, tool.suffixes[0], rng)]
    accepted = tool.formatted([trial.changed for trial in trials], folder)
    return [
        Judged(trial, tried(trial, new))
        for trial, new in zip(trials, accepted, strict=True)
        if new != trial.changed and (not trial.planted or MARK in new)
    ]


def _trials(text: str, formatted: str, suffix: str, rng: random.Random) -> Iterator[Trial]:
    part = within(text, formatted, rng)
    for base, written in ((None, text), *((part,) if part else ())):
        yield Trial(base, written, written, suffix)
        changed = reconsidered(base, written, rng)
        if changed:
            yield Trial(base, written, changed, suffix)


def row(name: str, found: list[Judged]) -> str:
    """A line of the table."""
    hunks, false = (sum(one) for one in zip(*((j.outcome.hunks, len(j.outcome.false)) for j in found), strict=True))
    planted = [one.outcome for one in found if one.trial.planted]
    recall = f"{sum(one.found for one in planted)}/{len(planted)}"
    tight = f"{sum(one.tight for one in planted) / max(len(planted), 1):.3f}"
    linted = sum(one.outcome.linted for one in found)
    return f"| {name} | {len(found)} | {hunks} | {false} | {false / hunks:.4f} | {linted} | {recall} | {tight} |"


def shown(found: list[Judged], limit: int) -> Iterator[str]:
    """The first false alarms, and the first changes that were missed, for reading."""
    wrong = [(one, correction) for one in found for correction in one.outcome.false]
    for one, correction in wrong[:limit]:
        kind = ("part" if one.trial.base is not None else "whole") + (", planted" if one.trial.planted else "")
        yield f"--- false ({kind}), confidence {correction.confidence}\n{correction.before}+++\n{correction.after}"
    for one in [one for one in found if one.trial.planted and not one.outcome.tight][:limit]:
        lines = [line for line in one.trial.changed.splitlines() if MARK in line]
        yield f"=== {'not tight' if one.outcome.found else f'missed ({one.outcome.instead})'}: {lines[0].strip()}"


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.formatters", description=__doc__)
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="formatters whose name holds this")
    parser.add_argument("--samples", type=int, default=30, help="files a formatter, each in up to four trials")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sources", action="append", type=Path, default=[], metavar="FOLDER", help="more code")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N false alarms of each formatter")
    return parser.parse_args()


def main() -> None:
    asked = options()
    tools = [tool for tool in TOOLS if not asked.only or any(part in tool.name for part in asked.only)]
    sources = Sources([*folders(), *asked.sources], asked.seed)
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    print("| formatter | trials | hunks | false | rate | as a linter's | changes found | tight |")
    print("| :-- |" + " --: |" * 7)
    absent = []
    for tool in tools:
        if not tool.installed:
            absent.append(tool.name)
            continue
        with tempfile.TemporaryDirectory(dir=memory) as name:
            for config, text in CONFIGURED.items():
                Path(name, config).write_text(text)
            found = judged(tool, sources, asked.samples, asked.seed, Path(name))
        print(row(tool.name, found) if found else f"| {tool.name} | 0 | | | | | | |", flush=True)
        for text in shown(found, asked.show):
            print(text)
    if absent:
        print(f"\nNot installed here: {', '.join(absent)}.")


if __name__ == "__main__":
    main()
