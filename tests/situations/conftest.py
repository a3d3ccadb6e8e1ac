"""An agent and a person at work in real repositories, told step by step; what is derived from it is asserted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from repos import Repo

from hivemind_git.capture.images import Image
from hivemind_git.corrections.attribution import attribute
from hivemind_git.corrections.creations import settled
from hivemind_git.corrections.derive import derive
from hivemind_git.corrections.evidence import Edit, Evidence
from hivemind_git.git.diff import diff_lines
from hivemind_git.git.objects import Repository
from hivemind_git.model import Event, Kind, Source
from hivemind_git.pipeline import commits, sessions

START = 1_767_225_600
PATH = "src/app.py"
BASE = "import logging\n\n\ndef main():\n    run()\n    stop()\n"
AGENT = "import logging\n\n\ndef main():\n    print('start')\n    run()\n    print('done')\n    stop()\n"
FIXED = AGENT.replace("print('start')", "logging.info('start')")
CORRECTED = [("replaced", "    print('start')\n", "    logging.info('start')\n")]


@dataclass
class Scene:
    """One repository with the sessions of its agents. Every step takes a minute."""

    repo: Repo
    now: int = START
    events: dict[str, list[Event]] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)

    def git(self, *args: str, top: Path | None = None, stdin: str | None = None, check: bool = True, **env: str) -> str:
        """Git as a person runs it, a minute later."""
        self.now += 60
        date = f"{self.now} +0000"
        there = Repo(top or self.repo.path)
        clock = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        return there.git(*args, stdin=stdin, check=check, env={**clock, **env})

    def person(self, text: str | bytes, path: str = PATH, top: Path | None = None) -> None:
        """A person saves a file."""
        Repo(top or self.repo.path).write(path, text)

    def commit(self, *args: str, top: Path | None = None, **env: str) -> str:
        """Commits everything; gives the commit's id."""
        self.git("add", "-A", top=top)
        self.git("commit", "-qm", "change", *args, top=top, **env)
        return self.git("rev-parse", "HEAD", top=top)

    def agent(
        self, text: str | bytes, path: str = PATH, session: str = "s1", worktree: str = "main", top: Path | None = None
    ) -> None:
        """An agent writes a file; its hooks keep what stood there before and after."""
        target = (top or self.repo.path) / path
        before = target.read_bytes() if target.is_file() else None
        Repo(top or self.repo.path).write(path, text)
        fields = {"path": path, "op": "modify"}
        self.images[self._record(session, worktree, Kind.EDIT, fields)] = Image(
            before, target.read_bytes(), before_known=True
        )

    def look(self, path: str = PATH, session: str = "s1", worktree: str = "main", top: Path | None = None) -> None:
        """An agent reads a file."""
        content = ((top or self.repo.path) / path).read_bytes()
        fields = {"tool": "Read", "path": path, "status": "ok"}
        event = self._record(session, worktree, Kind.TOOL_USE, fields)
        self.images[event] = Image(None, content, before_known=False)

    def run(self, command: str, session: str = "s1", worktree: str = "main") -> None:
        """An agent runs a shell command."""
        self._record(session, worktree, Kind.TOOL_USE, {"tool": "Bash", "input": command, "status": "ok"})

    def _record(self, session: str, worktree: str, kind: Kind, fields: dict[str, str]) -> str:
        self.now += 60
        events = self.events.setdefault(session, [])
        if not events:
            prompt = {"text": "do it", "speaker": "person"}
            events.append(self._event(session, worktree, 0, Kind.PROMPT, prompt))
        events.append(self._event(session, worktree, len(events), kind, fields))
        return events[-1].id

    def _event(self, session: str, worktree: str, seq: int, kind: Kind, fields: dict[str, str]) -> Event:
        t = datetime.fromtimestamp(self.now, UTC).isoformat().replace("+00:00", "Z")
        name = f"{session}-{seq}"
        return Event(
            id=name, t=t, session=session, kind=kind, agent="an-agent", source=Source.HOOK, seq=seq,
            worktree=worktree, fields={"tool_use": name, **fields},
        )  # fmt: skip

    def evidence(self) -> Evidence:
        """What a derivation reads, from the recorded events and from the repository as it is."""
        repository = Repository.containing(self.repo.path)
        read = tuple(sessions.session(name, told, self.images, {}) for name, told in self.events.items())
        paths = {item.path for session in read for item in session.items if isinstance(item, Edit)}
        tips = commits.tips(repository, "hivemind/sessions")
        found = commits.records(repository, tips, paths, START, made=commits.makings(repository))
        return settled(Evidence(sessions=read, commits=tuple(found)))

    def corrections(self) -> list[tuple[str, str, str]]:
        """Kind, before and after of each correction by hand."""
        found = derive(self.evidence(), diff_lines).corrections
        return [(str(one.kind), one.before, one.after) for one in found]

    def explained(self) -> list[tuple[str, str]]:
        """Why a departure is none, and what it took away."""
        return [(str(one.why), one.before) for one in derive(self.evidence(), diff_lines).explained if one.path]

    def writers(self, text: str, path: str = PATH) -> list[str]:
        """Who wrote each line of an image."""
        origins = attribute(self.evidence(), diff_lines).of(path, text.encode())
        assert origins is not None
        return [str(one.writer) for one in origins]


@pytest.fixture
def scene(repo: Repo) -> Scene:
    """A repository with one file, committed."""
    made = Scene(repo)
    made.person(BASE)
    made.commit()
    return made


Hook = Callable[[str, str], None]


@pytest.fixture
def hook(repo: Repo) -> Hook:
    """Puts a shell script into the repository's hooks."""

    def put(name: str, script: str) -> None:
        path = repo.write(f".git/hooks/{name}", f"#!/bin/sh\n{script}")
        path.chmod(0o755)

    return put


def top_of(scene: Scene, name: str) -> Path:
    """Where another worktree of the repository is."""
    return scene.repo.path.parent / name
