"""Drives the real Claude Code, without a network: an empty environment, a home of its own, a model on loopback."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clients.model_server import Script


@dataclass(frozen=True)
class ClaudeCode:
    """The installed client and the home folder it runs with."""

    executable: Path
    home: Path

    def run(
        self, folder: Path, prompt: str, model: Script, *arguments: str, env: Mapping[str, str] | None = None
    ) -> str:
        """One headless session (`-p`) in the folder; returns what it printed."""
        temporary = self.home / "tmp"
        temporary.mkdir(exist_ok=True)
        environment = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TMPDIR": str(temporary),
            "CLAUDE_CODE_TMPDIR": str(temporary),
            "ANTHROPIC_BASE_URL": model.url,
            "ANTHROPIC_API_KEY": "sk-test",
            "DISABLE_TELEMETRY": "1",
            "DISABLE_AUTOUPDATER": "1",
            "DISABLE_ERROR_REPORTING": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
            # As root the client refuses to skip permissions unless it believes to be in a sandbox.
            "IS_SANDBOX": "1",
            "GIT_CONFIG_GLOBAL": os.environ["GIT_CONFIG_GLOBAL"],
            "GIT_CONFIG_SYSTEM": os.devnull,
            **(env or {}),
        }
        done = subprocess.run(
            [self.executable, "-p", prompt, "--dangerously-skip-permissions", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        if done.returncode:
            raise AssertionError(f"claude exited {done.returncode}: {done.stdout}\n{done.stderr}")
        return done.stdout
