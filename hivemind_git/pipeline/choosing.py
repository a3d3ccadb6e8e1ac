"""Which sessions, corrections and rules are wanted: by time, author, assistant and path, the same way everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hivemind_git.git import pathspecs
from hivemind_git.model import Correction

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to list. Times are RFC 3339 in UTC, both ends included; empty texts and no pathspecs choose everything.

    `author` is a part of a name or address, in any case. `most` is how many at most, the newest or first.
    """

    folder: Path = Path()
    since: str = ""
    until: str = ""
    author: str = ""
    agent: str = ""
    specs: tuple[str, ...] = ()
    most: int | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out but by number."""
        return not (self.since or self.until or self.author or self.agent or self.specs)

    def in_time(self, first: str, last: str) -> bool:
        """Whether something that went on from one time to another has a part in the time wanted."""
        return last >= self.since and (not self.until or first <= self.until)

    def by(self, author: str | None) -> bool:
        """Whether the author is wanted."""
        return self.author.casefold() in (author or "").casefold()

    def of(self, agent: str) -> bool:
        """Whether the assistant is wanted."""
        return self.agent in ("", agent)

    def takes(self, correction: Correction) -> bool:
        """Whether a correction is wanted, but for its path."""
        return self.in_time(correction.t, correction.t) and self.by(correction.author) and self.of(correction.agent)


def by_path(items: Iterable[Item], paths: Callable[[Item], Iterable[str]], wanted: Wanted) -> list[Item]:
    """The items of which at least one path is chosen; all of them where no pathspec is given.

    Raises:
        UsageError: git does not take one of the pathspecs.
    """
    found = list(items)
    if not wanted.specs:
        return found
    chosen = pathspecs.chosen(wanted.folder, wanted.specs, {path for one in found for path in paths(one)})
    return [one for one in found if not chosen.isdisjoint(paths(one))]


def corrections(found: Sequence[Correction], wanted: Wanted) -> list[Correction]:
    """The corrections that are wanted, in their order; of too many the last ones.

    Raises:
        UsageError: git does not take one of the pathspecs.
    """
    taken = by_path(filter(wanted.takes, found), lambda one: (one.path,) if one.path else (), wanted)
    return taken if wanted.most is None else taken[max(len(taken) - wanted.most, 0) :]
