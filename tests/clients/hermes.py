"""Drives the real Hermes Agent, without a network: an empty environment, a home of its own, a model on loopback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from clients.model_server import Script
from waiting import PATIENCE_SECONDS

_CONFIG = """\
# my Hermes
model:
  provider: custom
  default: loopback-model
  base_url: {url}/v1
  api_key: sk-test
  context_length: 131072
agent:
  verify_on_stop: false   # it would ask for more after edits
approvals:
  mode: manual
  timeout: 1   # seconds until a question that nobody answers is a no
lsp:
  enabled: false   # it would install language servers
security:
  allow_lazy_installs: false   # it would install what it misses
  tirith_enabled: false
"""
_SESSION = re.compile(r"^session_id: (\S+)$", re.MULTILINE)
ACCEPTING = "--accept-hooks"


@dataclass(frozen=True)
class Hermes:
    """The installed client and the home folder it runs with."""

    executable: Path
    home: Path

    @property
    def config(self) -> Path:
        return self.home / ".hermes" / "config.yaml"

    def configure(self, model: Script) -> None:
        """Points Hermes to the model. What was in its configuration is lost."""
        self.config.parent.mkdir(exist_ok=True)
        self.config.write_text(_CONFIG.format(url=model.url))

    def run(self, folder: Path, prompt: str, *arguments: str) -> str:
        """One headless turn in the folder (`hermes chat -q`); returns the session's id."""
        with self.started(folder, prompt, *arguments) as client:
            out, err = client.communicate(timeout=PATIENCE_SECONDS)
        assert client.returncode == 0, f"hermes exited {client.returncode}: {out}{err}"
        found = _SESSION.search(err)
        assert found is not None, err
        return found[1]

    @contextmanager
    def started(self, folder: Path, prompt: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Hermes at work in the folder, in a process group of its own, which ends with the block."""
        with subprocess.Popen(
            [self.executable, "chat", "-q", prompt, "-Q", "-t", "file,terminal,skills", *arguments],
            cwd=folder,
            env=self.environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as client:
            try:
                yield client
            finally:
                if client.poll() is None:
                    os.killpg(client.pid, signal.SIGKILL)

    def environment(self, folder: Path) -> dict[str, str]:
        """All that Hermes finds in its environment. `PWD` is what every shell sets."""
        temporary = self.home / "tmp"
        temporary.mkdir(exist_ok=True)
        return {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            "PWD": str(folder),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "TMPDIR": str(temporary),
            "GIT_CONFIG_GLOBAL": os.environ.get("GIT_CONFIG_GLOBAL", os.devnull),
            "GIT_CONFIG_SYSTEM": os.devnull,
        }


def wrote(path: str, content: str) -> tuple[str, dict[str, object]]:
    """A use of `write_file`."""
    return "write_file", {"path": path, "content": content}


def patched(path: str, old: str, new: str) -> tuple[str, dict[str, object]]:
    """A use of `patch`."""
    return "patch", {"mode": "replace", "path": path, "old_string": old, "new_string": new}


def ran(command: str) -> tuple[str, dict[str, object]]:
    """A use of the shell."""
    return "terminal", {"command": command}
