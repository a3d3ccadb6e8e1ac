"""Which commits changed a folder: asked of git itself, which has commit graphs and Bloom filters for that."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence

from hivemind_git.errors import GitUnusableError, HivemindError
from hivemind_git.git import process
from hivemind_git.git.objects import Repository


def touching(repository: Repository, tip: str, paths: Sequence[str]) -> Iterator[str]:
    """The commits reachable from `tip` (an id) that changed one of the paths, newest first, while git still walks.

    All parents of a merge are followed: git's default simplification leaves out a revert on a merged branch. A merge is
    named only if it differs from each of its parents.

    Raises:
        HivemindError: git is missing, or cannot walk the history.
    """
    command = ["git", f"--git-dir={repository.git_dir}", "rev-list", "--full-history", tip, "--", *paths]
    env = process.environment({"GIT_LITERAL_PATHSPECS": "1"})
    try:
        walk = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    except OSError as error:
        raise GitUnusableError("git was not found", "Install git, or put it on PATH.") from error
    with walk:
        try:
            for line in walk.stdout or ():
                yield line.rstrip("\n")
        except GeneratorExit:
            walk.kill()
            raise
        said = walk.stderr.read().strip().splitlines() if walk.stderr else []
    if walk.returncode:
        raise HivemindError(
            f"git could not walk the history: {said[-1] if said else 'no reason given'}", "`git fsck` may say more."
        )
