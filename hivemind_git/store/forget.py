"""Forgets a session, an event or all before a month: out of the store, out of its history, and for good."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Final

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.git.trees import FILE
from hivemind_git.store import codec, jsonline, layout
from hivemind_git.store.layout import Area
from hivemind_git.store.reader import Store
from hivemind_git.store.tombstones import StoredTombstones, Tombstones
from hivemind_git.store.trim import Trimmed, trim
from hivemind_git.store.union import release, tracking, written
from hivemind_git.store.writer import check_format, commit_tree, move

_PATIENCE_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a forget did. `commit` is the store's tip after it; `segments` went or were rewritten.

    `elsewhere` are refs of this repository that still hold a store as it was, and that we must not touch: a branch or a
    tag that somebody made. Other clones drop it with their next sync; caches of a host are out of reach.
    """

    commit: str
    segments: int
    elsewhere: tuple[str, ...]


def session(identity: str) -> Tombstones:
    """What forgets a session, by its id or by its folder in the store, copies of its events in forks included."""
    return Tombstones(sessions=frozenset({layout.named_folder(identity)}))


def event(identity: str) -> Tombstones:
    """What forgets an event, and all corrections that were derived from it.

    Raises:
        HivemindError: it is no event's id.
    """
    if not layout.is_event_id(identity):
        raise HivemindError(f"{identity!r} is not an event's id", "An id is 32 hex digits.")
    return Tombstones(events=frozenset({identity}))


def before(month: str) -> Tombstones:
    """What prunes all sessions that began before a month (`YYYY-MM`, UTC).

    Raises:
        HivemindError: it is no month.
    """
    if not layout.is_month(month):
        raise HivemindError(f"{month!r} is not a month", "Write it as YYYY-MM.")
    return Tombstones(before=month)


def holding(store: Store, value: str) -> Tombstones:
    """What forgets everything in whose line a value stands: a secret that no redaction knew."""
    written_out = jsonline.dump({"": value})[5:-2]
    ids = (
        identity
        for area in Area
        for _, oid in store.places(area)
        for line in codec.lines_of(store.segment(oid))
        if written_out in line and (identity := codec.own_id_of(line) if area.has_ids else codec.record_id(line))
    )
    return Tombstones(events=frozenset(ids))


def forget(repo: Repository, ref: str, what: Tombstones, message: str) -> Forgotten:
    """Takes what is named out of the store at `ref`, and records that it stays forgotten.

    Where that removes anything, the new tip has no parent, and the old one's reflog and tracking refs go: `git gc
    --prune=now` then frees it. Done again, it changes nothing more.

    Args:
        repo: where the store is.
        ref: its full name.
        what: from `session`, `event`, `before`, or several joined with `|`.
        message: of the commit, for people.

    Raises:
        HivemindError: a newer version wrote the store, it is none of ours, or it cannot be written.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        tip = repo.ref(ref)
        new, trimmed = _forgetting(repo, ref, tip, what, message)
        if new == tip or move(repo, ref, new, tip, message):
            break
        if time.monotonic() > until:
            raise HivemindError(f"{ref} moves too fast to be written", "Try again when fewer processes write to it.")
        time.sleep(random.uniform(0, 0.05))  # noqa: S311 - jitter, nothing secret
    release(repo, ref, new)
    return Forgotten(new, trimmed.removed if trimmed else 0, _elsewhere(repo, ref, new))


def _forgetting(
    repo: Repository, ref: str, tip: str | None, what: Tombstones, message: str
) -> tuple[str, Trimmed | None]:
    if tip is None:
        changes = {**written(what), layout.FORMAT_PATH: (layout.FORMAT, FILE)}
        return commit_tree(repo, repo.write_tree(None, changes), [], message), None
    check_format(repo, tip, ref)
    trimmed = trim(repo, tip, what)
    present = StoredTombstones(repo, tip).all()
    missing = (what | Tombstones(events=trimmed.events)) - present
    tree = repo.write_tree(trimmed.tree, written(missing))
    if not trimmed.removed and not missing:
        return tip, trimmed
    # What was never in the tip is in no ancestor either, so a tombstone alone needs no new root.
    return commit_tree(repo, tree, [] if trimmed.removed else [tip], message), trimmed


def _elsewhere(repo: Repository, ref: str, tip: str) -> tuple[str, ...]:
    known = {ref, *tracking(repo, ref)}
    others = {name: target for name, target in repo.refs().items() if name not in known}
    return tuple(
        name
        for name, target in others.items()
        if layout.parse_format(repo.read(target, layout.FORMAT_PATH) or b"") and not repo.is_ancestor(target, tip)
    )
