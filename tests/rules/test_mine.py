from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rules.rule_examples import correction, said

from hivemind_git.model import Correction, CorrectionOrigin, Rule, RuleKind, RuleState
from hivemind_git.rules.guard import KeptLine
from hivemind_git.rules.mine import mine
from hivemind_git.rules.verdict import Dropped, Thresholds

PRINTS = tuple(
    correction(number, f"    print({value})", f"    logger.info({value})")
    for number, value in enumerate(('"a", x', "foo(y)", "z[0]"))
)


def kept(text: str, day: int = 20, path: str = "src/other.py") -> KeptLine:
    return KeptLine(path, "python", text, f"2026-01-{day:02d}T00:00:00.000Z", "session-9")


def states(rules: tuple[Rule, ...]) -> list[tuple[str, str, str, str]]:
    return [(rule.before or rule.advice, rule.after, rule.state.value, rule.why) for rule in rules]


def test_a_rule_in_full() -> None:
    (rule,) = mine(PRINTS)
    assert rule == Rule(
        id=rule.id,
        kind=RuleKind.TEMPLATE,
        before="print($0)",
        after="logger.info($0)",
        advice="",
        scope=("src/**/*.py",),
        language="python",
        corrections=tuple(one.id for one in PRINTS),
        sessions=("session-0", "session-1", "session-2"),
        decisions=3,
        origin=CorrectionOrigin.HUMAN,
        state=RuleState.CANDIDATE,
        why="3 decisions in 3 sessions; kept 0 times against 3 corrected",
    )


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(9)))
def test_the_order_of_the_corrections_does_not_matter(order: list[int]) -> None:
    others = [
        correction(3, "x = getUser(a)", "x = fetchUser(a)"),
        correction(4, "y = getOrder(b)", "y = fetchOrder(b)"),
        correction(5, "b = 1", "b = 2"),
        said(6, "this is overkill"),
        said(7, "what is the simplest way?"),
        said(8, "rebase from main first"),
    ]
    every = [*PRINTS, *others]
    assert mine([every[number] for number in order]) == mine(every)


def test_a_fourth_example_does_not_rename_a_rule() -> None:
    (three,) = mine(PRINTS)
    (four,) = mine([*PRINTS, correction(9, "if print(q):", "if logger.info(q):", path="lib/b.py")])
    assert (four.id, four.decisions, four.scope) == (three.id, 4, ("**/*.py",))
    key = '["template","python",["print"],["logger",".","info"]]'
    assert three.id == hashlib.sha256(key.encode()).hexdigest()[:16]


def test_decisions_and_sessions_are_counted_not_hunks() -> None:
    one_decision = [replace(one, decision="d") for one in PRINTS]
    one_session = [replace(one, session="s") for one in PRINTS]
    assert states(mine(one_decision)) == [("print($0)", "logger.info($0)", "held", "1 of 3 decisions")]
    assert states(mine(one_session)) == [("print($0)", "logger.info($0)", "held", "1 of 2 sessions")]
    assert states(mine(one_session, thresholds=Thresholds(sessions=1)))[0][2] == "candidate"


def test_the_guard_counts_what_people_kept_since() -> None:
    lines = [kept("print(a)"), kept("print(b); print(c)")]
    assert states(mine(PRINTS, lines[:1]))[0][2:] == (
        "candidate",
        "3 decisions in 3 sessions; kept once against 3 corrected",
    )
    assert states(mine(PRINTS, lines))[0][2:] == ("held", "kept 2 times against 3 corrected")
    assert states(mine(PRINTS, lines, thresholds=Thresholds(guard_ratio=0.7)))[0][2] == "candidate"


def test_what_was_kept_earlier_or_is_something_else_is_no_objection() -> None:
    early = [replace(kept("print(a)"), t="2025-12-01T00:00:00.000Z") for _ in range(5)]
    other = [
        kept("pprint(a)"),
        kept("# print(a)"),
        kept("print(a)", path="x.go"),
        replace(kept("print(a)"), language="go"),
    ]
    assert states(mine(PRINTS, early + other))[0][2:] == (
        "candidate",
        "3 decisions in 3 sessions; kept 0 times against 3 corrected, 5 times before the first of these",
    )


