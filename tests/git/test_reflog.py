"""Which worktree made a commit, read from git's own logs."""

from __future__ import annotations

from repos import Repo

from hivemind_git.git.objects import Repository
from hivemind_git.git.reflog import Made

T = 1_767_225_600


def test_each_commit_stands_in_the_worktree_that_made_it_and_not_where_head_only_came_by(repo: Repo) -> None:
    one = repo.commit("one", T, **{"a.py": "1\n2\n3\n"})
    repo.git("worktree", "add", "-q", "-b", "side", str(repo.path.parent / "main"))
    side = Repo(repo.path.parent / "main")
    two = side.commit("two", T + 1, **{"b.py": "1\n"})
    repo.git("merge", "-q", "--ff-only", "side")
    merged = float(repo.git("log", "-g", "-1", "--format=%gd", "--date=unix", "HEAD")[6:-1])
    three = repo.commit("three", T + 2, **{"a.py": "1\n2\n3\n4\n"})
    clock = {"GIT_AUTHOR_DATE": f"{T} +0000", "GIT_COMMITTER_DATE": f"{T + 3} +0000"}
    repo.git("commit", "-q", "--amend", "-m", "again", env=clock)
    again = repo.git("rev-parse", "HEAD")
    repo.git("revert", "--no-edit", "HEAD", env=clock)
    reverted = repo.git("rev-parse", "HEAD")
    four = side.commit("four", T + 4, **{"c.py": "1\n"})
    side.git("rebase", "-q", repo.git("branch", "--show-current"), env=clock)
    rebased = side.git("rev-parse", "HEAD")
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("switch", "-qc", "other")

    assert Repository.containing(repo.path).made() == {
        "main": (
            Made(T, one, replayed=False),
            Made(T + 2, three, replayed=False, since=merged),
            Made(T + 3, again, replayed=False, since=merged, instead=three),
            Made(T + 3, reverted, replayed=True, since=merged, reverts=True),
        ),
        "worktrees/main": (
            Made(T + 1, two, replayed=False, since=T),
            Made(T + 4, four, replayed=False, since=T),
            Made(T + 3, rebased, replayed=True, since=T + 3),
        ),
    }


def test_what_is_made_after_resets_names_the_commit_that_they_took_back(repo: Repo) -> None:
    repo.commit("one", T, **{"a.py": "1\n"})
    repo.commit("two", T + 1, **{"a.py": "2\n"})
    three = repo.commit("three", T + 2, **{"a.py": "3\n"})
    for number, how in enumerate(("--hard", "--soft", "--mixed")):
        clock = {"GIT_COMMITTER_DATE": f"{T + 10 + number} +0000"}
        repo.git("reset", "-q", how, "HEAD" if how == "--hard" else "HEAD~1", env=clock)
    four = repo.commit("four", T + 20, **{"a.py": "4\n"})
    five = repo.commit("five", T + 21, **{"a.py": "5\n"})

    assert Repository.containing(repo.path).made()["main"][3:] == (
        Made(T + 20, four, replayed=False, since=T + 12, undone=three, earlier=T + 10),
        Made(T + 21, five, replayed=False, since=T + 12),
    )


def test_what_was_stashed_and_is_so_still_stood_in_the_worktree_that_was_reset_in_that_moment(repo: Repo) -> None:
    repo.commit("one", T, **{"a.py": "1\n"})
    for number in (1, 2):
        (repo.path / "a.py").write_text(f"{number} more\n")
        repo.git("stash", "-q", env={"GIT_COMMITTER_DATE": f"{T + number} +0000"})
    repo.git("stash", "pop", "-q")

    assert Repository.containing(repo.path).moved() == {"main": (T, (T + 1, T + 2, T + 1), (T + 1,))}


def test_what_git_did_not_make_there_and_what_makes_no_sense_is_passed_over(repo: Repo) -> None:
    made = repo.commit("one", T)
    log = repo.path / ".git/logs/HEAD"
    who, zero = "A B <a@example.com>", "0" * 40
    log.write_bytes(
        log.read_bytes()
        + f"{zero} {made} {who} {T} +0000\tfast-import\n".encode()
        + f"{zero} {made} {who} {T}\n{zero}\nno time <x> y +0000\tcommit: z\n".encode()
        + f"{zero} {made} \xff > <> 12 +0000\tcommit (merge): two\n".encode("latin-1")
        + b"\n"
    )
    assert Repository.containing(repo.path).made() == {
        "main": (Made(T, made, replayed=False), Made(12, made, replayed=False, since=T))
    }
    log.unlink()
    assert Repository.containing(repo.path).made() == {}
