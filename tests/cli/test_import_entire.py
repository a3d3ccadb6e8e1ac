"""`git hivemind import --from entire`: the sessions of its checkpoints branch."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from cli.conftest import Hivemind
from repos import Repo

BRANCH = "entire/checkpoints/v1"


@pytest.fixture
def shop(repo: Repo) -> Repo:
    repo.commit("Start", **{"src/shop/orders.py": "pass\n", "src/shop/stock.py": "pass\n"})
    return repo


def branch(repo: Repo, files: Mapping[str, bytes], name: str = f"refs/heads/{BRANCH}") -> None:
    """Puts files on a branch as Entire does: by plumbing, no worktree touched."""
    index = {"GIT_INDEX_FILE": str(repo.path / ".git" / "entire-index")}
    lines = []
    for path, data in files.items():
        scratch = repo.path / ".git" / "scratch"
        scratch.write_bytes(data)
        lines.append(f"100644 {repo.git('hash-object', '-w', str(scratch))}\t{path}\n")
    repo.git("update-index", "--add", "--index-info", stdin="".join(lines), env=index)
    tree = repo.git("write-tree", env=index)
    repo.git("update-ref", name, repo.git("commit-tree", "-m", "Checkpoint: 1", tree))
    (repo.path / ".git" / "entire-index").unlink()


def meta(session: str, agent: str = "Claude Code", created: str = "2026-11-02T10:00:00Z") -> bytes:
    return json.dumps({"cli_version": "0.4", "session_id": session, "agent": agent, "created_at": created}).encode()


def test_each_session_is_read_once_from_its_longest_transcript(
    shop: Repo, story: list[Path], hivemind: Hivemind
) -> None:
    first, second = (path.read_bytes() for path in story[:2])
    half = first[: first.rindex(b"\n", 0, len(first) // 2) + 1]
    branch(
        shop,
        {
            "a1/b2c3d4e5f6/metadata.json": b"{}",
            "a1/b2c3d4e5f6/0/metadata.json": meta("one"),
            "a1/b2c3d4e5f6/0/full.jsonl": half,
            "a2/b2c3d4e5f6/0/metadata.json": meta("one", created="2026-11-02T11:00:00Z"),
            "a2/b2c3d4e5f6/0/full.jsonl": first[:500],
            "a2/b2c3d4e5f6/0/full.jsonl.001": first[500:],
            "a2/b2c3d4e5f6/0/prompt.txt": b"words",
            "a2/b2c3d4e5f6/1/metadata.json": meta("two"),
            "a2/b2c3d4e5f6/1/full.jsonl": second,
            "a3/b2c3d4e5f6/0/metadata.json": meta("three", "Gemini CLI"),
            "a3/b2c3d4e5f6/0/full.jsonl": b"{}\n",
        },
    )
    said = hivemind(shop.path, "import", "--from", "entire")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        f"{BRANCH}: 1 session of Gemini CLI left out: its transcripts are not read here\n"
        "Imported 16 new events of 2 sessions.\n"
    )
    tip = shop.git("rev-parse", "hivemind/sessions")
    assert "16 known already" in hivemind(shop.path, "import", "--from", "entire").out
    # They are the same events as the assistant's own logs tell.
    assert "new" in hivemind(shop.path, "import", str(story[0])).out
    assert hivemind(shop.path, "import", *map(str, story[:2])).out.startswith("Imported 0 new events of 2 sessions")
    assert shop.git("rev-parse", "hivemind/sessions") == tip


def test_the_branch_of_a_remote_or_of_another_clone_serves_too(
    shop: Repo, story: list[Path], hivemind: Hivemind, tmp_path: Path
) -> None:
    said = hivemind(shop.path, "import", "--from", "entire")
    assert (said.code, said.err) == (
        3,
        f"hivemind: no branch {BRANCH} is here\n  Fetch it: git fetch origin {BRANCH}:{BRANCH}\n",
    )
    files = {"a1/b2c3d4e5f6/0/metadata.json": meta("one"), "a1/b2c3d4e5f6/0/full.jsonl": story[0].read_bytes()}
    branch(shop, files, f"refs/remotes/origin/{BRANCH}")
    other = Repo(tmp_path / "other")
    shop.git("clone", "-q", str(shop.path), str(other.path))
    said = hivemind(other.path, "import", "--from", "entire", str(shop.path))
    assert said.out == "Imported 8 new events of 1 session.\n"
    assert hivemind(shop.path, "import", "--from", "entire").out == said.out


def test_a_hostile_branch_does_no_harm(shop: Repo, hivemind: Hivemind, tmp_path: Path) -> None:
    branch(
        shop,
        {
            "a1/b2c3d4e5f6/0/metadata.json": meta("../../../../tmp/out\x1b[2J"),
            "a1/b2c3d4e5f6/0/full.jsonl": b"[" * 100_000 + b"\n" + os.urandom(2000),
            "a1/b2c3d4e5f6/0/tasks/toolu_1/agent-1.jsonl": b"x\n",
            "a2/b2c3d4e5f6/0/metadata.json": b"[" * 100_000,
            "a2/b2c3d4e5f6/0/full.jsonl": b"{}\n",
            "a3/b2c3d4e5f6/0/metadata.json": meta("three"),
            "zz/not/a/checkpoint": b"",
            "full.jsonl": b"",
        },
    )
    before = sorted(tmp_path.parent.iterdir())
    said = hivemind(shop.path, "import", "--from", "entire")
    assert (said.code, said.out) == (3, "")
    assert [line.rpartition(": is")[2] for line in said.err.splitlines()] == [
        " no transcript of Claude Code: no line is a JSON object"
    ] * 2
    assert "\x1b" not in said.err
    assert sorted(tmp_path.parent.iterdir()) == before
    assert shop.git("for-each-ref", "refs/heads/hivemind") == ""
