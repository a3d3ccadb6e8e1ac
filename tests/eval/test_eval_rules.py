from __future__ import annotations

from hivemind_git.eval import rules
from hivemind_git.eval.planted import team
from hivemind_git.eval.planted_catalogue import CATALOGUE
from hivemind_git.eval.rules import Figures


def test_planted_lessons_are_found_and_one_off_edits_are_not() -> None:
    found = rules.evaluate([31], 2)
    assert found.precision >= 0.98, found.wrong
    assert found.recall >= 0.93, found.missed
    assert found.pair_precision >= 0.98


def test_what_is_planted() -> None:
    assert len(CATALOGUE) >= 40
    assert len({lesson.language for lesson in CATALOGUE}) >= 6
    assert len({lesson.name for lesson in CATALOGUE}) == len(CATALOGUE)
    quiet, loud = team(1, 1), team(1, 4)
    assert quiet == team(1, 1)
    noise = [sum(not name for name in one.lesson_of.values()) for one in (quiet, loud)]
    assert 3.9 < noise[1] / noise[0] < 4.1
    assert all(one.before != one.after for one in loud.corrections)


def test_figures_add_up_and_print() -> None:
    one = Figures(candidates=10, right=9, lessons=20, found=15, pairs=8, true_pairs=6, corrections=100)
    total = one + one
    assert (total.precision, total.recall, total.pair_precision, total.corrections) == (0.9, 0.75, 0.75, 200)
    assert rules.table([(2, total)]) == (
        "noise  corrections  candidates  lessons  precision  recall  pair precision\n"
        "   2\u00d7          200          20       40      0.900   0.750           0.750"
    )
    assert rules.rows([(0.5, one)]) == [("0.5\u00d7", "100", "10", "20", "0.900", "0.750", "0.750")]
    assert (Figures().precision, Figures().recall, Figures().pair_precision) == (0.0, 0.0, 0.0)
