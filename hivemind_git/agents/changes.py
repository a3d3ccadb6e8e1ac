"""Changes that a client records, or that a model asks for, replayed on the files of a session.

The record of a change holds a new file's whole text, a deleted file's whole text, and for an updated file a diff: its
images can be told only where the file is known. A recorded diff that fits the file as last seen, to the letter and at
its lines, shows that it is that file still (docs/decisions/0005-codex.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from hivemind_git.agents import marked
from hivemind_git.agents.files import FileEdit, Files, Where
from hivemind_git.agents.hunks import stored
from hivemind_git.model import Json


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to one file.

    Attributes:
        op: `add`, `delete` or `update`.
        path: as written.
        content: the whole text, of an added file after, of a deleted one before; None where it is not told.
        move: where an updated file goes, or empty.
        apply: what an update makes of a file; None where it does not fit it.
        lines: the lines that it names.
        numbered: it says at which lines it starts from which text: that it fits is evidence of the file.
    """

    op: str
    path: str
    content: str | None = None
    move: str = ""
    apply: Callable[[bytes], bytes | None] = lambda _: None
    lines: tuple[marked.Marked, ...] = ()
    numbered: bool = False


def replay(changes: Sequence[Change], cwd: str, files: Files) -> Iterator[tuple[FileEdit, dict[str, Json]]]:
    """The edits that changes made, and those fields of their events that the images cannot give.

    `files` is brought up to date.
    """
    for change in changes:
        where = files.locate(change.path, cwd)
        if change.op == "update":
            yield from _updated(change, where, cwd, files)
        elif where and change.op == "add" and change.content is not None:
            yield _added(where, stored(change.content), files)
        elif where and change.op == "delete":
            yield _deleted(where, None if change.content is None else stored(change.content), files)


def outcome(change: Change, where: Where, files: Files) -> tuple[bytes | None, bytes | None]:
    """The file as last seen, and what the change would make of it; None where either cannot be told."""
    before = files.last(where)
    if change.op == "add":
        return before, None if change.content is None else stored(change.content)
    return before, change.apply(before) if before is not None and change.op == "update" else None


def _added(where: Where, content: bytes, files: Files) -> tuple[FileEdit, dict[str, Json]]:
    """Adding overwrites a file that is there already, and its record looks the same (measured with 0.169.0)."""
    before = files.sure(where)
    files.show(where, content)
    if before is not None:
        return FileEdit(where, before, content), {}
    made: list[Json] = [{"before": "", "after": content.decode("utf-8", "replace")}]
    return FileEdit(where, None, content, before_known=False), {"op": "create", "hunks": made}


def _deleted(where: Where, content: bytes | None, files: Files) -> tuple[FileEdit, dict[str, Json]]:
    before = files.sure(where) if content is None else content
    files.forget(where)
    known = before is not None
    return FileEdit(where, before, None, before_known=known), {} if known else {"op": "delete"}


def _updated(change: Change, where: Where | None, cwd: str, files: Files) -> Iterator[tuple[FileEdit, dict[str, Json]]]:
    seen = files.likely if change.numbered else files.sure
    before = seen(where) if where else None
    after = change.apply(before) if before is not None else None
    if after is None:
        before = None
    target = files.locate(change.move, cwd) if change.move else where
    if where and where != target:
        yield _deleted(where, before, files)
    if target is None:
        return
    if after is None:
        files.forget(target)
        yield FileEdit(target, None, None, before_known=False), {"hunks": marked.hunks(change.lines)}
    elif where == target:
        files.show(target, after)
        yield FileEdit(target, before, after), {}
    else:
        yield _added(target, after, files)
