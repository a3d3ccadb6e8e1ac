from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest
from repos import Repo

from hivemind_git.errors import HivemindError
from hivemind_git.git import refs
from hivemind_git.git.objects import Repository

NAME = "refs/heads/hivemind/sessions"


def test_a_ref_moves_only_from_where_it_is_expected(repo: Repo, opened: Repository) -> None:
    one, two = repo.commit("one"), repo.commit("two")
    assert opened.update_ref(NAME, one, None, "seal") is True
    assert opened.update_ref(NAME, two, None, "seal") is False
    assert opened.update_ref(NAME, two, two, "seal") is False
    assert opened.ref(NAME) == repo.git("rev-parse", NAME) == one
    assert opened.update_ref(NAME, two, one, "seal again") is True
    assert repo.git("rev-parse", NAME) == two
    assert repo.git("reflog", "--format=%gs", NAME).splitlines() == ["seal again", "seal"]
    assert opened.delete_ref(NAME, one) is False
    assert opened.delete_ref(NAME, two) is True
    assert opened.ref(NAME) is None
    assert not (repo.path / ".git/logs" / NAME).exists()


def test_a_packed_ref_moves_too(repo: Repo, opened: Repository) -> None:
    one, two = repo.commit("one"), repo.commit("two")
    repo.git("branch", "hivemind/sessions", one)
    repo.git("pack-refs", "--all")
    assert opened.ref(NAME) == one
    assert opened.update_ref(NAME, two, one, "seal") is True
    repo.git("pack-refs", "--all")
    assert opened.delete_ref(NAME, two) is True
    assert repo.git("for-each-ref", NAME) == ""


def test_refs_are_listed_by_name(repo: Repo, opened: Repository) -> None:
    one = repo.commit("one")
    repo.git("branch", "b")
    repo.git("tag", "v1")
    repo.git("symbolic-ref", "refs/heads/alias", "refs/heads/b")
    repo.git("symbolic-ref", "refs/heads/broken", "refs/heads/nowhere")
    assert opened.refs("refs/heads/") == {"refs/heads/alias": one, "refs/heads/b": one, "refs/heads/main": one}
    assert list(opened.refs()) == ["refs/heads/alias", "refs/heads/b", "refs/heads/main", "refs/tags/v1"]


def test_a_branch_in_the_way_is_a_sentence(repo: Repo, opened: Repository) -> None:
    one = repo.commit("one")
    repo.git("branch", "hivemind")
    with pytest.raises(HivemindError, match=f"^{NAME} cannot be written: "):
        opened.update_ref(NAME, one, None, "seal")
    with pytest.raises(HivemindError, match="is no name for a ref"):
        opened.update_ref("refs/heads/..", one, None, "seal")
    with pytest.raises(HivemindError, match="is no name for a ref"):
        opened.update_ref("refs/heads/x", "not an id", None, "seal")


def test_a_lock_that_nobody_lets_go_is_named(repo: Repo, opened: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refs, "_PATIENCE_SECONDS", 0.05)
    one = repo.commit("one")
    lock = repo.path / f".git/{NAME}.lock"
    lock.parent.mkdir(parents=True)
    lock.touch()
    with pytest.raises(HivemindError) as caught:
        opened.update_ref(NAME, one, None, "seal")
    assert caught.value.sentence == f"{NAME} is locked by another git process"
    assert str(lock) in caught.value.step
    assert opened.ref(NAME) is None


def test_a_read_only_repository_is_a_sentence(nobody: Any) -> None:
    repo = nobody.repo()
    one = repo.commit("one")
    if os.geteuid():
        (repo.path / ".git/refs/heads").chmod(0o555)
    code = f"Repository.containing(sys.argv[1]).update_ref({NAME!r}, {one!r}, None, 'seal')"
    said = nobody.run(code, repo.path, config="[safe]\n\tdirectory = *\n")
    assert said.startswith(f"{NAME} cannot be written: ")
    assert repo.git("for-each-ref", NAME) == ""


COUNT = """
import sys
from hivemind_git.git.objects import Repository
repository = Repository.containing(sys.argv[1])
who, done = (sys.argv[2], sys.argv[2] + "@example.com"), 0
while done < int(sys.argv[3]):
    tip = repository.ref("refs/heads/count")
    tree = repository.write_tree(tip, {f"{sys.argv[2]}/{done}": (b"x", 0o100644)})
    made = repository.write_commit(tree, [tip] if tip else [], "count", who)
    done += repository.update_ref("refs/heads/count", made, tip, "count")
"""


def test_processes_that_race_lose_nothing(repo: Repo) -> None:
    """Four of ours, and git itself packing refs beneath them."""
    writers = [
        subprocess.Popen([sys.executable, "-c", COUNT, str(repo.path), name, "25"]) for name in ("a", "b", "c", "d")
    ]
    while any(writer.poll() is None for writer in writers):
        repo.git("pack-refs", "--all", "--prune", check=False)
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    assert len(repo.git("ls-tree", "-r", "--name-only", "count").splitlines()) == 100
    assert repo.git("rev-list", "--count", "count") == "100"
    repo.git("fsck", "--strict")
