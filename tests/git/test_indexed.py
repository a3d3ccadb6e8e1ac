"""The index where libgit2 cannot read it: split, or sparse."""

from __future__ import annotations

import pytest
from repos import Repo

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository

NAMES = ("linguist-generated", "text", "eol")


@pytest.mark.parametrize("kind", ["plain", "split", "sparse"])
def test_attributes_and_what_is_tracked_where_the_index_is(repo: Repo, kind: str) -> None:
    repo.write(".gitattributes", "*.py linguist-generated -text eol=lf\n")
    repo.write(".gitignore", "*.log\n")
    repo.write("b/[b].log", "x")
    repo.git("add", "-f", "b/[[]b].log")
    repo.commit("one", **{"a/ü.py": "x", "b/b.txt": "x"})
    if kind == "split":
        repo.git("update-index", "--split-index")
    elif kind == "sparse":
        repo.git("sparse-checkout", "set", "--sparse-index", "a")
    opened = Repository.containing(repo.path)
    assert opened.attributes("a/ü.py", NAMES) == {"linguist-generated": True, "text": False, "eol": "lf"}
    assert opened.attributes("b/b.txt", NAMES) == dict.fromkeys(NAMES)
    names = ("a/ü.py", "b/[b].log", "b/b.log", "new.py", "new.log")
    assert [opened.tracks(repo.path / name) for name in names] == [True, True, False, True, False]


def test_an_index_that_nobody_can_read(repo: Repo) -> None:
    repo.commit("one", a="x")
    (repo.path / ".git/index").write_bytes(b"DIRC" + bytes(40))
    with pytest.raises(HivemindError, match=r"^the index cannot be read: "):
        Repository.containing(repo.path).attributes("a", NAMES)