def test_a_rule_that_is_broken_only_elsewhere_is_narrowed() -> None:
    deep = [replace(one, path=f"src/api/deep/{number}.py") for number, one in enumerate(PRINTS)]
    (rule,) = mine(deep, [kept("print(a)", path="src/api/cli.py") for _ in range(4)])
    assert (rule.scope, rule.state.value, rule.why) == (
        ("src/api/deep/**/*.py",),
        "candidate",
        "3 decisions in 3 sessions; kept 0 times against 3 corrected, 4 times outside of this folder",
    )


def test_opposite_wishes_are_a_conflict_or_live_in_their_own_folders() -> None:
    others = [correction(10 + number, f"print({value})", f"warn({value})") for number, value in enumerate("abc")]
    assert {(rule.after, rule.state.value, rule.why.split(" (rule")[0]) for rule in mine([*PRINTS, *others])} == {
        ("logger.info($0)", "conflict", "3 decisions, but `print($0)` became `warn($0)` in 3"),
        ("warn($0)", "conflict", "3 decisions, but `print($0)` became `logger.info($0)` in 3"),
    }
    apart = [replace(one, path=f"scripts/tools/{number}.py") for number, one in enumerate(others)]
    assert {(rule.after, rule.state.value, rule.scope) for rule in mine([*PRINTS, *apart])} == {
        ("logger.info($0)", "candidate", ("src/**/*.py",)),
        ("warn($0)", "candidate", ("scripts/tools/**/*.py",)),
    }


def test_one_exception_is_no_conflict() -> None:
    rules = mine([*PRINTS, correction(11, "print(q)", "warn(q)")])
    assert [rule.state.value for rule in rules] == ["candidate", "held"]


def test_undoing_a_rule_contradicts_it() -> None:
    back = [correction(10 + number, f"logger.info({value})", f"print({value})") for number, value in enumerate("abc")]
    assert [rule.state.value for rule in mine([*PRINTS, *back])] == ["conflict", "conflict"]


def test_what_was_reverted_or_rejected_stays_away() -> None:
    (rule,) = mine(PRINTS)
    by_id = Dropped(rule.id, "abc1234")
    by_evidence = Dropped("0" * 16, "abc1234", (*rule.corrections[:2], "gone", "gone too"))
    less = Dropped("0" * 16, "abc1234", (*rule.corrections[:1], "gone", "gone too"))
    assert states(mine(PRINTS, dropped=[by_id]))[0][2:] == ("held", "reverted in abc1234")
    assert states(mine(PRINTS, dropped=[by_evidence]))[0][2:] == ("held", "reverted in abc1234")
    assert states(mine(PRINTS, dropped=[less]))[0][2] == "candidate"
    assert states(mine(PRINTS, dropped=[replace(by_id, rejected=True)]))[0][2:] == ("rejected", "rejected in abc1234")


def test_a_live_rule_is_published_and_an_explicit_one_is_passed_on() -> None:
    (rule,) = mine(PRINTS)
    stated = replace(rule, id="f" * 16, kind=RuleKind.ADVICE, advice="Be kind.", decisions=1, why="said outright")
    assert [(one.id, one.state.value) for one in mine(PRINTS, published=[rule.id], explicit=[stated])] == [
        (stated.id, "candidate"),
        (rule.id, "published"),
    ]


def test_what_only_a_linter_wants_says_so() -> None:
    found = mine([replace(one, origin=CorrectionOrigin.LINTER) for one in PRINTS])
    assert (found[0].origin, found[0].why.endswith("; the fix is a linter")) == (CorrectionOrigin.LINTER, True)


def test_corrections_in_words_take_their_language_from_the_path() -> None:
    spoken = [replace(one, language="") for one in PRINTS]
    assert mine(spoken)[0].language == "python"


@pytest.mark.parametrize("nothing", [[], [correction(1, "", "new line")], [correction(1, "same", "same")]])
def test_nothing_in_common_is_no_rule(nothing: list[Correction]) -> None:
    assert mine(nothing) == ()
