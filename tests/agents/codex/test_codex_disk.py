from __future__ import annotations

import json
import os
from pathlib import Path

from hivemind_git.agents import NAMES, assistant
from hivemind_git.agents.base import Checkout, Machine
from hivemind_git.agents.codex import disk

CODEX = assistant("codex")
ID = "01a1fdb6-2aa3-7162-aade-ca69f61d8ee2"


def rollout(folder: Path, name: str, cwd: Path, when: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"rollout-2026-11-21T10-45-{name}.jsonl"
    first = {"type": "session_meta", "payload": {"id": ID, "cwd": str(cwd)}}
    later = {"type": "turn_context", "payload": {"cwd": "/elsewhere"}}
    path.write_text("".join(json.dumps(line) + "\n" for line in (first, later)))
    os.utime(path, (when, when))
    return path


def test_rollouts_of_this_repository_oldest_first(tmp_path: Path) -> None:
    top, linked, other = tmp_path / "repo", tmp_path / "linked", tmp_path / "repo2"
    for folder in (top / "sub", linked, other):
        folder.mkdir(parents=True)
    home = tmp_path / "home" / ".codex"
    day = home / "sessions" / "2026" / "11" / "21"
    expected = [
        rollout(home / "archived_sessions", "a", top, 1),
        rollout(day, "b", top / "sub", 2),
        rollout(home / "sessions" / "2026" / "01" / "02", "c", linked, 3),
    ]
    rollout(day, "d", other, 4)
    (day / "rollout-empty.jsonl").write_text("")
    (day / "rollout-binary.jsonl").write_bytes(b"\x00\xff" * 100)
    checkout = Checkout(top, top / ".git", (top, linked))
    assert CODEX.transcripts(checkout, Machine(tmp_path / "home", {})) == expected
    elsewhere = Machine(tmp_path / "home", {"CODEX_HOME": str(tmp_path / "conf")})
    assert CODEX.transcripts(checkout, elsewhere) == []
    home.rename(tmp_path / "conf")
    assert len(CODEX.transcripts(checkout, elsewhere)) == 3


def test_a_linked_folder_is_the_folder(tmp_path: Path) -> None:
    top, link = tmp_path / "repo", tmp_path / "link"
    top.mkdir()
    link.symlink_to(top)
    path = rollout(tmp_path / ".codex" / "sessions" / "2026" / "01" / "02", "a", link, 1)
    assert CODEX.transcripts(Checkout(top, top / ".git", (top,)), Machine(tmp_path, {})) == [path]


def test_the_session_that_a_name_tells() -> None:
    assert disk.session_of(Path(f"/x/rollout-2026-11-21T10-45-36-{ID}.jsonl")) == ID
    assert disk.session_of(Path("/x/odd.jsonl")) == "odd"


def test_it_is_known_by_name() -> None:
    assert "codex" in NAMES
    assert (CODEX.name, CODEX.title, CODEX.skill_folders) == ("codex", "Codex", (".agents/skills",))
