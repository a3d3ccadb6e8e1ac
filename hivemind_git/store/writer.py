"""Appends segments to the session store: content-named, by compare-and-swap, at a cost that follows what is new."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository, TreeChange
from hivemind_git.git.trees import FILE
from hivemind_git.store import codec, layout
from hivemind_git.store.codec import Line
from hivemind_git.store.layout import Area, Segment
from hivemind_git.store.tombstones import StoredTombstones

DEFAULT_BRANCH: Final = "hivemind/sessions"
_HEADS: Final = "refs/heads/"
_PATIENCE_SECONDS: Final = 60.0
_STALE_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines that belong together: of one session in areas that know sessions, else `session` None.

    `month` is that of the session's first event as far as the caller knows; where the store holds the session already,
    its month there counts. `header` stands first in each segment (`codec.derivation_header` for corrections).
    """

    area: Area
    month: str
    session: str | None
    lines: tuple[Line, ...]
    header: bytes = b""


@dataclass(frozen=True, slots=True)
class Appended:
    """What an append did. `commit` is the store's tip after it, None if there is no store yet and nothing to write.

    `segments` counts new ones; `forgotten` the lines that a tombstone covers and that were therefore dropped.
    """

    commit: str | None
    segments: int
    forgotten: int


def store_ref(repo: Repository, branch: str = DEFAULT_BRANCH) -> str:
    """The full ref name of the store.

    Where a branch `a` makes a branch `a/b` impossible, the store is `a-b`, and stays there when `a` is gone. A store
    that is there already under the asked name is always taken.
    """
    full, beside = names(branch)
    if beside is None or repo.ref(full) is not None:
        return full
    return beside if repo.ref(beside) is not None or repo.ref(in_the_way(full)) is not None else full


def names(branch: str) -> tuple[str, str | None]:
    """The full ref names under which a store may stand: as asked, and where a branch is in the way of that."""
    full = branch if branch.startswith("refs/") else _HEADS + branch
    first, *rest = full.removeprefix(_HEADS).split("/")
    return full, _HEADS + "-".join([first, *rest]) if full.startswith(_HEADS) and rest else None


def in_the_way(full: str) -> str:
    """The branch that makes a branch `a/b` impossible: `a`."""
    return _HEADS + full.removeprefix(_HEADS).split("/")[0]


def append(repo: Repository, ref: str, batches: Sequence[Batch], message: str) -> Appended:
    """Adds the batches to the store at `ref` as one commit, or no commit if all of it is there already.

    Args:
        repo: where the store is.
        ref: its full name (`store_ref`).
        batches: what to add.
        message: of the commit, for people; never empty.

    Raises:
        HivemindError: a newer version wrote the store, it is none of ours, git does not know who commits, or the ref
            cannot be written.
    """
    if not message.strip():
        raise ValueError("a store commit needs a message")
    until = time.monotonic() + _PATIENCE_SECONDS
    wait = 0.002
    while True:
        tip = repo.ref(ref)
        if tip is not None:
            check_format(repo, tip, ref)
        plan = _Plan(repo, tip)
        for batch in batches:
            plan.add(batch)
        if not plan.changes:
            return Appended(tip, 0, plan.forgotten)
        commit = write(repo, tip, plan.changes, message)
        if move(repo, ref, commit, tip, message):
            return Appended(commit, len(plan.changes), plan.forgotten)
        if time.monotonic() > until:
            raise HivemindError(f"{ref} moves too fast to be written", "Try again when fewer processes write to it.")
        time.sleep(random.uniform(0, wait))  # noqa: S311 - jitter, nothing secret
        wait = min(2 * wait, 0.25)


def move(repo: Repository, ref: str, new: str, old: str | None, message: str) -> bool:
    """Moves the store by compare-and-swap. False: somebody was faster.

    A lock that a killed process left is broken after ten minutes: the journal must not wait for a person to do it.

    Raises:
        HivemindError: the ref cannot be written.
    """
    said = f"hivemind: {message.splitlines()[0]}"
    try:
        return repo.update_ref(ref, new, old, said)
    except HivemindError:
        if not repo.break_lock(ref, _STALE_SECONDS):
            raise
    return repo.update_ref(ref, new, old, said)


