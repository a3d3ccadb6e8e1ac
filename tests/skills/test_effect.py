from __future__ import annotations

import pytest

from hivemind_git.skills.effect import Outcome, Tally, judge


@pytest.mark.parametrize(
    ("violated", "chances", "low", "high"),
    [(0, 0, 0.0, 1.0), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (5, 10, 0.2366, 0.7634), (50, 100, 0.4038, 0.5962)],
)
def test_the_interval_is_wilsons(violated: int, chances: int, low: float, high: float) -> None:
    assert Tally(violated, chances).interval == pytest.approx((low, high), abs=1e-4)


def test_a_difference_counts_where_the_intervals_do_not_meet() -> None:
    assert judge(Tally(9, 9), Tally(0, 100)) is Outcome.TOO_FEW
    assert judge(Tally(9, 10), Tally(0, 20)) is Outcome.HELPED
    assert judge(Tally(0, 20), Tally(9, 10)) is Outcome.WORSE
    assert judge(Tally(9, 10), Tally(15, 20)) is Outcome.UNCHANGED
    assert Tally().rate is None
