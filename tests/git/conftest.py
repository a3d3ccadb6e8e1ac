"""The test's repository through our door, and what the tests of git's hooks share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from repos import Repo

from hivemind_git.git import hints
from hivemind_git.git.hints import Hint
from hivemind_git.git.objects import Repository

FOREIGN = '#!/bin/sh\n# a hook of somebody else\'s\necho foreign $0 "$@" >>"$LOG"\ncat >>"$LOG"\nexit ${STATUS:-0}\n'
Tree: TypeAlias = dict[str, tuple[int, bytes | str | None]]


@pytest.fixture
def opened(repo: Repo) -> Repository:
    """The test's repository through our door."""
    return Repository.containing(repo.path)


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file to which the hooks of others write."""
    path = tmp_path / "log"
    monkeypatch.setenv("LOG", str(path))
    return path


@pytest.fixture
def hook(log: Path) -> Callable[..., Path]:
    """Puts a hook of somebody else's into a repository."""

    def put(repo: Repo, name: str, text: str = FOREIGN, folder: str = ".git/hooks") -> Path:
        path = repo.write(f"{folder}/{name}", text)
        path.chmod(0o755)
        return path

    return put


@pytest.fixture
def tree() -> Callable[[Path], Tree]:
    """All that is below a folder, byte for byte, with modes and links."""

    def content(path: Path) -> bytes | str | None:
        if path.is_symlink():
            return str(path.readlink())
        return None if path.is_dir() else path.read_bytes()

    def read(top: Path) -> Tree:
        return {str(path.relative_to(top)): (path.lstat().st_mode, content(path)) for path in sorted(top.rglob("*"))}

    return read


@pytest.fixture
def pending() -> Callable[[Repository], Path]:
    """Makes a session open, as the assistants' hook does, and gives the folder of the hints."""

    def begin(repository: Repository) -> Path:
        journal = repository.state_dir / "journal"
        journal.mkdir(parents=True, exist_ok=True)
        return journal

    return begin


@pytest.fixture
def found() -> Callable[[Repository], list[Hint]]:
    """All hints, in the order of their times."""

    def read(repository: Repository) -> list[Hint]:
        hinted = [hints.read(path.read_bytes()) for path in hint_files(repository)]
        assert None not in hinted
        return [hint for hint in hinted if hint is not None]

    return read


@pytest.fixture
def staged() -> Callable[[Repository], list[dict[str, str | None]]]:
    """What each commit was about to hold, as pre-commit kept it."""

    def read(repository: Repository) -> list[dict[str, str | None]]:
        hinted = [(path, hints.read(path.read_bytes())) for path in hint_files(repository)]
        before = [(path, hint) for path, hint in hinted if hint and hint.hook == "pre-commit"]
        return [dict(hints.staged(repository, path, hint.head)) for path, hint in before]

    return read


def hint_files(repository: Repository) -> list[Path]:
    files = (repository.state_dir / "journal").glob("git.*[0-9]")
    # Two hooks of one commit may write within one tick of the clock; the later one is the later process.
    return sorted(files, key=lambda path: (path.stat().st_mtime_ns, int(path.name.split(".")[1])))


class Nobody:
    """A user who owns nothing, played by a process of root's; for whoever is not root, just a process.

    `folder` is one that everybody may enter, unlike pytest's own.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def repo(self) -> Repo:
        """A repository that belongs to the user of the tests."""
        repo = Repo(self.folder / "repo")
        repo.path.mkdir()
        repo.git("init", "-q", "-b", "main")
        return repo

    def run(self, code: str, *arguments: object, config: str = "") -> str:
        """Runs Python code, with its errors of ours printed, and gives what it printed."""
        (self.folder / ".gitconfig").write_text(config)
        script = (
            "import os, sys\n"
            "from hivemind_git.errors import HivemindError\n"
            "from hivemind_git.git import hooks\n"
            "from hivemind_git.git.objects import Repository\n"
            "if os.geteuid() == 0:\n    os.setresuid(65534, 65534, 65534)\n"
            f"try:\n    print({code})\n"
            "except HivemindError as error:\n    print(error.sentence, '|', error.step)\n"
        )
        env = {**os.environ, "HOME": str(self.folder), "GIT_CONFIG_GLOBAL": str(self.folder / ".gitconfig")}
        command = [sys.executable, "-c", script, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env=env)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@pytest.fixture
def nobody() -> Iterator[Nobody]:
    """See `Nobody`."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield Nobody(folder)
    shutil.rmtree(folder)
