"""Which commits changed a folder: asked of git itself, which has commit graphs and Bloom filters for that."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from hivemind_git.errors import HivemindError
from hivemind_git.git.config import environment
from hivemind_git.git.objects import Repository


def touching(repository: Repository, tip: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The commits reachable from `tip` (an id) that changed one of the paths, newest first.

    All parents of a merge are followed: git's default simplification leaves out a revert on a merged branch. A merge is
    named only if it differs from each of its parents.

    Raises:
        HivemindError: git is missing, or cannot walk the history.
    """
    command = ["git", f"--git-dir={repository.git_dir}", "rev-list", "--full-history", tip, "--", *paths]
    env = environment({"GIT_LITERAL_PATHSPECS": "1", "GIT_COMMON_DIR": os.fspath(repository.common_dir)})
    try:
        done = subprocess.run(command, env=env, capture_output=True, check=False)
    except OSError as error:
        raise HivemindError("git was not found", "install git, or put it on PATH") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise HivemindError(
            f"git could not walk the history: {said[-1] if said else 'no reason given'}", "see git fsck"
        )
    return tuple(done.stdout.decode().split())
