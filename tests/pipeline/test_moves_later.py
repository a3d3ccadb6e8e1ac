"""New files that were moved, and what a formatter, time, or git itself did before a commit held them."""

from __future__ import annotations

import shutil

from pipeline.move_play import BETTER, CHANGED, HOUR, ONE, Play, text

from hivemind_git.corrections.derive import derive
from hivemind_git.git.diff import diff_lines


def test_a_formatter_laid_the_file_out_at_the_commit(play: Play) -> None:
    play.write("a.py", ONE)
    play.move("a.py", "b.py", BETTER.replace("compute_one(5)", "compute_one( 5 )"))
    play.commit()

    found = derive(play.evidence(), diff_lines)
    assert [(one.before, one.after) for one in found.corrections] == [CHANGED[1:]]
    assert [str(one.why) for one in found.explained] == ["formatter"]


def test_a_formatter_laid_out_every_line(play: Play) -> None:
    wide = "".join(f"one_{number} = compute_one({number}, 'so many words', kind='one')\n" for number in range(6))
    laid = "".join(
        f'one_{number} = compute_one(\n    {number},\n    "so many words",\n    kind="one",\n)\n' for number in range(6)
    )
    play.write("a.py", wide)
    play.move("a.py", "b.py", laid.replace("    3,\n", "    33,\n"))
    play.commit()

    assert play.moves() == {"b.py": "a.py"}
    assert [(one.path, "33" in one.after) for one in derive(play.evidence(), diff_lines).corrections] == [
        ("b.py", True)
    ]


def test_days_later_it_is_less_sure(play: Play) -> None:
    play.write("a.py", ONE)
    play.now += 50 * HOUR
    play.move("a.py", "b.py", BETTER)
    play.commit()

    (found,) = derive(play.evidence(), diff_lines).corrections
    assert (found.confidence, found.doubts) == (0.7, ("nobody looked for a long time",))


def test_the_commit_is_amended_and_rebased(play: Play) -> None:
    play.write("a.py", ONE)
    play.move("a.py", "b.py")
    play.commit()
    play.repo.write("b.py", BETTER)
    play.commit("--amend")
    play.git("checkout", "-q", "-b", "other", "HEAD~1")
    play.repo.write("other.txt", "other\n")
    play.commit()
    play.git("checkout", "-q", "main")
    play.git("rebase", "-q", "other")

    assert play.corrections() == [CHANGED]
    assert play.writers("b.py", BETTER) == "aaahaaaa"


def test_a_commit_that_holds_the_file_is_amended(play: Play) -> None:
    """What the amended commit has under the new name, the first one had under the old one."""
    play.write("a.py", ONE)
    play.commit()
    play.git("mv", "a.py", "b.py")
    play.repo.write("b.py", BETTER)
    play.commit("--amend")

    assert (play.moves(), play.corrections()) == ({"b.py": "a.py"}, [CHANGED])
    assert play.writers("b.py", BETTER) == "aaahaaaa"


def test_a_name_that_another_file_had_before(play: Play) -> None:
    play.repo.write("b.py", text("other"))
    play.commit()
    (play.repo.path / "b.py").unlink()
    play.commit()
    play.write("a.py", ONE)
    play.move("a.py", "b.py", BETTER)
    play.commit()

    assert (play.moves(), play.corrections()) == ({"b.py": "a.py"}, [CHANGED])


def test_weeks_later_nobody_looks_for_it(play: Play) -> None:
    play.write("a.py", ONE)
    play.now += 15 * 24 * HOUR
    play.move("a.py", "b.py", BETTER)
    play.commit()

    assert (play.moves(), play.corrections()) == ({}, [])


def test_all_in_one_second(play: Play) -> None:
    """As a script does it: a rebased copy of the commit is no earlier one."""
    play.write("a.py", ONE)
    play.move("a.py", "b.py", BETTER)
    play.git("add", "-A")
    play.now -= 120
    play.git("commit", "-qm", "change")
    play.git("checkout", "-q", "-b", "other", "HEAD~1")
    play.repo.write("other.txt", "other\n")
    play.commit()
    play.git("checkout", "-q", "main")
    play.now -= 240
    play.git("rebase", "-q", "other")

    assert (play.moves(), play.corrections()) == ({"b.py": "a.py"}, [CHANGED])


def test_what_comes_from_another_branch_was_not_moved(play: Play) -> None:
    play.git("checkout", "-q", "-b", "other")
    play.repo.write("b.py", BETTER)
    play.commit()
    play.git("checkout", "-q", "main")
    play.write("a.py", ONE)
    (play.repo.path / "a.py").unlink()
    play.repo.write("main.txt", "main\n")
    play.commit()
    for how in (
        ["merge", "-q", "--squash", "other"],
        ["reset", "-q", "--hard"],
        ["merge", "-q", "--no-commit", "other"],
    ):
        play.git(*how)
        if "merge" in how:
            play.git("commit", "-qm", "what the other branch has")
            play.git("reset", "-q", "--hard", "HEAD~1")

    assert (play.moves(), play.corrections()) == ({}, [])


def test_the_same_name_in_two_worktrees(play: Play) -> None:
    side = play.repo.path.parent / "side"
    play.git("worktree", "add", "-q", str(side))
    play.write("a.py", ONE)
    play.write("a.py", text("two"), side)
    play.move("a.py", "b.py", BETTER)
    play.commit()

    assert (play.moves(), play.corrections()) == ({"b.py": "a.py"}, [CHANGED])

    play.commit(top=side)

    assert (play.moves(), play.corrections()) == ({"b.py": "a.py"}, [CHANGED])
    assert play.writers("a.py", text("two")) == "aaaaaaaa"


def test_a_worktree_that_is_gone_is_not_followed_and_no_error(play: Play) -> None:
    side = play.repo.path.parent / "side"
    play.git("worktree", "add", "-q", str(side))
    play.write("a.py", ONE, side)
    play.move("a.py", "b.py", BETTER, side)
    play.commit(top=side)

    assert play.corrections() == [CHANGED]

    shutil.rmtree(side)
    play.git("worktree", "prune")

    assert play.moves() == {}
