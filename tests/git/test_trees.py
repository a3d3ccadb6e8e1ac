from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from repos import Repo

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository

FILE = 0o100644
EMPTY = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def files(repository: Repository, treeish: str) -> dict[str, tuple[bytes | None, int]]:
    return {path: (repository.blob(oid), mode) for path, mode, oid in repository.walk_tree(treeish)}


def test_a_tree_is_written_and_read(repo: Repo, opened: Repository) -> None:
    oid = opened.write_blob(b"by id")
    tree = opened.write_tree(
        None,
        {"a": (b"A", FILE), "d/e/f": (oid, 0o100755), "d/l": (b"../a", 0o120000), "sp ace/ü\n": (b"\0", FILE)},
    )
    assert files(opened, tree) == {
        "a": (b"A", FILE),
        "d/l": (b"../a", 0o120000),
        "d/e/f": (b"by id", 0o100755),
        "sp ace/ü\n": (b"\0", FILE),
    }
    assert repo.git("ls-tree", "-r", "-z", "--name-only", tree).split("\0") == ["a", "d/e/f", "d/l", "sp ace/ü\n", ""]
    assert list(opened.walk_tree(tree, "d/e")) == [("d/e/f", 0o100755, oid)]
    assert list(opened.walk_tree(tree, "nowhere")) == list(opened.walk_tree(tree, "a")) == []
    assert opened.read(tree, "d/e/f") == b"by id"
    assert opened.entry(tree, "d") == (repo.git("rev-parse", f"{tree}:d"), 0o040000)
    for path in ("", "nope", "a/b", "d/", "\0", "d"):
        assert opened.read(tree, path) is None
    repo.git("fsck", "--strict")


def test_changes_replace_remove_and_prune(opened: Repository) -> None:
    base = opened.write_tree(None, {"keep/x": (b"1", FILE), "gone/deep/y": (b"2", FILE), "file": (b"3", FILE)})
    tree = opened.write_tree(
        base,
        {
            "gone/deep/y": None,
            "file/now/a/folder": (b"4", FILE),
            "keep/x": (b"5", FILE),
            "not/there": None,
            "keep/z": None,
        },
    )
    assert files(opened, tree) == {"keep/x": (b"5", FILE), "file/now/a/folder": (b"4", FILE)}
    assert opened.write_tree(tree, {"file": (b"3", FILE), "keep/x": None}) == opened.write_tree(
        None, {"file": (b"3", FILE)}
    )
    assert opened.write_tree(tree, {"file": None, "keep": None}) == EMPTY
    assert opened.write_tree(None, {}) == EMPTY
    whole = opened.entry(base, "gone")
    assert whole is not None
    assert files(opened, opened.write_tree(tree, {"copy": whole})) | files(opened, tree) == {
        **files(opened, tree),
        "copy/deep/y": (b"2", FILE),
    }


NAMES = st.sampled_from(["a", "b", "a.b", "a/x", "a/x/y", "a/z", "b/x", "b-c/d", "c"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(NAMES, st.none() | st.binary(max_size=2), max_size=4), max_size=5))
def test_any_sequence_of_changes_is_what_git_would_have_made_of_it(
    opened: Repository, steps: list[dict[str, bytes | None]]
) -> None:
    expected: dict[str, bytes] = {}
    tree: str | None = None
    for step in steps:
        # Of a step that says `a` and `a/x` no sense can be made.
        chosen = {
            path: text for path, text in step.items() if not any(o != path and o.startswith(f"{path}/") for o in step)
        }
        tree = opened.write_tree(tree, {path: None if text is None else (text, FILE) for path, text in chosen.items()})
        for path, text in chosen.items():
            for old in [o for o in expected if o == path or o.startswith(f"{path}/") or path.startswith(f"{o}/")]:
                # A removal below a file leaves the file alone.
                if text is not None or not path.startswith(f"{old}/"):
                    del expected[old]
            if text is not None:
                expected[path] = text
        assert files(opened, tree) == {path: (text, FILE) for path, text in expected.items()}


@pytest.mark.parametrize("path", ["", "/a", "a//b", "..", "a/../b", ".git/config", "a/", "bad\udcff"])
def test_paths_that_git_has_no_place_for_are_refused(opened: Repository, path: str) -> None:
    with pytest.raises(HivemindError, match=r"^a tree cannot be written: "):
        opened.write_tree(None, {path: (b"", FILE)})


