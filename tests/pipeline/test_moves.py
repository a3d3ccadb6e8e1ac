"""New files of agents that somebody moved before any commit held them."""

from __future__ import annotations

import pytest
from pipeline.move_play import BETTER, CHANGED, ONE, Play, text

from hivemind_git.corrections.derive import derive
from hivemind_git.corrections.evidence import Edit
from hivemind_git.git.diff import diff_lines


def test_an_edit_after_the_move_is_a_correction(play: Play) -> None:
    play.write("a.py", ONE)
    play.move("a.py", "b.py", BETTER)
    commit = play.commit()

    (found,) = derive(play.evidence(), diff_lines).corrections
    assert (str(found.kind), found.before, found.after) == CHANGED
    assert (found.path, found.commit, found.confidence, found.doubts) == ("b.py", commit, 0.9, ())
    assert play.writers("b.py", BETTER) == "aaahaaaa"


def test_without_an_edit_the_lines_are_the_agent_s_and_later_commits_are_followed(play: Play) -> None:
    play.write("a.py", ONE)
    play.move("a.py", "b.py")
    play.commit()
    play.git("mv", "b.py", "c.py")
    (play.repo.path / "c.py").write_text(BETTER)
    play.commit()

    assert play.writers("b.py", ONE) == "aaaaaaaa"
    assert play.writers("c.py", BETTER) == "aaahaaaa"
    assert play.corrections() == [CHANGED]


def test_a_client_that_does_not_tell_new_files_from_old_ones(play: Play) -> None:
    """Codex reports a file that it overwrites as one that it adds: `corrections/creations`."""
    play.repo.write("a.py", ONE)
    play.items.append(
        Edit(event="e0", t=play.now + 30, tool_use="u0", worktree="main", path="a.py", before=None, after=ONE.encode(),
             before_known=False, created=True)
    )  # fmt: skip
    play.move("a.py", "b.py", BETTER)
    play.commit()

    assert play.corrections() == [CHANGED]
    assert play.writers("b.py", BETTER) == "aaahaaaa"


def test_a_folder_is_moved(play: Play) -> None:
    for name in ("one", "two", "three"):
        play.write(f"old/{name}.py", text(name))
    play.move("old", "new")
    play.repo.write("new/one.py", BETTER)
    play.commit()

    assert play.moves() == {f"new/{name}.py": f"old/{name}.py" for name in ("one", "two", "three")}
    assert play.corrections() == [CHANGED]
    assert play.writers("new/three.py", text("three")) == "aaaaaaaa"


def test_of_several_the_most_similar_and_of_equal_ones_that_of_the_same_name(play: Play) -> None:
    for name, content in {"x/a.py": ONE, "x/b.py": BETTER, "y/c.py": text("two"), "y/d.py": text("two")}.items():
        play.write(name, content)
    moved = {"x/a.py": "z/n.py", "x/b.py": "z/a.py", "y/c.py": "w/d.py", "y/d.py": "w/c.py"}
    for old, new in moved.items():
        play.move(old, new)
    play.commit()

    assert play.moves() == {"z/n.py": "x/a.py", "z/a.py": "x/b.py", "w/d.py": "y/d.py", "w/c.py": "y/c.py"}
    assert play.corrections() == []


def test_a_copy_is_no_move(play: Play) -> None:
    play.write("a.py", ONE)
    play.repo.write("b.py", BETTER)
    play.git("add", "b.py")
    play.git("commit", "-qm", "the copy alone")

    assert (play.moves(), play.corrections(), play.writers("b.py", BETTER)) == ({}, [], "")

    play.commit()

    assert (play.moves(), play.corrections(), play.writers("a.py", ONE)) == ({}, [], "aaaaaaaa")


def test_another_file_under_the_old_name_is_not_the_agent_s(play: Play) -> None:
    play.write("a.py", ONE)
    play.move("a.py", "b.py", BETTER)
    play.commit()
    play.repo.write("a.py", text("other"))

    assert (play.moves(), play.corrections()) == ({"b.py": "a.py"}, [CHANGED])

    play.commit()

    assert (play.moves(), play.corrections()) == ({"b.py": "a.py"}, [CHANGED])
    assert play.writers("a.py", text("other")) == "uuuuuuuu"


