"""The places where an accepted image of a file departs from what the agent had left there.

Two moments accept: the agent's next touch of the file, which shows what stood there, and a commit. Each comparison
starts from the image that the moment most plausibly grew from; an image that was known before (a stash, a checkout,
another branch, the same commit rebased) is no departure at all.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hivemind_git.corrections import noise
from hivemind_git.corrections.evidence import CommitRecord
from hivemind_git.corrections.lines import Fresh, Origin, Version, Writer, agree, carry, sound, split, unknown, written
from hivemind_git.corrections.timeline import Landed, Saw, Timeline, Wrote
from hivemind_git.model import DiffFunction, Hunk


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What the agent had left against what was accepted.

    `since` and `until` bound the time in which the departure arose. `base` is the parent's image of a commit, None where
    the commit created the file; `base_seen` tells whether an agent worked from it. `follow` marks a later
    commit over agent lines that an earlier one, by `adopter`, had taken in. `event` is the edit, the sight or the commit
    that accepted.
    """

    path: str
    worktree: str
    reference: Version
    accepted: tuple[bytes, ...]
    hunks: tuple[Hunk, ...]
    since: float
    until: float
    event: str
    commit: CommitRecord | None = None
    base: Version | None = None
    base_seen: bool = True
    base_hunks: tuple[Hunk, ...] = ()
    follow: bool = False
    adopter: str | None = None

    @property
    def inside(self) -> int:
        """How many lines, old and new, changed in hunks that concern the agent's lines."""
        return sum(residual.size for residual in residuals(self))

    @property
    def elsewhere(self) -> int:
        """How many changed in the others."""
        return sum(_size(hunk) for hunk in self.hunks) - self.inside


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """One hunk of a comparison that changes agent lines (`lines`, indexes in the reference), or stands between two."""

    comparison: Comparison
    hunk: Hunk
    lines: tuple[int, ...]

    @property
    def before(self) -> tuple[bytes, ...]:
        """The changed lines as they were."""
        return self.comparison.reference.lines[self.hunk.before_start : self.hunk.before_end]

    @property
    def after(self) -> tuple[bytes, ...]:
        """The lines that were accepted in their place."""
        return self.comparison.accepted[self.hunk.after_start : self.hunk.after_end]

    @property
    def size(self) -> int:
        """Changed lines, old and new."""
        return _size(self.hunk)

    @property
    def owner(self) -> Origin:
        """The first agent line concerned; for an insertion the line above it."""
        return self.comparison.reference.origins[self.lines[0]]


def _size(hunk: Hunk) -> int:
    return hunk.before_end - hunk.before_start + hunk.after_end - hunk.after_start


@dataclass(frozen=True, slots=True)
class Restored:
    """Agent lines that went away because an image known before came back: `lines` were lost."""

    path: str
    worktree: str
    event: str
    since: float
    until: float
    reference: Version
    hunks: tuple[Hunk, ...]
    accepted: tuple[bytes, ...]


@dataclass(slots=True)
class Walk:
    """What a walk along one timeline found."""

    comparisons: list[Comparison] = field(default_factory=list)
    restored: list[Restored] = field(default_factory=list)
    versions: dict[tuple[str, bytes], Version] = field(default_factory=dict)


@dataclass(slots=True)
class _Place:
    """One worktree's copy of a file: its images with their times."""

    times: list[float] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)

    def add(self, t: float, version: Version) -> None:
        self.times.append(max(t, self.times[-1]) if self.times else t)
        self.versions.append(version)

    def at(self, t: float) -> tuple[float, Version] | None:
        i = bisect_right(self.times, t) - 1
        return (self.times[i], self.versions[i]) if i >= 0 else None


LARGEST = 4 << 20
"""Bytes of the largest file whose lines are compared: what is larger was hardly written by hand."""


def _opaque(content: bytes | None) -> bool:
    """Whether a file is binary, as git tells it, or too large to compare."""
    return content is not None and (len(content) > LARGEST or b"\0" in content[:8000])


