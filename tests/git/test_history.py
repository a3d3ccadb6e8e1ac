from __future__ import annotations

from pathlib import Path

import pytest
from repos import Repo

from hivemind_git.git.history import Change, CommitInfo
from hivemind_git.git.objects import Repository

TEXT = "".join(f"line {number}\n" for number in range(40))


def oid(repo: Repo, commit: str, path: str) -> str:
    return repo.git("rev-parse", f"{commit}:{path}")


def test_a_commit_as_a_value(repo: Repo, opened: Repository) -> None:
    first = repo.commit("one", when=1_700_000_000, a="1")
    repo.git("commit", "-q", "--allow-empty", "-m", "Two\nlines\n\nBody\n\nT: v\n")
    second = repo.git("rev-parse", "HEAD")
    assert opened.commit("HEAD") == CommitInfo(
        id=second,
        parents=(first,),
        author="Ada",
        author_email="ada@example.com",
        t=1767225600.0,
        committed=1767225600.0,
        subject="Two lines",
        body="Body\n\nT: v",
        tree=repo.git("rev-parse", "HEAD^{tree}"),
    )
    assert opened.resolve("HEAD~1") == first
    for wrong in ("", "\0", "nope", "HEAD~9", "0" * 40, "a b", ":/", "-x", "refs/heads/"):
        assert opened.resolve(wrong) is None
        assert opened.commit(wrong) is None


def test_messages_in_other_encodings_never_fail(repo: Repo, opened: Repository) -> None:
    tree = opened.write_tree(None, {})
    for header, raw, subject in (
        (b"encoding ISO-8859-1\n", b"caf\xe9", "café"),
        (b"", b"caf\xe9", "caf\ufffd"),
        (b"encoding no-such\n", b"caf\xc3\xa9", "café"),
        (b"", b"\n\n", ""),
    ):
        content = f"tree {tree}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n".encode() + header + b"\n" + raw
        path = repo.path / "raw"
        path.write_bytes(content)
        found = opened.commit(repo.git("hash-object", "-t", "commit", "-w", "--literally", str(path)))
        assert found is not None
        assert found.subject == subject


def graph(repo: Repo) -> dict[str, str]:
    """one - two - merge - last on main, with side merged in."""
    ids = {"one": repo.commit("one", when=1_700_000_100, a="1")}
    repo.git("checkout", "-q", "-b", "side")
    ids["side"] = repo.commit("side", when=1_700_000_300, b="1")
    repo.git("checkout", "-q", "main")
    ids["two"] = repo.commit("two", when=1_700_000_200, a="2")
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")
    ids["merge"] = repo.git("rev-parse", "HEAD")
    ids["last"] = repo.commit("last", when=1_700_000_050, c="1")
    return ids


def test_walks(repo: Repo, opened: Repository) -> None:
    ids = graph(repo)
    names = {oid: name for name, oid in ids.items()}

    def walked(*args: object, **how: bool) -> list[str]:
        return [names[found.id] for found in opened.walk(*args, **how)]  # type: ignore[arg-type]

    assert walked([ids["last"]]) == ["last", "merge", "side", "two", "one"]
    assert walked([ids["last"]], oldest_first=True) == ["one", "two", "side", "merge", "last"]
    assert walked([ids["last"]], first_parent=True) == ["last", "merge", "two", "one"]
    assert walked([ids["last"]], [ids["two"]]) == ["last", "merge", "side"]
    assert walked([ids["last"], ids["last"]], [ids["last"]]) == []
    assert walked(["0" * 40, ids["two"]], ["f" * 40]) == ["two", "one"]
    assert walked([]) == []


