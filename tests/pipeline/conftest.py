"""A repository with the demo's past, three commits that each corrected an agent, and the transcripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from pipeline.move_play import Play
from repos import Repo

from hivemind_git.demo import days
from hivemind_git.pipeline import importing
from hivemind_git.pipeline.workspace import Workspace, open_workspace


@pytest.fixture
def shop(repo: Repo) -> Repo:
    """The three commits, and nothing imported yet."""
    repo.commit("Start", when=1793000000)
    for day in days():
        when = int(datetime.fromisoformat(day.committed).timestamp())
        repo.commit(day.subject, when=when, **{day.path: day.accepted})
    return repo


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Workspace]:
    """Imports the transcripts of some days (all of them where none is named) and opens the workspace."""

    def run(repo: Repo, *numbers: int) -> Workspace:
        space = open_workspace(repo.path)
        paths = []
        for number, day in enumerate(days(), 1):
            if not numbers or number in numbers:
                path = tmp_path / f"{number}.jsonl"
                path.write_bytes(day.transcript)
                paths.append(path)
        importing.import_transcripts(space, "claude-code", paths)
        return open_workspace(repo.path)

    return run


@pytest.fixture
def play(repo: Repo) -> Play:
    """A repository in which nothing was moved yet."""
    made = Play(repo)
    repo.write("README", "about\n")
    made.commit()
    return made
