"""Codex as editors run it: its app-server, spoken to over a pipe, which lets a test answer as a person would."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from clients.codex import Codex
from waiting import PATIENCE_SECONDS

Decide = Callable[[str, dict[str, Any]], str]
"""Method and parameters of a question whether something may be done → `accept`, `decline` or `cancel`."""


@dataclass
class AppServer:
    """A running app-server. `asked` are the questions that it put, `shown` what hooks had to say to the person."""

    writer: IO[str]
    reader: IO[str]
    decide: Decide
    asked: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    calls: int = 0

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """The result of a method."""
        self.calls += 1
        self._send({"id": self.calls, "method": method, "params": parameters})
        for message in self._messages():
            if message.get("id") == self.calls and "method" not in message:
                if "error" in message:
                    raise AssertionError(f"{method}: {message['error']}")
                result: dict[str, Any] = message["result"]
                return result
        raise AssertionError(f"{method}: the app-server closed")

    def tell(self, method: str) -> None:
        """Sends a notification."""
        self._send({"method": method})

    def thread(self, folder: Path) -> str:
        """Begins a session."""
        return str(self.call("thread/start", cwd=str(folder))["thread"]["id"])

    def turn(self, thread: str, prompt: str, *, stopping: str = "") -> str:
        """Says something, answers what is asked, and returns how the turn ended.

        `stopping`: presses Escape once a command with this in it runs.
        """
        turn = self.call("turn/start", threadId=thread, input=[{"type": "text", "text": prompt}])["turn"]["id"]
        for message in self._messages():
            method, parameters = message.get("method"), message.get("params", {})
            if method == "turn/completed":
                return str(parameters["turn"]["status"])
            if method == "item/started" and stopping and stopping in parameters["item"].get("command", ""):
                self._send({"id": "stop", "method": "turn/interrupt", "params": {"threadId": thread, "turnId": turn}})
        raise AssertionError("the app-server closed")

    def _messages(self) -> Iterator[dict[str, Any]]:
        for line in self.reader:
            message = json.loads(line)
            if "method" in message and "id" in message:
                self.asked.append(message["method"])
                decision = self.decide(message["method"], message["params"])
                self._send({"id": message["id"], "result": {"decision": decision}})
            if message.get("method") == "hook/completed":
                self.shown += [entry["text"] for entry in message["params"]["run"]["entries"]]
            yield message

    def _send(self, message: dict[str, Any]) -> None:
        self.writer.write(json.dumps(message) + "\n")
        self.writer.flush()


def accept(method: str, parameters: dict[str, Any]) -> str:
    """Whoever lets everything be done."""
    return "accept"


@contextmanager
def serving(codex: Codex, folder: Path, decide: Decide = accept) -> Iterator[AppServer]:
    """Runs the app-server in the folder while the block runs."""
    with subprocess.Popen(
        [codex.executable, "app-server"],
        cwd=folder,
        env=codex.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        server = AppServer(process.stdin, process.stdout, decide)
        server.call("initialize", clientInfo={"name": "tests", "version": "0"})
        server.tell("initialized")
        try:
            yield server
        finally:
            process.stdin.close()
            process.wait(timeout=PATIENCE_SECONDS)


def trust(server: AppServer, folder: Path) -> list[dict[str, Any]]:
    """Trusts all hooks, as a person does on the screen, and returns them as the client sees them."""
    hooks = [hook for entry in server.call("hooks/list", cwds=[str(folder)])["data"] for hook in entry["hooks"]]
    state = {hook["key"]: {"trusted_hash": hook["currentHash"]} for hook in hooks}
    server.call("config/batchWrite", edits=[{"keyPath": "hooks.state", "mergeStrategy": "upsert", "value": state}])
    return hooks
