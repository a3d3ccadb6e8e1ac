"""What it is worth to know in which worktree a commit was made, and whether git replayed it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corrections.conftest import Story

BASE = "a\n\nb = 1\nc = 1\n\nd\n"
ONE = "a\n\nb = first(1)\nc = 1\n\nd\n"
TWO = "a\n\nb = first(1)\nc = second(2)\n\nd\n"


def test_a_commit_of_another_worktree_did_not_grow_from_what_is_pending_in_this_one(story: Story) -> None:
    story.commit(None, BASE, made="main")
    story.edit(BASE, ONE)
    story.commit(BASE, ONE, made="main")
    story.edit(ONE, TWO)
    commit = story.commit(ONE, "a\n\nb = better(3)\nd = better(4)\n\nd\n", made="side")
    story.see(TWO)

    assert story.corrections() == [
        ("replaced", "b = first(1)\nc = 1\n", "b = better(3)\nd = better(4)\n", commit),
    ]
    assert story.explained() == []


def test_what_an_amended_commit_holds_stood_there_when_it_was_amended_and_not_when_it_was_first_made(
    story: Story,
) -> None:
    story.commit(None, BASE, made="main")
    story.edit(BASE, ONE)
    began = story.now + 1
    story.edit(ONE, TWO)
    commit = story.commit(BASE, "a\n\nb = better(1)\n\nd\n", t=began, made="main")

    assert story.corrections() == [
        ("replaced", "b = first(1)\nc = second(2)\n", "b = better(1)\n", commit),
    ]


def test_after_a_revert_in_a_clean_worktree_nothing_of_the_agent_is_pending_there(story: Story) -> None:
    agents = "a\n\nnew = first(1)\nmore = second(2)\nb = 1\nc = 1\n\nd\n"
    story.commit(None, BASE, made="main")
    story.edit(BASE, agents)
    story.commit(BASE, agents, made="main")
    reverted = story.commit(agents, BASE, made="main", replayed=True)
    story.commit(BASE, "a\n\nb = 2\nb3 = 3\nb4 = 4\nc = 1\n\nd\n", made="main")

    assert story.corrections() == [("removed", "new = first(1)\nmore = second(2)\n", "", reverted)]
