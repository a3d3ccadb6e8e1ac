"""What became of corrections and sessions: tests before and after, commits that were kept or undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hivemind_git.corrections.evidence import TestRun
from hivemind_git.corrections.outcomes import Commits, weighed
from hivemind_git.model import CorrectionOutcome, Result

from .conftest import Story

BASE = "def main():\n    run()\n"
AGENT = "def main():\n    print('start')\n    run()\n"
FIXED = "def main():\n    log.info('start')\n    run()\n"
MORE = FIXED + "\n\nmain()\n"


def ran(story: Story, *, passed: bool) -> None:
    story.now += 60
    story.tests.append(TestRun(t=story.now, passed=passed))


def outcome(story: Story) -> tuple[CorrectionOutcome, float]:
    (found,) = story.derive().corrections
    return found.outcome, found.confidence


def test_tests_that_failed_over_the_agents_lines_and_passed_over_the_persons_are_both_told(story: Story) -> None:
    story.edit(BASE, AGENT)
    ran(story, passed=True)
    ran(story, passed=False)
    story.see(FIXED)
    assert outcome(story) == (CorrectionOutcome(agent_tests=Result.FAILED), 0.92)

    ran(story, passed=True)
    assert outcome(story) == (CorrectionOutcome(agent_tests=Result.FAILED, tests=Result.PASSED), 0.94)
    story.tests.pop()
    ran(story, passed=False)
    assert outcome(story) == (CorrectionOutcome(agent_tests=Result.FAILED, tests=Result.FAILED), 0.88)


def test_tests_of_another_time_say_nothing(story: Story) -> None:
    story.see(BASE)
    ran(story, passed=False)
    story.edit(BASE, AGENT)
    story.see(FIXED)

    assert outcome(story) == (CorrectionOutcome(), 0.9)


@pytest.mark.parametrize(
    ("body", "undone", "expected"),
    [
        ("", BASE, Result.REVERTED),  # line by line, whatever its message says
        ("This reverts commit c2.\n", "def main():\n    run(twice=True)\n", Result.KEPT),  # no such id
        (
            "This reverts commit c2c2c2c2c2.\n",
            "def main():\n    run(twice=True)\n",
            Result.REVERTED,
        ),  # by hand, in part
        ("", "def main():\n    run(twice=True)\n", Result.KEPT),  # an ordinary change
    ],
)
def test_a_commit_that_was_undone_takes_the_correction_back(
    story: Story, body: str, undone: str, expected: Result
) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    story.commit(BASE, FIXED)
    story.commits[-1] = replace(story.commits[-1], id="c2c2c2c2c2")
    story.wait(86_400)
    story.commit(FIXED, undone)
    story.commits[-1] = replace(story.commits[-1], body=body)
    found = next(one for one in story.derive().corrections if one.commit == "c2c2c2c2c2")

    assert found.outcome.commit is expected
    assert found.confidence == {Result.KEPT: 0.9, Result.REVERTED: 0.75}[expected]


def test_the_revert_of_a_revert_keeps_it_again(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)
    story.commit(AGENT, BASE)
    assert story.derive().commits == {"s1": Commits((), ("c2",))}
    story.commit(BASE, AGENT)
    assert story.derive().commits == {"s1": Commits(("c2", "c4"), ())}
    story.commit(AGENT, BASE)
    assert story.derive().commits == {"s1": Commits((), ("c2", "c4"))}


def test_a_commit_that_was_amended_away_counts_as_the_one_in_its_place(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    story.commit(BASE, FIXED)
    story.commit(BASE, FIXED)
    story.commits[1] = replace(story.commits[1], gone=True)
    found = story.derive()
    assert [one.outcome.commit for one in found.corrections] == [Result.KEPT]

    story.commits[2] = replace(story.commits[2], gone=True)
    found = story.derive()
    assert [one.outcome.commit for one in found.corrections] == [None]
    assert found.commits == {}


@pytest.mark.parametrize("confidence", [0.0, 0.5, 0.9, 1.0])
def test_an_outcome_moves_a_confidence_within_its_bounds(confidence: float) -> None:
    best = CorrectionOutcome(agent_tests=Result.FAILED, tests=Result.PASSED, commit=Result.KEPT)
    worst = CorrectionOutcome(agent_tests=Result.PASSED, tests=Result.FAILED, commit=Result.REVERTED)

    assert 0 < weighed(confidence, worst) < weighed(confidence, best) < 1
    assert weighed(confidence, CorrectionOutcome()) == confidence
