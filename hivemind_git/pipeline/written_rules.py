"""The rules that people wrote for their assistants: those in this repository's tree, and files from elsewhere."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hivemind_git.errors import HivemindError
from hivemind_git.exchange import rule_files
from hivemind_git.exchange.reading import Remembered
from hivemind_git.git.trees import FILE
from hivemind_git.pipeline import noting
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules.written import Statement
from hivemind_git.skills.dialect import MARK

_EXECUTABLE: Final = 0o100755
_PERSONAL: Final = (".claude/CLAUDE.md", ".codex/AGENTS.md", ".gemini/GEMINI.md", ".config/opencode/AGENTS.md")


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A rules file that the tree does not have: what it says, as memories."""

    path: Path
    said: tuple[Remembered, ...]


def statements(space: Workspace) -> Iterator[Statement]:
    """What the rules files of HEAD say, less those that a skill of ours was written as.

    Links are passed over: what they lead to is read where it stands.
    """
    head = space.repository.head()
    for path, mode, oid in space.repository.walk_tree(head) if head else ():
        folder = rule_files.home(path) if mode in (FILE, _EXECUTABLE) else None
        if folder is None or (space.repository.size(oid) or 0) > rule_files.MOST_BYTES:
            continue
        data = space.repository.blob(oid) or b""
        if MARK.encode() not in data:
            yield from rule_files.read(path, data, folder)


def personal(home: Path) -> list[Path]:
    """The rules files of this person that hold in all repositories."""
    return [path for name in _PERSONAL if (path := home / name).is_file()]


def elsewhere(space: Workspace, path: Path, home: Path) -> Elsewhere | None:
    """What a file says that the tree of HEAD does not have; None for one that it has.

    Raises:
        HivemindError: it is no plain file, too large, cannot be read, or says nothing.
    """
    data = noting.content(path, rule_files.MOST_BYTES)
    head, inside = space.repository.head(), _inside(space, path)
    if head and inside and space.repository.entry(head, inside):
        return None
    if b"\0" in data:
        raise HivemindError(f"{path} is no text", "Nothing was changed. Name a rules file, such as CLAUDE.md.")
    shown = _shown(path, home)
    said = tuple(
        Remembered(text=one.text, title=f"{shown}: {one.heading}" if one.heading else shown)
        for one in rule_files.read(shown, data)
    )
    if not said:
        raise HivemindError(f"{path} says nothing", "Nothing was changed. Name a rules file, such as CLAUDE.md.")
    return Elsewhere(path, said)


def _inside(space: Workspace, path: Path) -> str:
    """The path in the worktree that holds it; empty where none does."""
    whole = path.resolve()
    for top in space.repository.worktrees:
        if whole.is_relative_to(top.resolve()):
            return whole.relative_to(top.resolve()).as_posix()
    return ""


def _shown(path: Path, home: Path) -> str:
    whole = path.resolve()
    if whole.is_relative_to(home.resolve()):
        return posixpath.join("~", whole.relative_to(home.resolve()).as_posix())
    return whole.name
