"""`git hivemind import`, most of all what it says to input that is no transcript of this repository."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from cli.conftest import Hivemind
from repos import Repo


@pytest.fixture
def shop(repo: Repo) -> Repo:
    repo.commit("Start", **{"src/shop/orders.py": "pass\n"})
    return repo


def test_a_transcript_is_imported_once(shop: Repo, story: list[Path], hivemind: Hivemind) -> None:
    first = hivemind(shop.path, "import", str(story[0]))
    tip = shop.git("rev-parse", "hivemind/sessions")
    again = hivemind(shop.path, "import", str(story[0]))
    assert (first.code, first.out, first.err) == (0, "Imported 8 new events of 1 session.\n", "")
    assert again.out == "Imported 0 new events of 1 session; 8 known already.\n"
    assert shop.git("rev-parse", "hivemind/sessions") == tip
    assert shop.git("status", "--porcelain") == ""


def test_a_fork_of_the_file_adds_only_what_is_new(shop: Repo, story: list[Path], hivemind: Hivemind) -> None:
    whole = story[0].read_bytes()
    story[0].write_bytes(b"".join(whole.splitlines(keepends=True)[:4]))
    hivemind(shop.path, "import", str(story[0]))
    story[0].write_bytes(whole)
    assert "known already" in hivemind(shop.path, "import", str(story[0])).out
    listed = hivemind(shop.path, "sessions").out
    assert "8 events" in listed


def test_good_lines_around_broken_ones_are_kept_and_the_broken_ones_counted(
    shop: Repo, story: list[Path], hivemind: Hivemind
) -> None:
    lines = story[0].read_bytes().splitlines(keepends=True)
    story[0].write_bytes(b"".join([*lines[:2], b'{"type": "us\n', b"\x00\xff\xfe\n", *lines[2:]]))
    said = hivemind(shop.path, "import", str(story[0]))
    assert said.out == f"{story[0]}: 2 broken lines skipped\nImported 8 new events of 1 session.\n"
    assert said.code == 0


def test_records_of_no_session_or_time_make_no_event(shop: Repo, story: list[Path], hivemind: Hivemind) -> None:
    strangers = [
        b'{"type":"user"}',
        b"[1]",
        b'{"type":"user","timestamp":"2026-01-02T03:04:05Z","message":{"content":"hello"}}',
    ]
    timeless = b'{"type":"user","sessionId":"timeless","message":{"content":"hello"}}'
    story[0].write_bytes(b"\n".join([timeless, *strangers, story[0].read_bytes(), *strangers]))
    said = hivemind(shop.path, "import", str(story[0]))
    assert said == (0, f"{story[0]}: 7 broken lines skipped\nImported 8 new events of 1 session.\n", "")
    assert len(hivemind(shop.path, "sessions").out.splitlines()) == 1
    months = {path.split("/")[1] for path in shop.git("ls-tree", "-r", "--name-only", "hivemind/sessions").split()[1:]}
    assert "1970-01" not in months


@pytest.mark.parametrize(
    ("content", "sentence", "code"),
    [
        (b"", "is empty: nothing to import", 0),
        (os.urandom(200_000).replace(b"{", b"x"), "is no transcript of Claude Code: no line is a JSON object", 3),
        (b'{"type":"x"}\n', "is no transcript of Claude Code: no event of Claude Code is in it", 3),
        (b'{"type":"user"}\n', "is no transcript of Claude Code: no event of Claude Code is in it", 3),
        (b"x" * 33_000_000, "is no transcript of Claude Code: no line is a JSON object", 3),
    ],
    ids=["empty", "binary", "something-else", "no-session", "one-endless-line"],
)
def test_what_is_no_transcript_gets_one_sentence(
    shop: Repo, tmp_path: Path, hivemind: Hivemind, content: bytes, sentence: str, code: int
) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(content)
    said = hivemind(shop.path, "import", str(path))
    assert said.out + said.err == f"{path}: {sentence}\n"
    assert said.code == code
    assert shop.git("for-each-ref", "refs/heads/hivemind") == ""


def test_the_transcript_of_another_project_is_refused_with_the_way_in(
    repo: Repo, story: list[Path], hivemind: Hivemind
) -> None:
    repo.commit("Start", **{"lib/other.c": "int x;\n"})
    said = hivemind(repo.path, "import", str(story[0]))
    assert said.err == f"{story[0]}: is of another project; --map /home/ada/shop=. if it is this one\n"
    assert said.code == 3
    mapped = hivemind(repo.path, "import", "--map", "/home/ada/shop=.", str(story[0]))
    assert mapped.out == "Imported 8 new events of 1 session.\n"


def test_one_bad_file_does_not_keep_the_others_out(
    shop: Repo, story: list[Path], tmp_path: Path, hivemind: Hivemind
) -> None:
    said = hivemind(shop.path, "import", str(tmp_path / "gone.jsonl"), *map(str, story))
    assert said.err == f"{tmp_path / 'gone.jsonl'}: cannot be read: No such file or directory\n"
    assert said.out == "Imported 24 new events of 3 sessions.\n"
    assert said.code == 3


def test_a_repository_without_a_commit_takes_sessions_too(repo: Repo, story: list[Path], hivemind: Hivemind) -> None:
    assert hivemind(repo.path, "import", str(story[0])).out == "Imported 8 new events of 1 session.\n"
    corrections = hivemind(repo.path, "corrections")
    assert (corrections.code, corrections.out) == (
        0,
        "No correction in 1 session: what the agents wrote was kept as it was.\n",
    )
    assert hivemind(repo.path, "codify").code == 0


def test_a_detached_head_is_no_obstacle(shop: Repo, story: list[Path], hivemind: Hivemind) -> None:
    shop.git("checkout", "-q", "--detach")
    assert hivemind(shop.path, "import", *map(str, story)).out == "Imported 24 new events of 3 sessions.\n"
    assert hivemind(shop.path, "mine").code == 0


def test_outside_a_repository_there_is_one_sentence(tmp_path: Path, story: list[Path], hivemind: Hivemind) -> None:
    said = hivemind(tmp_path, "import", str(story[0]))
    assert said.code == 3
    assert said.err == (
        f"hivemind: not a git repository: {tmp_path}\n  Run this inside a repository, or make one with `git init`.\n"
    )


def test_a_disk_that_cannot_be_written_loses_nothing(tmp_path: Path, story: list[Path], hivemind: Hivemind) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "none", disk], check=False, capture_output=True).returncode:
        pytest.skip("a file system of one's own takes root")
    try:
        shop = Repo(disk)
        shop.git("init", "-q", "-b", "main")
        shop.commit("Start", **{"src/shop/orders.py": "pass\n"})
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        said = hivemind(disk, "import", str(story[0]))
        assert (said.code, said.out) == (3, "")
        assert said.err.startswith("hivemind: ")
        assert "Read-only file system" in said.err
        assert len(said.err.splitlines()) <= 2
        subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
        assert hivemind(disk, "import", str(story[0])).out == "Imported 8 new events of 1 session.\n"
    finally:
        subprocess.run(["umount", disk], check=True)
