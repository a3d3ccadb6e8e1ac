"""Takes what tombstones cover out of a store's tree.

The result depends only on the tree and on the set of tombstones, not on their order: trimming by two sets one after the
other, on any machine, ends in the bytes that trimming by both at once gives. The union of stores rests on that.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from hivemind_git.git.objects import Repository, TreeChange
from hivemind_git.git.trees import FILE
from hivemind_git.store import codec, layout
from hivemind_git.store.layout import Area
from hivemind_git.store.tombstones import Tombstones

_IDS: Final = re.compile(rb'"([0-9a-f]{32})"')
# Hex digits that are written as JSON escapes: no writer of ours does, so who does hides an id from the quick search.
_HIDDEN: Final = re.compile(rb"\\u00(?:3[0-9]|6[1-6])")


@dataclass(frozen=True, slots=True)
class Trimmed:
    """A tree less what was forgotten. `removed` counts segments that went or were rewritten.

    `events` are the ids of all events of the forgotten sessions: a fork in another session holds copies of them.
    """

    tree: str
    removed: int
    events: frozenset[str]


def trim(repo: Repository, treeish: str, tombstones: Tombstones) -> Trimmed:
    """The tree of `treeish` less all that is covered. The tombstones themselves are not written.

    Raises:
        HivemindError: an object cannot be written.
    """
    sessions = _sessions(repo, treeish, tombstones)
    copies = frozenset(event for place in sessions.values() for event in place)
    whole = {**_months(repo, treeish, tombstones), **dict.fromkeys(sessions)}
    removed = sum(1 for path in whole for _ in repo.walk_tree(treeish, path))
    changes: dict[str, TreeChange] = dict(whole)
    tree = repo.write_tree(treeish, changes)
    rewritten = _events(repo, tree, tombstones.events | copies)
    touched = sum(change is None for change in rewritten.values())
    return Trimmed(repo.write_tree(tree, rewritten), removed + touched, copies)


def _months(repo: Repository, treeish: str, tombstones: Tombstones) -> dict[str, None]:
    return {
        f"{area}/{month}": None
        for area in Area
        for month, _, _ in repo.list_folder(treeish, area)
        if layout.is_month(month) and tombstones.covers_month(month)
    }


def _sessions(repo: Repository, treeish: str, tombstones: Tombstones) -> dict[str, frozenset[str]]:
    """The folders of forgotten sessions, with the ids of the events in them."""
    if not tombstones.sessions:
        return {}
    found = {}
    for area in (area for area in Area if area.by_session):
        for month, _, tree in repo.list_folder(treeish, area):
            for folder in tombstones.sessions if not tombstones.covers_month(month) else ():
                if repo.entry(tree, f"{layout.fan(folder)}/{folder}"):
                    path = layout.parent(area, month, folder)
                    found[path] = _ids_below(repo, treeish, path) if area is Area.SESSIONS else frozenset[str]()
    return found


def _ids_below(repo: Repository, treeish: str, folder: str) -> frozenset[str]:
    segments = (oid for _, mode, oid in repo.walk_tree(treeish, folder) if mode == FILE)
    return frozenset(
        event for oid in segments for line in codec.lines_of(_load(repo, oid)) for event in codec.ids_of(line)
    )


def _events(repo: Repository, tree: str, forgotten: frozenset[str]) -> dict[str, TreeChange]:
    """Segments without their forgotten lines: the old name goes, and a new one comes where lines are left."""
    changes: dict[str, TreeChange] = {}
    if not forgotten:
        return changes
    for path, mode, oid in repo.walk_tree(tree):
        segment = layout.parse(path)
        if segment is None or mode != FILE:
            continue
        data = _load(repo, oid)
        holds = _holds if segment.area.has_ids else _is_forgotten
        if segment.area.has_ids and not _may_hold(data, forgotten):
            continue
        kept = b"".join(line + b"\n" for line in codec.lines_of(data) if not holds(line, forgotten))
        if len(kept) < len(data):
            changes[path] = None
            if kept:
                folder = layout.parent(segment.area, segment.month, segment.folder)
                changes[f"{folder}/{layout.segment_name(kept)}.jsonl"] = (kept, FILE)
    return changes


def _may_hold(data: bytes, forgotten: frozenset[str]) -> bool:
    return bool(_HIDDEN.search(data)) or any(event in forgotten for event in _named(data))


def _holds(line: bytes, forgotten: frozenset[str]) -> bool:
    """A line that cannot be read is forgotten with any id that stands in it."""
    return not forgotten.isdisjoint(codec.ids_of(line) or set(_named(line)))


def _is_forgotten(record: bytes, forgotten: frozenset[str]) -> bool:
    return codec.record_id(record) in forgotten


def _named(data: bytes) -> Iterator[str]:
    return (found.decode("ascii") for found in _IDS.findall(data))


def _load(repo: Repository, oid: str) -> bytes:
    size = repo.size(oid)
    return (repo.blob(oid) or b"") if size is not None and size <= codec.MAX_SEGMENT else b""
