"""The states of a worktree that the assistants' hook recorded as indexes, in a git directory of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pygit2

from hivemind_git.git import discovery, process
from hivemind_git.git.compare import Difference, Entry, differences

_FILES = (b"100644", b"100755")


@dataclass(frozen=True, slots=True)
class Changed:
    """A file that differs between two states: the ids of its contents, None where it was not there.

    `linked`: on one side it is no file but a link or another repository.
    """

    path: str
    before: str | None
    after: str | None
    linked: bool = False


def tree_of_index(git_dir: Path, objects: Path, index: Path) -> str | None:
    """The tree of an index, written to an object folder; None where the index is gone or damaged.

    By git itself: libgit2 does not read an index that is split.

    Raises:
        HivemindError: there is no git.
    """
    if not index.exists() or not git_dir.is_dir():
        return None
    places = {"GIT_DIR": git_dir, "GIT_OBJECT_DIRECTORY": objects, "GIT_INDEX_FILE": index}
    extra = {name: str(path.absolute()) for name, path in places.items()}
    done = process.run(["write-tree", "--missing-ok"], cwd=git_dir, extra=extra, unattended=True)
    return done.stdout.decode("ascii", "replace").strip() if done.returncode == 0 else None


class Snapshots:
    """The trees and blobs of recorded states, with those of the repository."""

    def __init__(self, common_dir: Path, objects: Path) -> None:
        self._objects = objects
        self._git = discovery.open_at(common_dir, common_dir)
        if objects.is_dir():
            self._git.odb.add_disk_alternate(str(objects))

    def changes(self, before: str, after: str) -> list[Changed] | None:
        """The files whose content differs between two trees, by path; None where one of the two is not here."""
        if any(not isinstance(self._look_up(tree), pygit2.Tree) for tree in (before, after)):
            return None
        found = (_changed(difference) for difference in differences(self._git, before, after))
        return [change for change in found if change.before != change.after]

    def size(self, oid: str) -> int | None:
        """The length of a content in bytes, told by its header alone; None if it is not here."""
        try:
            return int(self._git.odb.read_header(oid)[1])
        except (KeyError, ValueError, pygit2.GitError):
            return None

    def read(self, oid: str) -> bytes | None:
        """A content, None if it is not here."""
        found = self._look_up(oid)
        return found.data if isinstance(found, pygit2.Blob) else None

    def is_new(self, oid: str) -> bool:
        """Whether the hook wrote a content that the repository did not have."""
        return (self._objects / oid[:2] / oid[2:]).exists()

    def _look_up(self, oid: str) -> pygit2.Object | None:
        try:
            return self._git.get(oid)
        except (ValueError, pygit2.GitError):
            return None


def _changed(difference: Difference) -> Changed:
    before, after = difference.before, difference.after
    linked = any(entry is not None and entry[0] not in _FILES for entry in (before, after))
    return Changed(difference.path, _id(before), _id(after), linked)


def _id(entry: Entry | None) -> str | None:
    return entry[1] if entry is not None else None
