"""Drives the real OpenClaw's gateway, offline: an empty environment, a home of its own, a model on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clients.model_server import Script
from waiting import PATIENCE_SECONDS, free_port

MODEL = "loopback-model"
_TOKEN = "a-token-of-the-tests"
_SPARED = (
    "OPENCLAW_NO_RESPAWN",
    "OPENCLAW_NO_AUTO_UPDATE",
    "OPENCLAW_DISABLE_BUNDLED_PLUGINS",
    "OPENCLAW_SKIP_CHANNELS",
    "OPENCLAW_SKIP_CRON",
    "OPENCLAW_SKIP_GMAIL_WATCHER",
    "OPENCLAW_SKIP_BROWSER_CONTROL_SERVER",
    "OPENCLAW_SKIP_CANVAS_HOST",
    "OPENCLAW_SKIP_STARTUP_MODEL_PREWARM",
    "OPENCLAW_DISABLE_BONJOUR",
)
"""What a gateway starts that has nothing to do with a session in a repository."""


@dataclass
class OpenClaw:
    """The installed client and the home folder it runs with. Its own Node stands beside it."""

    executable: Path
    home: Path
    port: int = field(default=0)

    @property
    def configuration(self) -> Path:
        """Its one configuration file."""
        return self.home / ".openclaw/openclaw.json"

    def configure(self, model: Script, workspace: Path) -> None:
        """Points OpenClaw to the model and to the folder in which its agent works."""
        self.port = free_port()
        limits = {"contextWindow": 128000, "maxTokens": 8192, "input": ["text"], "reasoning": False}
        cost = {"input": 0, "output": 0, "cacheRead": 0, "cacheWrite": 0}
        offered = [{"id": MODEL, "name": "Loopback", **limits, "cost": cost}]
        provider = {"baseUrl": f"{model.url}/v1", "apiKey": "sk-test", "api": "openai-completions", "models": offered}
        http = {"endpoints": {"chatCompletions": {"enabled": True}}}
        auth = {"mode": "token", "token": _TOKEN}
        chosen = {"model": {"primary": f"loopback/{MODEL}"}, "workspace": str(workspace), "skipBootstrap": True}
        chosen["heartbeat"] = {"every": "0m"}
        value = {
            "gateway": {"mode": "local", "port": self.port, "bind": "loopback", "auth": auth, "http": http},
            "models": {"mode": "merge", "catalogRefresh": {"enabled": False}, "providers": {"loopback": provider}},
            "agents": {"defaults": chosen},
            "plugins": {"slots": {"memory": "none"}},
            "update": {"checkOnStart": False},
            "logging": {"file": str(self.home / "openclaw.log")},
        }
        self.configuration.parent.mkdir(parents=True, exist_ok=True)
        self.configuration.write_text(json.dumps(value, indent=2) + "\n")

    @contextmanager
    def running(self, folder: Path) -> Iterator[None]:
        """The gateway at work; it is stopped as a service manager stops it."""
        with (self.home / "gateway.log").open("wb") as log:
            process = subprocess.Popen(
                [self.executable, "gateway", "run"],
                cwd=folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            try:
                self._wait(process)
                yield
            finally:
                process.terminate()
                process.wait(timeout=PATIENCE_SECONDS)

    def ask(self, prompt: str, conversation: str) -> str:
        """Says a prompt in a conversation of that name, and returns the answer."""
        body = {"model": "openclaw", "user": conversation, "messages": [{"role": "user", "content": prompt}]}
        answer: dict[str, Any] = json.loads(self._call("/v1/chat/completions", json.dumps(body).encode()))
        return str(answer["choices"][0]["message"]["content"])

    def environment(self) -> dict[str, str]:
        """All that OpenClaw finds in its environment."""
        temporary = self.home / "tmp"
        temporary.mkdir(exist_ok=True)
        return {
            "HOME": str(self.home),
            "PATH": f"{self.executable.parent}:{os.environ['PATH']}",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "TMPDIR": str(temporary),
            **dict.fromkeys(_SPARED, "1"),
            "GIT_CONFIG_GLOBAL": os.environ.get("GIT_CONFIG_GLOBAL", os.devnull),
            "GIT_CONFIG_SYSTEM": os.devnull,
        }

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and process.poll() is None:
            try:
                self._call("/v1/models")
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
            else:
                return
        raise AssertionError(f"the gateway did not start: {(self.home / 'gateway.log').read_text()[-2000:]}")

    def _call(self, path: str, body: bytes | None = None) -> bytes:
        headers = {"authorization": f"Bearer {_TOKEN}", "content-type": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            found: bytes = answer.read()
        return found