def test_ancestry(repo: Repo, opened: Repository) -> None:
    ids = graph(repo)
    assert opened.merge_base(ids["side"], ids["two"]) == ids["one"]
    assert opened.is_ancestor(ids["side"], ids["last"]) is True
    assert opened.is_ancestor(ids["last"], ids["last"]) is True
    assert opened.is_ancestor(ids["last"], ids["side"]) is False
    root = opened.write_commit(opened.write_tree(None, {}), [], "root", ("a", "b"))
    assert opened.merge_base(root, ids["last"]) is None
    assert opened.is_ancestor(root, ids["last"]) is False
    assert opened.merge_base("0" * 40, ids["last"]) is None


def test_changes_of_a_commit(repo: Repo, opened: Repository, hermetic: Path) -> None:
    first = repo.commit("one", old=TEXT, gone="x\n", stays="y\n", mode="m\n", **{"d/ü\nx": "1\n"})
    (repo.path / "old").rename(repo.path / "new")
    repo.write("new", TEXT.replace("line 7\n", "line seven\n"))
    (repo.path / "gone").unlink()
    (repo.path / "mode").chmod(0o755)
    second = repo.commit("two", added="z\n", **{"d/ü\nx": "2\n"})
    with (hermetic / ".gitconfig").open("a") as file:
        file.write("[diff]\n\trenames = false\n\tnoprefix = true\n")
    changes = opened.changes(second)
    assert changes == (
        Change("added", "added", None, oid(repo, second, "added"), "added"),
        Change("d/ü\nx", "d/ü\nx", oid(repo, first, "d/ü\nx"), oid(repo, second, "d/ü\nx"), "modified"),
        Change("gone", "gone", oid(repo, first, "gone"), None, "deleted"),
        Change("mode", "mode", oid(repo, first, "mode"), oid(repo, second, "mode"), "modified"),
        Change("new", "old", oid(repo, first, "old"), oid(repo, second, "new"), "renamed"),
    )
    by_path = {change.path: change for change in changes}
    assert opened.changes(second, ["stays", "nowhere"]) == ()
    assert opened.changes(second, ["d/ü\nx", "stays"]) == (by_path["d/ü\nx"],)
    assert opened.changes(second, ["old"]) == opened.changes(second, ["new"]) == (by_path["new"],)
    assert opened.changes(second, ["gone", "added"]) == (by_path["added"], by_path["gone"])
    assert [change.status for change in opened.changes(first)] == ["added"] * 5
    assert [change.path for change in opened.changes(first, ["stays"])] == ["stays"]
    assert opened.changes("0" * 40) == ()


def test_kinds_of_entries_that_change_places(repo: Repo, opened: Repository) -> None:
    repo.commit("one", a="x\n", **{"b/c": "y\n"})
    (repo.path / "a").unlink()
    (repo.path / "a").symlink_to("b")
    (repo.path / "b/c").unlink()
    (repo.path / "b").rmdir()
    second = repo.commit("two", b="now a file\n")
    assert [(change.path, change.status) for change in opened.changes(second)] == [
        ("a", "modified"),
        ("b", "added"),
        ("b/c", "deleted"),
    ]
    repo.write("case.txt", TEXT)
    repo.commit("three")
    (repo.path / "case.txt").rename(repo.path / "Case.txt")
    assert [(c.previous_path, c.path) for c in opened.changes(repo.commit("four"))] == [("case.txt", "Case.txt")]


def test_a_merge_is_seen_from_its_first_parent(repo: Repo, opened: Repository) -> None:
    ids = graph(repo)
    assert [change.path for change in opened.changes(ids["merge"])] == ["b"]


def test_shallow_clones_end_where_they_end(repo: Repo, tmp_path: Path) -> None:
    for number in range(4):
        repo.commit(str(number), a=str(number), when=1_700_000_000 + number)
    repo.git("clone", "-q", "--depth=2", f"file://{repo.path}", str(tmp_path / "shallow"))
    shallow = Repository.discover(tmp_path / "shallow")
    found = list(shallow.walk([shallow.head() or ""]))
    assert [commit.subject for commit in found] == ["3", "2"]
    assert [change.status for change in shallow.changes(found[0].id)] == ["modified"]
    assert [change.status for change in shallow.changes(found[1].id)] == ["added"]


