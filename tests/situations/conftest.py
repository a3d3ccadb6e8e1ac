"""Scenes to begin with, and the small things that situations need."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from repos import Repo
from situations.scene import BASE, Scene


@pytest.fixture
def unwired(repo: Repo, hermetic: Path) -> Scene:
    """A repository with one file, committed."""
    made = Scene(repo, hermetic)
    made.person(BASE)
    made.commit()
    return made


@pytest.fixture
def scene(unwired: Scene) -> Scene:
    """The same, wired, and with two sessions corrected already."""
    unwired.wire()
    return unwired


Hook = Callable[[str, str], None]


@pytest.fixture
def hook(scene: Scene) -> Hook:
    """Puts a shell script into the repository's hooks, beside ours."""

    def put(name: str, script: str) -> None:
        path = scene.repo.write(f".git/hooks/{name}", f"#!/bin/sh\n{script}")
        path.chmod(0o755)
        scene.before[name] = path.read_bytes()
        scene.install()

    return put
