"""What became of a correction: did tests fail before it and pass after it, was its commit kept or reverted?

Tests are told by the sessions. What became of a commit is read from history: a commit that undoes another one, line by
line or in git's own words, reverts it; one that reverts the revert keeps it again; a commit that no branch holds any
more says nothing.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, TypeAlias

from hivemind_git.corrections.conversation import speaks
from hivemind_git.corrections.departures import Walk
from hivemind_git.corrections.evidence import CommitRecord, Edit, Evidence, FileChange, Prompt, Refusal, Session
from hivemind_git.corrections.lines import opaque, split
from hivemind_git.model import Correction, CorrectionOutcome, DiffFunction, Result

REVERTS: Final = "This reverts commit "
"""What `git revert` writes before the id, in every language (git's sequencer.c does not translate it)."""

_SHORTEST = 7  # digits of an id, as git shortens it at most
_COMPARED = 8  # commits of the opposite shape that are compared line by line, the latest first
_AGENT_TESTS = {Result.FAILED: 0.3, Result.PASSED: -0.1}
_TESTS = {Result.PASSED: 0.2, Result.FAILED: -0.5}
_COMMIT = {Result.REVERTED: -1.1}  # that one is kept is what is expected
_LEAST, _MOST = 0.001, 0.999


@dataclass(frozen=True, slots=True)
class Commits:
    """The commits that took a session's work, by what became of them: ids, oldest first."""

    kept: tuple[str, ...] = ()
    reverted: tuple[str, ...] = ()


def weighed(confidence: float, outcome: CorrectionOutcome) -> float:
    """A confidence in the light of an outcome. It moves log odds: what was sure stays likely, what was not stays open.

    Tests that failed over the agent's lines speak for a correction, and so do tests that passed with what came in their
    place. A correction that was reverted was no lasting opinion.
    """
    shift = sum(
        weights.get(result, 0.0)
        for weights, result in (
            (_AGENT_TESTS, outcome.agent_tests),
            (_TESTS, outcome.tests),
            (_COMMIT, outcome.commit),
        )
        if result is not None
    )
    if not shift:
        return confidence
    p = min(max(confidence, _LEAST), _MOST)
    return 1 / (1 + math.exp(-math.log(p / (1 - p)) - shift))


class Outcomes:
    """Answers what became of corrections, commits and sessions."""

    def __init__(self, evidence: Evidence, walks: Iterable[Walk], diff: DiffFunction) -> None:
        self._sessions = {session.id: _Heard(session) for session in evidence.sessions}
        self._order = {commit.id: number for number, commit in enumerate(evidence.commits)}
        self._gone = {commit.id for commit in evidence.commits if commit.gone}
        self._undone = _undone(evidence.commits, diff)
        self._same = _same(evidence.commits)
        self._landed: dict[str, set[str]] = defaultdict(set)
        for walk in walks:
            for commit, others in walk.again.items():
                self._same[commit] |= others
            for event, commits in walk.landed.items():
                self._landed[event] |= commits

    def of(self, correction: Correction, accepted: float | None = None) -> CorrectionOutcome:
        """The outcome of a correction that was derived from the same evidence.

        Args:
            correction: the correction.
            accepted: when its text was accepted (POSIX seconds); None for words, which are in the session.
        """
        heard = self._sessions.get(correction.session)
        before, after = heard.tests(correction.evidence, accepted) if heard else (None, None)
        took = {correction.commit} if correction.commit else self._landed.get(correction.evidence[-1], set())
        return CorrectionOutcome(agent_tests=before, tests=after, commit=self._commit(took))

    def of_sessions(self) -> dict[str, Commits]:
        """What became of the commits that took in the lines of each session; of one that none took, nothing."""
        found = {}
        for name, heard in self._sessions.items():
            took = {commit for event in heard.edits for commit in self._landed.get(event, ())}
            live = sorted(self._with_copies(took) - self._gone, key=lambda commit: self._order[commit])
            reverted = {commit for commit in live if self._commit({commit}) is Result.REVERTED}
            if live:
                kept = tuple(commit for commit in live if commit not in reverted)
                found[name] = Commits(kept, tuple(commit for commit in live if commit in reverted))
        return found

    def _commit(self, commits: set[str]) -> Result | None:
        """What became of one change that all of these brought in: they may be a branch's commit and its merge."""
        live = self._with_copies(commits) - self._gone
        undone = max((at for commit in live for at in self._undoing(commit)), default=-1)
        if not live:
            return None
        return Result.KEPT if any(self._order[commit] > undone for commit in live) else Result.REVERTED

    def _with_copies(self, commits: set[str]) -> set[str]:
        """The commits and those that made the same change again: rebased, amended, picked."""
        found: set[str] = set()
        waiting = list(commits)
        while waiting:
            one = waiting.pop()
            if one in self._order and one not in found:
                found.add(one)
                waiting += self._same.get(one, ())
        return found

    def _undoing(self, commit: str) -> Iterator[int]:
        """Where in history it was undone, for good."""
        for other in self._undone.get(commit, ()):
            # Whoever undoes comes later in history, so that this ends.
            if other not in self._gone and not any(True for _ in self._undoing(other)):
                yield self._order[other]


class _Heard:
    """What one session says of tests, and when its edits were made and the person spoke."""

    def __init__(self, session: Session) -> None:
        self.edits = {item.event: item.t for item in session.items if isinstance(item, Edit)}
        self._said = {item.event: item.t for item in session.items if isinstance(item, (Prompt, Refusal))}
        self._turns = sorted(item.t for item in session.items if isinstance(item, Prompt) and speaks(item))
        self._runs = sorted(session.tests, key=lambda run: run.t)
        self._times = [run.t for run in self._runs]

    def tests(self, evidence: tuple[str, ...], accepted: float | None) -> tuple[Result | None, Result | None]:
        """What tests last said of the agent's text, and what they last said in the turn in which others replaced it."""
        if not self._runs:
            return None, None
        until = max((self._said[event] for event in evidence if event in self._said), default=accepted)
        if until is None:
            return None, None
        since = min((self.edits[event] for event in evidence if event in self.edits), default=until)
        at = bisect_right(self._turns, until)
        return self._last(since, until), self._last(until, self._turns[at] if at < len(self._turns) else math.inf)

    def _last(self, since: float, until: float) -> Result | None:
        at = bisect_left(self._times, until) - 1
        if at < 0 or self._times[at] < since:
            return None
        return Result.PASSED if self._runs[at].passed else Result.FAILED


def _same(commits: Iterable[CommitRecord]) -> dict[str, set[str]]:
    """Each commit with those that have its patch id."""
    by_patch: dict[str, set[str]] = defaultdict(set)
    for commit in commits:
        by_patch[commit.patch or commit.id].add(commit.id)
    return {commit: {*group} for group in by_patch.values() for commit in group}


def _undone(commits: Iterable[CommitRecord], diff: DiffFunction) -> dict[str, set[str]]:
    """Commit → the later ones that undo it."""
    found: dict[str, set[str]] = defaultdict(set)
    seen: dict[_Shape, list[CommitRecord]] = defaultdict(list)
    known: set[str] = set()
    for commit in commits:
        undone = {one for name in _named(commit.body) for one in known if one.startswith(name)}
        back = tuple((path, -grown) for path, grown in _shape(commit))
        undone |= {other.id for other in islice(reversed(seen[back]), _COMPARED) if _inverse(commit, other, diff)}
        for one in undone:
            found[one].add(commit.id)
        seen[_shape(commit)].append(commit)
        known.add(commit.id)
    return found


_Shape: TypeAlias = tuple[tuple[str, int], ...]


def _shape(commit: CommitRecord) -> _Shape:
    """By how many bytes each file grew: only a commit of the opposite shape can undo this one."""
    return tuple(sorted((file.path, len(file.after or b"") - len(file.before or b"")) for file in commit.files))


def _inverse(later: CommitRecord, earlier: CommitRecord, diff: DiffFunction) -> bool:
    """Whether a commit takes away just the lines that another one brought, and brings back those that it took away."""
    done = {file.path: file for file in earlier.files}
    return all(_opposite(file, done[file.path], diff) for file in later.files)


def _opposite(later: FileChange, earlier: FileChange, diff: DiffFunction) -> bool:
    if (later.before, later.after) == (earlier.after, earlier.before):
        return True
    removed, added = _lines(later, diff)
    return (added, removed) == _lines(earlier, diff)


def _lines(change: FileChange, diff: DiffFunction) -> tuple[list[bytes], list[bytes]]:
    """The lines that a change removed, and those that it added."""
    before, after = change.before or b"", change.after or b""
    if opaque(before) or opaque(after):
        return [before], [after]
    old, new = split(before), split(after)
    hunks = [hunk for hunk in diff(before, after) if hunk.before_end <= len(old) and hunk.after_end <= len(new)]
    return (
        [line for hunk in hunks for line in old[hunk.before_start : hunk.before_end]],
        [line for hunk in hunks for line in new[hunk.after_start : hunk.after_end]],
    )


def _named(body: str) -> Iterator[str]:
    """The commits that a message of `git revert` names, in full or (`--reference`) shortened."""
    for part in body.split(REVERTS)[1:]:
        name = part.split(maxsplit=1)[0].rstrip(".,") if part.split() else ""
        if len(name) >= _SHORTEST:
            yield name
