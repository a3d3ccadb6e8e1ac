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


def test_lines_that_stand_in_another_worktree_s_commit_came_from_here(story: Story) -> None:
    story.commit(None, BASE, made="main")
    story.edit(BASE, "a\n\nb = 1\nc = 1\nnew = first(1)\nmore = second(2)\nlast = third(3)\n\nd\n")
    commit = story.commit(BASE, "a\n\nb = 1\nc = 1\nnew = first(1)\nlast = third(3)\n\nd\n", made="side")

    assert story.corrections() == [("removed", "more = second(2)\n", "", commit)]


def test_a_file_whose_commit_was_taken_back_is_compared_with_it_when_it_is_committed_again(story: Story) -> None:
    whole = "one = first(1)\ntwo = second(2)\nthree = third(3)\nfour = fourth(4)\n"
    story.edit(None, whole)
    story.commit(None, whole, made="main")
    commit = story.commit(None, whole.replace("two = second(2)\n", ""), made="side")

    assert story.corrections() == [("removed", "two = second(2)\n", "", commit)]


def test_where_head_was_reset_a_change_beside_pending_lines_says_nothing_of_them(story: Story) -> None:
    three = "a\n\nb = first(1)\nc = 1\nnew = second(2)\n\nd\n"
    story.commit(None, BASE, made="main")
    story.edit(BASE, ONE)
    story.commit(BASE, ONE, made="main")
    story.edit(ONE, three)
    commit = story.commit(ONE, ONE.replace("b = first(1)\nc = 1", "b = 2"), made="main", since=story.now + 30)

    assert story.corrections() == [("replaced", "b = first(1)\nc = 1\n", "b = 2\n", commit)]


def test_what_stood_in_the_worktree_is_one_change_with_what_was_changed_beside_it(story: Story) -> None:
    three = "a\n\nb = first(1)\nc = 1\nnew = second(2)\n\nd\n"
    story.commit(None, BASE, made="main")
    story.edit(BASE, ONE)
    story.commit(BASE, ONE, made="main")
    story.edit(ONE, three)
    commit = story.commit(ONE, ONE.replace("b = first(1)\nc = 1", "b = 2"), made="main")

    assert story.corrections() == [("replaced", "b = first(1)\nc = 1\nnew = second(2)\n", "b = 2\n", commit)]


def test_a_linter_that_ran_before_somebody_looked_did_not_write_what_came_after(story: Story) -> None:
    story.commit(None, BASE, made="main")
    story.edit(BASE, ONE)
    story.commit(BASE, ONE, made="main")
    story.run("ruff check --fix src/app.py")
    story.see(ONE)
    story.commit(ONE, ONE.replace("first(1)", "first(one)"), made="main")

    assert [(one.origin, one.after) for one in story.derive().corrections] == [("human", "b = first(one)\n")]


def test_a_linter_s_work_is_its_own_though_the_same_text_was_committed_again_after_it(story: Story) -> None:
    story.commit(None, BASE, made="main")
    story.edit(BASE, ONE)
    story.commit(BASE, ONE, made="main")
    story.run("ruff check --fix src/app.py")
    story.commit(BASE, ONE, made="main")
    story.commit(ONE, ONE.replace("first(1)", "first(one)"), made="main")

    assert [(one.origin, one.after) for one in story.derive().corrections] == [("linter", "b = first(one)\n")]


def test_a_revert_takes_back_what_a_session_wrote_though_another_one_had_written_what_comes_back(story: Story) -> None:
    other = "a\n\nb = computed_by_another(1)\nc = 1\n\nd\n"
    story.commit(None, BASE, made="main")
    story.edit(BASE, other, session="s2")
    story.commit(BASE, other, made="main")
    story.edit(other, ONE)
    story.commit(other, ONE, made="main")
    reverted = story.commit(ONE, other, made="main", replayed=True)

    assert story.corrections() == [("replaced", "b = first(1)\n", "b = computed_by_another(1)\n", reverted)]


def test_a_name_that_a_file_had_before_is_another_file_s_now(story: Story) -> None:
    moved = "src/old.py"
    story.commit(None, BASE, made="main")
    story.edit(BASE, ONE)
    story.commit(BASE, ONE, path=moved, previous_path="src/app.py", made="main")
    story.edit(None, "x = first(1)\ny = second(2)\n")
    story.run(f"sed -i s/d/e/ {moved}")
    commit = story.commit(None, "x = better(1)\ny = second(2)\n", made="main")

    assert story.corrections() == [("replaced", "x = first(1)\n", "x = better(1)\n", commit)]


