"""The algebra of sharing a store: the union of two, less all that either forgot, and never as a merge commit.

A merge commit keeps both its parents, and with them what one of them forgot: a two-parent union brings a forgotten
secret back. So the new tip stands on the other side's tip alone, or, if that still holds what is forgotten, on nothing.
"""

from __future__ import annotations

import re
from typing import Final

from hivemind_git.git.objects import Repository, TreeChange
from hivemind_git.git.trees import FILE, FOLDER
from hivemind_git.store import codec, layout
from hivemind_git.store.tombstones import StoredTombstones, Tombstones
from hivemind_git.store.trim import trim
from hivemind_git.store.writer import check_format, commit_tree, move

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DEEPEST: Final = 6


def union(repo: Repository, local: str | None, remote: str | None, message: str = "Join two stores") -> str | None:
    """The commit that holds what two stores hold, less all that either forgot. No ref moves.

    It is `remote` itself where that holds everything already; else its only parent is `remote`, or it has none because
    something in `remote` is forgotten. Its tree does not depend on which of the two is called local.

    Args:
        repo: where both commits are.
        local: this machine's tip, None if there is no store here.
        remote: the tip just fetched, None if there is none.
        message: of the commit, if one is made.

    Raises:
        HivemindError: a newer version wrote one of them, one is no store, or a commit cannot be written.
    """
    if local is None or remote is None or local == remote:
        return local or remote
    for tip, name in ((local, "the local store"), (remote, "the fetched store")):
        check_format(repo, tip, name)
    forgotten = {tip: StoredTombstones(repo, tip).all() for tip in (local, remote)}
    both = forgotten[local] | forgotten[remote]
    # Each side is clean of its own tombstones already.
    sides = {tip: trim(repo, tip, both - forgotten[tip]) for tip in (local, remote)}
    copies = Tombstones(events=frozenset().union(*(side.events for side in sides.values())) - both.events)
    # A session that one side forgot while the other still had it may have copies in a fork on either side.
    trees = {tip: trim(repo, side.tree, copies).tree if copies else side.tree for tip, side in sides.items()}
    joined = repo.write_tree(trees[remote], _additions(repo, trees[remote], trees[local], ""))
    tree = repo.write_tree(joined, written(copies))
    if tree == _tree(repo, remote):
        return remote
    rooted = trees[remote] == _tree(repo, remote)
    if not rooted and tree == _tree(repo, local) and not _parents(repo, local):
        return local
    return commit_tree(repo, tree, [remote] if rooted else [], message)


def adopt(repo: Repository, ref: str, new: str, old: str | None, message: str) -> bool:
    """Moves the store to a tip that `union` made, and lets go of older ones. False: somebody was faster, do it again.

    To be called where `new` is `old` too: then a fetch may have moved a tracking ref away from what was forgotten.

    Raises:
        HivemindError: a ref cannot be written.
    """
    moved = repo.ref(ref) == old if new == old else move(repo, ref, new, old, message)
    if not moved:
        return False
    release(repo, ref, new)
    return True


def release(repo: Repository, ref: str, tip: str) -> None:
    """Drops what else of ours would keep an older store alive, so that `git gc` frees what was forgotten.

    Those are the reflogs of the store and of the refs that track it on remotes, and of these refs the ones that stand
    where `tip` does not come from.

    Raises:
        HivemindError: one of them cannot be removed.
    """
    repo.drop_reflog(ref)
    for name, target in tracking(repo, ref).items():
        repo.drop_reflog(name)
        if not repo.is_ancestor(target, tip):
            repo.delete_ref(name, target)


def tracking(repo: Repository, ref: str) -> dict[str, str]:
    """The refs that remember where the store stood on a remote."""
    branch = ref.removeprefix("refs/heads/")
    # `<remote>` may hold slashes itself, and so may the branch.
    return {name: target for name, target in repo.refs("refs/remotes/").items() if name.endswith(f"/{branch}")}


def written(tombstones: Tombstones) -> dict[str, TreeChange]:
    """The changes to a store's tree that write tombstones."""
    return dict.fromkeys(tombstones.paths(), (layout.TOMBSTONE, FILE))


def _additions(repo: Repository, base: str, other: str, prefix: str) -> dict[str, TreeChange]:
    """What `other` has and `base` has not, as changes to `base`. Equal subtrees are never looked into."""
    mine = {name: (mode, oid) for name, mode, oid in repo.list_folder(base)}
    changes: dict[str, TreeChange] = {}
    for name, mode, oid in repo.list_folder(other):
        path = prefix + name
        have = mine.get(name)
        if have == (mode, oid) or mode not in (FILE, FOLDER) or not _NAME.fullmatch(name):
            continue
        if have is None:
            changes[path] = (oid, mode)
        elif have[0] == mode == FOLDER:
            if path.count("/") < _DEEPEST:
                changes |= _additions(repo, have[1], oid, f"{path}/")
        elif _rank(repo, path, mode, oid) < _rank(repo, path, *have):
            changes[path] = (oid, mode)
    return changes


def _rank(repo: Repository, path: str, mode: int, oid: str) -> tuple[bool, bool, str]:
    """Which of two different things at one path stays: the one that belongs there, else always the same one."""
    return not _belongs(repo, path, oid), mode == FOLDER, oid


def _belongs(repo: Repository, path: str, oid: str) -> bool:
    size = repo.size(oid)
    if size is None or size > codec.MAX_SEGMENT:
        return False
    data = repo.blob(oid) or b""
    segment = layout.parse(path)
    if segment is not None:
        return layout.segment_name(data) == segment.name
    return data == (layout.FORMAT if path == layout.FORMAT_PATH else layout.TOMBSTONE)


def _tree(repo: Repository, tip: str) -> str:
    found = repo.commit(tip)
    return found.tree if found else ""


def _parents(repo: Repository, tip: str) -> tuple[str, ...]:
    found = repo.commit(tip)
    return found.parents if found else ()
