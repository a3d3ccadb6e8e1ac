"""The whole loop, from the wired hook to the skill's branch, where things stand in somebody's way."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.agents.command import command_line


@dataclass(frozen=True)
class Desk:
    """Where a person works: the top of a worktree, and the environment of what they start there."""

    top: Path
    home: Path
    env: dict[str, str]

    def run(self, *argv: str, stdin: str = "", **env: str) -> str:
        """What a command prints; it has to end well, and has no terminal."""
        done = subprocess.run(
            argv, cwd=self.top, env={**self.env, **env}, input=stdin, capture_output=True, text=True, check=False,
            start_new_session=True,
        )  # fmt: skip
        assert done.returncode == 0, (argv, done.stdout, done.stderr)
        return done.stdout

    def hivemind(self, *arguments: str) -> str:
        """What our command prints."""
        return self.run(sys.executable, "-m", "hivemind_git", *arguments)


def worked(desk: Desk) -> None:
    """Three sessions write `print`, and a person commits `logger.info` in its place, each on a day of its own."""
    for number in range(3):
        name, day = f"src/step{number}.py", f"2026-01-0{number + 2}"
        log = Log(desk.home, desk.top, f"session-{number}", minute=number, day=day)
        log.prompt("Write the next step.")
        text = f"import logging\n\nprint(value{number})\n"
        log.writes(f"toolu_{number}", name, text)
        written = desk.top / name
        written.parent.mkdir(exist_ok=True)
        written.write_text(text)
        payload = {
            "session_id": log.session,
            "transcript_path": str(log.path),
            "cwd": str(desk.top),
            "hook_event_name": "PostToolUse",
            "tool_name": "Write",
            "tool_use_id": f"toolu_{number}",
            "tool_input": {"file_path": str(written), "content": text},
            "tool_response": {"type": "create", "filePath": str(written), "content": text},
        }
        desk.run("sh", "-c", command_line("claude-code"), stdin=json.dumps(payload))
        written.write_text(text.replace("print", "logger.info"))
        date = f"{day}T10:00:00Z"
        desk.run("git", "add", name)
        desk.run("git", "commit", "-qm", f"Step {number}", GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)


def loop(desk: Desk) -> None:
    """Wires, works, derives, mines, codifies and takes all out again."""
    desk.hivemind("install", "claude-code")
    worked(desk)
    desk.hivemind("seal")
    found = json.loads(desk.hivemind("corrections", "--json"))["corrections"]
    assert [(one["kind"], one["before"], one["after"]) for one in found] == [
        ("replaced", f"print(value{number})\n", f"logger.info(value{number})\n") for number in range(3)
    ]
    (rule,) = json.loads(desk.hivemind("mine", "--json"))["rules"]
    assert (rule["state"], rule["before"], rule["after"]) == ("candidate", "print($0)", "logger.info($0)")
    assert "hivemind/skill/" in desk.hivemind("codify")
    assert json.loads(desk.hivemind("status", "--json"))["lost"] == 0
    desk.hivemind("uninstall")


Place = Callable[[Repo, Path], Path]


def plain(repo: Repo, beside: Path) -> Path:
    del beside
    return repo.path


def linked_worktree(repo: Repo, beside: Path) -> Path:
    repo.git("worktree", "add", "-q", "-b", "side", str(beside))
    return beside


def symlinked_path(repo: Repo, beside: Path) -> Path:
    beside.symlink_to(repo.path)
    return beside


def submodule(repo: Repo, beside: Path) -> Path:
    Repo(beside.parent).git("init", "-q", "-b", "main", str(beside))
    outer = Repo(beside)
    outer.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo.path), "inner")
    outer.commit("Add the submodule")
    Repo(beside / "inner").git("switch", "-q", "-C", "main")
    return beside / "inner"


def relative_hooks_path(repo: Repo, beside: Path) -> Path:
    del beside
    repo.git("config", "core.hooksPath", ".hooks")
    repo.write(".gitignore", ".hooks/\n")
    repo.commit("Ignore the hooks")
    repo.write(".hooks/pre-commit", "#!/bin/sh\nexit 0\n").chmod(0o755)
    return repo.path


def missing_hooks_path(repo: Repo, beside: Path) -> Path:
    repo.git("config", "core.hooksPath", str(beside / "nowhere"))
    return repo.path


def husky(repo: Repo, beside: Path) -> Path:
    del beside
    repo.git("config", "core.hooksPath", ".husky/_")
    repo.write(".husky/pre-commit", "exit 0\n")
    repo.write(".husky/_/.gitignore", "*\n")
    for name in ("pre-commit", "post-commit", "post-rewrite", "pre-push"):
        script = '#!/usr/bin/env sh\n[ -f ".husky/${0##*/}" ] || exit 0\nsh ".husky/${0##*/}" "$@"\n'
        repo.write(f".husky/_/{name}", script).chmod(0o755)
    repo.commit("Add husky")
    return repo.path


def lefthook(repo: Repo, beside: Path) -> Path:
    del beside
    repo.write("lefthook.yml", "pre-commit:\n  commands:\n    mark:\n      run: touch .git/lefthook-ran\n")
    repo.commit("Add lefthook")
    program = Path(sys.executable).with_name("lefthook")
    subprocess.run([program, "install"], cwd=repo.path, check=True, capture_output=True)
    return repo.path


def a_client_without_home(repo: Repo, beside: Path) -> Path:
    return plain(repo, beside)


def packed_and_bitmapped(repo: Repo, beside: Path) -> Path:
    del beside
    repo.git("repack", "-adbq")
    repo.git("commit-graph", "write", "--reachable", "--changed-paths")
    repo.git("config", "core.untrackedCache", "true")
    return repo.path


PLACES: tuple[Place, ...] = (
    plain,
    linked_worktree,
    symlinked_path,
    submodule,
    relative_hooks_path,
    missing_hooks_path,
    husky,
    lefthook,
    a_client_without_home,
    packed_and_bitmapped,
)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_the_whole_loop(repo: Repo, hermetic: Path, tmp_path: Path, place: Place) -> None:
    """In a linked worktree, behind a link, in a submodule, with a hooks path that is relative or missing, under husky
    and lefthook, without HOME, in a packed repository; never with a terminal."""
    repo.commit("Start", README="x\n")
    top = place(repo, tmp_path / "beside")
    env = dict(os.environ)
    if place is a_client_without_home:
        del env["HOME"]
    loop(Desk(top, hermetic, env))
    assert (repo.path / ".git/lefthook-ran").exists() == (place is lefthook)
