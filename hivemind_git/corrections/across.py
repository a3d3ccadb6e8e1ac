"""Whether lines that went from a file came in another one with the same commit: code that was put elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from hivemind_git.corrections import noise
from hivemind_git.corrections.departures import Residual
from hivemind_git.corrections.evidence import CommitRecord
from hivemind_git.corrections.lines import opaque, split
from hivemind_git.corrections.why import Verdict, Why
from hivemind_git.model import DiffFunction

Beside: TypeAlias = Callable[[CommitRecord], Collection[bytes]]
"""The lines, without white space around them, that a commit brought to files which no agent edited."""

_ELSEWHERE = Verdict(Why.MOVED, "the same lines stand in another file of the commit")
_OUT = Verdict(Why.MOVED, "the same lines stand in a file that no agent wrote", by_hand=True)


def nothing_beside(_: CommitRecord) -> Collection[bytes]:
    """Where nothing is known of the other files of a commit."""
    return ()


class Across:
    """Looks through the files of commits, each once."""

    def __init__(self, diff: DiffFunction, beside: Beside) -> None:
        self._diff, self._beside = diff, beside
        self._come: dict[tuple[str, str], Counter[bytes]] = {}
        self._others: dict[str, Counter[bytes]] = {}

    def moved(self, residual: Residual, commit: CommitRecord) -> Verdict | None:
        """Tells where most of the lines that went stand among those that the commit brought to other agents' files."""
        gone = _gone(residual, 4)
        found = len(gone) >= noise.BLOCK and _most(gone, self._edited(commit, residual.comparison.path))
        return _ELSEWHERE if found else None

    def out(self, residual: Residual, commit: CommitRecord) -> Verdict | None:
        """The same of all other files. They may be any: only lines that say something are looked for there."""
        gone = _gone(residual, noise.INFORMATIVE)
        return _OUT if len(gone) >= noise.BLOCK and _most(gone, self._unedited(commit)) else None

    def _edited(self, commit: CommitRecord, path: str) -> Counter[bytes]:
        if (commit.id, path) not in self._come:
            come: Counter[bytes] = Counter()
            for change in commit.files:
                if change.path == path or change.after is None or opaque(change.after):
                    continue
                lines = split(change.after)
                for hunk in self._diff(change.before or b"", change.after):
                    come.update(line.strip() for line in lines[hunk.after_start : hunk.after_end])
            self._come[commit.id, path] = come
        return self._come[commit.id, path]

    def _unedited(self, commit: CommitRecord) -> Counter[bytes]:
        if commit.id not in self._others:
            self._others[commit.id] = Counter(self._beside(commit))
        return self._others[commit.id]


def _gone(residual: Residual, least: int) -> list[bytes]:
    """The lines that went, of so many characters at least."""
    return [text for line in residual.before if len(text := line.strip()) >= least]


def _most(gone: Sequence[bytes], come: Counter[bytes]) -> bool:
    return (Counter(gone) & come).total() * 2 > len(gone)