def test_what_the_agent_sees_or_writes_again_under_the_old_name(play: Play) -> None:
    """A file that it sees stands there; one that it makes anew is another one."""
    play.write("a.py", ONE)
    play.repo.write("b.py", BETTER)
    play.git("add", "b.py")
    play.git("commit", "-qm", "the copy alone")
    play.see("a.py")
    (play.repo.path / "a.py").unlink()

    assert play.moves() == {}

    play.write("c.py", text("two"))
    play.move("c.py", "d.py")
    play.commit()
    play.write("c.py", text("two"))
    play.commit()

    assert play.moves() == {"d.py": "c.py"}


@pytest.mark.parametrize(
    ("agents", "added"),
    [
        (ONE, text("other")),
        (ONE, ONE[: len(ONE) // 3] + text("other")),
        ("import os\n\nprint(os.getcwd())\n", "import os\n\nprint(os.getcwd(), 1)\n"),
        ("", ""),
        ("x = 1\n", "x = 1\n"),
    ],
)
def test_an_unrelated_or_a_tiny_file_is_not_the_one_that_is_gone(play: Play, agents: str, added: str) -> None:
    play.write("a.py", agents)
    play.move("a.py", "b.py", added)
    play.commit()

    assert (play.moves(), play.corrections()) == ({}, [])
    assert set(play.writers("b.py", added)) <= {"u"}


def test_what_every_file_here_begins_with_says_nothing(play: Play) -> None:
    licence = "".join(f"# Clause {number} of the licence that all files here are under.\n" for number in range(20))
    play.repo.write("lib/z.py", licence + text("z"))
    play.commit()
    play.write("a.py", licence + ONE)
    play.move("a.py", "b.py", licence + text("other"))
    play.commit()

    assert (play.moves(), play.corrections()) == ({}, [])

    play.write("c.py", licence + text("two"))
    play.move("c.py", "d.py", licence + text("two", 7))
    play.commit()

    assert (play.moves(), play.corrections()) == ({"d.py": "c.py"}, [("removed", "two_7 = compute_two(7)\n", "")])


def test_binary_files_and_links_are_passed_over(play: Play) -> None:
    play.write("a.py", ONE)
    (play.repo.path / "a.py").unlink()
    play.repo.write("b.bin", b"\0" + ONE.encode())
    (play.repo.path / "l.py").symlink_to("README")
    play.commit()

    assert play.moves() == {}


def test_what_the_agent_took_away_itself_was_not_moved(play: Play) -> None:
    play.write("a.py", ONE)
    (play.repo.path / "a.py").unlink()
    play.items.append(
        Edit(event="gone", t=play.now + 1, tool_use="u", worktree="main", path="a.py", before=ONE.encode(), after=None)
    )
    play.repo.write("b.py", BETTER)
    play.commit()

    assert (play.moves(), play.corrections()) == ({}, [])


def test_an_agent_that_goes_on_under_the_new_name(play: Play) -> None:
    play.write("a.py", ONE)
    play.move("a.py", "b.py", BETTER)
    play.see("b.py")
    more = BETTER + text("more", 12)
    play.write("b.py", more)
    play.commit()

    assert play.corrections() == [CHANGED]
    assert play.writers("b.py", more) == "aaahaaaa" + 12 * "a"


def test_a_file_that_stood_under_the_new_name_while_the_agent_still_wrote_the_old_one(play: Play) -> None:
    play.repo.write("b.py", BETTER)
    play.see("b.py")
    play.write("a.py", ONE)
    (play.repo.path / "a.py").unlink()
    play.commit()

    assert (play.moves(), play.corrections()) == ({}, [])


@pytest.mark.parametrize("name", ["a.py", "b.py"])
def test_a_part_is_staged(play: Play, name: str) -> None:
    """As where the file was not moved."""
    play.write("a.py", ONE)
    play.move("a.py", name, BETTER)
    play.git("add", name)
    both = BETTER.replace("one_6 = compute_one(6)", "one_6 = weighed(6)")
    play.repo.write(name, both)
    play.git("commit", "-qm", "a part")
    play.commit()

    more = ("replaced", "one_6 = compute_one(6)\n", "one_6 = weighed(6)\n")
    assert play.moves() == ({} if name == "a.py" else {"b.py": "a.py"})
    assert play.corrections() == [CHANGED, more]
    assert play.writers(name, both) == "aaahaaha"
