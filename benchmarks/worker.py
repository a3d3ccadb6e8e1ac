"""What drafting by itself costs: a turn after which it rests, a run by hand or not, and an hour of turns."""

from __future__ import annotations

import subprocess
import tempfile
from functools import partial
from pathlib import Path

from benchmarks import PROGRAM, Row, Size, interleaved
from benchmarks.derive import prepared
from hivemind_git.pipeline import deriving
from hivemind_git.pipeline.pacing import End, Pace, due
from hivemind_git.settings import Settings

SESSIONS = {Size.QUICK: (3,), Size.FULL: (10, 40)}
EVERY = 30.0
"""Seconds from turn to turn: an agent that is kept busy."""
HOUR = 3600.0
SHARE = 0.05
"""Of a core, at most (`pacing.REST_SHARE`)."""
NICE = "at a low priority: on a busy machine it waits for everybody else"
_RECORD = "skillify.json"


def call(top: Path, *arguments: str) -> None:
    """Runs a command of ours."""
    subprocess.run([PROGRAM, *arguments], cwd=top, check=True, stdout=subprocess.DEVNULL)


def run_anew(top: Path) -> None:
    """A run of the background as the end of a session starts it, with nothing known of an earlier one."""
    (top / ".git/hivemind" / _RECORD).unlink(missing_ok=True)
    call(top, "seal", "--quiet", "--after", "session")


def busy(seconds: float) -> float:
    """How long an hour of turns keeps the background at work, where each turn brings something new and a run takes so
    long."""
    pace, turns, total, now = Pace(), 0, 0.0, 0.0
    while now < HOUR:
        turns += 1
        if due(pace, End.TURN, turns, Settings().skillify_every, now):
            pace, turns = Pace(began=now, ended=now + seconds), 0
            total += seconds
        now += EVERY
    return total


def measured(sessions: int, rounds: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        space, _ = prepared(Path(folder), sessions)
        top = Path(folder) / "repo"
        deriving.derive(space)
        run_anew(top)
        rests, plain = f"seal after a turn, {sessions} sessions, the background rests", "seal alone"
        runs, by_hand = f"a run of the background, {sessions} sessions", "mine"
        cases = {
            plain: partial(call, top, "seal", "--quiet"),
            rests: partial(call, top, "seal", "--quiet", "--after", "turn"),
            by_hand: partial(call, top, "mine", "--json"),
            runs: partial(run_anew, top),
        }
        times = interleaved(cases, rounds)
    hour = f"an hour of turns, one every {EVERY:.0f} s, {sessions} sessions"
    return [
        Row(rests, times[rests], plain, times[plain], None),
        Row(runs, times[runs], by_hand, times[by_hand], None, NICE, series="background, by sessions", n=sessions),
        Row(hour, busy(times[runs]), "an hour", HOUR, SHARE),
    ]


def run(size: Size) -> list[Row]:
    rounds = 2 if size is Size.QUICK else 5
    return [row for sessions in SESSIONS[size] for row in measured(sessions, rounds)]
