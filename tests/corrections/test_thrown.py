"""Uncommitted work that a person threw away, and what only looks so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from corrections.conftest import PATH, START, Story

from hivemind_git.corrections.derive import derive
from hivemind_git.corrections.evidence import HeadLog, Standing
from hivemind_git.git.diff import diff_lines

BASE = "def main():\n    run()\n    stop()\n"
AGENT = "def main():\n    print('start')\n    run()\n    print('done')\n    stop()\n"
FIXED = AGENT.replace("print('start')", "logging.info('start')")
OLD, NEW = "    print('start')\n", "    logging.info('start')\n"
LAST = "    print('done')\n"
LOGS = {"main": HeadLog(START - 60)}
THROWN = [("removed", OLD, ""), ("removed", LAST, "")]
ASIDE = [("restored", OLD, ""), ("restored", LAST, "")]


def told(story: Story, logs: dict[str, HeadLog], *standing: Standing) -> tuple[list[object], list[object]]:
    """The corrections, and what was explained."""
    found = derive(replace(story.evidence(), logs=logs, standing=standing), diff_lines)
    return (
        [(str(one.kind), one.before, one.after) for one in found.corrections],
        [(str(one.why), one.before, one.after) for one in found.explained if one.path],
    )


@pytest.fixture
def thrown(story: Story) -> Story:
    """An agent finds the file as it was before it wrote."""
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    story.see(BASE)
    return story


def test_lines_that_neither_git_nor_an_agent_took_away(thrown: Story) -> None:
    assert told(thrown, LOGS) == (THROWN, [])


def test_what_is_thrown_away_is_less_sure_than_what_is_mended(thrown: Story) -> None:
    found = derive(replace(thrown.evidence(), logs=LOGS), diff_lines).corrections
    assert [(one.confidence, one.commit, len(one.doubts)) for one in found] == [(0.7, None, 1)] * 2


@pytest.mark.parametrize(
    "logs",
    [
        pytest.param({}, id="no log"),
        pytest.param({"side": HeadLog(START - 60)}, id="another worktree's log"),
        pytest.param({"main": HeadLog(START + 150)}, id="a log that begins later"),
        pytest.param({"main": HeadLog(START - 60, (START + 130,))}, id="HEAD moved in between"),
    ],
)
def test_what_git_may_have_done(thrown: Story, logs: dict[str, HeadLog]) -> None:
    assert told(thrown, logs) == ([], ASIDE)


def test_what_git_did_before_and_after_says_nothing(thrown: Story) -> None:
    assert told(thrown, {"main": HeadLog(START - 60, (START + 60, START + 600))}) == (THROWN, [])


@pytest.mark.parametrize("command", ["git restore src/app.py", "git stash", "cp /tmp/app.py src/app.py"])
def test_what_the_agent_did_itself(story: Story, command: str) -> None:
    story.edit(BASE, AGENT)
    story.run(command)
    story.see(BASE)
    assert told(story, LOGS) == ([], ASIDE)


def test_lines_that_come_back(thrown: Story) -> None:
    thrown.see(AGENT, session="s2")
    assert told(thrown, LOGS) == ([], ASIDE)


def test_lines_that_a_commit_holds(thrown: Story) -> None:
    thrown.commit(BASE, AGENT)
    assert told(thrown, LOGS) == ([], ASIDE)


def test_an_older_text_that_came_back_in_place_of_the_agents(story: Story) -> None:
    story.commit(None, AGENT)
    story.edit(AGENT, FIXED)
    story.see(AGENT)
    assert told(story, LOGS) == ([("removed", NEW, OLD)], [])


def test_a_file_that_stands_as_head_has_it(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, AGENT)
    there = Standing(t=story.now + 60, worktree="main", path=PATH, content=BASE.encode(), blob="b" * 40)
    assert told(story, LOGS) == ([], [])
    assert told(story, LOGS, there) == (THROWN, [])
    assert told(story, LOGS, replace(there, content=b"import other\n")) == ([], [])
    assert told(story, LOGS, replace(there, t=story.now + 100 * 3600)) == (
        [],
        [("unsure", OLD, ""), ("unsure", LAST, "")],
    )
