"""The files that agents left uncommitted, and what stands in their places now.

A person who throws an agent's work away with `git restore`, or with an editor's undo, leaves no trace but the file
itself: it stands as HEAD has it, and was written since.
"""

from __future__ import annotations

import stat
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from hivemind_git.corrections.evidence import Edit, Session, Standing
from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository

_LARGEST = 4 << 20
LONGEST: Final = 36 * 3600.0
"""Seconds after an agent's write in which a file is looked at: later nobody can say who put it back."""


@dataclass(frozen=True, slots=True)
class Left:
    """A file as an agent wrote it last, at `t`."""

    t: float
    worktree: str
    path: str


def left(sessions: Iterable[Session]) -> tuple[Left, ...]:
    """The files that agents wrote, by worktree and path."""
    last: dict[tuple[str, str], float] = {}
    for session in sessions:
        for item in session.items:
            if isinstance(item, Edit):
                place = (item.worktree, item.path)
                last[place] = max(last.get(place, item.t), item.t)
    return tuple(Left(t, *place) for place, t in sorted(last.items()))


def lately(files: Sequence[Left]) -> tuple[Left, ...]:
    """Those that were written not long before the last one."""
    last = max((file.t for file in files), default=0.0)
    return tuple(file for file in files if file.t > last - LONGEST)


def standing(repository: Repository, files: Collection[Left]) -> tuple[Standing, ...]:
    """Those of the files that stand as HEAD of their worktree has them, written soon after an agent wrote them."""
    return tuple(_standing(repository, files))


def _standing(repository: Repository, files: Collection[Left]) -> Iterator[Standing]:
    tops = {name: top for top, name in repository.worktrees.items()} if files else {}
    heads = {name: _head(tops[name]) for name in {file.worktree for file in files} & tops.keys()}
    for file in files:
        head = heads.get(file.worktree)
        entry = repository.entry(head, file.path) if head else None
        if entry is None or ".." in PurePosixPath(file.path).parts:
            continue
        here = tops[file.worktree] / file.path
        try:
            found = here.lstat()
        except (OSError, ValueError):
            continue
        size = repository.size(entry[0])
        soon = file.t < found.st_mtime <= file.t + LONGEST
        if not soon or not stat.S_ISREG(found.st_mode) or size is None or found.st_size < size:
            continue
        content = repository.blob(entry[0]) if size <= _LARGEST else None
        if content is not None and _same(here, content):
            yield Standing(t=found.st_mtime, worktree=file.worktree, path=file.path, content=content, blob=entry[0])


def _head(top: Path) -> str | None:
    try:
        return Repository.containing(top).head()
    except HivemindError:
        return None  # removed, and not yet pruned


def _same(path: Path, content: bytes) -> bool:
    """Whether a file has a content, but for the line ends that git may have given it (`core.autocrlf`)."""
    try:
        there = path.read_bytes()
    except OSError:
        return False
    return there == content or there.replace(b"\r\n", b"\n") == content
