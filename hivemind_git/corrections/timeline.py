"""What happened to each file, in order: the agent's writes and looks, and the commits.

Paths that a rename connects share one timeline, so that a line keeps its origin across a rename.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from hivemind_git.corrections.evidence import CommitRecord, Edit, Evidence, FileChange, Session, Sight, Standing
from hivemind_git.corrections.resets import left_alone


@dataclass(frozen=True, slots=True)
class Wrote:
    """A tool use of an agent wrote the file."""

    t: float
    path: str
    session: Session
    edit: Edit

    @property
    def worktree(self) -> str:
        """Where."""
        return self.edit.worktree


@dataclass(frozen=True, slots=True)
class Saw:
    """An agent saw the whole file."""

    t: float
    path: str
    session: Session
    sight: Sight

    @property
    def worktree(self) -> str:
        """Where."""
        return self.sight.worktree


@dataclass(frozen=True, slots=True)
class Landed:
    """A commit holds the file."""

    t: float
    path: str
    commit: CommitRecord
    change: FileChange


@dataclass(frozen=True, slots=True)
class Stood:
    """The file was last written so that it stands as HEAD has it."""

    t: float
    path: str
    standing: Standing


@dataclass(frozen=True, slots=True)
class Renamed:
    """The file got another name: in a worktree before any commit held it, or (`worktree` empty) by a commit."""

    t: float
    path: str
    previous: str
    worktree: str = ""


Step: TypeAlias = Wrote | Saw | Landed | Stood | Renamed


@dataclass(frozen=True, slots=True)
class Timeline:
    """The steps of one file, or of several that renames connect, oldest first.

    `origins` are the images with which the known history begins: they were there before any commit of it.
    """

    steps: tuple[Step, ...]
    origins: tuple[tuple[str, bytes], ...] = ()

    def renames(self) -> tuple[Renamed, ...]:
        """When a file got another name, oldest first."""
        return tuple(_renames(self.steps))


def _renames(steps: Iterable[Step]) -> Iterator[Renamed]:
    for step in steps:
        if isinstance(step, Renamed):
            yield step
        elif isinstance(step, Landed) and step.change.renamed and step.change.before is not None:
            yield Renamed(step.t, step.path, step.change.previous_path)


def former_names(path: str, renames: Sequence[Renamed], since: float, until: float) -> frozenset[str]:
    """The names that a file had within a span of time; what it is called at its end too.

    A name that it had before the span may be another file's by then.
    """
    found = {path}
    for step in reversed(renames):
        if since < step.t <= until and step.path in found:
            found.add(step.previous)
    return frozenset(found)


def timelines(evidence: Evidence) -> list[Timeline]:
    """One timeline for each file that an agent wrote, in order of path."""
    by_path: dict[str, list[tuple[float, int, Step]]] = defaultdict(list)
    agents: set[str] = set()
    for order, step in enumerate(_steps(evidence)):
        # Of equal times the agent's own steps come first: a hook commits right after a tool use, never before it.
        by_path[step.path].append((step.t, order, step))
        if isinstance(step, Wrote):
            agents.add(step.path)
    groups = _connected(evidence)
    merged: dict[str, list[tuple[float, int, Step]]] = defaultdict(list)
    for path, steps in by_path.items():
        merged[groups.get(path, path)].extend(steps)
    wanted = {groups.get(path, path) for path in agents}
    return [_timeline([step for *_, step in sorted(merged[root], key=lambda one: one[:2])]) for root in sorted(wanted)]


def _timeline(steps: list[Step]) -> Timeline:
    landed = [step.change for step in steps if isinstance(step, Landed)]
    made = {change.after for change in landed}
    roots = {(c.previous_path, c.before): None for c in landed if c.before is not None and c.before not in made}
    return Timeline(tuple(steps), tuple((path, content) for path, content in roots if content is not None))


def _steps(evidence: Evidence) -> Iterator[Step]:
    writes: dict[str, list[Wrote]] = defaultdict(list)
    touched: dict[tuple[str, str], list[float]] = defaultdict(list)
    for step in touches(evidence.sessions):
        touched[step.worktree, step.path].append(step.t)
        if isinstance(step, Wrote):
            writes[step.path].append(step)
        yield step
    yield from (Stood(one.t, one.path, one) for one in evidence.standing)
    for second, commit in _in_order(left_alone(evidence.commits)):
        for change in commit.files:
            if change.renamed and change.before is None and commit.made:
                moment = _moment(second, change, [*writes[change.previous_path], *writes[change.path]])
                yield _moved(moment, commit.made.worktree, change, touched)
            else:
                moment = _moment(second, change, writes[change.path])
            yield Landed(moment, change.path, commit, change)


def _moved(
    moment: float, worktree: str, change: FileChange, touched: Mapping[tuple[str, str], Sequence[float]]
) -> Renamed:
    """When a file that a commit brought under another name had got it: before an agent came upon it there."""
    left = max((t for t in touched.get((worktree, change.previous_path), ()) if t <= moment), default=-math.inf)
    met = min((t for t in touched.get((worktree, change.path), ()) if left < t <= moment), default=None)
    t = moment if met is None else math.nextafter(met, -math.inf)
    return Renamed(t, change.path, change.previous_path, worktree)


def _in_order(commits: Sequence[CommitRecord]) -> Iterator[tuple[float, CommitRecord]]:
    """Each commit once, with its second: parents first, and those of one second as their worktree's log has them."""
    when: dict[str, float] = {}
    groups: dict[float, list[CommitRecord]] = defaultdict(list)
    for commit in commits:
        if commit.id not in when:
            own = commit.made.t if commit.made else commit.committed
            when[commit.id] = max([own, *(when[parent] for parent in commit.parents if parent in when)])
            groups[when[commit.id]].append(commit)
    for second, group in groups.items():
        places = {commit.made.worktree if commit.made else "" for commit in group}
        if len(places) == 1 and places != {""}:
            group.sort(key=lambda commit: commit.made.position if commit.made else 0)
        yield from ((second, commit) for commit in group)


def _moment(second: float, change: FileChange, writes: Sequence[Wrote]) -> float:
    """When a commit was made, as well as it can be told: git keeps whole seconds, and an agent writes in thousandths.

    What was written in the second of a commit is in it, unless the commit holds what stood there before the write.
    """
    within = [write for write in writes if second <= write.t < second + 1]
    for write in reversed(within):
        if write.edit.after == change.after:
            return write.t
    for write in within:
        if write.edit.before_known and write.edit.before == change.after:
            return second
    return max([second, *(write.t for write in within)])


def touches(sessions: Iterable[Session]) -> Iterator[Wrote | Saw]:
    """What agents wrote and saw, each once, session by session."""
    seen: set[str] = set()
    for session in sessions:
        now = float("-inf")
        for item in session.items:
            now = max(now, item.t)  # a clock set back must not turn the order of a session round
            if not isinstance(item, (Edit, Sight)) or item.event in seen:
                continue
            seen.add(item.event)
            yield Wrote(now, item.path, session, item) if isinstance(item, Edit) else Saw(now, item.path, session, item)


def _connected(evidence: Evidence) -> dict[str, str]:
    """The least path of each group that renames connect."""
    root: dict[str, str] = {}

    def find(path: str) -> str:
        while root.get(path, path) != path:
            root[path] = root.get(root[path], root[path])
            path = root[path]
        return path

    for commit in evidence.commits:
        for change in commit.files:
            if change.renamed:
                one, other = sorted((find(change.previous_path), find(change.path)))
                root[other] = one
    return {path: find(path) for path in list(root)}
