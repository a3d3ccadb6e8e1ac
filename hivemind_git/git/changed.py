"""Files that changed, with both sides whole: staged, not committed yet, or between two commits.

Asked of the user's git by its plumbing, which no `diff.*` setting, external diff or textconv can bend, and which knows
the index that `git commit -a` and `git commit -p` hand to their hooks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.git.objects import Repository

_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
_REGULAR = frozenset({"100644", "100755"})
_ABSENT = "0" * 40


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A regular file as it stands after a change, and before it: None where it was not there, or its blob is not here.

    `previous` differs from `path` only where the file was renamed.
    """

    path: str
    previous: str
    before: bytes | None
    after: bytes


def staged(repository: Repository) -> list[ChangedFile]:
    """What the next commit would change, by the index that this process was given.

    Raises:
        HivemindError: git refused, or is missing.
    """
    return list(_pairs(repository, ["diff-index", "--cached", "HEAD"]))


def uncommitted(repository: Repository) -> list[ChangedFile]:
    """What the worktree has and HEAD has not, untracked files included.

    Raises:
        HivemindError: as `staged`.
    """
    found = list(_pairs(repository, ["diff-index", "HEAD"]))
    untracked = _names(_git(repository, ["ls-files", "-z", "--others", "--exclude-standard"]))
    return [*found, *whole(repository, untracked)]


def between(repository: Repository, old: str | None, new: str) -> list[ChangedFile]:
    """What one commit has and another has not; `old` None: all that `new` has.

    Raises:
        HivemindError: as `staged`.
    """
    return list(_pairs(repository, ["diff-tree", "-r", old or _EMPTY_TREE, new]))


def whole(repository: Repository, paths: Sequence[str]) -> list[ChangedFile]:
    """Files of the worktree as if all of them were new. What is no regular file there is passed over."""
    found = ((path, _worktree_file(repository, path)) for path in paths)
    return [ChangedFile(path, path, None, content) for path, content in found if content is not None]


def below(repository: Repository, paths: Sequence[str]) -> list[str]:
    """The files, tracked or not ignored, that are the given paths or stand below them.

    Raises:
        HivemindError: as `staged`.
    """
    arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *paths]
    return sorted(set(_names(_git(repository, arguments))))


def _pairs(repository: Repository, command: Sequence[str]) -> Iterator[ChangedFile]:
    name, *rest = command
    fields = iter(_names(_git(repository, [name, "-z", "-M", "--raw", "--diff-filter=AMRT", *rest])))
    for header in fields:
        _, mode, old, new, status = header.removeprefix(":").split(" ")
        previous = next(fields)
        path = next(fields) if status.startswith("R") else previous
        if mode not in _REGULAR:
            continue
        after = _worktree_file(repository, path) if new == _ABSENT else repository.blob(new)
        if after is not None:
            yield ChangedFile(path, previous, None if old == _ABSENT else repository.blob(old), after)


def _worktree_file(repository: Repository, path: str) -> bytes | None:
    place = (repository.workdir or Path()) / path
    try:
        return None if place.is_symlink() or not place.is_file() else place.read_bytes()
    except OSError:
        return None


def _names(output: bytes) -> list[str]:
    return [name for name in os.fsdecode(output).split("\0") if name]


def _git(repository: Repository, arguments: Sequence[str]) -> bytes:
    place = [f"--git-dir={repository.git_dir}"]
    if repository.workdir is not None:
        place.append(f"--work-tree={repository.workdir}")
    index = os.environ.get("GIT_INDEX_FILE")
    extra = {"GIT_LITERAL_PATHSPECS": "1", **({"GIT_INDEX_FILE": str(Path(index).absolute())} if index else {})}
    done = process.run([*place, "--no-optional-locks", *arguments], cwd=repository.workdir, extra=extra)
    if done.returncode:
        raise HivemindError(f"git refused: {process.last_words(done)}", "See `git status`.")
    return done.stdout
