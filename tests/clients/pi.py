"""Drives the real pi, without a network: an empty environment, a home of its own, a model on loopback."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from clients.model_server import Script
from waiting import PATIENCE_SECONDS

MODEL = "loopback-model"


@dataclass(frozen=True)
class Pi:
    """The installed client and the home folder it runs with. Its own Node stands beside it."""

    executable: Path
    home: Path

    def configure(self, model: Script) -> None:
        """Points pi to the model."""
        folder = self.home / ".pi/agent"
        folder.mkdir(parents=True, exist_ok=True)
        provider = {"baseUrl": f"{model.url}/v1", "api": "openai-completions", "apiKey": "sk-test"}
        models = {"providers": {"loopback": {**provider, "models": [{"id": MODEL}]}}}
        (folder / "models.json").write_text(json.dumps(models))
        chosen = {"defaultProvider": "loopback", "defaultModel": MODEL, "enableInstallTelemetry": False}
        (folder / "settings.json").write_text(json.dumps({**chosen, "retry": {"enabled": False}}))

    def run(self, folder: Path, *arguments: str) -> str:
        """One headless run in the folder, a prompt its last argument; returns what it printed, on both outputs."""
        with self.started(folder, ("-p", *arguments), stdin=subprocess.DEVNULL) as process:
            said, _ = process.communicate(timeout=PATIENCE_SECONDS)
        if process.returncode:
            raise AssertionError(f"pi exited {process.returncode}: {said}")
        return said

    def started(self, folder: Path, arguments: Sequence[str], stdin: int) -> subprocess.Popen[str]:
        """Pi at work in the folder, in a process group of its own."""
        return subprocess.Popen(
            [self.executable, *arguments],
            cwd=folder,
            env=self.environment(),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def environment(self) -> dict[str, str]:
        """All that pi finds in its environment."""
        temporary = self.home / "tmp"
        temporary.mkdir(exist_ok=True)
        return {
            "HOME": str(self.home),
            "PATH": f"{self.executable.parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "TMPDIR": str(temporary),
            "PI_OFFLINE": "1",
            "PI_TELEMETRY": "0",
            "PI_SKIP_VERSION_CHECK": "1",
            "GIT_CONFIG_GLOBAL": os.environ.get("GIT_CONFIG_GLOBAL", os.devnull),
            "GIT_CONFIG_SYSTEM": os.devnull,
        }


@dataclass
class Conversation:
    """A session with a program in the screen's place (`pi --mode rpc`): commands in, events out, a JSON line each."""

    process: subprocess.Popen[str]
    stdin: IO[str]
    stdout: IO[str]

    def say(self, prompt: str) -> list[dict[str, Any]]:
        """Says a prompt, and returns the events until pi has settled."""
        self.send({"type": "prompt", "message": prompt})
        return self.until("agent_settled")

    def send(self, command: dict[str, Any]) -> None:
        """Gives a command."""
        self.stdin.write(json.dumps(command) + "\n")
        self.stdin.flush()

    def until(self, kind: str) -> list[dict[str, Any]]:
        """The events up to the first of a kind."""
        found = []
        for line in self.stdout:
            found.append(json.loads(line))
            if found[-1].get("type") == kind:
                return found
        raise AssertionError(f"pi ended before {kind}: {found[-3:]}")


@contextmanager
def conversing(pi: Pi, folder: Path, *arguments: str) -> Iterator[Conversation]:
    """A session in the folder; it ends with the block."""
    with pi.started(folder, ("--mode", "rpc", *arguments), stdin=subprocess.PIPE) as process:
        if process.stdin is None or process.stdout is None:
            raise AssertionError("pi was started without pipes")
        yield Conversation(process, process.stdin, process.stdout)
        process.stdin.close()
        process.wait(timeout=PATIENCE_SECONDS)
