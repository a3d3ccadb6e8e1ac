"""The commands that are broken, each in a repository with three sessions and their corrections behind it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from benchmarks import PROGRAM
from benchmarks.faults.injecting import Command
from hivemind_git.agents.command import command_line
from hivemind_git.demo import days

SESSION: Final = "0199aaaa-0000-7000-8000-00000000000"
MARKS: Final = tuple(f"marked prompt number {number}" for number in range(8))
"""Prompts that the hook has accepted before anything breaks."""
SPOKEN: Final = "the prompt that is told as it breaks"
_SCENARIOS: Final[Mapping[str, tuple[str, ...]]] = {
    "hook": ("sh", "-c", command_line("claude-code")),
    "seal": (PROGRAM, "seal"),
    "commit": ("git", "commit", "-q", "-am", "Mend"),
    "amend": ("git", "commit", "-q", "--amend", "-m", "Mended"),
    "import": (PROGRAM, "import", "--agent", "claude-code", "../log.jsonl"),
    "mine": (PROGRAM, "mine"),
    "codify": (PROGRAM, "codify"),
    "check": (PROGRAM, "check", "HEAD~1"),
    "forget": (PROGRAM, "forget", f"{SESSION}0"),
    "sync": (PROGRAM, "sync", "--allow-empty"),
    "push": ("git", "push", "-q", "origin", "main"),
    "search": (PROGRAM, "search", "logger"),
    "install": (PROGRAM, "install", "claude-code"),
    "uninstall": (PROGRAM, "uninstall"),
}
NAMES: Final = tuple(_SCENARIOS)


@dataclass(frozen=True, slots=True)
class Stage:
    """A folder with a repository, a hub and a home, made once and copied to the same place for each run."""

    top: Path

    @property
    def repo(self) -> Path:
        """The worktree that things happen in."""
        return self.top / "now" / "repo"

    @property
    def env(self) -> dict[str, str]:
        """A small environment, without the person's."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.top / "now" / "home"),
            "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_DATE": "1795000000 +0000",
            "GIT_COMMITTER_DATE": "1795000000 +0000",
            "LC_ALL": "C.UTF-8",
        }

    def command(self, name: str) -> Command:
        """A scenario's command, ready to run."""
        stdin = self._payload(9, SPOKEN) if name == "hook" else b""
        return Command(_SCENARIOS[name], self.repo, stdin, self.env)

    def run(self, *argv: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """A command without a fault."""
        return Command(argv, self.repo, stdin, self.env).run()

    def must(self, *argv: str, stdin: bytes = b"") -> str:
        """The output of a command that has to work.

        Raises:
            RuntimeError: it did not.
        """
        done = self.run(*argv, stdin=stdin)
        if done.returncode:
            raise RuntimeError(f"{argv}: {done.stderr.decode()}")
        return done.stdout.decode("utf-8", "replace").strip()

    def make(self) -> None:
        """Makes the repository: wired, with the demo's three corrections sealed and more prompts in the journal."""
        self.repo.mkdir(parents=True)
        home = Path(self.env["HOME"])
        home.mkdir()
        (home / ".gitconfig").write_text("[user]\n\tname = Ada\n\temail = ada@example.com\n[gc]\n\tauto = 0\n")
        self.must("git", "init", "-q", "-b", "main")
        self.must("git", "init", "-q", "--bare", "-b", "main", "../hub.git")
        self.must("git", "remote", "add", "origin", "../hub.git")
        self.must("git", "commit", "-q", "--allow-empty", "-m", "Start")
        for number, day in enumerate(days()):
            path = self.repo / day.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(day.accepted)
            log = self.repo / f"../day{number}.jsonl"
            log.write_bytes(day.transcript)
            self.must("git", "add", "-A")
            date = f"--date={int(datetime.fromisoformat(day.committed).timestamp())} +0000"
            self.must("git", "commit", "-q", date, "-m", day.subject)
            if number < 2:
                self.must(PROGRAM, "import", "--agent", "claude-code", str(log))
        shutil.copy(self.repo / "../day2.jsonl", self.repo / "../log.jsonl")
        self.must(PROGRAM, "install", "claude-code")
        (self.repo / "notes.txt").write_text("a line of the person's\n")
        self.must("git", "add", "notes.txt")
        self.must(PROGRAM, "mine")
        journal = self.repo / ".git/hivemind/journal"
        journal.mkdir(mode=0o700, exist_ok=True)
        for number, text in enumerate(MARKS):
            (journal / f"claude-code.{number + 1}.0").write_bytes(self._payload(number % 2, text))
        shutil.move(self.top / "now", self.top / "then")

    def reset(self) -> None:
        """Everything as it was made."""
        shutil.rmtree(self.top / "now", ignore_errors=True)
        shutil.copytree(self.top / "then", self.top / "now", symlinks=True)

    def _payload(self, session: int, text: str) -> bytes:
        payload = {
            "session_id": f"{SESSION}{session}",
            "hook_event_name": "UserPromptSubmit",
            "prompt_id": text,
            "prompt": text,
            "cwd": str(self.repo),
        }
        return json.dumps(payload).encode()
