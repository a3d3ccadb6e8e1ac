from __future__ import annotations

from rules.rule_examples import correction, said

from hivemind_git.eval.planted import team
from hivemind_git.rules.ahead import Ahead, ahead
from hivemind_git.rules.verdict import Thresholds

VALUES = ("a", "foo(y)", "z[0]", "b + 1", "c.d", "len(e)")
PRINTS = [correction(n, f"    print({value})", f"    logger.info({value})") for n, value in enumerate(VALUES)]


def test_what_came_after_the_third_decision_would_have_been_caught() -> None:
    assert ahead(PRINTS[::-1], Thresholds()) == Ahead(caught=3, corrections=5)
    assert ahead(PRINTS, Thresholds(decisions=5)) == Ahead(caught=1, corrections=5)


def test_words_and_other_code_are_not_caught() -> None:
    others = [correction(6, "    connect(1)", "    connect(2, timeout=3)"), said(7, "no, the other one")]
    assert ahead([*PRINTS, *others], Thresholds()) == Ahead(caught=3, corrections=6, spoken=1)
    assert ahead([], Thresholds()) == Ahead(0, 0)


def test_what_people_say_once_more_was_foretold() -> None:
    sayings = ("too slow", "this takes too long", "why is it so slow?", "slow again", "much slower than it has to be")
    words = [said(number, text) for number, text in enumerate([*sayings, "call it `Reader`"])]
    assert ahead(words, Thresholds()) == Ahead(0, 0, foretold=2, spoken=5)
    assert ahead(words, Thresholds(decisions=9)) == Ahead(0, 0, foretold=0, spoken=5)


def test_a_long_history_of_a_team_is_caught_as_its_lessons_recur() -> None:
    """Planted lessons recur: what three decisions taught, the later ones would not have needed."""
    planted = team(31001, 1)
    found = ahead(planted.corrections, Thresholds())
    recurring = sum(1 for name in planted.lesson_of.values() if name)
    assert found.corrections > 400
    assert 0.2 * recurring < found.caught <= recurring, found
