"""Commands are run as people run them: another process, its output taken whole.

The first of each kind is started as people start it, so that it finds all that it needs; those after it are forked.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

import pytest
from cli.forked import Forking
from repos import Repo

from hivemind_git.demo import days
from hivemind_git.pipeline import codifying, importing
from hivemind_git.pipeline.workspace import open_workspace

# Tests run without the environment, but what commands cover counts all the same.
_MEASURED = {name: os.environ[name] for name in ("COVERAGE_PROCESS_CONFIG",) if name in os.environ}


class Said(NamedTuple):
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Hivemind = Callable[..., Said]


_STARTED = set[tuple[str, ...]]()


@pytest.fixture(scope="session")
def forking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forking]:
    """The process of which commands are forked."""
    environment = {name: value for name, value in os.environ.items() if name not in _MEASURED}
    found = Forking(tmp_path_factory.mktemp("forking"), environment)
    yield found
    found.close()


@pytest.fixture
def hivemind(forking: Forking) -> Hivemind:
    """Runs `git hivemind ARGUMENTS` in a folder."""

    def run(folder: Path, *arguments: str) -> Said:
        environment = {**os.environ, **_MEASURED}
        kind = tuple(takewhile(str.isalpha, arguments))[:2]
        if kind in _STARTED:
            return Said(*forking.run(folder, arguments, environment))
        _STARTED.add(kind)
        command = [sys.executable, "-m", "hivemind_git", *arguments]
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return Said(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def story(tmp_path: Path) -> list[Path]:
    """The three transcripts of the demo, as files."""
    found = []
    for number, day in enumerate(days(), 1):
        path = tmp_path / f"{number}.jsonl"
        path.write_bytes(day.transcript)
        found.append(path)
    return found


RULE = "1f403488e5c5138c"
SKILL = "python-logging"


@pytest.fixture
def taught(repo: Repo, tmp_path: Path) -> Repo:
    """The demo's three days in a repository, the sessions imported and what they taught not yet codified."""
    repo.commit("Start", when=1793000000)
    transcripts = []
    for day in days():
        when = int(datetime.fromisoformat(day.committed).timestamp())
        repo.commit(day.subject, when=when, **{day.path: day.accepted})
        transcripts.append(tmp_path / f"{day.subject}.jsonl")
        transcripts[-1].write_bytes(day.transcript)
    importing.import_transcripts(open_workspace(repo.path), "claude-code", transcripts)
    return repo


@pytest.fixture
def skilled(taught: Repo) -> Repo:
    """The same, with the skill that came of it merged into main."""
    codifying.run(open_workspace(taught.path))
    taught.git("merge", "-q", "--no-edit", f"hivemind/skill/{SKILL}")
    return taught
