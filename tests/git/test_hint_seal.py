"""A commit while a session is open starts a seal: one, alone, with nothing of the commit's environment."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from repos import Repo
from waiting import wait_for

from hivemind_git.git import hooks
from hivemind_git.git.objects import Repository

Fixture: TypeAlias = Callable[..., Any]

# As a seal does when it begins.
BEGINS = 'rm "$(git rev-parse --git-common-dir)/hivemind/due"\n'


@pytest.fixture
def starts(opened: Repository, tmp_path: Path, pending: Fixture) -> Callable[[str], Path]:
    """Puts a program where git-hivemind is expected, opens a session, and gives the file in which it counts itself."""

    def begin(script: str = BEGINS) -> Path:
        told = tmp_path / "told"
        program = tmp_path / "a program"
        program.write_text(f'#!/bin/sh\necho "$@" >>"{told}"\n{script}')
        program.chmod(0o755)
        hooks.install(opened)
        pending(opened)
        (opened.state_dir / "sealer").write_text(f"{program}\n")
        return told

    return begin


def lines(told: Path) -> list[str]:
    return told.read_text().splitlines() if told.exists() else []


def test_it_knows_nothing_of_the_commit_and_the_commit_does_not_wait(
    repo: Repo, opened: Repository, tmp_path: Path, starts: Fixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, go = tmp_path / "seen", tmp_path / "go"
    waits = f'while [ ! -e "{go}" ]; do sleep 0.01; done'
    told = starts(f'{waits}\n(env; umask; pwd; ps -o sid= -p $$) >"{seen}.new"\nmv "{seen}.new" "{seen}"\n')
    monkeypatch.setenv("HIVEMIND_WORKSPACE_ID", "a session's")
    for name, value in {"COUNT": "1", "KEY_0": "safe.directory", "VALUE_0": "*"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    monkeypatch.setenv("GIT_COMMITTER_NAME", "C")
    before = os.umask(0o026)
    repo.write("a", "1")
    repo.git("add", "a")
    repo.git("-c", "user.name=Somebody", "commit", "-q", "--author=Else <e@example.com>", "-m", "one", "a")
    os.umask(before)
    go.touch()
    wait_for(seen.exists)
    said = seen.read_text().splitlines()
    kept = {line.split("=")[0] for line in said if line.startswith(("GIT_", "HIVEMIND_WORKSPACE_ID"))}
    assert kept == {name for name in os.environ if name.startswith("GIT_")} - {"GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"}
    assert said[-3:-1] == ["0026", str(repo.path)]
    assert int(said[-1]) != os.getsid(0)
    assert lines(told) == ["seal --quiet"]


def test_one_at_most_is_yet_to_begin(repo: Repo, opened: Repository, starts: Fixture, tmp_path: Path) -> None:
    go = tmp_path / "go"
    told = starts(f'while [ ! -e "{go}" ]; do sleep 0.01; done\n')
    for number in range(4):
        repo.commit(f"{number}", a=f"{number}")
    repo.git("commit", "-q", "--amend", "-m", "better")
    wait_for(lambda: lines(told) == ["seal --quiet"])
    (opened.state_dir / "due").unlink()
    repo.commit("after it began")
    wait_for(lambda: lines(told) == ["seal --quiet"] * 2)
    go.touch()
    wait_for(lambda: not (opened.state_dir / "due").exists())


def test_one_that_never_begins_is_followed_by_another(repo: Repo, opened: Repository, starts: Fixture) -> None:
    """It failed at once, or was killed and left its mark."""
    told = starts("exit 1\n")
    due = opened.state_dir / "due"
    killed = subprocess.run(["sh", "-c", "echo $$"], capture_output=True, check=True).stdout
    for number, left in enumerate([None, None, killed, b""], 1):
        if left is not None:
            due.write_bytes(left)
        repo.commit(f"{number}")
        wait_for(lambda: lines(told) == ["seal --quiet"] * number)  # noqa: B023 - called at once
        wait_for(lambda: not due.exists())


def test_after_one_that_found_only_commits_an_assistant_comes_first(
    repo: Repo, opened: Repository, starts: Fixture
) -> None:
    told = starts()
    (opened.state_dir / "quiet").touch()
    (opened.state_dir / "journal/broken").mkdir()
    for number in range(3):
        repo.commit(f"{number}")
        assert not (opened.state_dir / "due").exists()
    (opened.state_dir / "journal/claude-code.1.0").write_text("{}")
    repo.commit("an event waits")
    wait_for(lambda: lines(told) == ["seal --quiet"])


def test_a_rebase_starts_one_at_its_end(repo: Repo, opened: Repository, starts: Fixture) -> None:
    repo.commit("base", a="0")
    for number in range(5):
        repo.commit(f"{number}", **{f"f{number}": "1"})
    told = starts()
    repo.git("rebase", "-q", "--force-rebase", "HEAD~5")
    wait_for(lambda: lines(told) == ["seal --quiet"])
    wait_for(lambda: not (opened.state_dir / "due").exists())
    repo.commit("after")
    wait_for(lambda: lines(told) == ["seal --quiet"] * 2)


def test_where_nothing_is_open_or_capture_is_off_none_starts(
    repo: Repo, opened: Repository, starts: Fixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = starts(":\n")
    hooks.settle(opened.state_dir, time.time() + 1)
    repo.commit("settled")
    assert not (opened.state_dir / "due").exists()
    hooks.settle(opened.state_dir, 0)
    monkeypatch.setenv("HIVEMIND_CAPTURE", "false")
    repo.commit("off")
    assert not (opened.state_dir / "due").exists()
    monkeypatch.delenv("HIVEMIND_CAPTURE")
    repo.commit("now one starts")
    wait_for(lambda: lines(told) != [])
    assert lines(told) == ["seal --quiet"]


def test_a_program_that_is_gone_costs_nothing(repo: Repo, opened: Repository, starts: Fixture) -> None:
    told = starts()
    mended = (opened.state_dir / "sealer").read_text()
    for program in ("/nowhere/git-hivemind\n", ""):
        (opened.state_dir / "sealer").write_text(program)
        repo.commit(program or "none")
        wait_for(lambda: not (opened.state_dir / "due").exists())
    (opened.state_dir / "sealer").write_text(mended)
    repo.commit("mended")
    wait_for(lambda: lines(told) == ["seal --quiet"])
    assert len(repo.git("log", "--format=%s").splitlines()) == 3


def test_from_a_linked_worktree(repo: Repo, opened: Repository, starts: Fixture, tmp_path: Path) -> None:
    repo.commit("base")
    told = starts(f'{BEGINS}pwd >>"$0.where"\n')
    side = Repo(tmp_path / "side")
    repo.git("worktree", "add", "-q", "--detach", str(side.path))
    side.commit("there", a="1")
    wait_for((tmp_path / "a program.where").exists)
    assert lines(told) == ["seal --quiet"]
    wait_for(lambda: lines(tmp_path / "a program.where") == [str(side.path)])
