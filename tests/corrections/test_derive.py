"""Corrections by hand: what was accepted in place of the agent's text."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

from hivemind_git.corrections.evidence import Hole
from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin, Reason, ReasonSource

if TYPE_CHECKING:
    from corrections.conftest import Story

BASE = "import logging\n\n\ndef main():\n    run()\n    stop()\n"
AGENT = "import logging\n\n\ndef main():\n    print('start')\n    run()\n    print('done')\n    stop()\n"
FIXED = "import logging\n\n\ndef main():\n    logging.info('start')\n    run()\n    print('done')\n    stop()\n"


def test_what_stood_there_at_the_next_touch_is_the_accepted_version(story: Story) -> None:
    written = story.edit(BASE, AGENT)
    seen = story.edit(FIXED, FIXED + "\nmain()\n")

    assert story.derive().corrections == (
        Correction(
            id=sha256(b'["replaced","s1-e1",0]').hexdigest()[:32],
            session="s1",
            tool_use=f"use-{written}",
            agent="an-agent",
            model="a-model",
            path="src/app.py",
            language="python",
            kind=CorrectionKind.REPLACED,
            origin=CorrectionOrigin.HUMAN,
            before="    print('start')\n",
            after="    logging.info('start')\n",
            context="def main():",
            reason=None,
            commit=None,
            author=None,
            t="2026-01-01T00:02:00.000Z",
            decision=sha256(b'["","s1-e2","print","\\u2192",".","info","logging"]').hexdigest()[:16],
            confidence=0.9,
            evidence=(written, seen),
        ),
    )


def test_what_was_committed_is_the_accepted_version(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    commit = story.commit(BASE, FIXED)

    assert story.corrections() == [("replaced", "    print('start')\n", "    logging.info('start')\n", commit)]


def test_text_committed_as_the_agent_left_it_is_nothing(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)

    assert story.derive().corrections == ()
    assert story.explained() == []


def test_a_correction_that_the_agent_met_is_the_same_when_it_is_committed(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.see(FIXED)
    before = story.derive().corrections
    commit = story.commit(BASE, FIXED)
    after = story.derive().corrections

    assert [one.id for one in after] == [one.id for one in before]
    assert [(one.commit, one.author) for one in before] == [(None, None)]
    assert [(one.commit, one.author) for one in after] == [(commit, "Ann <ann@example.com>")]


def test_the_id_is_of_the_agents_side_alone(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, FIXED)
    first = story.derive().corrections[0].id
    story.commits.clear()
    story.commit(BASE, FIXED.replace("logging.info", "logger.debug"))

    assert story.derive().corrections[0].id == first


def test_a_line_taken_out(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.see(AGENT.replace("    print('done')\n", ""))

    assert story.corrections() == [("removed", "    print('done')\n", "", None)]


def test_a_line_put_between_two_of_the_agent(story: Story) -> None:
    written = "def load():\n    data = read()\n    return data\n"
    story.edit(None, written)
    story.see(written.replace("    return", "    data.close()\n    return"))

    assert story.corrections() == [("extended", "", "    data.close()\n", None)]


def test_a_single_line_replaced_before_its_commit(story: Story) -> None:
    story.commit(None, BASE)
    agent = BASE.replace("run()", "run(quick=True)")
    story.edit(BASE, agent)
    commit = story.commit(BASE, BASE.replace("run()", "run(quick=False)"))

    assert story.corrections() == [("replaced", "    run(quick=True)\n", "    run(quick=False)\n", commit)]


def test_changes_of_lines_that_the_agent_did_not_write_are_nothing(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT.replace("stop()", "halt()"))

    assert story.corrections() == []
    assert story.explained() == []


def test_a_later_commit_of_the_same_person_is_a_follow_up_with_its_subject_as_reason(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)
    commit = story.commit(AGENT, FIXED, subject="Use logging, not print")
    (found,) = story.derive().corrections

    assert (found.before, found.after, found.commit) == (
        "    print('start')\n",
        "    logging.info('start')\n",
        commit,
    )
    assert found.confidence == 0.7
    assert found.reason == Reason("Use logging, not print", ReasonSource.COMMIT)


def test_a_subject_that_speaks_of_something_else_is_no_reason(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)
    story.commit(AGENT, FIXED, subject="Prepare the release")

    assert [one.reason for one in story.derive().corrections] == [None]


def test_a_person_who_undoes_a_commit_of_the_agent(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)
    commit = story.commit(AGENT, BASE, subject='Revert "change"')

    assert story.corrections() == [
        ("removed", "    print('start')\n", "", commit),
        ("removed", "    print('done')\n", "", commit),
    ]


def test_a_linter_that_mends_between_two_touches_is_the_origin(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.run("npm run lint")
    story.see(FIXED)

    assert [one.origin for one in story.derive().corrections] == [CorrectionOrigin.LINTER]


def test_a_hole_in_the_record_lowers_the_confidence(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.see(FIXED)
    story.holes = (Hole(what="its transcript is missing"),)

    assert [one.confidence for one in story.derive().corrections] == [0.65]


def test_equal_hunks_of_one_commit_are_one_decision_and_different_ones_are_not(story: Story) -> None:
    lines = [f"    print('{i}')\n    step({i})\n" for i in range(5)]
    agent = "def main():\n" + "".join(lines)
    story.edit(None, agent)
    story.commit(None, agent.replace("print(", "log("))
    equal = story.derive().corrections

    other = agent
    for i in range(5):
        other = other.replace(f"print('{i}')", f"call_{i}('{i}')")
    story.commits.clear()
    story.commit(None, other)
    different = story.derive().corrections

    assert (len(equal), len({one.decision for one in equal})) == (5, 1)
    assert (len(different), len({one.decision for one in different})) == (5, 5)


def test_two_commits_of_one_change_are_one_correction(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, FIXED)
    story.commit(BASE, FIXED)  # cherry-picked, or rebased

    assert len(story.corrections()) == 1


def test_a_rename_with_an_edit_keeps_the_agents_lines(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.commit(BASE, AGENT)
    commit = story.commit(AGENT, FIXED, path="src/main.py", previous_path="src/app.py")

    assert [(one.path, one.before, one.commit) for one in story.derive().corrections] == [
        ("src/main.py", "    print('start')\n", commit)
    ]


def test_a_squash_that_holds_the_fix(story: Story) -> None:
    story.edit(BASE, AGENT)
    later = AGENT + "\n\ndef more():\n    pass\n"
    story.edit(AGENT, later)
    commit = story.commit(BASE, later.replace("print('done')", "logging.info('done')"))

    assert story.corrections() == [("replaced", "    print('done')\n", "    logging.info('done')\n", commit)]


def test_days_may_pass_before_the_commit(story: Story) -> None:
    story.edit(BASE, AGENT)
    story.wait(5 * 86400)
    story.commit(BASE, FIXED)

    assert [one.confidence for one in story.derive().corrections] == [0.7]


def test_a_commit_in_parts_and_then_the_rest(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    part = BASE.replace("    run()\n", "    logging.info('start')\n    run()\n")
    first = story.commit(BASE, part)
    story.commit(part, FIXED)

    assert story.corrections() == [("replaced", "    print('start')\n", "    logging.info('start')\n", first)]


@pytest.mark.parametrize("worktree", ["main", "other"])
def test_a_commit_finds_the_worktree_it_grew_from(story: Story, worktree: str) -> None:
    story.edit(BASE, AGENT, worktree="main")
    story.edit(BASE, BASE.replace("stop()", "halt()"), session="s2", worktree="other")
    base = {"main": AGENT, "other": BASE.replace("stop()", "halt()")}[worktree]
    fixed = base.replace("print('start')", "logging.info('start')").replace("halt()", "shutdown()")
    story.commit(BASE, fixed)

    expected = {
        "main": [("replaced", "    print('start')\n", "    logging.info('start')\n", "c1")],
        "other": [("replaced", "    halt()\n", "    shutdown()\n", "c1")],
    }
    assert story.corrections() == expected[worktree]
