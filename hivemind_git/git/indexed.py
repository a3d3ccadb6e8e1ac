"""What the index has a say in: by libgit2, or by git where it is split or sparse, which libgit2 (1.9) cannot read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pygit2
from pygit2.enums import AttrCheck

from hivemind_git.errors import HivemindError
from hivemind_git.git import process

_VALUES: Final[dict[str, str | bool | None]] = {"set": True, "unset": False, "unspecified": None}
"""What git-check-attr(1) prints for an attribute without a value of its own."""


def attributes(
    repository: pygit2.Repository, workdir: Path | None, path: str, names: Sequence[str]
) -> dict[str, str | bool | None]:
    """The git attributes of a path: True set, False unset, None unspecified, else the value.

    Raises:
        HivemindError: git cannot read the index either.
    """
    flags = AttrCheck.INDEX_ONLY | AttrCheck.INCLUDE_HEAD if workdir is None else AttrCheck.FILE_THEN_INDEX
    try:
        return {name: repository.get_attr(path, name, flags) for name in names}
    except pygit2.GitError:
        told = _git(repository, workdir, ["check-attr", "-z", *names, "--", path]).split("\0")
        return {name: _VALUES.get(value, value) for name, value in zip(told[1::3], told[2::3], strict=True)}


def holds(repository: pygit2.Repository, workdir: Path, path: str) -> bool:
    """Whether a path is in the index.

    Raises:
        HivemindError: git cannot read the index either.
    """
    try:
        return path in repository.index
    except pygit2.GitError:
        return _git(repository, workdir, ["ls-files", "-z", "--", f":(literal){path}"]) != ""


def _git(repository: pygit2.Repository, workdir: Path | None, arguments: Sequence[str]) -> str:
    place = ["--git-dir", repository.path, *(["--work-tree", str(workdir)] if workdir else [])]
    done = process.run([*place, *arguments], cwd=workdir)
    if done.returncode:
        raise HivemindError(f"the index cannot be read: {process.last_words(done)}", "`git status` shows the same.")
    return os.fsdecode(done.stdout)
