"""Drives the real Codex, without a network: an empty environment, a home of its own, a model on loopback."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clients.model_server import Script
from waiting import PATIENCE_SECONDS

_CONFIG = """\
model = "{model}"
model_provider = "loopback"
check_for_update_on_startup = false
{extra}
[analytics]
enabled = false
[model_providers.loopback]
name = "loopback"
base_url = "{url}/v1"
wire_api = "responses"
env_key = "LOOPBACK_API_KEY"
request_max_retries = 0
stream_max_retries = 0
"""
EDITS = "gpt-5.5"
"""A model that is offered `exec_command` and `apply_patch`; newer ones only `exec`, which runs JavaScript."""
CODE_MODE = "gpt-6.1-sol"
UNKNOWN = "loopback-model"
"""A model that Codex does not know is offered `exec_command` and sub-agents, but not `apply_patch`."""


@dataclass(frozen=True)
class Codex:
    """The installed client and the home folder it runs with."""

    executable: Path
    home: Path

    def configure(self, model: Script, name: str = EDITS, extra: str = "") -> None:
        """Points Codex to the model. What Codex itself wrote into its configuration is lost."""
        folder = self.home / ".codex"
        folder.mkdir(exist_ok=True)
        (folder / "config.toml").write_text(_CONFIG.format(model=name, url=model.url, extra=extra))

    def run(self, folder: Path, prompt: str, model: Script, *arguments: str, name: str = EDITS, extra: str = "") -> str:
        """One headless session (`codex exec`) in the folder, hooks trusted; returns what it printed."""
        self.configure(model, name, extra)
        return self.call(folder, headless(prompt, *arguments))

    def call(self, folder: Path, arguments: Sequence[str]) -> str:
        """Runs Codex in the folder and returns what it printed, on both of its outputs."""
        with self.started(folder, arguments) as process:
            said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        if process.returncode:
            raise AssertionError(f"codex exited {process.returncode}: {said}")
        return said

    def started(self, folder: Path, arguments: Sequence[str]) -> subprocess.Popen[str]:
        """Codex at work in the folder, in a process group of its own."""
        return subprocess.Popen(
            [self.executable, *arguments],
            cwd=folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def environment(self) -> dict[str, str]:
        """All that Codex finds in its environment."""
        temporary = self.home / "tmp"
        temporary.mkdir(exist_ok=True)
        return {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "TMPDIR": str(temporary),
            "LOOPBACK_API_KEY": "sk-test",
            "GIT_CONFIG_GLOBAL": os.environ.get("GIT_CONFIG_GLOBAL", os.devnull),
            "GIT_CONFIG_SYSTEM": os.devnull,
        }


def headless(prompt: str, *arguments: str) -> tuple[str, ...]:
    """The arguments of a headless session that trusts all hooks, as a person's review on the screen would."""
    trusting = ("--dangerously-bypass-approvals-and-sandbox", "--dangerously-bypass-hook-trust")
    return ("exec", *arguments, *trusting, prompt)


def patched(what: str, *, removed: str = "", added: str = "") -> tuple[str, str]:
    """A use of `apply_patch` on one file: `Add File: a.py`, `Update File: a.py`."""
    return "apply_patch", patch_text(what, removed=removed, added=added)


def patch_text(what: str, *, removed: str = "", added: str = "") -> str:
    """A patch of one file in Codex's own form."""
    marked = [f"{mark}{line}" for mark, text in (("-", removed), ("+", added)) for line in text.splitlines()]
    where = ["@@"] if what.startswith("Update") else []
    return "\n".join(["*** Begin Patch", f"*** {what}", *where, *marked, "*** End Patch", ""])


def ran(command: str, *, asking: bool = False, **more: str | int) -> tuple[str, dict[str, object]]:
    """A use of the shell, outside of the sandbox if a person is to be asked."""
    ask = {"sandbox_permissions": "require_escalated", "justification": "May I?"} if asking else {}
    return "exec_command", {"cmd": command, **ask, **more}
