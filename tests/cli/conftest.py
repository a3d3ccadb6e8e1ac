"""Commands are run as people run them: another process, its output taken whole."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from hivemind_git.demo import days


@dataclass(frozen=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Hivemind = Callable[..., Said]


@pytest.fixture
def hivemind() -> Hivemind:
    """Runs `git hivemind ARGUMENTS` in a folder."""

    def run(folder: Path, *arguments: str) -> Said:
        command = [sys.executable, "-m", "hivemind_git", *arguments]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def story(tmp_path: Path) -> list[Path]:
    """The three transcripts of the demo, as files."""
    found = []
    for number, day in enumerate(days(), 1):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(day.transcript)
        found.append(path)
    return found
