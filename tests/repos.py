"""Real repositories for tests."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path


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


def let_others_in(path: Path) -> None:
    """Lets another user read a folder of the test: temporary ones are for their owner alone, however deep they lie."""
    for folder in (path, *path.parents):
        if folder != path and folder.stat().st_mode & 0o005 == 0o005:
            return
        folder.chmod(folder.stat().st_mode | 0o055)
