"""From which image another one grew: what an agent left in its worktree, or what a commit holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corrections.conftest import Story

BASE = "first()\nsecond()\nthird()\nfourth()\n"
TAKEN = BASE.replace("second()\n", "second()\nagent_one()\nagent_two()\n")
PENDING = TAKEN.replace("agent_one()", "pending_one()\npending_two()\nagent_one()")


def test_a_change_beside_what_was_stashed_is_not_made_to_it(story: Story) -> None:
    story.edit(BASE, TAKEN)
    story.commit(BASE, TAKEN)
    story.edit(TAKEN, PENDING)
    story.see(TAKEN.replace("agent_one()", "person_one()"))

    assert story.corrections() == [("replaced", "agent_one()\n", "person_one()\n", None)]
    assert ("restored", "pending_one()\npending_two()\n", "") in story.explained()


def test_a_commit_of_a_neighbouring_line_says_nothing_of_pending_lines(story: Story) -> None:
    story.edit(BASE, TAKEN)
    story.commit(BASE, BASE.replace("third()", "fourth_and_third()"))

    assert story.corrections() == []


def test_lines_that_only_an_agent_took_out_are_pending_too(story: Story) -> None:
    story.edit(BASE, TAKEN)
    story.commit(BASE, TAKEN)
    shorter = TAKEN.replace("third()\n", "")
    story.edit(TAKEN, shorter)
    accepted = shorter.replace("agent_two()", "person_two()")
    story.commit(TAKEN, accepted)

    assert story.corrections() == [("replaced", "agent_two()\n", "person_two()\n", "c2")]


def test_a_squash_judges_nothing_anew(story: Story) -> None:
    story.edit(BASE, TAKEN)
    story.commit(BASE, TAKEN)
    again = TAKEN.replace("agent_one()\nagent_two()\n", "later_one()\nlater_two()\n")
    story.edit(TAKEN, again, session="s2")
    story.commit(TAKEN, again)
    accepted = again.replace("later_two()", "person_two()")
    story.commit(again, accepted)
    story.commit(TAKEN, accepted)

    assert story.corrections() == [("replaced", "later_two()\n", "person_two()\n", "c3")]


def test_a_worktree_that_still_has_the_old_name_is_found_by_it(story: Story) -> None:
    story.commit(None, BASE)
    story.edit(BASE, TAKEN)
    story.commit(BASE, BASE, path="src/new.py", previous_path="src/app.py")
    story.commit(BASE, TAKEN.replace("agent_one()", "person_one()"))

    assert story.corrections() == [("replaced", "agent_one()\n", "person_one()\n", "c3")]


def test_the_same_change_on_every_line_is_the_linters(story: Story) -> None:
    lines = "if a == None: go()\nif b == None: go()\nif c == None: go()\n"
    story.edit(BASE, BASE + lines)
    story.run("ruff check --fix src/app.py")
    story.commit(BASE, BASE + lines.replace("== None", "is None"))

    assert {str(one.origin) for one in story.derive().corrections} == {"linter"}


def test_what_a_linter_would_write_anew_is_a_persons(story: Story) -> None:
    story.edit(BASE, TAKEN)
    story.run("ruff check --fix src/app.py")
    story.commit(BASE, TAKEN.replace("agent_one()", "somebody(else)"))

    assert [str(one.origin) for one in story.derive().corrections] == ["human"]


def test_lines_moved_and_laid_out_anew_are_moved(story: Story) -> None:
    moved = "value = load('the key', the_argument)\n"
    story.edit(BASE, BASE.replace("second()\n", f"second()\n{moved}agent()\n"))
    laid_out = 'value = load(\n    "the key",\n    the_argument,\n)\n'
    story.commit(BASE, BASE.replace("second()\n", "second()\nagent()\n") + laid_out)

    assert story.corrections() == []


def test_lines_that_a_commit_laid_out_anew_are_no_longer_pending(story: Story) -> None:
    call = "value = load('the key', the_argument)\n"
    agent = BASE.replace("second()\n", f"second()\n{call}agent()\nsay(agent)\n")
    taken = agent.replace(call, 'value = load(\n    "the key",\n    the_argument,\n)\n')
    story.edit(BASE, agent)
    story.commit(BASE, taken)
    story.see(agent)
    mended = taken.replace("say(agent)", "say(person)")
    story.commit(taken, mended)

    assert [(one.before, one.after, one.confidence) for one in story.derive().corrections] == [
        ("say(agent)\n", "say(person)\n", 0.7)
    ]


def test_lines_that_were_laid_out_anew_and_moved_are_not_gone(story: Story) -> None:
    """A diff shows them as gone and come, and without them the image is nearer to the committed one."""
    story.commit(None, BASE)
    story.edit(BASE, BASE.replace("second()\n", "second()\nagent_says('something')\n"))
    moved = BASE.replace("third()\n", 'third()\nagent_says("something")\n')
    story.see(moved)

    assert story.corrections() == []
    assert story.explained() == [("moved", "agent_says('something')\n", "")]
