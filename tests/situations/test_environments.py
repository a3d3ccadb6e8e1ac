"""Situations of the environment: what programs are started with, by a desktop or by a service."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from situations.scene import CORRECTED
from waiting import wait_for

if TYPE_CHECKING:
    from situations.scene import Scene

UTILITIES = ("cat", "dd", "find", "grep", "head", "ln", "mkdir", "mv", "nohup", "rm", "sh")


def _named(scene: Scene) -> None:
    """The person's name is in the repository, for no file of the home may tell it."""
    scene.git("config", "user.name", "Ada")
    scene.git("config", "user.email", "ada@example.com")


def _journal(scene: Scene) -> list[Path]:
    assert scene.state is not None
    return list(scene.state.glob("journal/*.*"))


def test_no_home(unwired: Scene) -> None:
    """Neither HOME nor a file of git's that is somebody's own."""
    _named(unwired)
    unwired.env = {name: value for name, value in os.environ.items() if name not in {"HOME", "GIT_CONFIG_GLOBAL"}}
    unwired.wire()
    unwired.accepted()
    unwired.loop(CORRECTED)


def test_no_terminal(scene: Scene) -> None:
    """Agent and git are without a terminal, which nothing asks for, and `TERM` and the locale are not set."""
    scene.env = {name: value for name, value in os.environ.items() if name not in {"TERM", "LANG", "LC_ALL"}}
    del scene.env["GIT_TERMINAL_PROMPT"]
    scene.accepted()
    scene.env = None
    scene.loop(CORRECTED)


def test_started_by_a_desktop(scene: Scene) -> None:
    """Agent and git have the system's PATH, HOME, and nothing else; the turn's end seals, and codifies by itself."""
    _named(scene)
    scene.env = {"PATH": os.defpath, "HOME": str(scene.home)}
    scene.accepted()
    scene.env = None
    scene.install(seals=True)
    scene.env = {"PATH": os.defpath, "HOME": str(scene.home)}
    scene.hook("Stop")
    wait_for(lambda: scene.skill_branches() != [])
    scene.env = None
    scene.loop(CORRECTED)


def test_no_git_on_the_path(scene: Scene, tmp_path: Path) -> None:
    """The agent finds no git, no Python and no `setsid`: its hook keeps all the same, and the journal waits."""
    _named(scene)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in UTILITIES:
        (tools / name).symlink_to(shutil.which(name) or "")
    scene.env = {"PATH": str(tools), "HOME": str(scene.home)}
    scene.accepted()
    scene.hook("Stop")
    scene.env = None
    assert _journal(scene)
    scene.loop(CORRECTED)


def test_no_environment(scene: Scene) -> None:
    """Not one variable, as `env -i` has it: shell and git have a PATH of their own then."""
    _named(scene)
    scene.env = {}
    scene.accepted()
    scene.env = None
    scene.loop(CORRECTED)