def test_a_missing_base_is_a_sentence(opened: Repository) -> None:
    with pytest.raises(HivemindError, match=r"is not in this repository"):
        opened.write_tree("0" * 40, {})


def test_names_that_are_not_utf8_are_read_and_survive(repo: Repo, opened: Repository) -> None:
    raw = os.fsencode(repo.path) + b"/d\xff"
    Path(os.fsdecode(raw)).mkdir()
    Path(os.fsdecode(raw + b"/\xe9")).write_text("x\n")
    commit = repo.commit("odd")
    tree = opened.write_tree(commit, {"new": (b"", FILE)})
    assert [path for path, _, _ in opened.walk_tree(tree)] == ["new", "d\udcff/\udce9"]
    assert opened.read(tree, "d\udcff/\udce9") == b"x\n"
    assert repo.git("ls-tree", "-r", "--name-only", tree).splitlines() == ['"d\\377/\\351"', "new"]


def test_a_tree_deeper_than_the_interpreters_stack_is_walked(repo: Repo, opened: Repository) -> None:
    tree = opened.write_tree(None, {"leaf": (b"x", FILE)})
    for _ in range(3000):
        tree = opened.write_tree(None, {"d": (tree, 0o040000)})
    assert [path.count("/") for path, _, _ in opened.walk_tree(tree)] == [3000]


def test_what_a_partial_clone_lacks_is_passed_over(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one", **{"a/b": "x", "c": "y"})
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    repo.git("clone", "-q", "--bare", "--filter=tree:0", f"file://{repo.path}", str(clone))
    partial = Repository.containing(clone)
    assert list(partial.walk_tree("HEAD")) == []
    assert partial.read("HEAD", "c") is None
    assert partial.changes(partial.head() or "") == ()
    assert partial.patch_id(partial.head() or "") == ""
    blobless = tmp_path / "blobless"
    repo.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{repo.path}", str(blobless))
    partial = Repository.containing(blobless)
    assert [path for path, _, _ in partial.walk_tree("HEAD")] == ["c", "a/b"]
    assert partial.read("HEAD", "c") is None
    assert [change.path for change in partial.changes(partial.head() or "")] == ["a/b", "c"]
    assert len(partial.patch_id(partial.head() or "")) == 40


def test_a_change_costs_what_changes_and_not_what_is_there(opened: Repository) -> None:
    """Counted in objects, not in time: one blob and the four folders above it."""
    base = opened.write_tree(None, {f"s/{n % 7}/{n % 16:x}/{n}.jsonl": (b"%d" % n, FILE) for n in range(2000)})
    before = loose(opened)
    opened.write_tree(base, {"s/3/a/new.jsonl": (b"new", FILE)})
    assert loose(opened) - before == 5


def loose(repository: Repository) -> int:
    return sum(1 for path in (repository.common_dir / "objects").glob("??/*"))


def test_a_commit_is_written_and_moves_nothing(repo: Repo, opened: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    tree = opened.write_tree(None, {"a": (b"", FILE)})
    root = opened.write_commit(
        tree, [], "Füge an\n\nBody\0\n", ("Ädá", "a@b"), when=1_700_000_000.9, committed=1_700_000_000
    )
    made = opened.write_commit(tree, [root, root], "m", ("A", "a@b"), ("C", "c@d"), when=1, committed=2)
    assert repo.git("cat-file", "-p", root) == (
        f"tree {tree}\nauthor Ädá <a@b> 1700000000 +0530\ncommitter Ädá <a@b> 1700000000 +0530\n\nFüge an\n\nBody"
    )
    assert repo.git("cat-file", "-p", made) == (
        f"tree {tree}\nparent {root}\nparent {root}\nauthor A <a@b> 1 +0530\ncommitter C <c@d> 2 +0530\n\nm"
    )
    assert opened.head() is None
    repo.git("fsck", "--strict", made)
    with pytest.raises(HivemindError, match=r"^a commit cannot be written: "):
        opened.write_commit(tree, [], "m", ("", ""))
    with pytest.raises(HivemindError, match=r"^a commit cannot be written: "):
        opened.write_commit("0" * 40, [], "m", ("a", "b"))
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
