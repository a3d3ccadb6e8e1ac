"""Commits that are signed as the user's own git signs them: libgit2 knows no signing."""

from __future__ import annotations

from collections.abc import Sequence

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.git.objects import Repository

_TRUE = frozenset({"true", "yes", "on", "1"})


def signs(repository: Repository) -> bool:
    """Whether the user's git signs every commit (`commit.gpgSign`)."""
    return (repository.config("commit.gpgsign") or "").lower() in _TRUE


def commit_tree(repository: Repository, tree: str, parents: Sequence[str], message: str) -> str:
    """Writes a signed commit, without moving a ref, and returns its id.

    Raises:
        HivemindError: git is missing, or the commit could not be signed.
    """
    named = [word for parent in parents for word in ("-p", parent)]
    done = process.run([f"--git-dir={repository.git_dir}", "commit-tree", "-S", tree, *named], stdin=message.encode())
    if done.returncode:
        raise HivemindError(
            f"git could not sign the commit: {process.last_words(done)}", "`git commit -S` shows the same."
        )
    return done.stdout.decode().strip()
