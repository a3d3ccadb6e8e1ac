"""What Codex did to files: the changes that a rollout records, or those that a patch asks for, replayed.

The record of a change holds a new file's whole text, a deleted file's whole text, and for an updated file a diff: its
images can be told only where the file is known. A recorded diff that fits the file as last seen, to the letter and at
its lines, shows that it is that file still (docs/decisions/0005-codex.md).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from hivemind_git.agents.codex import marked, patches, unified
from hivemind_git.agents.files import FileEdit, Files, Where
from hivemind_git.agents.hunks import stored
from hivemind_git.agents.lines import Record, text
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


def recorded(changes: Record) -> list[Change]:
    """The changes in the record of a file change. One whose diff cannot be read has no lines."""
    found = []
    for path, told in changes.items():
        if not isinstance(told, dict) or text(told, "type") not in {"add", "delete", "update"}:
            continue
        parts = _parts(text(told, "unified_diff"))
        content = told.get("content")
        named = marked.whole("+" if told["type"] == "add" else "-", text(told, "content"))
        found.append(
            Change(
                op=text(told, "type"),
                path=path,
                content=content if isinstance(content, str) else None,
                move=text(told, "move_path"),
                apply=partial(_by_diff, parts),
                lines=(*named, *(line for part in parts or () for line in part.lines)),
                numbered=True,
            )
        )
    return found


def asked(patch: str) -> list[Change]:
    """The changes that a patch asks for; none where it is no patch."""
    try:
        files = patches.parse(patch)
    except patches.PatchError:
        return []
    return [
        Change(
            op=each.op,
            path=each.path,
            content=each.content if each.op == "add" else None,
            move=each.move,
            apply=partial(_by_patch, each.chunks),
            lines=each.lines,
        )
        for each in files
    ]


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


def _by_diff(parts: Sequence[unified.Part] | None, before: bytes) -> bytes | None:
    return None if parts is None else unified.apply(before, parts)


def _by_patch(chunks: Sequence[patches.Chunk], before: bytes) -> bytes | None:
    return patches.apply(before, chunks)


def _parts(diff: str) -> list[unified.Part] | None:
    try:
        return unified.parse(diff)
    except unified.DiffError:
        return None
