"""Keeps a file that install makes in a worktree out of `git status`, by the repository's own exclude file.

Our lines stand at its start: what follows is as it was, with or without a last line end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from hivemind_git.agents.base import Checkout
from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.wiring import FileChange

_MARK = b"# hivemind-git: "


def hide(checkout: Checkout, name: str, why: str) -> FileChange | None:
    """The change that makes git ignore a file of the worktree; None where it does already.

    Args:
        checkout: the worktree.
        name: the file, relative to its top, with `/`.
        why: told in a comment, one line.
    """
    if not Repository.containing(checkout.top).tracks(checkout.top / name):
        return None
    path = checkout.common / "info" / "exclude"
    change = FileChange.to(path, None)
    return FileChange(path, change.before, _lines(name, why) + (change.before or b""), change.mode)


class CommittedError(HivemindError):
    """A file that was to be one person's is git's."""


def refuse_committed(checkout: Checkout, name: str, title: str) -> None:
    """Makes sure that a file of the worktree, which is to be one person's, is not committed.

    Raises:
        CommittedError: it is.
    """
    repository = Repository.containing(checkout.top)
    head = repository.head()
    if head and repository.entry(head, name):
        raise CommittedError(
            f"{name} is committed in this repository, so it is not one person's",
            f"Wire {title} with --project for everybody, or with --user for yourself.",
        )


def joined(changes: Iterable[FileChange]) -> list[FileChange]:
    """The changes of several assistants, each of whom hides a file from what stands in the exclude file now."""
    found: dict[Path, FileChange] = {}
    for change in changes:
        first = found.get(change.path)
        if first is None or change.path.name != "exclude":
            found[change.path] = change
            continue
        added = (change.after or b"").removesuffix(change.before or b"")
        found[change.path] = replace(first, after=added + (first.after or b""))
    return list(found.values())


def shown_again(content: bytes) -> bytes | None:
    """The exclude file without our lines; None where it has none."""
    lines = content.splitlines(keepends=True)
    ours = {at + side for at, line in enumerate(lines) if line.startswith(_MARK) for side in (0, 1)}
    return b"".join(line for at, line in enumerate(lines) if at not in ours) if ours else None


def _lines(name: str, why: str) -> bytes:
    return _MARK + f"{why}\n/{name}\n".encode()
