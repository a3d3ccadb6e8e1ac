"""Commits that are signed as the user's own git signs them: libgit2 knows no signing."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from hivemind_git.errors import HivemindError
from hivemind_git.git.config import environment
from hivemind_git.git.objects import Repository

_TRUE = frozenset({"true", "yes", "on", "1"})


def signs(repository: Repository) -> bool:
    """Whether the user's git signs every commit (`commit.gpgSign`)."""
    return (repository.config("commit.gpgsign") or "").lower() in _TRUE


def commit_tree(repository: Repository, tree: str, parents: Sequence[str], message: str) -> str:
    """Writes a signed commit through `git commit-tree`, without moving a ref, and returns its id.

    Raises:
        HivemindError: git is missing, or the commit could not be signed.
    """
    command = ["git", f"--git-dir={repository.git_dir}", "commit-tree", "-S", tree]
    for parent in parents:
        command += ["-p", parent]
    try:
        done = subprocess.run(command, input=message.encode(), env=environment(), capture_output=True, check=False)
    except OSError as error:
        raise HivemindError("git was not found", "install git, or put it on PATH") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise HivemindError(
            f"git could not sign the commit: {said[-1] if said else 'no reason given'}", "see git commit -S"
        )
    return done.stdout.decode().strip()
