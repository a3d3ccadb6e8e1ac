from __future__ import annotations

import pytest

from hivemind_git.git.objects import Repository
from tests.conftest import Repo


@pytest.fixture
def opened(repo: Repo) -> Repository:
    """The test's repository through our door."""
    return Repository.containing(repo.path)
