"""What Cursor's file tools did to a file, as far as the strings that they name tell it for certain.

The editor tells pieces of lines that went and came: one that came from nothing has no place, and one that went may or
may not have taken its line end along. Where that leaves a doubt, the pieces alone are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hivemind_git.agents import changes
from hivemind_git.agents.codex import edits as patches
from hivemind_git.agents.files import FileEdit, Files, Where
from hivemind_git.agents.hunks import stored
from hivemind_git.model import Json


@dataclass(frozen=True, slots=True)
class Replacement:
    """One replacement of a text by another."""

    old: str
    new: str


def written(where: Where, content: str, wanted: Sequence[Replacement], files: Files) -> tuple[FileEdit, list[Json]]:
    """The edit of a tool that wrote a file, and the pieces to tell where its images do not.

    Args:
        where: the file.
        content: what the tool was given as the content.
        wanted: the replacements that the editor told of the same edit.
        files: the replayed files, brought up to date.
    """
    if any(one.old and one.new == content for one in wanted):
        return replaced(where, wanted, files)
    before, after = files.sure(where), stored(content)
    files.show(where, after)
    new = list(wanted) == [Replacement("", content)] and before is None
    pieces: list[Json] = [{"before": one.old, "after": one.new} for one in wanted if one.old or one.new]
    return FileEdit(where, before, after, before_known=before is not None), [] if new else pieces


def replaced(where: Where, wanted: Sequence[Replacement], files: Files) -> tuple[FileEdit, list[Json]]:
    """The edit of a tool that replaced texts in a file, and the pieces; `files` is brought up to date."""
    before = files.sure(where)
    after = _applied(before, wanted) if before is not None else None
    if after is None:
        files.forget(where)
        pieces: list[Json] = [{"before": one.old, "after": one.new} for one in wanted if one.old or one.new]
        return FileEdit(where, None, None, before_known=False), pieces
    files.show(where, after)
    return FileEdit(where, before, after), []


def deleted(where: Where, files: Files) -> FileEdit:
    """The edit of a tool that deleted a file; `files` is brought up to date."""
    before = files.sure(where)
    files.forget(where)
    return FileEdit(where, before, None, before_known=before is not None)


def patched_files(patch: str) -> tuple[str, ...]:
    """The files that such a patch names."""
    return tuple(path for each in patches.asked(patch) for path in (each.path, each.move) if path)


def patched(patch: str, cwd: str, files: Files) -> list[tuple[FileEdit, dict[str, Json]]]:
    """The edits of a patch in the form that Codex's models write; `files` is brought up to date."""
    return list(changes.replay(patches.asked(patch), cwd, files))


def _applied(before: bytes, wanted: Sequence[Replacement]) -> bytes | None:
    for one in wanted:
        old, new = stored(one.old), stored(one.new)
        if not old:
            if before:
                return None
        elif before.count(old) != 1 or (not new and _ends_line(before, old)):
            return None
        before = before.replace(old, new, 1) if old else new
    return before


def _ends_line(before: bytes, old: bytes) -> bool:
    """Whether a piece stands before a line end that may have gone with it."""
    return not old.endswith(b"\n") and before[before.index(old) + len(old) :][:1] in {b"\n", b"\r"}
