from __future__ import annotations

from dataclasses import dataclass

import pytest
from repos import Repo

from hivemind_git.git.objects import Repository
from hivemind_git.model import Correction, Event
from hivemind_git.store import codec, layout
from hivemind_git.store.layout import Area
from hivemind_git.store.reader import Store
from hivemind_git.store.verify import Problem, verify
from hivemind_git.store.writer import Appended, Batch, append

REF = "refs/heads/hivemind/sessions"


@dataclass(frozen=True)
class Fixture:
    """A repository and its store."""

    repo: Repo

    @property
    def git(self) -> Repository:
        return Repository.containing(self.repo.path)

    @property
    def store(self) -> Store:
        return Store(self.git, REF)

    def add(self, *events: Event, message: str = "Seal") -> Appended:
        return append(self.git, REF, batches(*events), message)

    def add_corrections(
        self, derivation: int, *corrections: Correction, as_of: str = "2026-01-01T00:00:00.000Z"
    ) -> Appended:
        lines = tuple(codec.encode_correction(correction) for correction in corrections)
        month = layout.month_of(corrections[0].t)
        header = codec.derivation_header(derivation, as_of)
        batch = Batch(Area.CORRECTIONS, month, corrections[0].session, lines, header)
        return append(self.git, REF, [batch], "Derive")

    def tree(self) -> list[str]:
        return self.repo.git("ls-tree", "-r", "--name-only", REF).splitlines()

    def verify(self) -> list[Problem]:
        return verify(self.git, REF)


def batches(*events: Event) -> list[Batch]:
    by_session: dict[str, list[Event]] = {}
    for event in events:
        by_session.setdefault(event.session, []).append(event)
    return [
        Batch(
            Area.SESSIONS if session else Area.GIT,
            layout.month_of(min(event.t for event in found)),
            session or None,
            tuple(codec.encode_event(event) for event in found),
        )
        for session, found in by_session.items()
    ]


@pytest.fixture
def stored(repo: Repo) -> Fixture:
    return Fixture(repo)
