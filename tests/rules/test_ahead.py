from __future__ import annotations

from rules.rule_examples import correction, said

from hivemind_git.rules.ahead import Ahead, ahead
from hivemind_git.rules.verdict import Thresholds

VALUES = ("a", "foo(y)", "z[0]", "b + 1", "c.d", "len(e)")
PRINTS = [correction(n, f"    print({value})", f"    logger.info({value})") for n, value in enumerate(VALUES)]


def test_what_came_after_the_third_decision_would_have_been_caught() -> None:
    assert ahead(PRINTS[::-1], Thresholds()) == Ahead(caught=3, corrections=5)
    assert ahead(PRINTS, Thresholds(decisions=5)) == Ahead(caught=1, corrections=5)


def test_words_and_other_code_are_not_caught() -> None:
    others = [correction(6, "    connect(1)", "    connect(2, timeout=3)"), said(7, "no, the other one")]
    assert ahead([*PRINTS, *others], Thresholds()) == Ahead(caught=3, corrections=6)
    assert ahead([], Thresholds()) == Ahead(0, 0)
