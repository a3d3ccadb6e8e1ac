"""Which commits may have changed some paths, asked of git."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from repos import Repo

from hivemind_git.git.candidates import candidates
from hivemind_git.git.objects import Repository


def test_commits_of_the_paths_alone_parents_first(repo: Repo, opened: Repository) -> None:
    one = repo.commit("one", **{"a/b": "x", "*": "x"})
    repo.commit("other", **{"a/c": "x", "star": "x"})
    two = repo.commit("two", **{"a/b": "y"})
    starred = repo.commit("star", **{"*": "y"})
    assert candidates(opened, [starred], {"a/b"}) == [one, two]
    assert candidates(opened, [starred, one], {"*"}) == [one, starred]
    assert candidates(opened, [starred], {"a/b", "*"}) == [one, two, starred]
    assert candidates(opened, ["0" * 40, one], {"a/b"}) == [one]
    assert candidates(opened, [], {"a/b"}) == []


def test_a_merge_that_changes_a_path_itself_and_each_of_its_sides(repo: Repo, opened: Repository) -> None:
    base = repo.commit("base", a="1", b="1")
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit("side", a="2")
    repo.git("checkout", "-q", "main")
    other = repo.commit("other", c="1")
    repo.git("merge", "-q", "--no-ff", "--no-commit", "side")
    repo.write("b", "evil")
    merge = repo.commit("merge")
    assert candidates(opened, [merge], {"a"}) == [base, side, merge]
    assert candidates(opened, [merge], {"b"}) == [base, merge]
    assert candidates(opened, [merge], {"c"}) == [other, merge]


def test_many_paths_are_asked_for_by_their_folders(repo: Repo, opened: Repository) -> None:
    files = {f"d{n % 5}/e/{n}": "x" for n in range(200)}
    one = repo.commit("one", **files)
    repo.commit("other", **{"f/g": "x"})
    near = repo.commit("near", **{"d1/e/another": "x"})
    assert candidates(opened, [near], set(files)) == [one, near]
    assert candidates(opened, [near], {f"{n}/x" for n in range(200)}) is None


@pytest.mark.parametrize("path", ["a\nb", "a\r", "a\r/b"])
def test_a_path_that_no_line_can_name(repo: Repo, opened: Repository, path: str) -> None:
    assert candidates(opened, [repo.commit("one", a="x")], {path}) is None


def test_what_is_no_id_is_none_for_git(repo: Repo, opened: Repository) -> None:
    repo.commit("one", a="x")
    assert candidates(opened, ["HEAD"], {"a"}) is None


def test_a_name_that_is_not_utf8(repo: Repo, opened: Repository) -> None:
    Path(os.fsdecode(os.fsencode(repo.path) + b"/\xff")).write_text("x\n")
    commit = repo.commit("odd")
    assert candidates(opened, [commit], {"\udcff"}) == [commit]


def test_the_folder_of_the_caller_and_its_environment_do_not_matter(
    repo: Repo, opened: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = repo.commit("one", **{"a/b": "x"})
    repo.git("config", "core.worktree", str(repo.path))
    monkeypatch.chdir(repo.path / "a")
    monkeypatch.setenv("GIT_DIR", "nowhere")
    monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "0")
    assert candidates(opened, [commit], {"a/b"}) == [commit]


def test_partial_and_shallow_clones(repo: Repo, tmp_path: Path, loose_clone: Callable[..., Repository]) -> None:
    repo.commit("one", a="x")
    two = repo.commit("two", a="y")
    assert candidates(loose_clone("--filter=tree:0"), [two], {"a"}) is None
    assert len(candidates(loose_clone("--filter=blob:none"), [two], {"a"}) or ()) == 2
    assert candidates(loose_clone("--depth=1"), [two], {"a"}) == [two]


def test_a_history_with_a_hole_is_not_told(repo: Repo, opened: Repository) -> None:
    one = repo.commit("one", a="x")
    two = repo.commit("two", a="y")
    (opened.common_dir / "objects" / one[:2] / one[2:]).unlink()
    assert candidates(opened, [two], {"a"}) is None


@pytest.fixture
def loose_clone(repo: Repo, tmp_path: Path) -> Callable[..., Repository]:
    """A clone that lacks something."""

    def clone(option: str) -> Repository:
        target = tmp_path / option.strip("-")
        repo.git("config", "uploadpack.allowFilter", "true")
        repo.git("clone", "-q", "--bare", option, f"file://{repo.path}", str(target))
        return Repository.containing(target)

    return clone
