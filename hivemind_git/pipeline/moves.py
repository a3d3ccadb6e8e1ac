"""Which file of an agent a commit brought under another name: one that was moved before any commit held it.

Git has no record of such a move. What tells it is that the agent's file is gone where it was made, that a commit made
there adds another one, and that their text is alike by git's own measure (`git/renames`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import TypeAlias

from hivemind_git.corrections import bare
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
_LONGEST = 14 * 86400.0
"""Seconds after which nobody looks any more for what an agent had left: it was thrown away."""
_LARGEST = 1 << 20
_NEIGHBOURS = 8
"""Files of the same kind that a new one is held against: what stands in them too, as a licence does, says nothing."""
_LOOKED_AT = 2000
"""Entries of a commit's tree among which they are looked for."""
_CUT = (b"(", b"[", b"{", b",")
_TELLING = 2
"""Lines of its own that a file must have kept: of a smaller one nobody can say that it is the same."""


def find(
    repository: Repository,
    new: NewFiles,
    touching: Touching,
    made: Mapping[str, Making],
    lost: Collection[str],
    read: Read,
) -> Moves:
    """The moves before a first commit.

    Args:
        repository: where.
        new: what agents made.
        touching: the commits that touch what agents wrote.
        made: where commits were made.
        lost: those that no branch holds any more: what was in them, an amended one may have under another name.
        read: the content of a blob.
    """
    gone = _gone(repository, new, [one for one in touching if one[0].id not in lost], read)
    found: Moves = {}
    for worktree in sorted({one.worktree for one in gone}):
        left = [one for one in gone if one.worktree == worktree]
        holding = _by_line(left)
        for commit in _made_there(repository, made, left):
            how = made[commit.id]
            pending = [one for one in left if _waits(one, how.t)]
            pairs = _Brought(repository, new, commit, how, read).pairs(pending, holding) if pending else {}
            if pairs:
                found[commit.id] = {path: one.path for path, one in pairs.items()}
                left = [one for one in left if one not in pairs.values()]
    return found


def first(moves: Moves, touching: Touching, read: Read) -> Moves:
    """The moves to a path that no commit had added before with such a text: else it may have come from there."""
    added: dict[str, list[tuple[float, str, str]]] = defaultdict(list)
    for commit, changes in touching:
        for change in changes:
            if _adds(change) and change.after_oid:
                added[change.path].append((commit.committed, commit.id, change.after_oid))
    return {
        commit: {path: previous for path, previous in paths.items() if not _earlier(commit, added[path], read)}
        for commit, paths in moves.items()
    }


def _earlier(commit: str, added: Sequence[tuple[float, str, str]], read: Read) -> bool:
    own = next(((t, read(oid) or b"") for t, one, oid in added if one == commit), None)
    return own is not None and any(t < own[0] and renames.alike(read(oid) or b"", own[1]) for t, _, oid in added)


def paths(moves: Moves) -> frozenset[str]:
    """The names that files were given."""
    return frozenset(path for found in moves.values() for path in found)


def _gone(repository: Repository, new: NewFiles, touching: Touching, read: Read) -> list[NewFile]:
    """The new files that none of the commits brought, and that do not stand where they were made any more."""
    added: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for commit, changes in touching:
        for change in changes:
            if _adds(change) and change.after_oid:
                added[change.path].append((commit.committed, change.after_oid))
    left = [one for one in new.all if 0 < len(one.content) <= _LARGEST and not _landed(one, added[one.path], read)]
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


def _waits(one: NewFile, t: float) -> bool:
    """Whether a commit at a time may bring a file that is gone, as far as time tells."""
    return math.floor(one.seen) <= t < min(one.until, one.seen + _LONGEST)


def _made_there(repository: Repository, made: Mapping[str, Making], gone: Sequence[NewFile]) -> Iterator[CommitInfo]:
    """The commits that may bring one of the files of a worktree, made there of what was staged, oldest first."""
    since, until = math.floor(min(one.seen for one in gone)), max(one.seen for one in gone) + _LONGEST
    there = [
        (how.t, how.position, one)
        for one, how in made.items()
        if how.worktree == gone[0].worktree and not how.replayed and since <= how.t < until
    ]
    for *_, one in sorted(there):
        commit = repository.commit(one)
        if commit is not None and len(commit.parents) < 2:  # a merge adds what the other branch has
            yield commit


