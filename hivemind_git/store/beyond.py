"""How far one store is ahead of another, by trees alone."""

from __future__ import annotations

from hivemind_git.git.objects import Repository
from hivemind_git.git.trees import FILE, FOLDER
from hivemind_git.store import layout


def beyond(repo: Repository, tree: str | None, other: str | None, path: str = "") -> int:
    """How many segments a store has that another has not. Folders that are equal are not looked into."""
    have = {name: (mode, oid) for name, mode, oid in repo.list_folder(other)} if other else {}
    found = 0
    for name, mode, oid in repo.list_folder(tree) if tree else ():
        below = f"{path}/{name}" if path else name
        if have.get(name) == (mode, oid):
            continue
        if mode == FOLDER and below.count("/") < 4:
            mine = have.get(name, (0, ""))
            found += beyond(repo, oid, mine[1] if mine[0] == FOLDER else None, below)
        elif mode == FILE and layout.parse(below):
            found += 1
    return found
