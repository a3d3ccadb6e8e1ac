"""A terminal that nobody sits at: tmux draws what a program shows, and types what a person would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from waiting import PATIENCE_SECONDS


@dataclass(frozen=True)
class Screen:
    """A program at work on a terminal of 150 columns and 50 lines."""

    server: str

    def shown(self) -> str:
        """What stands on the screen; nothing once the program has ended."""
        return self._tmux("capture-pane", "-p")

    def wait(self, pattern: str) -> None:
        """Waits until the screen shows something."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not re.search(pattern, shown := self.shown()):
            assert time.monotonic() < end, f"{pattern!r} never came:\n{shown}"
            time.sleep(0.1)

    def say(self, text: str) -> None:
        """Types a line as a person does, and sends it once it stands there."""
        self._tmux("send-keys", "-l", text)
        self.wait(re.escape(text))
        self.press("Enter")

    def press(self, *keys: str) -> None:
        """Presses keys, by tmux's names, one after the other."""
        for key in keys:
            self._tmux("send-keys", key)
            time.sleep(0.3)

    def _tmux(self, *arguments: str) -> str:
        return tmux(self.server, *arguments).stdout


@contextmanager
def on_screen(command: Sequence[str | Path], folder: Path, env: Mapping[str, str]) -> Iterator[Screen]:
    """Runs a program on a screen of its own; nothing of it is left when the block ends."""
    if shutil.which("tmux") is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("tmux is not installed")
    server = f"hivemind-{os.getpid()}-{time.monotonic_ns()}"
    size = ("-x", "150", "-y", "50", "-c", str(folder))
    variables = [f"{name}={value}" for name, value in {**env, "TERM": "xterm-256color"}.items()]
    started = tmux(server, "new-session", "-d", *size, "env", "-i", *variables, *map(str, command))
    assert started.returncode == 0, started.stderr
    try:
        yield Screen(server)
    finally:
        tmux(server, "kill-server")


def tmux(server: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["tmux", "-L", server, "-f", os.devnull, *arguments], capture_output=True, text=True, check=False
    )
