"""New files of agents that somebody moved before any commit held them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from repos import Repo

from hivemind_git.corrections.attribution import attribute
from hivemind_git.corrections.creations import settled
from hivemind_git.corrections.derive import derive
from hivemind_git.corrections.evidence import Edit, Evidence, Item, Session, Sight
from hivemind_git.corrections.new_files import NewFiles
from hivemind_git.git.diff import diff_lines
from hivemind_git.git.objects import Repository
from hivemind_git.pipeline import commits

START = 1_767_225_600
HOUR = 3600


def text(name: str, lines: int = 8) -> str:
    """A file of which no line stands in a file of another name."""
    return "".join(f"{name}_{number} = compute_{name}({number})\n" for number in range(lines))


ONE = text("one")
BETTER = ONE.replace("one_3 = compute_one(3)", "one_3 = measured(3)")
CHANGED = ("replaced", "one_3 = compute_one(3)\n", "one_3 = measured(3)\n")


@dataclass
class Play:
    """A repository with one commit in it; each step takes a minute."""

    repo: Repo
    now: int = START
    items: list[Item] = field(default_factory=list)

    def git(self, *arguments: str, top: Path | None = None, stdin: str | None = None) -> str:
        self.now += 60
        date = f"{self.now} +0000"
        env = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        return Repo(top or self.repo.path).git(*arguments, stdin=stdin, env=env)

    def commit(self, *arguments: str, top: Path | None = None) -> str:
        self.git("add", "-A", top=top)
        self.git("commit", "-qm", "change", *arguments, top=top)
        return self.git("rev-parse", "HEAD", top=top)

    def write(self, path: str, content: str, top: Path | None = None) -> None:
        """An agent writes a file."""
        self.now += 60
        target = (top or self.repo.path) / path
        before = target.read_bytes() if target.exists() else None
        Repo(top or self.repo.path).write(path, content)
        edit = Edit(event=f"e{len(self.items)}", t=self.now + 0.5, tool_use=f"u{len(self.items)}",
                    worktree=top.name if top else "main", path=path, before=before, after=content.encode())  # fmt: skip
        self.items.append(edit)

    def see(self, path: str) -> None:
        """An agent reads a file."""
        self.now += 60
        content = (self.repo.path / path).read_bytes()
        self.items.append(
            Sight(event=f"e{len(self.items)}", t=self.now + 0.5, worktree="main", path=path, content=content)
        )

    def move(self, old: str, new: str, content: str | None = None, top: Path | None = None) -> None:
        """A person moves a file, and saves another content there."""
        there = top or self.repo.path
        (there / new).parent.mkdir(parents=True, exist_ok=True)
        (there / old).rename(there / new)
        if content is not None:
            Repo(there).write(new, content)

    def evidence(self) -> Evidence:
        read = (Session(id="s1", agent="an-agent", model=None, items=tuple(self.items)),)
        repository = Repository.containing(self.repo.path)
        paths = {item.path for item in self.items if isinstance(item, Edit)}
        made = commits.makings(repository)
        starts = commits.tips(repository, "hivemind/sessions")
        found = commits.records(repository, starts, paths, START, made=made, new=NewFiles(read))
        return settled(Evidence(sessions=read, commits=tuple(found), logs=commits.logs(repository)))

    def corrections(self) -> list[tuple[str, str, str]]:
        found = derive(self.evidence(), diff_lines).corrections
        return [(str(one.kind), one.before, one.after) for one in found]

    def moves(self) -> dict[str, str]:
        """Path of each moved file → the name under which the agent had made it."""
        files = (file for commit in self.evidence().commits for file in commit.files)
        return {file.path: file.previous_path for file in files if file.renamed and file.before is None}

    def writers(self, path: str, content: str) -> str:
        """The first letter of who wrote each line; empty where nothing is known of the image."""
        origins = attribute(self.evidence(), diff_lines).of(path, content.encode())
        return "".join(str(one.writer)[0] for one in origins or ())


@pytest.fixture
def play(repo: Repo) -> Play:
    made = Play(repo)
    repo.write("README", "about\n")
    made.commit()
    return made


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
