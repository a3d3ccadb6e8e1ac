"""Files that agents made, and what is derived where one got another name before any commit held it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from hivemind_git.corrections.new_files import NewFile, NewFiles
from hivemind_git.corrections.timeline import Renamed, former_names

if TYPE_CHECKING:
    from corrections.conftest import Story

ONE = "first = compute(1)\nsecond = compute(2)\nthird = compute(3)\n"
BETTER = ONE.replace("compute(2)", "measured(2)")


def told(story: Story) -> list[tuple[str, bytes, float, float, float]]:
    start = 1_767_225_600.0
    found = NewFiles(story.evidence().sessions).all
    return [(one.path, one.content, *(t - start for t in (one.made, one.seen, one.until))) for one in found]


def test_a_new_file_stands_until_an_agent_makes_it_anew(story: Story) -> None:
    story.edit(None, "a\n")
    story.edit("a\n", "a\nb\n")
    story.see("a\nb\nc\n")
    story.see("")
    story.edit(None, "d\n")

    assert told(story) == [("src/app.py", b"a\nb\nc\n", 60, 180, 300), ("src/app.py", b"d\n", 300, 300, math.inf)]


def test_what_is_no_new_file(story: Story) -> None:
    story.edit("there\n", "there\nmore\n", "old.py")
    story.edit(None, "a\n", "unseen.py", before_known=False)
    story.edit(None, "a\n", "gone.py")
    story.edit("a\n", None, "gone.py")
    story.edit(None, b"a\0", "binary.py")
    story.see("a\n", "seen.py")
    story.edit(None, "a\n", "codex.py", before_known=False, created=True)

    assert [one.path for one in NewFiles(story.evidence().sessions).all] == ["codex.py"]


def test_when_an_agent_came_to_a_file_first(story: Story) -> None:
    story.see("", "seen.py")
    story.see("a\n", "seen.py")
    story.edit("b\n", "c\n", "edited.py")
    story.edit(None, "c\n", "made.py")
    found = NewFiles(story.evidence().sessions)
    start = 1_767_225_600.0

    assert found.met("main", "seen.py", math.inf) == (start + 120, b"a\n")
    assert found.met("main", "seen.py", start + 119) is None
    assert found.met("side", "seen.py", math.inf) is None
    assert found.met("main", "edited.py", math.inf) == (start + 180, b"b\n")
    assert found.met("main", "made.py", math.inf) == (start + 240, None)
    assert NewFile("main", "made.py", b"c\n", start + 240, start + 240) in found.all


def test_a_file_that_a_commit_brings_under_another_name_is_the_agent_s(story: Story) -> None:
    story.edit(None, ONE, "old.py")
    commit = story.commit(None, BETTER, "new.py", previous_path="old.py", made="main")

    found = story.attribute().of("new.py", BETTER.encode())
    assert story.corrections() == [("replaced", "second = compute(2)\n", "second = measured(2)\n", commit)]
    assert [str(one.writer) for one in found or ()] == ["agent", "human", "agent"]


def test_what_an_agent_met_under_the_new_name_is_found_there(story: Story) -> None:
    story.edit(None, ONE, "old.py")
    story.see(BETTER, "new.py")
    story.edit(BETTER, BETTER + "fourth = compute(4)\n", "new.py")
    story.commit(None, BETTER + "fourth = compute(4)\n", "new.py", previous_path="old.py", made="main")

    (found,) = story.derive().corrections
    assert (found.path, found.before, found.after) == ("new.py", "second = compute(2)\n", "second = measured(2)\n")
    assert found.evidence == ("s1-e1", "s1-s2")


def test_in_another_worktree_nothing_moved(story: Story) -> None:
    story.edit(None, ONE, "old.py")
    story.edit(None, ONE.replace("first", "other"), "old.py", session="s2", worktree="side")
    story.commit(None, BETTER, "new.py", previous_path="old.py", made="main")
    theirs = ONE.replace("first", "other").replace("compute(3)", "counted(3)")
    second = story.commit(None, theirs, "old.py", made="side")

    assert story.corrections() == [
        ("replaced", "second = compute(2)\n", "second = measured(2)\n", "c1"),
        ("replaced", "third = compute(3)\n", "third = counted(3)\n", second),
    ]


@pytest.mark.parametrize(
    ("command", "shell"),
    [
        ("mv old.py new.py", False),
        ("cp src/old.py /repo/src/new.py && rm src/old.py", False),
        ("mv old.py new.py && sed -i s/compute/measured/ new.py", True),
        ("mv other.py new.py", True),
        ("rm old.py", True),
    ],
)
def test_an_agent_that_moves_the_file_itself_changes_nothing_in_it(story: Story, command: str, shell: bool) -> None:
    story.edit(None, ONE, "src/old.py")
    story.run(command)
    story.commit(None, BETTER, "src/new.py", previous_path="src/old.py", made="main")

    assert [one[1] for one in story.corrections()] == ([] if shell else ["second = compute(2)\n"])
    assert [why for why, *_ in story.explained()] == (["shell"] if shell else [])


def test_former_names_are_those_within_the_span() -> None:
    renames = (Renamed(1.0, "b", "a", "main"), Renamed(5.0, "c", "b"))

    assert former_names("c", renames, 0.0, 9.0) == {"a", "b", "c"}
    assert former_names("c", renames, 1.0, 9.0) == {"b", "c"}
    assert former_names("b", renames, 0.0, 4.0) == {"a", "b"}
