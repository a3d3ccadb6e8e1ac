"""What was forgotten and must stay forgotten: the store's tombstones, asked one by one or read whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from hivemind_git.git.objects import Repository
from hivemind_git.git.trees import FOLDER
from hivemind_git.store import layout


@dataclass(frozen=True, slots=True)
class Tombstones:
    """All tombstones of a store. `before` is the first month that is kept; None where nothing was pruned."""

    sessions: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    before: str | None = None

    def __or__(self, other: Tombstones) -> Tombstones:
        """Both: what either forgot is forgotten."""
        before = max((month for month in (self.before, other.before) if month), default=None)
        return Tombstones(self.sessions | other.sessions, self.events | other.events, before)

    def __sub__(self, other: Tombstones) -> Tombstones:
        """What this one forgets beyond another."""
        before = self.before if self.before and self.before > (other.before or "") else None
        return Tombstones(self.sessions - other.sessions, self.events - other.events, before)

    def __bool__(self) -> bool:
        """Whether anything is forgotten at all."""
        return bool(self.sessions or self.events or self.before)

    def covers_session(self, folder: str) -> bool:
        """Whether the session of a folder was forgotten."""
        return folder in self.sessions

    def covers_month(self, month: str) -> bool:
        """Whether a month was pruned."""
        return self.before is not None and month < self.before

    def covers_ids(self, ids: Iterable[str]) -> bool:
        """Whether a line that stands for these ids was forgotten."""
        return not self.events.isdisjoint(ids)

    def paths(self) -> frozenset[str]:
        """Where they stand in a store's tree."""
        return frozenset(
            [layout.session_tombstone(folder) for folder in self.sessions]
            + [layout.event_tombstone(event) for event in self.events]
            + ([layout.month_tombstone(self.before)] if self.before else [])
        )


class StoredTombstones:
    """The tombstones of one tree, looked up only as asked: an append must not read what years have forgotten."""

    def __init__(self, repo: Repository, treeish: str | None) -> None:
        self._repo = repo
        self._tree = self._folder(treeish, layout.TOMBSTONES)
        self._sessions = self._folder(self._tree, "sessions")
        self._events = self._folder(self._tree, "events")

    @cached_property
    def before(self) -> str | None:
        """The first month that is kept; None where nothing was pruned."""
        months = self._repo.list_folder(self._tree, "before") if self._tree else ()
        return max((name for name, _, _ in months if layout.is_month(name)), default=None)

    def covers_session(self, folder: str) -> bool:
        """Whether the session of a folder was forgotten."""
        return self._sessions is not None and self._repo.entry(self._sessions, folder) is not None

    def covers_month(self, month: str) -> bool:
        """Whether a month was pruned."""
        return self.before is not None and month < self.before

    def covers_ids(self, ids: Iterable[str]) -> bool:
        """Whether a line that stands for these ids was forgotten."""
        return self._events is not None and any(self._repo.entry(self._events, event) is not None for event in ids)

    def all(self) -> Tombstones:
        """All of them; names that are none are passed over."""
        return Tombstones(
            sessions=frozenset(name for name in self._names(self._sessions) if layout.is_session_folder(name)),
            events=frozenset(name for name in self._names(self._events) if layout.is_event_id(name)),
            before=self.before,
        )

    def _folder(self, treeish: str | None, path: str) -> str | None:
        found = self._repo.entry(treeish, path) if treeish else None
        return found[0] if found and found[1] == FOLDER else None

    def _names(self, tree: str | None) -> Iterable[str]:
        return (name for name, _, _ in self._repo.list_folder(tree)) if tree else ()