class Walker:
    """Walks along one timeline and keeps every image it meets with the origins of its lines."""

    def __init__(self, diff: DiffFunction) -> None:
        self._diff = diff
        self._known: dict[bytes, Version] = {}
        self._places: dict[tuple[str, str], _Place] = defaultdict(_Place)
        self._committed: dict[str, tuple[float, Version]] = {}
        self._adopters: dict[str, str] = {}
        self._seen: set[bytes] = set()
        self.found = Walk()

    def walk(self, timeline: Timeline) -> Walk:
        """All departures along the timeline, in its order."""
        for step in timeline.steps:
            if isinstance(step, Wrote):
                self._wrote(step)
            elif isinstance(step, Saw):
                self._saw(step)
            else:
                self._landed(step)
        return self.found

    def _remember(self, path: str, version: Version) -> Version:
        kept = self._known.get(version.content)
        kept = version if kept is None else agree(kept, version)
        self._known[version.content] = kept
        self.found.versions[(path, version.content)] = kept
        return kept

    def _wrote(self, step: Wrote) -> None:
        edit, key = step.edit, (step.edit.worktree, step.path)
        if _opaque(edit.before) or _opaque(edit.after) or (edit.after is None and not edit.before_known):
            self._places.pop(key, None)
            return
        if edit.before_known:
            base = self._meet(step.t, key, edit.before or b"", edit.event)
        else:
            held = self._places[key].at(step.t) if key in self._places else None
            if held is None:
                # A write over an image that nobody saw: which of its lines the agent wrote, and which it kept, is unknown.
                if edit.after is not None:
                    self._places[key].add(step.t, self._remember(step.path, unknown(edit.after)))
                return
            base = held[1]
        after = written(base, edit.after or b"", self._diff, step.session.id, edit.event, edit.tool_use)
        self._seen.add(after.content)
        self._places[key].add(step.t, self._remember(step.path, after))

    def _saw(self, step: Saw) -> None:
        key = (step.sight.worktree, step.path)
        if _opaque(step.sight.content):
            self._places.pop(key, None)
            return
        self._places[key].add(step.t, self._meet(step.t, key, step.sight.content, step.sight.event))

    def _meet(self, t: float, key: tuple[str, str], content: bytes, event: str) -> Version:
        """The version of an image that the agent met, after comparing it with what it had left there."""
        path = key[1]
        self._seen.add(content)
        held = self._places[key].at(t) if key in self._places else None
        known = self._known.get(content)
        if held is None:
            return known or self._remember(path, self._nearest(content, path))
        since, reference = held
        if content == reference.content:
            return reference
        if known is not None:
            hunks = self._hunks(reference, content)
            lost = tuple(h for h in hunks if reference.agent(h.before_start, h.before_end))
            if lost:
                self.found.restored.append(Restored(path, key[0], event, since, t, reference, lost, split(content)))
            return known
        committed = self._committed.get(path)
        if committed is not None and committed[0] > since:
            reference = min((reference, committed[1]), key=lambda v: self._cost(v, content))
        version = carry(reference, content, self._diff, _accepted(reference, event))
        self._compare(
            Comparison(path, key[0], reference, version.lines, self._hunks(reference, content), since, t, event)
        )
        return self._remember(path, version)

    def _landed(self, step: Landed) -> None:
        change, path = step.change, step.path
        self._rename(change.previous_path, path)
        before, after = change.before, change.after
        if _opaque(before) or _opaque(after):
            return
        base_seen = before is None or before in self._seen
        base = None if before is None else self._known.get(before) or self._remember(path, self._nearest(before, path))
        if after is None:
            return
        known = self._known.get(after)
        if known is not None:
            if known.agent(0, len(known.lines)):
                self._adopters[path] = step.commit.author
            self._committed[path] = (step.t, self._remember(path, known))
            return
        place, since, reference, follow = self._expected(step, base)
        fresh = _accepted(reference, step.commit.id)
        version = carry(reference, after, self._diff, fresh)
        if base is not None and base is not reference:
            version = agree(version, carry(base, after, self._diff))
        base_hunks = self._hunks(base, after) if base is not None else (Hunk(0, 0, 0, len(version.lines)),)
        self._compare(
            Comparison(
                path,
                place,
                reference,
                version.lines,
                self._hunks(reference, after),
                since,
                step.t,
                step.commit.id,
                step.commit,
                base,
                base_seen,
                base_hunks,
                follow,
                self._adopters.get(path),
            )
        )
        if not follow:
            self._adopters[path] = step.commit.author
            self._seen.add(after)
        self._committed[path] = (step.t, self._remember(path, version))

    def _rename(self, old: str, new: str) -> None:
        if not old or old == new:
            return
        for worktree, path in [key for key in self._places if key[1] == old]:
            if (worktree, new) not in self._places:
                self._places[(worktree, new)] = self._places.pop((worktree, path))
        if old in self._adopters:
            self._adopters.setdefault(new, self._adopters[old])

    def _expected(self, step: Landed, base: Version | None) -> tuple[str, float, Version, bool]:
        """The image that the commit grew from: the worktree's whose pending agent lines it took in, else the parent's."""
        best: tuple[int, int, str, float, Version] | None = None
        for (worktree, path), place in self._places.items():
            if path != step.path:
                continue
            for moment in {step.t, step.commit.t}:
                held = place.at(moment)
                if held is None:
                    continue
                taken = self._taken(held[1], base, step.change.after or b"")
                cost = self._cost(held[1], step.change.after or b"")
                if taken and (best is None or (-cost, taken) > best[:2]):
                    best = (-cost, taken, worktree, held[0], held[1])
        if best is not None:
            return best[2], best[3], best[4], False
        since = max(
            [self._committed.get(step.path, (float("-inf"), None))[0]]
            + [place.times[-1] for (_, path), place in self._places.items() if path == step.path],
            default=step.commit.t,
        )
        if base is None:
            return "", min(since, step.t), unknown(b""), True
        near = [p.versions[-1] for (_, path), p in self._places.items() if path == step.path]
        # The parent may hold the agent's lines although no commit of ours brought them there (history was cut or rewritten).
        for version in near:
            base = agree(base, carry(version, base.content, self._diff))
        return "", min(since, step.t), base, True

    def _taken(self, version: Version, base: Version | None, after: bytes) -> int:
        """How many agent lines that the parent did not have the commit took in."""
        kept = [True] * len(version.lines)
        for other in (after,):
            for hunk in self._hunks(version, other):
                kept[hunk.before_start : hunk.before_end] = [False] * (hunk.before_end - hunk.before_start)
        if base is not None:
            for i in self._shared(version, base):
                kept[i] = False
        return sum(kept[i] and bool(version.lines[i].strip()) for i in version.agent(0, len(kept)))

    def _shared(self, version: Version, other: Version) -> Iterable[int]:
        at = 0
        for hunk in self._hunks(version, other.content):
            yield from range(at, hunk.before_start)
            at = hunk.before_end
        yield from range(at, len(version.lines))

    def _hunks(self, version: Version, content: bytes) -> tuple[Hunk, ...]:
        hunks = tuple(self._diff(version.content, content)) if version.content != content else ()
        lines = split(content)
        return hunks if sound(hunks, len(version.lines), len(lines)) else (Hunk(0, len(version.lines), 0, len(lines)),)

    def _cost(self, version: Version, content: bytes) -> int:
        return sum(h.before_end - h.before_start + h.after_end - h.after_start for h in self._hunks(version, content))

    def _nearest(self, content: bytes, path: str) -> Version:
        """An image met for the first time where nothing was held: its lines as the nearest known image has them."""
        near: list[Version] = [
            place.versions[-1] for (_, p), place in self._places.items() if p == path and place.versions
        ]
        if path in self._committed:
            near.append(self._committed[path][1])
        if not near:
            return unknown(content)
        return carry(min(near, key=lambda v: self._cost(v, content)), content, self._diff)

    def _compare(self, comparison: Comparison) -> None:
        if comparison.hunks:
            self.found.comparisons.append(comparison)