def write(repo: Repository, tip: str | None, changes: dict[str, TreeChange], message: str) -> str:
    """Writes the commit that has `changes` made to the store at `tip`, without moving a ref.

    Raises:
        HivemindError: git does not know who commits, or an object cannot be written.
    """
    started = changes if tip else {**changes, layout.FORMAT_PATH: (layout.FORMAT, FILE)}
    return commit_tree(repo, repo.write_tree(tip, started), [tip] if tip else [], message)


def commit_tree(repo: Repository, tree: str, parents: Sequence[str], message: str) -> str:
    """Writes a commit of a store's tree in the name of whoever git says is at work.

    Hosts refuse commits of made-up identities (git-ai #1376), so there is no fallback.

    Raises:
        HivemindError: git does not know who commits, or the object cannot be written.
    """
    author, committer = repo.identity("author"), repo.identity("committer")
    if author is None or committer is None:
        raise HivemindError(
            "git does not know who you are, so the session store was not written",
            'Run `git config user.name "Your Name"` and `git config user.email you@example.com`.',
        )
    return repo.write_commit(tree, parents, message, author, committer)


def check_format(repo: Repository, tip: str, ref: str) -> None:
    """Makes sure that what stands at a ref is a store that this version may write.

    Raises:
        HivemindError: a newer version wrote it, or it is no store.
    """
    version = layout.parse_format(repo.read(tip, layout.FORMAT_PATH) or b"")
    name = ref.removeprefix(_HEADS)
    if version is None:
        raise HivemindError(f"{name} is not a session store", "Name another branch: `git config hivemind.store NAME`.")
    if version > layout.FORMAT_VERSION:
        raise HivemindError(
            f"a newer hivemind-git wrote {name} (format {version}), and this one leaves it as it is",
            "Upgrade hivemind-git.",
        )


class _Plan:
    """The changes that batches make to a tip. Built anew for each try, as the tip may have moved."""

    def __init__(self, repo: Repository, tip: str | None) -> None:
        self._repo = repo
        self._tip = tip
        self._tombstones = StoredTombstones(repo, tip)
        self._new: dict[str, str] = {}
        self.changes: dict[str, TreeChange] = {}
        self.forgotten = 0

    def add(self, batch: Batch) -> None:
        folder = None if batch.session is None else layout.session_folder(batch.session)
        months = self._months(folder)
        month = months[0] if months else self._new.setdefault(folder, batch.month) if folder else batch.month
        lines = self._kept(batch, month, folder)
        self.forgotten += len(batch.lines) - len(lines or ())
        if lines is None or (batch.lines and not lines):
            return
        for data in codec.pack((line.data for line in lines), batch.header):
            name = layout.segment_name(data)
            if not any(self._stands(Segment(batch.area, each, folder, name).path) for each in (month, *months)):
                self.changes[Segment(batch.area, month, folder, name).path] = (data, FILE)

    def _kept(self, batch: Batch, month: str, folder: str | None) -> list[Line] | None:
        """The lines that no tombstone covers; None where one covers the whole batch."""
        if self._tombstones.covers_month(month) or (folder is not None and self._tombstones.covers_session(folder)):
            return None
        return [line for line in batch.lines if not self._tombstones.covers_ids(line.ids)]

    def _months(self, folder: str | None) -> list[str]:
        """The months in which the store holds a session, earliest first."""
        if folder is None or self._tip is None:
            return []
        below = f"{layout.fan(folder)}/{folder}"
        areas = (self._repo.list_folder(self._tip, area) for area in Area if area.by_session)
        found = {name for area in areas for name, _, tree in area if self._repo.entry(tree, below)}
        return sorted(filter(layout.is_month, found))

    def _stands(self, path: str) -> bool:
        return self._tip is not None and self._repo.entry(self._tip, path) is not None
