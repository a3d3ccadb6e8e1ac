from __future__ import annotations

import json
import os
from pathlib import Path

from hivemind_git.agents import NAMES, assistant
from hivemind_git.agents.base import Checkout, Machine
from hivemind_git.agents.pi import disk
from hivemind_git.agents.pi_entries import Ancestor

PI = assistant("pi")


def session(folder: Path, name: str, cwd: Path, when: int, parent: Path | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"2026-11-21T15-59-0{when}-000Z_{name}.jsonl"
    began = f"2026-11-21T15:59:0{when}.000Z"
    header = {"type": "session", "version": 3, "id": name, "timestamp": began, "cwd": str(cwd)}
    path.write_text(json.dumps(header | ({"parentSession": str(parent)} if parent else {})) + "\n")
    os.utime(path, (when, when))
    return path


def test_sessions_of_this_repository_oldest_first(tmp_path: Path) -> None:
    top, linked, other, link = (tmp_path / name for name in ("repo", "linked", "repo2", "link"))
    for folder in (top / "sub", linked, other):
        folder.mkdir(parents=True)
    link.symlink_to(top)
    home = tmp_path / "home" / ".pi/agent"
    expected = [
        session(home / "sessions/--repo--", "a", top, 1),
        session(home / "sessions/--repo-sub--", "b", top / "sub", 2),
        session(home / "sessions", "c", linked, 3),
        session(tmp_path / "home/kept/--link--", "d", link, 4),
    ]
    session(home / "sessions/--repo2--", "e", other, 5)
    (home / "sessions/--repo--/empty.jsonl").write_text("")
    (home / "sessions/--repo--/binary.jsonl").write_bytes(b"\x00\xff" * 100)
    (home / "settings.json").write_text('{"sessionDir": "~/kept"}')
    checkout = Checkout(top, top / ".git", (top, linked))
    assert PI.transcripts(checkout, Machine(tmp_path / "home", {})) == expected
    named = Machine(tmp_path / "nobody", {"PI_CODING_AGENT_SESSION_DIR": str(tmp_path / "home/kept")})
    assert PI.transcripts(checkout, named) == expected[3:]
    moved = Machine(tmp_path / "nobody", {"PI_CODING_AGENT_DIR": str(home)})
    assert PI.transcripts(checkout, moved) == expected[:3]


def test_the_line_of_a_fork(tmp_path: Path) -> None:
    root = session(tmp_path, "root", tmp_path, 1)
    child = session(tmp_path, "child", tmp_path, 2, root)
    grandchild = session(tmp_path, "grandchild", tmp_path, 3, child)
    whole = [Ancestor(name, f"2026-11-21T15:59:0{n}.000Z") for n, name in enumerate(("root", "child", "grandchild"), 1)]
    assert disk.line(grandchild) == whole
    root.unlink()
    assert disk.line(grandchild) == [Ancestor("root", ""), *whole[1:]]
    # A file that names itself.
    session(tmp_path, "child", tmp_path, 2, child)
    assert disk.line(child) == [whole[1]]
    # One that names what no path can be.
    session(tmp_path, "child", tmp_path, 2, Path("/home/ada/a\0b.jsonl"))
    assert disk.line(child) == [Ancestor("a\0b", ""), whole[1]]


def test_it_is_known_by_name() -> None:
    assert "pi" in NAMES
