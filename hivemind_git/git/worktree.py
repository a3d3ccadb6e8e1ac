"""The few paths of a worktree that are ours to write, through git itself, so that filters and line ends hold."""

from __future__ import annotations

import os
from collections.abc import Sequence

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.git.objects import Repository


def dirty(repository: Repository, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the paths, and what is below them, that differ between HEAD, index and worktree, or are not tracked.

    Raises:
        HivemindError: git is missing, or the worktree cannot be read.
    """
    shown = _git(repository, ["status", "--porcelain", "-z", "--no-renames", "--ignored", "-uall", "--", *paths])
    return tuple(line[3:] for line in os.fsdecode(shown).split("\0") if line)


def restore(repository: Repository, commit: str, paths: Sequence[str]) -> None:
    """Brings index and worktree at these paths to what a commit holds. No hook of the user's runs.

    Raises:
        HivemindError: git is missing, or a file cannot be written.
    """
    hooks = ["-c", f"core.hooksPath={os.devnull}"]
    _git(repository, [*hooks, "restore", f"--source={commit}", "--staged", "--worktree", "--", *paths])


def _git(repository: Repository, arguments: Sequence[str]) -> bytes:
    command = [
        f"--git-dir={repository.git_dir}",
        f"--work-tree={repository.workdir}",
        "--no-optional-locks",
        *arguments,
    ]
    done = process.run(command, cwd=repository.workdir, extra={"GIT_LITERAL_PATHSPECS": "1"})
    if done.returncode:
        raise HivemindError(f"git refused: {process.last_words(done)}", "See `git status`.")
    return done.stdout