def test_who_amends_a_colleague_s_commit_changes_what_the_agent_wrote_under_that_name(story: Story) -> None:
    mates = ONE.replace("d\n", "d = colleague(1)\n")
    story.commit(None, BASE, made="main")
    story.edit(BASE, ONE)
    story.commit(BASE, ONE, made="main")
    story.commit(ONE, mates, author="Bob <bob@example.com>")
    picked = story.commit(ONE, mates, author="Bob <bob@example.com>", made="main", replayed=True)
    amended = mates.replace("first(1)", "better(2)")
    commit = story.commit(ONE, amended, author="Bob <bob@example.com>", made="main", instead=picked)

    assert story.corrections() == [("replaced", "b = first(1)\n", "b = better(2)\n", commit)]


def test_a_reset_that_left_the_files_alone_shows_in_what_is_committed_next(story: Story) -> None:
    two = f"{ONE}by_hand = one(1)\n"
    story.commit(None, ONE, made="main")
    undone = story.commit(ONE, two, made="main")
    story.edit(two, two.replace("c = 1\n", "c = 1\nnew = second(2)\n"))
    reset = story.now + 30
    again = two.replace("b = first(1)\nc = 1\n", "b = better(2)\n")
    commit = story.commit(ONE, again, made="main", since=reset, undone=undone, parent="c1")

    assert story.corrections() == [("replaced", "b = first(1)\nc = 1\nnew = second(2)\n", "b = better(2)\n", commit)]


def test_what_was_left_unstaged_is_still_the_agent_s_when_it_is_met_beside_what_was_committed(story: Story) -> None:
    pending = ONE.replace("c = 1\n", "new = second(2)\nc = 1\n")
    committed = ONE.replace("d\n", "d = 1\n")
    story.commit(None, BASE, made="main")
    story.edit(BASE, ONE)
    story.commit(BASE, ONE, made="main")
    story.edit(ONE, pending)
    story.commit(ONE, committed, made="main")
    met = pending.replace("d\n", "d = 1\n")
    story.see(met)
    story.see(met.replace("second(2)", "better(2)"))

    assert story.corrections() == [("replaced", "new = second(2)\n", "new = better(2)\n", None)]


def test_lines_that_were_put_elsewhere_before_they_went_were_moved(story: Story) -> None:
    new = "new = second(2)\n"
    agents = ONE.replace("c = 1\n", f"{new}c = 1\n")
    story.edit(None, agents)
    story.commit(None, agents, made="main")
    story.commit(agents, f"{agents}{new}", made="main")
    story.commit(f"{agents}{new}", f"{ONE}{new}", made="main")

    assert story.corrections() == []
    assert story.explained() == [("addition", "", new), ("moved", new, "")]


def test_one_of_two_equal_lines_is_taken_away_where_the_subject_speaks_of_it(story: Story) -> None:
    new = "new = second(2)\n"
    agents = ONE.replace("c = 1\n", f"{new}c = 1\n")
    story.edit(None, agents)
    story.commit(None, agents, made="main")
    story.commit(agents, f"{agents}{new}", made="main")
    story.commit(f"{agents}{new}", f"{ONE}{new}", made="main", subject="Call second once")

    assert story.corrections() == [("removed", new, "", "c3")]


def test_a_line_that_the_agent_had_put_in_twice_is_taken_away_and_not_moved(story: Story) -> None:
    new = "new = second(2)\n"
    agents = f"{ONE.replace('c = 1', f'{new}c = 1')}{new}"
    story.edit(None, agents)
    commit = story.commit(None, f"{ONE}{new}", made="main")

    assert story.corrections() == [("removed", new, "", commit)]


def test_what_was_left_unstaged_after_a_soft_reset_nobody_took_away(story: Story) -> None:
    two = f"a = by_hand(1)\n{ONE[2:]}"
    pending = f"new = second(2)\n{two}".replace("first(1)", "third(3)")
    story.commit(None, BASE, made="main")
    story.edit(BASE, ONE)
    story.commit(BASE, ONE, made="main")
    undone = story.commit(ONE, two, made="main")
    story.edit(two, pending)
    story.commit(ONE, two.replace("first(1)", "third(3)"), made="main", since=story.now, undone=undone, parent="c2")

    assert story.corrections() == []


def test_what_the_agent_wrote_again_elsewhere_is_taken_away_and_not_moved(story: Story) -> None:
    new = "new = second(2)\n"
    once = ONE.replace("c = 1\n", f"{new}c = 1\n")
    story.edit(None, once)
    story.edit(once, f"{once}{new}")
    commit = story.commit(None, f"{ONE}{new}", made="main")

    assert story.corrections() == [("removed", new, "", commit)]
