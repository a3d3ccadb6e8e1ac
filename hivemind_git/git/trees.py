"""Trees read and written through libgit2, at a cost that follows the change and not the tree."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import TypeAlias

import pygit2

from hivemind_git.errors import HivemindError

FOLDER = 0o040000
FILE = 0o100644
LINK = 0o120000

Content: TypeAlias = bytes | str
"""The bytes of a blob, or the id of an object that is there already."""

TreeChange: TypeAlias = tuple[Content, int] | None
"""New content and mode of a path; None removes it."""

_Plan: TypeAlias = dict[str, "TreeChange | _Plan"]


def tree_of(repository: pygit2.Repository, treeish: str) -> pygit2.Tree | None:
    """The tree of a commit, tag or tree, by id or by anything that names a revision; None where it is not here."""
    try:
        found = repository[treeish] if len(treeish) == 40 else repository.revparse_single(treeish)
        return found.peel(pygit2.Tree)
    except (KeyError, ValueError, pygit2.GitError):
        return None


def entry(tree: pygit2.Tree, path: str) -> tuple[str, int] | None:
    """Id and mode of what stands at a path; None where nothing does, or where a tree on the way is missing."""
    try:
        found = tree[path]
    except (KeyError, ValueError, pygit2.GitError):
        return None
    return str(found.id), int(found.filemode)


def listing(tree: pygit2.Tree) -> tuple[tuple[str, int, str], ...]:
    """Name, mode and id of each entry of one folder, in git's order."""
    return tuple((os.fsdecode(item.raw_name or b""), int(item.filemode), str(item.id)) for item in tree)


def walk(repository: pygit2.Repository, tree: pygit2.Tree, prefix: str) -> Iterator[tuple[str, int, str]]:
    """Path, mode and id of everything below a tree that is no folder, files first. Missing trees are passed over."""
    stack: list[tuple[str, pygit2.Tree]] = [(f"{prefix}/" if prefix else "", tree)]
    while stack:
        base, current = stack.pop()
        folders = []
        for item in current:
            name = base + os.fsdecode(item.raw_name or b"")
            if item.filemode != FOLDER:
                yield name, int(item.filemode), str(item.id)
                continue
            below = repository.get(item.id)
            if isinstance(below, pygit2.Tree):
                folders.append((f"{name}/", below))
        stack.extend(reversed(folders))


def write(repository: pygit2.Repository, base: pygit2.Tree | None, changes: Mapping[str, TreeChange]) -> str:
    """Writes the tree that has `changes` made to `base`, and returns its id. Folders that become empty are gone.

    Only the folders that change are read and written.

    Raises:
        HivemindError: a path is none that git allows in a tree, or an object cannot be written.
    """
    plan: _Plan = {}
    for path, change in changes.items():
        _place(plan, path, change)
    try:
        written = _apply(repository, base, plan)
        return str(repository.TreeBuilder().write() if written is None else written)
    except (ValueError, KeyError, pygit2.GitError, OSError) as error:
        raise HivemindError(f"a tree cannot be written: {error}", "Check permissions and disk space.") from error


def _place(plan: _Plan, path: str, change: TreeChange) -> None:
    *folders, name = path.split("/")
    for folder in folders:
        below = plan.setdefault(folder, {})
        if not isinstance(below, dict):
            below = plan[folder] = {}
        plan = below
    plan[name] = change


def _apply(repository: pygit2.Repository, base: pygit2.Tree | None, plan: _Plan) -> pygit2.Oid | None:
    """Writes one folder; None where nothing is left in it. As deep as the paths of the change are, which the caller
    chose.
    """
    builder = repository.TreeBuilder(base) if base is not None else repository.TreeBuilder()
    for name, change in plan.items():
        present = builder.get(name)
        if isinstance(change, dict):
            folder = present is not None and present.filemode == FOLDER
            below = repository.get(present.id) if present is not None and folder else None
            written = _apply(repository, below if isinstance(below, pygit2.Tree) else None, change)
            mode = FOLDER
            if written is None and not folder:
                continue  # nothing to remove below a file
        else:
            written, mode = _stored(repository, change)
        if written is not None:
            builder.insert(name, written, mode)
        elif present is not None:
            builder.remove(name)
    return builder.write() if len(builder) else None


def _stored(repository: pygit2.Repository, change: TreeChange) -> tuple[pygit2.Oid | None, int]:
    if change is None:
        return None, 0
    content, mode = change
    return repository.create_blob(content) if isinstance(content, bytes) else pygit2.Oid(hex=content), mode
