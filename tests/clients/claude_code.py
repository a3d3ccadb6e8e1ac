"""Drives the real Claude Code, without a network: an empty environment, a home of its own, a model on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clients.model_server import Script
from clients.screen import Screen, on_screen
from waiting import PATIENCE_SECONDS

SKIP = "--dangerously-skip-permissions"


@dataclass(frozen=True)
class ClaudeCode:
    """The installed client and the home folder it runs with."""

    executable: Path
    home: Path

    def run(
        self, folder: Path, prompt: str, model: Script, *arguments: str, env: Mapping[str, str] | None = None
    ) -> str:
        """One headless session (`-p`) in the folder; returns what it printed."""
        with self.started(folder, prompt, model, *arguments, env=env) as client:
            out, _ = client.communicate(timeout=PATIENCE_SECONDS)
        assert client.returncode == 0, f"claude exited {client.returncode}: {out}"
        return out

    @contextmanager
    def started(
        self,
        folder: Path,
        prompt: str | None,
        model: Script,
        *arguments: str,
        permissions: tuple[str, ...] = (SKIP,),
        env: Mapping[str, str] | None = None,
    ) -> Iterator[subprocess.Popen[str]]:
        """A headless client at work, in a process group of its own; without a prompt it reads them on standard input.

        Nothing of it is left when the block ends.
        """
        client = subprocess.Popen(
            [self.executable, "-p", *([prompt] if prompt else []), *permissions, *arguments],
            cwd=folder,
            env={**self._environment(model), **(env or {})},
            stdin=subprocess.DEVNULL if prompt else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if prompt is None else subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        with client:
            try:
                yield client
            finally:
                if client.poll() is None:
                    os.killpg(client.pid, signal.SIGKILL)

    def converse(
        self, folder: Path, prompts: Sequence[str], answers: Sequence[str | None], model: Script, *arguments: str
    ) -> list[dict[str, Any]]:
        """A conversation in which a person is asked before each tool use, and answers in order.

        An answer of None allows, an empty one interrupts, any other refuses with these words; after the last all is
        allowed. Returns the messages that the client printed.
        """
        ask = ("--permission-prompt-tool", "stdio", "--permission-mode", "default")
        streams = ("--input-format", "stream-json", "--output-format", "stream-json", "--verbose")
        waiting, asked, said = list(prompts), iter(answers), list[dict[str, Any]]()
        with self.started(folder, None, model, *streams, *arguments, permissions=ask) as client:
            assert client.stdin is not None
            assert client.stdout is not None
            _say(client.stdin, waiting)
            for line in client.stdout:
                message = json.loads(line)
                said.append(message)
                if message.get("type") == "control_request":
                    _answer(client.stdin, message, next(asked, None))
                elif message.get("type") == "result":
                    _say(client.stdin, waiting)
            client.wait(PATIENCE_SECONDS)
        return said

    @contextmanager
    def on_screen(self, folder: Path, model: Script, *arguments: str) -> Iterator[Screen]:
        """The client on a terminal, with all that it asks at its first start answered; edits need no permission."""
        env = self._environment(model)
        known = {
            "hasCompletedOnboarding": True,
            "theme": "dark",
            "numStartups": 5,
            "customApiKeyResponses": {"approved": [env["ANTHROPIC_API_KEY"][-20:]], "rejected": []},
            "projects": {str(folder): {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}},
        }
        (self.home / ".claude.json").write_text(json.dumps(known))
        with on_screen([self.executable, "--permission-mode", "acceptEdits", *arguments], folder, env) as screen:
            screen.wait("accept edits on")
            yield screen

    def _environment(self, model: Script) -> dict[str, str]:
        temporary = self.home / "tmp"
        temporary.mkdir(exist_ok=True)
        return {
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
        }


def _say(stdin: Any, waiting: list[str]) -> None:
    if not waiting:
        stdin.close()
        return
    content = [{"type": "text", "text": waiting.pop(0)}]
    _send(stdin, {"type": "user", "message": {"role": "user", "content": content}})


def _answer(stdin: Any, message: dict[str, Any], words: str | None) -> None:
    decision: dict[str, Any] = {"behavior": "allow", "updatedInput": message["request"].get("input", {})}
    if words is not None:
        decision = {"behavior": "deny", "message": words, "interrupt": not words}
    response = {"subtype": "success", "request_id": message["request_id"], "response": decision}
    _send(stdin, {"type": "control_response", "response": response})


def _send(stdin: Any, message: dict[str, Any]) -> None:
    stdin.write(json.dumps(message) + "\n")
    stdin.flush()
