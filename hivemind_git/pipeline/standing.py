"""The files that agents left uncommitted, and what stands in their places now.

A person who throws an agent's work away with `git restore`, or with an editor's undo, leaves no trace but the file
itself: it stands as HEAD has it, and was written since.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

from hivemind_git.capture.files import place, private_folder
from hivemind_git.corrections.evidence import Edit, Session, Standing
from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository

_LARGEST = 4 << 20
_FILE = "standing.json"
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
                where = (item.worktree, item.path)
                last[where] = max(last.get(where, item.t), item.t)
    return tuple(Left(t, *where) for where, t in sorted(last.items()))


def lately(files: Sequence[Left]) -> tuple[Left, ...]:
    """Those that were written not long before the last one."""
    last = max((file.t for file in files), default=0.0)
    return tuple(file for file in files if file.t > last - LONGEST)


def present(repository: Repository, files: Collection[Left]) -> dict[tuple[str, str], bytes]:
    """What stands in the places of the files now; of what is no file, or a large one, nothing."""
    tops = _tops(repository, files)
    found = {}
    for file in files:
        here = _regular(tops, file)
        if here is not None and here[1].st_size <= _LARGEST:
            with suppress(OSError):
                found[file.worktree, file.path] = here[0].read_bytes()
    return found


def looks(repository: Repository, files: Collection[Left]) -> list[tuple[int, int] | None]:
    """What changes when one of the files is written: its time in nanoseconds, and its bytes."""
    tops = _tops(repository, files)
    found = (_regular(tops, file) for file in files)
    return [(here[1].st_mtime_ns, here[1].st_size) if here else None for here in found]


def standing(repository: Repository, files: Collection[Left]) -> tuple[Standing, ...]:
    """Those of the files that stand as HEAD of their worktree has them, written soon after an agent wrote them."""
    return tuple(_standing(repository, files))


def recorded(repository: Repository, files: Collection[Left]) -> tuple[Standing, ...]:
    """Those that were seen standing so before, of these files: a person goes on, and then they stand so no more."""
    places = {(file.worktree, file.path) for file in files}
    try:
        rows = json.loads((repository.state_dir / _FILE).read_bytes())
        kept = [(float(t), str(worktree), str(path), str(blob)) for t, worktree, path, blob in rows]
    except (OSError, ValueError, TypeError):
        return ()
    contents = ((row, repository.blob(row[3])) for row in kept if row[1:3] in places)
    return tuple(
        Standing(t=t, worktree=worktree, path=path, content=content, blob=blob)
        for (t, worktree, path, blob), content in contents
        if content is not None
    )


def record(repository: Repository, seen: Collection[Standing]) -> None:
    """Keeps what was seen.

    Raises:
        OSError: it cannot be written.
    """
    rows = json.dumps(sorted([one.t, one.worktree, one.path, one.blob] for one in seen)).encode()
    path = repository.state_dir / _FILE
    if rows != (path.read_bytes() if path.exists() else b"[]"):
        private_folder(path.parent)
        place(path, rows)


def _standing(repository: Repository, files: Collection[Left]) -> Iterator[Standing]:
    tops = _tops(repository, files)
    heads = {name: _head(tops[name]) for name in {file.worktree for file in files} & tops.keys()}
    for file in files:
        head = heads.get(file.worktree)
        entry = repository.entry(head, file.path) if head else None
        here = _regular(tops, file) if entry else None
        if entry is None or here is None or not file.t < here[1].st_mtime <= file.t + LONGEST:
            continue
        size = repository.size(entry[0])
        content = repository.blob(entry[0]) if size is not None and size <= _LARGEST else None
        if content is not None and _same(*here, content):
            yield Standing(t=here[1].st_mtime, worktree=file.worktree, path=file.path, content=content, blob=entry[0])


def _tops(repository: Repository, files: Collection[Left]) -> dict[str, Path]:
    return {name: top for top, name in repository.worktrees.items()} if files else {}


def _regular(tops: Mapping[str, Path], file: Left) -> tuple[Path, os.stat_result] | None:
    """Where a file stands, if one does."""
    top, path = tops.get(file.worktree), PurePosixPath(file.path)
    if top is None or path.is_absolute() or ".." in path.parts:
        return None
    here = top / file.path
    try:
        found = here.lstat()
    except (OSError, ValueError):
        return None
    return (here, found) if stat.S_ISREG(found.st_mode) else None


def _head(top: Path) -> str | None:
    try:
        return Repository.containing(top).head()
    except HivemindError:
        return None  # removed, and not yet pruned


def _same(path: Path, found: os.stat_result, content: bytes) -> bool:
    """Whether a file has a content, but for the line ends that git may have given it (`core.autocrlf`)."""
    if not len(content) <= found.st_size <= len(content) + content.count(b"\n"):
        return False
    try:
        there = path.read_bytes()
    except OSError:
        return False
    return there == content or there.replace(b"\r\n", b"\n") == content
