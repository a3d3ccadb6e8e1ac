from __future__ import annotations

from pathlib import Path

import pytest
from repos import Repo

from hivemind_git.agents.base import Checkout, Machine


@pytest.fixture
def place(repo: Repo, hermetic: Path) -> tuple[Checkout, Machine]:
    """A repository with a commit, and the home of somebody who has nothing."""
    repo.commit("base", **{"a.txt": "a\n"})
    return Checkout(repo.path, repo.path / ".git", (repo.path,)), Machine(hermetic, {})
