"""Planted histories: the same again by their seed, judged against the ledger, shrunk where they fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from hivemind_git.eval.histories import judge, play, report, shrink
from hivemind_git.eval.histories.doubts import NO_RENAME
from hivemind_git.eval.histories.ledger import PERSON, Ledger, Seam, agent
from hivemind_git.eval.histories.play import Step


def test_a_seed_gives_the_same_history_again(tmp_path: Path) -> None:
    steps = play.plan(3)
    assert steps == play.plan(3) != play.plan(4)
    one, other = (play.play(3, steps, tmp_path / name) for name in ("one", "other"))
    assert one.told == other.told
    assert one.git("main", "rev-list", "--all") == other.git("main", "rev-list", "--all")


def test_an_act_shows_where_its_lines_stand_and_what_they_replaced_does_not() -> None:
    ledger = Ledger()
    ledger.write(["a = 1", "b = 2", "c = 3"], agent("s1"))
    ledger.write(["b = 4"], PERSON)
    replaced = ledger.act(["b = 2"], ["b = 4"], ("a = 1", "c = 3"), ("main", "f", 0.0))
    removed = ledger.act(["b = 2"], [], ("a = 1", "c = 3"), ("main", "f", 0.0))
    extended = ledger.act([], ["b = 4"], ("a = 1", "b = 2"), ("main", "f", 0.0))

    assert [one.kind for one in (replaced, removed, extended)] == ["replaced", "removed", "extended"]
    images = (["a = 1", "b = 2", "c = 3"], ["a = 1", "b = 4", "c = 3"], ["a = 1", "c = 3"], ["a = 1", "b = 4", "b = 2"])
    assert [[one.shows(image) for image in images] for one in (replaced, removed, extended)] == [
        [False, True, False, False],
        [False, False, True, False],
        [False, False, False, True],
    ]


def test_an_act_meets_what_was_thrown_away_where_it_changed_that_very_place_later() -> None:
    ledger = Ledger()
    between = Seam(("a = 1", "b = 2"), frozenset(), "main", "f", 5.0)
    back = Seam(("", "a = 1", "b = 2"), frozenset({"a = 1"}), "main", "f", 5.0)
    acts = [
        ledger.act(gone, ["x = 9"], around, (tree, "f", t))
        for gone, around, tree, t in (
            (["a = 1", "b = 2"], ("", "c = 3"), "main", 6.0),
            (["a = 1"], ("z = 0", "c = 3"), "main", 6.0),
            (["b = 2"], ("a = 1", "c = 3"), "side", 6.0),
            (["b = 2"], ("a = 1", "c = 3"), "main", 5.0),
            (["b = 2", "c = 3"], ("z = 0", "d = 4"), "main", 6.0),
            ([], ("a = 1", "b = 2"), "main", 6.0),
            (["a = 1"], ("z = 0", ""), "main", 6.0),
        )
    ]

    assert [between.meets(act) for act in acts] == [True, False, False, False, False, True, True]
    assert [back.meets(act) for act in acts] == [True, True, False, False, False, True, True]


def test_a_layout_of_a_line_is_the_same_line() -> None:
    ledger = Ledger()
    ledger.write(["x = f('a', b)"], agent("s1"))
    ledger.lay_out("x = f('a', b)", ["x = f(", '    "a",', "    b,", ")"])

    assert ledger.names(["x = f(", '    "a",', "", "    b,", ")"]) == ("x = f('a', b)",)
    assert ledger.wrote('    "a",') == {agent("s1")}
    assert ledger.wrote(")") == set()


def test_a_failure_shrinks_to_the_steps_that_it_needs() -> None:
    steps = [Step("agents.insert", number) for number in range(16)]
    needed = {steps[3], steps[12]}

    assert shrink.least_failing(steps, lambda tried: needed <= set(tried)) == [steps[3], steps[12]]


@pytest.mark.parametrize("seed", [5099, 6044])
def test_histories_that_were_judged_falsely_once(seed: int) -> None:
    score = report.measure(range(seed, seed + 1), report.folder(), jobs=1).score
    assert (list(score.wrong), score.false, score.missed) == ([], 0, 0)
    assert score.right


def test_two_hundred_histories(tmp_path: Path) -> None:
    score = report.measure(range(200), report.folder(), jobs=2).score
    assert (score.misnamed, score.false) == (0, 0), score.wrong
    assert score.recall >= 0.99, score.wrong
    undecided = sum(count for reason, count in score.aside.items() if reason.startswith("line: "))
    assert score.lines == score.named + score.misnamed + score.unknown + undecided


def test_a_new_file_that_was_moved_is_judged_by_what_git_says_of_its_text(tmp_path: Path) -> None:
    names = ("agents.create", "people.replace", "gitwork.rename", "gitwork.commit_all")
    for folder, seed, steps, expected in (
        ("alike", 24, (38717, 13206, 166, 58981), (1, 0)),
        ("unlike", 35, (7314, 10673, 11013, 64082), (0, 1)),
    ):
        (tmp_path / folder).mkdir()
        world = play.play(seed, [Step(*step) for step in zip(names, steps, strict=True)], tmp_path / folder)
        score = judge.judge(world)

        assert len(world.moved) == len(world.ledger.acts) == 1
        assert (score.right, score.aside[NO_RENAME]) == expected
        assert (score.false, score.missed, score.misnamed) == (0, 0, 0)
