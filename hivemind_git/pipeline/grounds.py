"""What every import stands on: the repository's paths and places, and the store under its lock."""

from __future__ import annotations

import os
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import Final

from hivemind_git.capture.files import exclusive
from hivemind_git.capture.keep import Keeper
from hivemind_git.capture.seal import lock_path
from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.git.trees import FILE
from hivemind_git.pipeline import commits, redaction
from hivemind_git.pipeline.placing import Placer
from hivemind_git.pipeline.workspace import Workspace

MOST_FILES: Final = 1_000_000
_PATIENCE_SECONDS: Final = 60.0


@contextmanager
def alone(space: Workspace) -> Iterator[None]:
    """Holds the lock under which sessions and notes are written.

    Raises:
        HivemindError: another import or seal holds it for a minute.
    """
    with exclusive(lock_path(space.repository), _PATIENCE_SECONDS) as mine:
        if not mine:
            raise HivemindError(
                "another import or seal is at work in this repository", "Run the command again when it is done."
            )
        yield


@contextmanager
def keeping(space: Workspace) -> Iterator[Keeper]:
    """Takes captures of an import, and has written all of them where the block ends well.

    Raises:
        HivemindError: the store cannot be written, or another import or seal holds it for a minute.
    """
    with alone(space):
        keeper = Keeper(
            space.repository, space.ref, redaction.redactor_for(space), verb="Import", settings=space.settings
        )
        yield keeper
        keeper.flush()


def placer(space: Workspace, known: Container[str], mappings: Mapping[str, str]) -> Placer:
    """Finds the places of files here, where folders OLD of the logs are worktrees NEW.

    Raises:
        HivemindError: a NEW is no worktree of this repository.
    """
    worktrees = {str(path): name for path, name in space.repository.worktrees.items()}
    here: dict[str, str] = {}
    for old, new in mappings.items():
        top = str(Path(new).resolve())
        if top not in worktrees:
            raise HivemindError(
                f"{new} is not the top of a worktree of this repository", "Give --map OLD=NEW such a folder as NEW."
            )
        here[old] = worktrees[top]
    return Placer(worktrees, known.__contains__, here, real=cache(os.path.realpath))


def files(repository: Repository, tip: str, name: str) -> Iterator[tuple[str, str]]:
    """Path and blob id of each plain file in another tool's tree, which a few objects can make look endless.

    Raises:
        HivemindError: it has more of them than any real one.
    """
    for number, (path, mode, oid) in enumerate(repository.walk_tree(tip)):
        if number >= MOST_FILES:
            raise HivemindError(f"{name} has more than {MOST_FILES} files", "Look at it with `git ls-tree -r`.")
        if mode == FILE:
            yield path, oid


class Known:
    """The paths that the history knows. Read when the first is asked for: most transcripts are of a worktree here."""

    def __init__(self, space: Workspace) -> None:
        self._repository = space.repository
        self._branch = space.branch

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    @property
    def nothing(self) -> bool:
        """Whether the history knows no path at all."""
        return not self._paths

    @cached_property
    def _paths(self) -> frozenset[str]:
        tips = commits.tips(self._repository, self._branch)
        standing = {path for tip in tips for path, _, _ in self._repository.walk_tree(tip)}
        gone = {change.path for commit in self._repository.walk(tips) for change in self._repository.changes(commit.id)}
        return frozenset(standing | gone)
