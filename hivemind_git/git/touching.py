"""Which commits changed a folder: asked of git itself, which has commit graphs and Bloom filters for that."""

from __future__ import annotations

from collections.abc import Sequence

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.git.objects import Repository


def touching(repository: Repository, tip: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The commits reachable from `tip` (an id) that changed one of the paths, children before parents.

    All parents of a merge are followed: git's default simplification leaves out a revert on a merged branch. A merge is
    named only if it differs from each of its parents.

    Raises:
        HivemindError: git is missing, or cannot walk the history.
    """
    done = process.run(
        [f"--git-dir={repository.git_dir}", "rev-list", "--full-history", "--topo-order", tip, "--", *paths],
        extra={"GIT_LITERAL_PATHSPECS": "1"},
    )
    if done.returncode:
        raise HivemindError(f"git could not walk the history: {process.last_words(done)}", "`git fsck` may say more.")
    return tuple(done.stdout.decode().split())
