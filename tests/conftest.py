"""Hermetic git repositories for every test: no user configuration, fixed identity, fixed dates."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

KEPT = ("PATH", "LANG", "TMPDIR", "COVERAGE_PROCESS_START", "CI", "HIVEMIND_TEST_CLIENTS")


@dataclass(frozen=True)
class Repo:
    """A real repository in a temporary folder."""

    path: Path

    def git(self, *args: str, stdin: str | None = None, env: dict[str, str] | None = None, check: bool = True) -> str:
        """Runs git here and returns what it printed, without the last line end."""
        done = subprocess.run(
            ["git", *args],
            cwd=self.path,
            input=stdin,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode:
            raise AssertionError(f"git {' '.join(args)}: {done.stderr}")
        return done.stdout.removesuffix("\n")

    def write(self, name: str, text: str | bytes) -> Path:
        """Writes a file, making its folders."""
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        return target

    def commit(self, message: str = "change", when: int | None = None, **files: str) -> str:
        """Commits everything, at `when` (POSIX seconds) if given, and returns the commit's id."""
        for name, text in files.items():
            self.write(name, text)
        self.git("add", "-A")
        date = {} if when is None else {"GIT_AUTHOR_DATE": f"{when} +0000", "GIT_COMMITTER_DATE": f"{when} +0000"}
        self.git("commit", "-q", "--allow-empty", "-m", message, env=date)
        return self.git("rev-parse", "HEAD")


@pytest.fixture(autouse=True)
def hermetic(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty environment with a home of its own."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name not in KEPT:
            monkeypatch.delenv(name)
    for name, value in {
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_AUTHOR_DATE": "1767225600 +0000",
        "GIT_COMMITTER_DATE": "1767225600 +0000",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
    }.items():
        monkeypatch.setenv(name, value)
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Ada\n\temail = ada@example.com\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n"
    )
    return home


@pytest.fixture
def make_repo(tmp_path: Path) -> Callable[[str], Repo]:
    """Makes a repository by name below the test's folder."""

    def make(name: str = "repo") -> Repo:
        path = tmp_path / name
        path.mkdir(parents=True)
        repo = Repo(path)
        repo.git("init", "-q", "-b", "main")
        return repo

    return make


@pytest.fixture
def repo(make_repo: Callable[[str], Repo]) -> Repo:
    """One repository, without a commit."""
    return make_repo("repo")
