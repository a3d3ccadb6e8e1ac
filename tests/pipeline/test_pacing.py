from __future__ import annotations

from pathlib import Path

import pytest

from hivemind_git.pipeline.pacing import End, Pace, Record, due

NOW = 1_800_000_000.0
QUICK = Pace(began=NOW - 12, ended=NOW - 10)
LONG = Pace(began=NOW - 1000, ended=NOW - 900)


@pytest.mark.parametrize(
    ("pace", "end", "turns", "every", "expected"),
    [
        (Pace(), End.TURN, 1, 20, True),
        (QUICK, End.TURN, 1, 20, False),
        (QUICK, End.TURN, 20, 20, True),
        (QUICK, End.SESSION, 0, 20, True),
        (Pace(began=NOW - 302, ended=NOW - 300), End.TURN, 1, 20, True),
        (LONG, End.TURN, 1, 20, False),
        (LONG, End.SESSION, 1, 0, False),
        (LONG, End.TURN, 99, 0, False),
        (Pace(began=NOW + 3600, ended=NOW + 3601), End.TURN, 1, 20, True),
        (Pace(failures=1, until=NOW + 1), End.SESSION, 99, 1, False),
        (Pace(failures=1, until=NOW), End.SESSION, 0, 20, True),
    ],
)
def test_when_it_is_due(pace: Pace, end: End, turns: int, every: int, expected: bool) -> None:
    assert due(pace, end, turns, every, NOW) is expected


def test_each_failure_waits_longer() -> None:
    pace, waits = Pace(), []
    for _ in range(7):
        pace = pace.starting(NOW)
        waits.append(pace.until - NOW)
    assert waits == [60, 240, 960, 3840, 15360, 21600, 21600]


def test_a_record_reads_back_and_a_damaged_one_is_none(tmp_path: Path) -> None:
    record = Record(tmp_path / "hivemind")
    assert (record.pace(), record.turns()) == (Pace(), 0)
    kept = Pace(began=1.0, ended=2.0, seen="x", published=("a",), waiting={"b": "why"})
    record.keep(kept)
    record.turn()
    record.turn()
    assert (Record(tmp_path / "hivemind").pace(), record.turns()) == (kept, 2)
    record.begin()
    record.begin()
    assert record.turns() == 0
    record.attended(["b"])
    assert record.pace() == kept
    record.attended([])
    assert record.pace().waiting == {}
    (tmp_path / "hivemind/skillify.json").write_text('{"began": 1, "surprise": 2}')
    assert record.pace() == Pace()
