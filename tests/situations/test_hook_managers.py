"""Situations of git's hooks: where they are, and who else has put some there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from situations.scene import CORRECTED, beside

if TYPE_CHECKING:
    from situations.scene import Scene

MARK = "touch .git/ran\n"


def _program(name: str, scene: Scene, *arguments: str) -> None:
    found = Path(sys.executable).with_name(name)
    subprocess.run([found, *arguments], cwd=scene.repo.path, check=True, capture_output=True)


def _worked(scene: Scene) -> None:
    """All of it, and what the others had in their hooks ran at the last commit too."""
    mark = scene.repo.path / ".git/ran"
    scene.wire()
    mark.unlink()
    scene.accepted()
    assert mark.exists()
    scene.loop(CORRECTED)


def test_hooks_path_relative(unwired: Scene) -> None:
    """`core.hooksPath` is a folder of the worktree that git ignores."""
    unwired.git("config", "core.hooksPath", ".hooks")
    unwired.person(".hooks/\n", ".gitignore")
    unwired.commit()
    unwired.repo.write(".hooks/pre-commit", f"#!/bin/sh\n{MARK}").chmod(0o755)
    _worked(unwired)


def test_hooks_path_absolute(unwired: Scene) -> None:
    """`core.hooksPath` is an absolute path to a folder of this repository."""
    folder = unwired.repo.path / ".git/other-hooks"
    unwired.git("config", "core.hooksPath", str(folder))
    unwired.repo.write(".git/other-hooks/pre-commit", f"#!/bin/sh\n{MARK}").chmod(0o755)
    _worked(unwired)


def test_hooks_path_missing(unwired: Scene) -> None:
    """`core.hooksPath` leads out of the repository to a folder that is not there: no hook of ours, and none needed."""
    unwired.git("config", "core.hooksPath", str(beside(unwired, "nowhere")))
    unwired.wire()
    unwired.accepted()
    unwired.loop(CORRECTED)
    assert not beside(unwired, "nowhere").exists()


def test_husky(unwired: Scene) -> None:
    """Husky's folder of hooks, each of which runs a script of the project."""
    unwired.git("config", "core.hooksPath", ".husky/_")
    unwired.person(MARK, ".husky/pre-commit")
    unwired.person("*\n", ".husky/_/.gitignore")
    for name in ("pre-commit", "post-commit", "post-rewrite", "pre-push"):
        script = '#!/usr/bin/env sh\n[ -f ".husky/${0##*/}" ] || exit 0\nsh ".husky/${0##*/}" "$@"\n'
        unwired.repo.write(f".husky/_/{name}", script).chmod(0o755)
    unwired.commit()
    _worked(unwired)


def test_lefthook(unwired: Scene) -> None:
    """The real lefthook, installed before us."""
    unwired.person("pre-commit:\n  commands:\n    mark:\n      run: touch .git/ran\n", "lefthook.yml")
    unwired.commit()
    _program("lefthook", unwired, "install")
    _worked(unwired)


@pytest.mark.parametrize("again", [False, True], ids=["once", "installed again after us"])
def test_pre_commit(unwired: Scene, again: bool) -> None:
    """The real pre-commit, also where its own install comes after ours and moves our hook to its `.legacy`."""
    hook = "{id: mark, name: mark, language: system, entry: touch .git/ran, pass_filenames: false, always_run: true}"
    unwired.person(f"repos: [{{repo: local, hooks: [{hook}]}}]\n", ".pre-commit-config.yaml")
    unwired.commit()
    _program("pre-commit", unwired, "install")
    unwired.wire()
    if again:
        _program("pre-commit", unwired, "install")
    unwired.accepted()
    assert (unwired.repo.path / ".git/ran").exists()
    unwired.loop(CORRECTED)


def test_a_hook_replaced_after_install(scene: Scene) -> None:
    """Somebody writes a pre-commit of their own over ours: theirs stays, also when we go."""
    hook = scene.repo.write(".git/hooks/pre-commit", f"#!/bin/sh\n{MARK}")
    hook.chmod(0o755)
    scene.accepted()
    assert (scene.repo.path / ".git/ran").exists()
    scene.before["pre-commit"] = hook.read_bytes()
    scene.loop(CORRECTED)
