"""Pathspecs and points in time, as git itself reads them."""

from __future__ import annotations

import re

import pytest
from repos import Repo

from hivemind_git.errors import UsageError
from hivemind_git.git.dates import moment
from hivemind_git.git.pathspecs import chosen

PATHS = (
    "a.py",
    "src/a.py",
    "src/deep/b.py",
    "src/B.PY",
    "web/a.ts",
    "src",
    "odd/ä ö.py",
    'odd/q"uote',
    "odd/non\udcff",
)


@pytest.mark.parametrize(
    ("folder", "specs", "expected"),
    [
        ("", (), set(PATHS)),
        ("", ("src",), {"src", "src/a.py", "src/deep/b.py", "src/B.PY"}),
        ("", ("src/",), {"src/a.py", "src/deep/b.py", "src/B.PY"}),
        ("", ("*.py",), {"a.py", "src/a.py", "src/deep/b.py", "odd/ä ö.py"}),
        ("", (":(glob)*.py",), {"a.py"}),
        ("", (":(icase)*.py", ":!src/deep"), {"a.py", "src/a.py", "src/B.PY", "odd/ä ö.py"}),
        ("", ("odd",), {"odd/ä ö.py", 'odd/q"uote', "odd/non\udcff"}),
        ("web", (".",), {"web/a.ts"}),
        ("web", ("../a.py", ":/src/a.py"), {"a.py", "src/a.py"}),
        ("", ("gone",), set()),
    ],
)
def test_pathspecs_choose_as_git_does(repo: Repo, folder: str, specs: tuple[str, ...], expected: set[str]) -> None:
    (repo.path / "web").mkdir()
    before = repo.git("status", "--porcelain")
    assert chosen(repo.path / folder, specs, PATHS) == expected
    assert repo.git("status", "--porcelain") == before


def test_what_is_no_path_of_a_file_is_never_chosen(repo: Repo) -> None:
    odd = ("", "/etc/passwd", "../x", "a//b", ".git/config", "a/.GIT/x", "a\0b", "\ud800", "ok.py", "a/./b")
    assert chosen(repo.path, (".",), odd) == {"ok.py"}


def test_what_git_does_not_take_is_told(repo: Repo) -> None:
    with pytest.raises(UsageError, match="is outside repository"):
        chosen(repo.path, ("../..",), ["a"])
    with pytest.raises(UsageError, match="git does not take these paths"):
        chosen(repo.path, (":(nomagic)x",), ["a"])


def test_times_are_days_or_what_git_takes(repo: Repo) -> None:
    assert moment(repo.path, "2026-11-03") == "2026-11-03T00:00:00.000Z"
    assert moment(repo.path, "2026-11-03", end=True) == "2026-11-03T23:59:59.999Z"
    assert moment(repo.path, "2026-11-03 14:05:06 +0200") == "2026-11-03T12:05:06.000Z"
    assert moment(repo.path, "1793491200") == "2026-11-01T00:00:00.000Z"
    for text in ("2 weeks ago", "yesterday", "last friday", "noon"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", moment(repo.path, text))
    for text in ("", "soon", "--all", "\x1b"):
        with pytest.raises(UsageError, match="is no time"):
            moment(repo.path, text)
