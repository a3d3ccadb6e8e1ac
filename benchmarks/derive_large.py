"""Derivation in a history of 100,000 commits, and of 700 MB of transcripts: time and memory."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

from benchmarks import PROGRAM, PYTHON_PEAK, Row, Size, interleaved, peak, peak_of_imports
from benchmarks.derive import BASELINE, BOUND, derive, prepared, read

COMMITS = {Size.QUICK: (3, 2_000), Size.FULL: (10, 100_000)}
"""Sessions, and commits of other people that touch other files."""
SESSIONS = {Size.QUICK: 6, Size.FULL: 600}
"""A generated session's transcript has 1.2 MB."""


def measured(name: str, sessions: int, others: int, rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        space, paths = prepared(Path(folder), sessions, others)
        top = Path(folder) / "repo"
        found = derive(space)
        times = interleaved({name: partial(derive, space), BASELINE: partial(read, top, paths)}, rounds)
        size = sum(path.stat().st_size for path in paths) / 1e6
        note = (
            f"{sessions} sessions, {size:.0f} MB of transcripts, {sessions + others + 1:,} commits, {found} corrections"
        )
        (space.repository.state_dir / "derived.json").unlink()
        held = peak([PROGRAM, "corrections"], top)
        memory = Row(f"peak of memory, {name}", held, PYTHON_PEAK, peak_of_imports(top), None, note, "B")
        return [Row(name, times[name], BASELINE, times[BASELINE], BOUND, note), memory]


def run(size: Size) -> list[Row]:
    sessions, others = COMMITS[size]
    rounds = 1 if size is Size.QUICK else 3
    return [
        *measured("derive in a long history", sessions, others, rounds),
        *measured("derive many transcripts", SESSIONS[size], 0, 1),
    ]
