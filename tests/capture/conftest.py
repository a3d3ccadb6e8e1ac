from __future__ import annotations

import itertools
import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from capture import seal_driver
from capture.seal_driver import REF
from repos import Repo

from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.journal import Journal
from hivemind_git.capture.keep import Checkpoint
from hivemind_git.capture.seal import SealResult
from hivemind_git.git.objects import Repository
from hivemind_git.model import Event
from hivemind_git.settings import Settings
from hivemind_git.store.reader import Store
from hivemind_git.store.verify import Problem, verify


@dataclass
class Desk:
    """A repository with a journal, as install leaves it."""

    repo: Repo
    count: itertools.count[int] = field(default_factory=itertools.count)

    @property
    def state(self) -> Path:
        return self.repo.path / ".git/hivemind"

    @property
    def journal(self) -> Journal:
        return Journal(self.state)

    @property
    def images(self) -> ImageStore:
        return ImageStore(self.state / "images")

    def hook(self, agent: str = "claude-code", **payload: object) -> Path:
        """Puts a payload into the journal, as the hook does."""
        folder = self.state / "journal"
        folder.mkdir(parents=True, exist_ok=True)
        number = next(self.count)
        path = folder / f"{agent}.{number}.0"
        path.write_text(json.dumps(payload))
        os.utime(path, ns=(path.stat().st_mtime_ns, 1_700_000_000 * 10**9 + number))
        return path

    def seal(self, checkpoint: Checkpoint = lambda _: None, settings: Settings | None = None) -> SealResult:
        return seal_driver.run(self.repo.path, checkpoint, settings)

    def events(self, session: str | None = None) -> list[Event]:
        return list(Store(Repository.containing(self.repo.path), REF).events(session))

    def verify(self) -> list[Problem]:
        return verify(Repository.containing(self.repo.path), REF)

    def commits(self) -> list[str]:
        return self.repo.git("log", "--format=%s", REF).splitlines()


@pytest.fixture
def desk(repo: Repo) -> Desk:
    return Desk(repo)
