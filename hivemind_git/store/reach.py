"""Whether edits begin where their file cannot ever have reached, as far as its versions in git tell.

Of one edit alone nobody can say so: its hunks do not tell how long the file was.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.git.touching import touching
from hivemind_git.model import Event, Json, Kind

_MARGIN: Final = 10
"""How many times as long as any version known a file may have been: a person's lines that came and went between two
commits are in no record."""


@dataclass(frozen=True, slots=True)
class Far:
    """Where in the store the farthest edit of a file stands, and the line, from 1, at which it begins."""

    segment: str
    number: int
    line: int


class Reach:
    """Collects edits, one by one, and then says which are too far out."""

    def __init__(self, repo: Repository) -> None:
        self._repo = repo
        self._farthest: dict[str, Far] = {}
        self._written: dict[str, int] = {}

    def note(self, segment: str, number: int, event: Event) -> None:
        """Takes in what a line of a segment tells, an edit that is possible in itself."""
        if event.kind is not Kind.EDIT:
            return
        path, hunks, cut = str(event.fields["path"]), event.fields.get("hunks"), event.fields.get("cut")
        self._written[path] = self._written.get(path, 0) + _lengths(cut)
        for hunk in hunks if isinstance(hunks, list) else ():
            if not isinstance(hunk, dict):
                continue
            # Lines that an agent brought may be longer than any commit; a line's number alone is nobody's text.
            self._written[path] += str(hunk.get("after", "")).count("\n") + 1
            at = hunk.get("before_start")
            if isinstance(at, int) and (path not in self._farthest or at >= self._farthest[path].line):
                self._farthest[path] = Far(segment, number, at + 1)

    def beyond(self) -> Iterator[tuple[str, Far]]:
        """The files with an edit too far out, by path. One that no commit here holds may have been of any length."""
        tips = dict.fromkeys(self._repo.refs().values())
        known = {path: max((self._length(tip, path) for tip in tips), default=0) for path in self._suspects({})}
        for path, length in self._history(self._suspects(known)):
            known[path] = max(known.get(path, 0), length)
        yield from ((path, self._farthest[path]) for path in self._suspects(known) if known[path])

    def _suspects(self, known: dict[str, int]) -> list[str]:
        return sorted(
            path
            for path, far in self._farthest.items()
            if far.line > _MARGIN * (known.get(path, 0) + self._written[path])
        )

    def _length(self, treeish: str, path: str) -> int:
        found = self._repo.entry(treeish, path)
        return self._lines(found[0]) if found else 0

    def _lines(self, oid: str) -> int:
        content = self._repo.blob(oid)
        return sys.maxsize if content is None else content.count(b"\n") + 1  # not here: it may have any length

    def _history(self, paths: Collection[str]) -> Iterator[tuple[str, int]]:
        head = self._repo.head()
        if head is None or not paths:
            return
        try:
            for commit in touching(self._repo, head, [*paths]):
                for change in self._repo.changes(commit, paths):
                    for oid in filter(None, (change.before_oid, change.after_oid)):
                        yield change.path, self._lines(oid)
        except HivemindError:
            return  # git cannot walk it, which others say


def _lengths(cut: Json) -> int:
    """How many lines were at most in what is left out of an event."""
    return sum(length for length in cut.values() if isinstance(length, int)) if isinstance(cut, dict) else 0