def test_the_patch_id_survives_what_a_rebase_does(repo: Repo, opened: Repository) -> None:
    repo.commit("base", a=TEXT, b="b\n")
    repo.git("checkout", "-q", "-b", "topic")
    change = repo.commit(
        "change", a=TEXT.replace("line 20\n", "line twenty\n"), when=1_700_000_005, **{"new.txt": "n\n"}
    )
    repo.git("checkout", "-q", "main")
    # The neighbour of the changed line changes too, which moves git's own patch id.
    repo.commit("above", a="top\n" + TEXT.replace("line 18\n", "line eighteen\n"))
    repo.git("cherry-pick", change)
    picked = repo.git("rev-parse", "HEAD")
    repo.git("commit", "-q", "--amend", "-m", "other words", "--author=B <b@c>")
    amended = repo.git("rev-parse", "HEAD")
    assert opened.patch_id(change) == opened.patch_id(picked) == opened.patch_id(amended)
    assert len(opened.patch_id(change)) == 40
    other = repo.commit("other", a=(repo.path / "a").read_text().replace("line twenty\n", "line TWENTY\n"))
    assert opened.patch_id(other) != opened.patch_id(change)
    empty = repo.commit("nothing")
    assert opened.patch_id(empty) == opened.patch_id("0" * 40) == ""


def test_patch_ids_tell_changes_apart(repo: Repo, opened: Repository) -> None:
    repo.commit("base", a="x\n", b="x\n", **{"c.bin": "x\n"})
    seen = set()
    for path, text in (
        ("a", "y\n"),
        ("b", "y\n"),
        ("a", "y"),
        ("a", "y\0"),
        ("a", "x\n"),
        ("a", "x\n\n"),
        ("a", "x\n"),
    ):
        seen.add(opened.patch_id(repo.commit("change", **{path: text})))
    (repo.path / "a").unlink()
    seen.add(opened.patch_id(repo.commit("gone")))
    (repo.path / "b").rename(repo.path / "bb")
    seen.add(opened.patch_id(repo.commit("renamed")))
    (repo.path / "bb").rename(repo.path / "b")
    seen.add(opened.patch_id(repo.commit("renamed back")))
    (repo.path / "b").chmod(0o755)
    seen.add(opened.patch_id(repo.commit("mode")))
    assert len(seen) == 11


def test_attributes(repo: Repo, opened: Repository) -> None:
    repo.write(".gitattributes", "*.lock linguist-generated\nvendor/** linguist-vendored=true -diff\n")
    names = ["linguist-generated", "linguist-vendored", "diff"]
    assert opened.attributes("a/b.lock", names) == {
        "linguist-generated": True,
        "linguist-vendored": None,
        "diff": None,
    }
    assert opened.attributes("vendor/ü x", names) == {
        "linguist-generated": None,
        "linguist-vendored": "true",
        "diff": False,
    }


def test_attributes_of_a_bare_repository_come_from_its_head(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one", **{".gitattributes": "*.lock linguist-generated\n"})
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare"))
    bare = Repository.discover(tmp_path / "bare")
    assert bare.attributes("x.lock", ["linguist-generated"]) == {"linguist-generated": True}


@pytest.mark.parametrize("tracked", [True, False])
def test_what_is_gits_in_the_worktree(repo: Repo, opened: Repository, tracked: bool) -> None:
    repo.commit("one", **{".gitignore": "ignored/\n", "file": "x"})
    repo.write("ignored/a", "x")
    repo.write("untracked", "x")
    expected = {"file": True, "untracked": True, "ignored/a": False, ".git/config": False, "../outside": False}
    assert {name: opened.tracks(repo.path / name) for name in expected} == expected
    if tracked:
        repo.git("add", "-f", "ignored/a")
        assert Repository.containing(repo.path).tracks(repo.path / "ignored/a") is True
