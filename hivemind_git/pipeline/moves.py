"""Which file of an agent a commit brought under another name: one that was moved before any commit held it.

Git has no record of such a move. What tells it is that the agent's file is gone where it was made, that a commit made
there adds another one, and that their text is alike by git's own measure (`git/renames`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import TypeAlias

from hivemind_git.corrections.evidence import Making
from hivemind_git.corrections.lines import opaque, split
from hivemind_git.corrections.new_files import NewFile, NewFiles
from hivemind_git.corrections.noise import INFORMATIVE
from hivemind_git.git import renames
from hivemind_git.git.blobs import identity
from hivemind_git.git.compare import Difference
from hivemind_git.git.history import Change, CommitInfo
from hivemind_git.git.objects import Repository
from hivemind_git.pipeline import standing
from hivemind_git.pipeline.standing import Left

Moves: TypeAlias = dict[str, dict[str, str]]
"""Commit → path of a file that it added → the name under which an agent had made it."""

Touching: TypeAlias = Sequence[tuple[CommitInfo, tuple[Change, ...]]]
Read: TypeAlias = Callable[[str], bytes | None]

_FILE = b"100644"
_LARGEST = 1 << 20
_NEIGHBOURS = 8
"""Files of the same kind that a new one is held against: what stands in them too, as a licence does, says nothing."""
_LOOKED_AT = 2000
"""Entries of a commit's tree among which they are looked for."""
_TELLING = 2
"""Lines of its own that a file must have kept: of a smaller one nobody can say that it is the same."""


def find(repository: Repository, new: NewFiles, touching: Touching, made: Mapping[str, Making], read: Read) -> Moves:
    """The moves before a first commit.

    Args:
        repository: where.
        new: what agents made.
        touching: the commits that touch what agents wrote.
        made: where commits were made.
        read: the content of a blob.
    """
    gone = _gone(repository, new, touching, read)
    found: Moves = {}
    for worktree in sorted({one.worktree for one in gone}):
        left = [one for one in gone if one.worktree == worktree]
        for commit in _made_there(repository, worktree, made, min(one.seen for one in left)):
            if not left:
                break
            how = made[commit.id]
            pending = [one for one in left if math.floor(one.seen) <= how.t < one.until]
            if pending and (pairs := _Brought(repository, new, commit, how, read).pairs(pending)):
                found[commit.id] = {path: one.path for path, one in pairs.items()}
                left = [one for one in left if one not in pairs.values()]
    return found


def first(moves: Moves, touching: Touching) -> Moves:
    """The moves to a path that no commit had added before: else its text may have come from there."""
    added: dict[str, tuple[float, str]] = {}
    for commit, changes in touching:
        for change in changes:
            if _adds(change):
                added[change.path] = min(added.get(change.path, (math.inf, "")), (commit.committed, commit.id))
    return {
        commit: {path: previous for path, previous in paths.items() if added.get(path, (0.0, commit))[1] == commit}
        for commit, paths in moves.items()
    }


def paths(moves: Moves) -> frozenset[str]:
    """The names that files were given."""
    return frozenset(path for found in moves.values() for path in found)


def _gone(repository: Repository, new: NewFiles, touching: Touching, read: Read) -> list[NewFile]:
    """The new files that no commit holds, and that do not stand where they were made any more."""
    added: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for commit, changes in touching:
        for change in changes:
            if _adds(change) and change.after_oid:
                added[change.path].append((commit.committed, change.after_oid))
    left = [one for one in new.all if one.content and not _landed(one, added[one.path], read)]
    present = standing.present(
        repository, [Left(one.seen, one.worktree, one.path) for one in left if one.until == math.inf]
    )
    return [one for one in left if one.until < math.inf or not _stands(one, present)]


def _landed(new: NewFile, added: Iterable[tuple[float, str]], read: Read) -> bool:
    within = (oid for t, oid in added if math.floor(new.made) <= t < new.until)
    return any(renames.alike(new.content, read(oid) or b"") for oid in within)


