from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from conftest import Repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hivemind_git.git.objects import Change, Repository

NAMES = st.sampled_from(["a", "b", "a/x", "a/y", "b/x/deep", "a.c", "ü\n", 'q"', "c/d/e", "c/d/f"])
ENTRIES = st.tuples(st.sampled_from([b"1", b"2", b""]), st.sampled_from([0o100644, 0o100755, 0o120000]))
TREES = st.dictionaries(NAMES, ENTRIES, max_size=7)


def commits(opened: Repository, *trees: Mapping[str, tuple[bytes, int]]) -> list[str]:
    """One commit a tree, each the child of the one before."""
    made: list[str] = []
    for tree in trees:
        chosen = {path: entry for path, entry in tree.items() if not any(o.startswith(f"{path}/") for o in tree)}
        written = opened.write_tree(None, chosen)
        made.append(opened.write_commit(written, made[-1:], "m", ("a", "b"), when=1, committed=1))
    return made


def by_git(repo: Repo, commit: str, *options: str) -> list[tuple[str, ...]]:
    """What git says of a commit: letter and paths."""
    fields = repo.git("diff-tree", "-r", "-z", "--name-status", "--no-commit-id", *options, commit).split("\0")[:-1]
    found = []
    while fields:
        letter = fields.pop(0)[0]
        found.append((letter, *(fields.pop(0) for _ in range(2 if letter == "R" else 1))))
    return sorted(found, key=lambda one: one[-1])


def told(changes: tuple[Change, ...]) -> list[tuple[str, ...]]:
    letters = {"added": "A", "deleted": "D", "modified": "M", "renamed": "R"}
    return [
        (letters[one.status], *([one.previous_path] if one.status == "renamed" else []), one.path) for one in changes
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TREES, TREES, st.frozensets(NAMES, max_size=4))
def test_the_changes_of_a_commit_are_those_that_git_names(
    repo: Repo,
    opened: Repository,
    before: dict[str, tuple[bytes, int]],
    after: dict[str, tuple[bytes, int]],
    paths: frozenset[str],
) -> None:
    first, second = commits(opened, before, after)
    changes = opened.changes(second)
    split = []
    for one in told(changes):
        split += [("D", one[1]), ("A", one[2])] if one[0] == "R" else [one]
    expected = [("M" if letter == "T" else letter, path) for letter, path in by_git(repo, second, "--no-renames")]
    assert sorted(split) == sorted(expected)
    content = [one for one in changes if one.before_oid != one.after_oid or one.status == "renamed"]
    assert list(opened.changes(second, paths)) == [
        one for one in content if one.path in paths or one.previous_path in paths
    ]
    for one in changes:
        assert one.before_oid == (opened.entry(first, one.previous_path) or [None])[0] or one.status == "added"
        assert one.after_oid == (opened.entry(second, one.path) or [None])[0] or one.status == "deleted"


@pytest.mark.parametrize("seed", range(6))
def test_renames_are_those_that_git_finds(repo: Repo, opened: Repository, seed: int) -> None:
    """Files of unlike lines, renamed with edits: where the measure leaves no doubt, both agree."""
    chance = random.Random(seed)
    before = {
        f"d{n % 3}/f{n}.py": "".join(f"{n} {chance.random()}\n" for _ in range(chance.randrange(20, 60)))
        for n in range(12)
    }
    after = {}
    for path, text in before.items():
        lines = text.splitlines(keepends=True)
        for _ in range(chance.choice([0, 0, 2, 5])):
            lines[chance.randrange(len(lines))] = f"edited {chance.random()}\n"
        after[chance.choice([path, f"new/{path}", path.replace(".py", ".pyi")])] = "".join(lines)
    after["gone/other.py"] = "quite another\n" * 30
    trees = [{path: (text.encode(), 0o100644) for path, text in side.items()} for side in (before, after)]
    _, second = commits(opened, *trees)
    assert told(opened.changes(second)) == by_git(repo, second, "-M50%")


def test_of_equal_files_the_one_of_equal_name_is_the_heir(opened: Repository) -> None:
    text = (b"same\n" * 5, 0o100644)
    _, second = commits(opened, {"a/x": text, "a/y": text}, {"b/y": text, "b/x": text, "b/z": text})
    assert told(opened.changes(second)) == [("R", "a/x", "b/x"), ("R", "a/y", "b/y"), ("A", "b/z")]


def test_links_empty_files_and_missing_blobs_are_no_renames(repo: Repo, opened: Repository) -> None:
    link, empty = (b"target", 0o120000), (b"", 0o100644)
    _, second = commits(opened, {"l": link, "e": empty}, {"l2": link, "e2": (b"x\n", 0o100644)})
    assert told(opened.changes(second)) == [("D", "e"), ("A", "e2"), ("D", "l"), ("A", "l2")]
    gone = opened.write_blob(b"one\ntwo\nthree\n")
    _, third = commits(opened, {"g": (gone, 0o100644)}, {"h": (b"one\ntwo\n3\n", 0o100644)})
    assert told(opened.changes(third)) == [("R", "g", "h")]
    path = repo.path / f".git/objects/{gone[:2]}/{gone[2:]}"
    path.unlink()
    assert told(Repository.containing(repo.path).changes(third)) == [("D", "g"), ("A", "h")]


def test_very_many_moved_files_are_paired_by_content_and_by_name(opened: Repository) -> None:
    def text(number: int, edit: str = "") -> tuple[bytes, int]:
        return "".join(f"{number} {line}\n" for line in range(20)).encode() + edit.encode(), 0o100644

    before = {f"old/f{number}": text(number) for number in range(160)}
    after = {f"new/f{number}": text(number, "edited\n" if number % 2 else "") for number in range(160)}
    after["new/other"] = after.pop("new/f1")
    _, second = commits(opened, before, after)
    changes = {one.path: one.previous_path for one in opened.changes(second)}
    assert changes.pop("new/other") == "new/other"
    assert changes.pop("old/f1") == "old/f1"
    assert changes == {f"new/f{number}": f"old/f{number}" for number in range(160) if number != 1}


def test_many_paths_are_asked_for_at_once(opened: Repository) -> None:
    """More names in one folder than are looked up one by one."""
    before = {f"d/f{number:03}": (b"%d" % number, 0o100644) for number in range(100)}
    after = {**before, "d/f007": (b"changed", 0o100644), "d/f008": (b"8", 0o100755), "d/f099": (b"too", 0o100644)}
    _, second = commits(opened, before, after)
    wanted = [f"d/f{number:03}" for number in range(90)]
    assert told(opened.changes(second, wanted)) == [("M", "d/f007")]
    assert told(opened.changes(second, wanted[:20])) == [("M", "d/f007")]
    assert told(opened.changes(second)) == [("M", "d/f007"), ("M", "d/f008"), ("M", "d/f099")]