class _Brought:
    """The files that one commit added, and which of those that are gone they were."""

    def __init__(self, repository: Repository, new: NewFiles, commit: CommitInfo, how: Making, read: Read) -> None:
        self._repository, self._new, self._commit, self._how, self._read = repository, new, commit, how, read
        self._added = {change.path: change.after_oid for change in repository.changes(commit.id) if _adds(change)}

    def pairs(self, gone: Sequence[NewFile], holding: Mapping[bytes, set[NewFile]]) -> dict[str, NewFile]:
        """Path of an added file → the one of those that are gone that it was. `holding`: which of them hold a line."""
        texts = {path: text for path in self._added if (text := self._text(path, gone)) is not None}
        lines = {line for text in texts.values() for line in _said(text)}
        sharing = set[NewFile]().union(*(holding[line] for line in lines if line in holding))
        left = {one.path: one for one in gone if one in sharing}
        if not left:
            return {}
        found = {path: one for path, one in _paired(texts, left).items() if self._was(path, texts[path], one)}
        # A formatter that laid out a whole file at the commit left hardly a line as it was.
        rest = {path: _bare(text) for path, text in texts.items() if path not in found}
        laid = {
            path: replace(one, content=_bare(one.content)) for path, one in left.items() if one not in found.values()
        }
        found |= {path: left[one.path] for path, one in _paired(rest, laid).items() if self._was(path, rest[path], one)}
        return found

    def _text(self, path: str, gone: Sequence[NewFile]) -> bytes | None:
        """An added file as an agent came upon it, or else as the commit has it; None where it was none that is gone."""
        met = self._met(path)
        oid = self._added[path]
        if met is None and oid is not None:
            size = self._repository.size(oid) or 0
            text = self._read(oid) if any(_near(len(one.content), size) for one in gone) else None
        else:
            text = met[1] if met is not None else None  # None: an agent made it there
        return None if text is None or opaque(text) else text

    def _met(self, path: str) -> tuple[float, bytes | None] | None:
        return self._new.met(self._how.worktree, path, self._how.t + 1)

    def _was(self, path: str, text: bytes, one: NewFile) -> bool:
        """Whether an added file was one that is gone, besides being alike."""
        met = self._met(path)
        return (met is None or one.seen < met[0]) and not self._held(one.path) and self._kept(path, text, one)

    def _held(self, path: str) -> bool:
        """Whether the commit, or the one before it, has a file of that name."""
        return any(self._repository.entry(one, path) for one in (self._commit.id, *self._commit.parents))

    def _kept(self, path: str, text: bytes, one: NewFile) -> bool:
        """Whether enough of a file's own text stands in the added one."""
        common = {line for other in self._neighbours(path, one.path) for line in _said(other)}
        own = _telling(one.content) - common
        kept = own & _telling(text)
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


def _paired(texts: Mapping[str, bytes], left: Mapping[str, NewFile]) -> dict[str, NewFile]:
    """Path of an added file → the one of those that are gone that it is by git's measure."""
    by_id = {identity(text): text for text in [*texts.values(), *(one.content for one in left.values())]}
    gone = [Difference(path, (_FILE, identity(one.content)), None) for path, one in left.items()]
    came = [Difference(path, None, (_FILE, identity(text))) for path, text in texts.items()]
    return {path: left[previous] for path, previous in renames.find([*gone, *came], by_id.get).items()}


@lru_cache(256)
def _bare(text: bytes) -> bytes:
    """A text cut where formatters may cut it, without what else they change."""
    for mark in _CUT:
        text = text.replace(mark, mark + b"\n")
    return b"\n".join(filter(None, map(bare.line, split(text))))


def _near(one: int, other: int) -> bool:
    """Whether files of such lengths can be alike."""
    return 2 * min(one, other) >= max(one, other)


def _by_line(files: Iterable[NewFile]) -> dict[bytes, set[NewFile]]:
    found: dict[bytes, set[NewFile]] = defaultdict(set)
    for one in files:
        for line in _said(one.content):
            found[line].add(one)
    return found


def _said(text: bytes) -> frozenset[bytes]:
    """The lines that say something, as they are and without their layout."""
    return _telling(text) | _telling(_bare(text))


def _telling(text: bytes) -> frozenset[bytes]:
    """The lines that say something, without the white space around them."""
    return frozenset(told for line in split(text) if len(told := line.strip()) >= INFORMATIVE)
