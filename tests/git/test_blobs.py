"""The content of blobs, and what they are called."""

from __future__ import annotations

import zlib
from pathlib import Path
from subprocess import run

import pytest

from hivemind_git.git.blobs import identity
from hivemind_git.git.objects import Repository


@pytest.fixture
def top(tmp_path: Path) -> Path:
    run(["git", "init", "-q", tmp_path], check=True)
    return tmp_path


@pytest.mark.parametrize("content", [b"", b"one\ntwo\n", bytes(range(256)) * 300], ids=["empty", "text", "binary"])
def test_a_blob_is_called_what_git_calls_it(top: Path, content: bytes) -> None:
    made = run(["git", "hash-object", "-w", "--stdin"], cwd=top, input=content, capture_output=True, check=True)
    oid = made.stdout.decode().strip()

    assert identity(content) == oid
    assert Repository.containing(top).blob(oid) == content


@pytest.mark.parametrize(
    "damaged", [b"blob 4\0one\ntwo\n", b"blob 8\0one\ntwi\n", b"tree 8\0one\ntwo\n", b"blob"], ids=repr
)
def test_a_damaged_blob_is_none(top: Path, damaged: bytes) -> None:
    oid = identity(b"one\ntwo\n")
    place = top / ".git" / "objects" / oid[:2] / oid[2:]
    place.parent.mkdir()
    place.write_bytes(zlib.compress(damaged))

    assert Repository.containing(top).blob(oid) is None


def test_what_is_no_blob_or_not_here_is_none(top: Path) -> None:
    tree = run(["git", "mktree"], cwd=top, input=b"", capture_output=True, check=True).stdout.decode().strip()

    assert [Repository.containing(top).blob(oid) for oid in (tree, "0" * 40, "no id")] == [None, None, None]
