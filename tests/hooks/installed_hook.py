"""The agents' capture hook, installed as install does it, and run as the assistants run it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from waiting import PATIENCE_SECONDS

from hivemind_git import resources
from hivemind_git.agents.command import command_line


@dataclass
class Hook:
    """A capture hook in a repository. `path` goes before PATH; `env` is added for every event."""

    common: Path
    cwd: Path
    agent: str = "claude-code"
    path: Path | None = None
    env: dict[str, str] = field(default_factory=dict)

    @property
    def home(self) -> Path:
        return self.common / "hivemind"

    def argv(self) -> list[str]:
        """The command line split into words, as Hermes runs it; a shell does the same to it."""
        return shlex.split(command_line(self.agent))

    def environment(self) -> dict[str, str]:
        path = f"{self.path}{os.pathsep}" if self.path else ""
        return {**os.environ, "PATH": path + os.environ["PATH"], **self.env}

    def __call__(
        self, payload: bytes, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """One event. What every event must hold is checked here: exit status 0, and nothing on standard error."""
        done = subprocess.run(
            self.argv(),
            input=payload,
            cwd=cwd or self.cwd,
            env=self.environment() if env is None else env,
            capture_output=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        assert (done.returncode, done.stderr) == (0, b"")
        return done

    def silent(self, payload: bytes, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
        """One event that prints nothing."""
        assert self(payload, cwd, env).stdout == b""

    def journal(self) -> Counter[bytes]:
        """What stands in the journal, how often."""
        return Counter(file.read_bytes() for file in (self.home / "journal").iterdir())

    def lost(self) -> list[str]:
        """What the hook could not keep."""
        file = self.home / "lost"
        return file.read_text().splitlines() if file.exists() else []

    def sealer(self, script: str) -> None:
        """Puts a program where git-hivemind is expected."""
        program = self.home / "program with spaces"
        new = program.with_name("new program")  # the last one may be about to start: its file is busy
        new.write_text(f"#!/bin/sh\n{script}\n")
        new.chmod(0o755)
        new.replace(program)
        (self.home / "sealer").write_text(f"{program}\n")


def install(common: Path, cwd: Path) -> Hook:
    """What install puts under the git common dir."""
    hook = Hook(common, cwd)
    (hook.home / "journal").mkdir(parents=True, mode=0o700)
    shutil.copy(resources.find("hooks") / "agent" / "hook", hook.home / "hook")
    return hook