def _stands(new: NewFile, present: Mapping[tuple[str, str], bytes]) -> bool:
    there = present.get((new.worktree, new.path))
    return there is not None and renames.alike(new.content, there)


def _adds(change: Change) -> bool:
    return change.status == "added" and not change.link


def _made_there(
    repository: Repository, worktree: str, made: Mapping[str, Making], since: float
) -> Iterator[CommitInfo]:
    """The commits that somebody made of what was staged in a worktree, from a time on, oldest first."""
    there = [
        (how.t, how.position, one)
        for one, how in made.items()
        if how.worktree == worktree and not how.replayed and how.t >= math.floor(since)
    ]
    for *_, one in sorted(there):
        commit = repository.commit(one)
        if commit is not None and len(commit.parents) < 2:  # a merge adds what the other branch has
            yield commit


class _Brought:
    """The files that one commit added, each as an agent came upon it first, or else as the commit has it."""

    def __init__(self, repository: Repository, new: NewFiles, commit: CommitInfo, how: Making, read: Read) -> None:
        self._repository, self._commit, self._read = repository, commit, read
        self._added = {change.path: change.after_oid for change in repository.changes(commit.id) if _adds(change)}
        self._since: dict[str, float] = {}
        self._texts: dict[str, bytes] = {}
        for path, oid in self._added.items():
            met = new.met(how.worktree, path, how.t + 1)
            text = read(oid or "") if met is None else met[1]
            if text is not None and not opaque(text):  # None: an agent made it there
                self._since[path], self._texts[path] = math.inf if met is None else met[0], text

    def pairs(self, gone: Sequence[NewFile]) -> dict[str, NewFile]:
        """Path of an added file → the one of those that are gone that it was."""
        left = {one.path: one for one in gone if self._texts and not self._held(one.path)}
        contents = [*self._texts.values(), *(one.content for one in left.values())]
        by_id = {identity(content): content for content in contents}
        differences = [Difference(path, (_FILE, identity(one.content)), None) for path, one in left.items()]
        differences += [Difference(path, None, (_FILE, identity(text))) for path, text in self._texts.items()]
        found = {path: left[previous] for path, previous in renames.find(differences, by_id.get).items()}
        return {path: one for path, one in found.items() if one.seen < self._since[path] and self._kept(path, one)}

    def _held(self, path: str) -> bool:
        """Whether the commit, or the one before it, has a file of that name."""
        return any(self._repository.entry(one, path) for one in (self._commit.id, *self._commit.parents))

    def _kept(self, path: str, one: NewFile) -> bool:
        """Whether enough of a file's own text stands in the added one."""
        common = {line for text in self._neighbours(path, one.path) for line in _telling(text)}
        own = _telling(one.content) - common
        kept = own & _telling(self._texts[path])
        return len(kept) >= max(_TELLING, len(own) / 2)

    def _neighbours(self, *paths: str) -> Iterator[bytes]:
        """Files of the same kind that were there before, the nearest first."""
        folders = dict.fromkeys((*(path.rpartition("/")[0] for path in paths), ""))
        listed = (self._repository.walk_tree(self._commit.id, folder) for folder in folders)
        entries = islice(chain.from_iterable(listed), _LOOKED_AT)
        kind = PurePosixPath(paths[0]).suffix
        alike = (oid for path, _, oid in entries if path not in self._added and PurePosixPath(path).suffix == kind)
        for oid in islice(dict.fromkeys(alike), _NEIGHBOURS):
            if (self._repository.size(oid) or 0) <= _LARGEST:
                yield self._read(oid) or b""


def _telling(text: bytes) -> frozenset[bytes]:
    """The lines that say something, without the white space around them."""
    return frozenset(bare for line in split(text) if len(bare := line.strip()) >= INFORMATIVE)