def _accepted(reference: Version, event: str) -> Fresh:
    """New lines of an accepted image are unknown, but remember where they came in; reflowed ones keep their origin."""

    def fresh(hunk: Hunk, lines: Sequence[bytes], _count: int) -> list[Origin]:
        before = reference.lines[hunk.before_start : hunk.before_end]
        origins = reference.origins[hunk.before_start : hunk.before_end]
        after = lines[hunk.after_start : hunk.after_end]
        if len(before) == len(after) and all(noise.reflowed((a,), (b,)) for a, b in zip(before, after, strict=True)):
            return list(origins)
        if before and all(o.writer is Writer.AGENT for o in origins) and noise.reflowed(before, after):
            return [origins[min(i, len(origins) - 1)] for i in range(len(after))]
        return [Origin(Writer.UNKNOWN, event=event, index=i) for i in range(hunk.after_start, hunk.after_end)]

    return fresh


def residuals(comparison: Comparison) -> list[Residual]:
    """The hunks of a comparison that concern the agent's lines."""
    reference = comparison.reference
    found = []
    for hunk in comparison.hunks:
        lines = reference.agent(hunk.before_start, hunk.before_end)
        if hunk.before_start == hunk.before_end and 0 < hunk.before_start < len(reference.lines):
            around = (hunk.before_start - 1, hunk.before_start)
            if all(reference.origins[i].writer is Writer.AGENT for i in around):
                lines = list(around)
        if lines:
            found.append(Residual(comparison, hunk, tuple(lines)))
    return found
