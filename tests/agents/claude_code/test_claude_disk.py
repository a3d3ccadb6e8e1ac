from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from hivemind_git.agents import NAMES, assistant
from hivemind_git.agents.base import Checkout, Machine
from hivemind_git.errors import UsageError

CLAUDE = assistant("claude-code")


def log(path: Path, cwd: Path | str, when: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [{"type": "mode"}, {"type": "user", "cwd": str(cwd)}, {"type": "user", "cwd": "/elsewhere"}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    os.utime(path, (when, when))
    return path


def test_transcripts_of_this_repository_oldest_first(tmp_path: Path) -> None:
    top, linked = tmp_path / "my.repo", tmp_path / "other_tree"
    projects = tmp_path / "home" / ".claude" / "projects"
    for folder in (top / "sub", linked):
        folder.mkdir(parents=True)

    def name(path: Path) -> str:
        return "".join(letter if letter.isalnum() else "-" for letter in str(path))

    expected = [
        log(projects / name(top) / "b.jsonl", top, 1),
        log(projects / name(linked) / "c.jsonl", linked, 2),
        log(projects / name(top / "sub") / "a.jsonl", top / "sub", 3),
        log(projects / name(top) / "b" / "subagents" / "agent-1.jsonl", top, 4),
        log(projects / name(top) / "agent-2.jsonl", top, 5),
    ]
    log(projects / name(tmp_path / "my-repo") / "namesake.jsonl", tmp_path / "my-repo", 6)
    log(projects / name(tmp_path / "my.repo2") / "neighbour.jsonl", tmp_path / "my.repo2", 7)
    (projects / name(top) / "empty.jsonl").write_text("")
    (projects / name(top) / "binary.jsonl").write_bytes(b"\x00\xff" * 100)
    checkout = Checkout(top, top / ".git", (top, linked))
    assert CLAUDE.transcripts(checkout, Machine(tmp_path / "home", {})) == expected
    elsewhere = Machine(tmp_path / "home", {"CLAUDE_CONFIG_DIR": str(tmp_path / "conf")})
    assert CLAUDE.transcripts(checkout, elsewhere) == []
    (tmp_path / "home" / ".claude").rename(tmp_path / "conf")
    assert len(CLAUDE.transcripts(checkout, elsewhere)) == 5


def test_a_linked_folder_is_the_folder(tmp_path: Path) -> None:
    top = tmp_path / "repo"
    top.mkdir()
    link = tmp_path / "link"
    link.symlink_to(top)
    name = str(link).replace("/", "-").replace("_", "-")
    path = log(tmp_path / ".claude" / "projects" / name / "a.jsonl", link, 1)
    machine = Machine(tmp_path, {})
    assert CLAUDE.transcripts(Checkout(link, link / ".git", (link,)), machine) == [path]


def test_no_transcripts_no_folder(tmp_path: Path) -> None:
    assert CLAUDE.transcripts(Checkout(tmp_path, tmp_path / ".git", (tmp_path,)), Machine(tmp_path, {})) == []


def test_assistants_by_name() -> None:
    assert NAMES[0] == "claude-code"
    assert assistant("claude-code").name == "claude-code"
    with pytest.raises(UsageError, match="no assistant named nobody"):
        assistant("nobody")
