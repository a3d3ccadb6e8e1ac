"""What git's logs of HEAD and of the stash tell of what stood in a worktree when it was changed or committed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from hivemind_git.corrections.evidence import HeadLog

if TYPE_CHECKING:
    from corrections.conftest import Story

BASE = "a\n\nb = first(1)\nc = second(2)\nd = third(3)\n\ne\n"
PENDING = BASE.replace("c = second(2)\n", "c = second(2)\nnew = fourth(4)\n")
BETTER = BASE.replace("c = second(2)\nd = third(3)\n", "c = better(2)\n")
ALONE = ("replaced", "c = second(2)\nd = third(3)\n", "c = better(2)\n")
WITH = ("replaced", "c = second(2)\nnew = fourth(4)\nd = third(3)\n", "c = better(2)\n")


@pytest.mark.parametrize("aside", [True, False])
@pytest.mark.parametrize("how", ["met", "committed"])
def test_what_was_stashed_and_is_so_still_was_not_there_to_be_changed(story: Story, how: str, *, aside: bool) -> None:
    story.edit(BASE.replace("b = first(1)\nc = second(2)\nd = third(3)\n", ""), BASE)
    story.commit(None, BASE, made="main")
    story.edit(BASE, PENDING)
    stashed = story.now + 30
    story.logs = {"main": HeadLog(0.0, (stashed,), (stashed,) if aside else ())}
    story.wait(60)
    if how == "met":
        story.see(BETTER)
        assert story.corrections() == [(*(ALONE if aside else WITH), None)]
    else:
        commit = story.commit(BASE, BETTER, made="main", since=stashed)
        assert story.corrections() == [(*(ALONE if aside else WITH), commit)]


@pytest.mark.parametrize("moved", [True, False])
def test_where_git_left_the_worktree_alone_a_change_beside_pending_lines_is_one_with_them(
    story: Story, *, moved: bool
) -> None:
    three = BASE.replace("c = second(2)\n", "new = fourth(4)\nc = second(2)\n")
    story.edit(None, BASE)
    story.commit(None, BASE, made="main")
    story.edit(BASE, three)
    story.logs = {"main": HeadLog(0.0, (story.now + 30,) if moved else ())}
    story.see(BASE.replace("c = second(2)\n", "c = better(2)\n"))

    gone = "c = second(2)\n" if moved else "new = fourth(4)\nc = second(2)\n"
    assert story.corrections() == [("replaced", gone, "c = better(2)\n", None)]


def test_what_another_worktree_committed_is_not_what_changed_here(story: Story) -> None:
    story.commit(None, "a\n\ne\n", made="main")
    story.edit("a\n\ne\n", BASE)
    story.logs = {"main": HeadLog(0.0)}
    story.commit("a\n\ne\n", "a\n\ne = (\n    1)\n", made="side")
    story.see(BASE.replace("c = second(2)\nd = third(3)\n\ne\n", "c = better(2)\n\ne = (\n    1)\n"))

    assert [(one.before, one.after) for one in story.derive().corrections] == [
        ("c = second(2)\nd = third(3)\n", "c = better(2)\n")
    ]


@pytest.mark.parametrize("moved", [True, False])
def test_what_another_branch_lacks_nobody_took_away_after_the_switch(story: Story, *, moved: bool) -> None:
    agents = BASE.replace("\ne\n", "\nnew = fourth(4)\nmore = fifth(5)\ne\n")
    story.commit(None, BASE, made="main")
    story.edit(BASE, agents)
    commit = story.now + 60
    story.commit(BASE, agents, made="main")
    story.logs = {"main": HeadLog(0.0, (commit + 10,) if moved else ())}
    story.see(BASE.replace("first(1)", "first( 1 )"))

    assert story.corrections() == ([] if moved else [("removed", "new = fourth(4)\nmore = fifth(5)\n", "", None)])


def test_a_revert_takes_agent_lines_back_though_the_image_before_them_was_committed_after_they_were_written(
    story: Story,
) -> None:
    start, part = "a\n\ne\nf\n", "a\n\ne\nf = 1\n"
    agents = f"{BASE}f = 1\n"
    story.commit(None, start, made="main")
    story.edit(start, agents)
    story.commit(start, part, made="main")
    story.commit(part, agents, made="main")
    reverted = story.commit(agents, part, made="main", reverts=True)

    assert story.corrections() == [("removed", "b = first(1)\nc = second(2)\nd = third(3)\n\n", "", reverted)]


def test_a_revert_is_a_person_s_though_agents_took_the_same_lines_away_and_others_come_back(story: Story) -> None:
    base = BASE.replace("d = third(3)\n", "")
    reviewed = BASE.replace("b = first(1)\n", "")
    story.edit(None, base, session="s2")
    story.commit(None, base, made="main")
    story.edit(base, BASE)
    story.commit(base, reviewed, made="main")
    story.edit(BASE, base, session="s3", worktree="side")
    reverted = story.commit(reviewed, base, made="main", reverts=True)

    assert story.corrections()[1:] == [("removed", "d = third(3)\n", "", reverted)]


def test_after_a_reset_that_left_the_files_alone_a_commit_changed_what_was_taken_back(story: Story) -> None:
    start = "a\n\ne\n"
    story.commit(None, start, made="main")
    story.edit(start, BASE)
    undone = story.commit(start, BASE, made="main")
    reset = story.now + 30
    commit = story.commit(start, BETTER, made="side", since=reset, undone=undone, parent="c1")

    assert story.corrections() == [(*ALONE, commit)]


LONG = "".join(f"line_{number} = {number}\n" for number in range(12))
ANEW = "".join(f"row {number}\n" for number in range(12))


@pytest.mark.parametrize(
    ("logged", "ran", "confidence"), [(True, False, [0.7]), (False, False, []), (True, True, [])], ids=str
)
def test_much_that_changed_elsewhere_is_no_other_branch_s_where_git_left_the_worktree_alone(
    story: Story, *, logged: bool, ran: bool, confidence: list[float]
) -> None:
    story.commit(None, f"a\n\ne\n{LONG}", made="main")
    story.edit(f"a\n\ne\n{LONG}", f"{BASE}{LONG}")
    story.logs = {"main": HeadLog(0.0)} if logged else {}
    if ran:
        story.run("python tools/mend.py")
    story.see(f"{BASE}{ANEW}".replace("second(2)", "better(2)"))

    assert [(one.before, one.confidence) for one in story.derive().corrections] == [
        ("c = second(2)\n", each) for each in confidence
    ]


def test_what_changed_everywhere_in_the_same_way_is_one_writer_s(story: Story) -> None:
    story.commit(None, LONG, made="main")
    story.edit(LONG, f"{LONG}\nmore = 1\n")
    story.see(f"{LONG}\nmore = 1\n".replace(" = ", " := "))

    assert [(one.before, one.confidence) for one in story.derive().corrections] == [("more = 1\n", 0.9)]


def test_what_was_not_staged_casts_no_doubt_on_what_was(story: Story) -> None:
    start = f"a\n\ne\nf\n{LONG}"
    agents = f"new = one(1)\nmore = two(2)\n{BASE}f\n{LONG}"
    story.commit(None, start, made="main")
    story.edit(start, agents)
    commit = story.commit(start, f"{BASE}f\n{LONG}".replace("second(2)", "better(2)"), made="main")

    assert story.corrections() == [("replaced", "c = second(2)\n", "c = better(2)\n", commit)]
    assert story.explained() == [("partial-commit", "new = one(1)\nmore = two(2)\n", "")]


def test_what_was_committed_before_others_were_stashed_stood_there_still(story: Story) -> None:
    laid_out = BASE.replace("first(1)", "first( 1 )")
    story.commit(None, "a\n\ne\n", made="main")
    story.edit("a\n\ne\n", BASE)
    story.commit("a\n\ne\n", laid_out, made="main")
    story.logs = {"main": HeadLog(0.0, (story.now + 30,), (story.now + 30,))}
    story.wait(60)
    story.see("a\n\nb = better(1)\nc = better(2)\n\ne\n")

    assert story.corrections() == [
        ("replaced", "b = first( 1 )\nc = second(2)\nd = third(3)\n", "b = better(1)\nc = better(2)\n", None)
    ]


def test_after_a_switch_back_a_change_is_of_the_last_commit_there_and_not_of_one_before(story: Story) -> None:
    start = "a\n\nf\ng\nh\n"
    one = "a\n\nnew = first(1)\nf\ng\nh\n"
    topic = "a\n\nnew = first(1)\nf = second(2)\ng = third(3)\nmore = fourth(4)\nh\n"
    story.commit(None, start, made="main")
    story.edit(start, one)
    story.commit(start, one, made="main")
    story.edit(one, topic)
    story.commit(one, topic, made="main")
    story.logs = {"main": HeadLog(0.0, (story.now + 30,))}
    story.wait(60)
    story.see(one.replace("first(1)", "better(1)"))

    assert story.corrections() == [("replaced", "new = first(1)\n", "new = better(1)\n", None)]


def test_what_a_merge_brings_from_the_other_side_has_its_writer(story: Story) -> None:
    ours = "a = 1\n\ne = 1\n"
    merged = BASE.replace("\ne\n", "\ne = 1\n").replace("a\n", "a = 1\n")
    story.commit(None, "a\n\ne\n", made="main")
    story.edit("a\n\ne\n", BASE)
    story.commit("a\n\ne\n", BASE, made="main")
    story.commit("a\n\ne\n", ours, made="side", parent="c1")
    story.commit(ours, merged, made="side", replayed=True)
    origins = story.attribute().of("src/app.py", merged.encode()) or ()

    assert [str(one.writer) for one in origins] == ["unknown", "unknown", *["agent"] * 4, "unknown"]


@pytest.mark.parametrize("how", ["met", "committed"])
@pytest.mark.parametrize("back", [True, False])
def test_what_was_put_aside_and_comes_back_was_not_taken_out(story: Story, how: str, *, back: bool) -> None:
    """Once popped, a stash has no log of its own any more: HEAD's log tells that something was moved, no more."""
    story.commit(None, BASE, made="main")
    story.edit(BASE, PENDING)
    moved = story.now + 30
    story.logs = {"main": HeadLog(0.0, (moved,))}
    story.wait(60)
    theirs = BASE.replace("c = second(2)\n", "c = second(2)\nother = fifth(5)\nsixth(6)\n")
    if how == "met":
        story.see(theirs)
    else:
        story.commit(BASE, theirs, made="main", since=moved)
    both = theirs.replace("other", "new = fourth(4)\nother") if back else theirs + "f\n"
    story.commit(BASE if how == "met" else theirs, both, made="main", since=moved)

    gone = [("new = fourth(4)\n", "other = fifth(5)\nsixth(6)\n")]
    assert [(one.before, one.after) for one in story.derive().corrections] == ([] if back else gone)


@pytest.mark.parametrize("how", ["met", "committed"])
@pytest.mark.parametrize("moved", [True, False])
def test_after_a_switch_nobody_writes_over_what_the_other_branch_holds(story: Story, how: str, *, moved: bool) -> None:
    story.commit(None, BASE, made="main")
    story.edit(BASE, PENDING)
    story.commit(BASE, PENDING, made="main")
    switched = story.now + 30
    story.logs = {"main": HeadLog(0.0, (switched,) if moved else ())}
    story.wait(60)
    theirs = BASE.replace("c = second(2)\n", "c = second(2)\nother = fifth(5)\nsixth(6)\n")
    if how == "met":
        story.see(theirs)
    story.commit(BASE, theirs, made="main", since=switched if moved else float("-inf"), parent="c1")

    gone = [("new = fourth(4)\n", "other = fifth(5)\nsixth(6)\n")]
    assert [(one.before, one.after) for one in story.derive().corrections] == ([] if moved else gone)
