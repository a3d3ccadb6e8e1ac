"""The values in which a departure from the agent's text is told: a comparison of two images, and its hunks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from hivemind_git.corrections import decisions, noise, notebooks, sweeps
from hivemind_git.corrections.evidence import CommitRecord
from hivemind_git.corrections.lines import Origin, Version, Writer, size
from hivemind_git.model import Hunk


@dataclass(frozen=True, eq=False, kw_only=True)
class Comparison:
    """What the agent had left against what was accepted.

    Attributes:
        worktree: where the reference stood; empty where the commit's parent is the reference.
        reference: the image from which the accepted one most plausibly grew.
        since, until: the span of time in which the departure arose.
        event: the edit, the sight or the commit that accepted.
        commit: None where the agent's next touch of the file accepted.
        base: the image in the commit's parent, None where the commit created the file.
        base_seen: whether an agent worked from that image.
        base_hunks: what the commit itself changed, against its parent.
        follow: a later commit over agent lines that an earlier one had taken in.
        amends: the reference is the image in the commit that was amended.
        thrown: a person threw the agent's uncommitted lines away, and an older image of the whole file came back.
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
    amends: bool = False
    thrown: bool = False

    @property
    def staged(self) -> bool:
        """Whether the commit was surely made of what somebody had staged where the reference stood."""
        made = self.commit.made if self.commit else None
        here = made is not None and made.worktree == self.worktree and not made.replayed
        return here and not self.follow and made is not None and self.since >= made.since

    @property
    def reverts(self) -> bool:
        """Whether git itself made the departure, when somebody had it take a commit back."""
        return self.commit is not None and self.commit.made is not None and self.commit.made.reverts

    @cached_property
    def residuals(self) -> tuple[Residual, ...]:
        """The hunks that change the agent's lines, or stand between two of them."""
        found = []
        for index, hunk in enumerate(self.hunks):
            lines = self.reference.agent(hunk.before_start, hunk.before_end)
            if hunk.before_start == hunk.before_end and 0 < hunk.before_start < len(self.reference.lines):
                around = (hunk.before_start - 1, hunk.before_start)
                if all(self.reference.origins[i].writer is Writer.AGENT for i in around):
                    lines = list(around)
            if lines:
                found.append(Residual(self, index, tuple(lines)))
        return tuple(found)

    @cached_property
    def beside(self) -> tuple[Residual, ...]:
        """The hunks that put new text next to an agent's line, not between two: at an edge of its work or the file."""
        known = {residual.index for residual in self.residuals}
        found = []
        for index, hunk in enumerate(self.hunks):
            if hunk.before_start == hunk.before_end and index not in known:
                lines = self.reference.agent(max(hunk.before_start - 1, 0), hunk.before_start + 1)
                found += [Residual(self, index, tuple(lines))] if lines else []
        return tuple(one for one in found if one.index not in self.formatted and one.index not in self.moved)

    @cached_property
    def formatted(self) -> frozenset[int]:
        """Indexes of the hunks that differ in layout alone."""
        return noise.formatted(self.reference, self.accepted, self.hunks)

    @cached_property
    def moved(self) -> frozenset[int]:
        """Indexes of the hunks whose lines stand in another hunk."""
        return noise.moved(self.reference, self.accepted, self.hunks)

    @cached_property
    def unwritten(self) -> frozenset[int]:
        """Indexes of the hunks of a notebook that only its program writes."""
        if not notebooks.is_notebook(self.path):
            return frozenset()
        return notebooks.unwritten(self.reference.lines, self.accepted, self.hunks)

    @cached_property
    def swept(self) -> frozenset[int]:
        """Indexes of the hunks that changed a word of the language, as was done everywhere in the file."""
        changed = ((one.index, one.hunk) for one in self.residuals if one.index not in self.formatted)
        return sweeps.swept(self.reference.lines, self.accepted, changed)

    @cached_property
    def conflicted(self) -> bool:
        """Whether a merge conflict stood in the file on either side."""
        return noise.conflicted(self.accepted) or noise.conflicted(self.reference.lines)

    @cached_property
    def base_text(self) -> frozenset[bytes]:
        """The lines of the parent's image, without white space."""
        return frozenset(noise.squeezed_lines(self.base.content)) if self.base else frozenset()

    @cached_property
    def acts(self) -> tuple[Residual, ...]:
        """The residual hunks; of those that change the same tokens, as a renamed variable does, the first alone."""
        found: dict[tuple[str, ...], Residual] = {}
        for residual in self.residuals:
            tokens = decisions.changed(decisions.text(residual.before), decisions.text(residual.after))
            found.setdefault(tokens, residual)
        return tuple(found.values())

    @cached_property
    def inside(self) -> int:
        """How many lines, old and new, changed in the residual hunks."""
        return sum(residual.size for residual in self.residuals)

    @cached_property
    def _others(self) -> tuple[Hunk, ...]:
        """The hunks that concern no agent line, and differ in more than their layout."""
        ours = {residual.index for residual in self.residuals}
        return tuple(hunk for i, hunk in enumerate(self.hunks) if i not in ours and i not in self.formatted)

    def elsewhere_than(self, residual: Residual) -> int:
        """How many lines, old and new, changed in those, but for what changed just as a residual hunk did."""
        own = noise.deltas(residual.before, residual.after)
        likewise = own if len(own) == 1 else frozenset()
        return sum(size(hunk) for hunk in self._others if not likewise or self._deltas(hunk) != likewise)

    def _deltas(self, hunk: Hunk) -> frozenset[object]:
        before = self.reference.lines[hunk.before_start : hunk.before_end]
        return noise.deltas(before, self.accepted[hunk.after_start : hunk.after_end])


@dataclass(frozen=True, slots=True, eq=False)
class Residual:
    """One hunk of a comparison that concerns agent lines. `lines` are their indexes in the reference."""

    comparison: Comparison
    index: int
    lines: tuple[int, ...]

    @property
    def hunk(self) -> Hunk:
        """Where it stands in both images."""
        return self.comparison.hunks[self.index]

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
        return size(self.hunk)

    @property
    def owner(self) -> Origin:
        """The first agent line concerned; for an insertion the line above it."""
        return self.comparison.reference.origins[self.lines[0]]


@dataclass(frozen=True, slots=True)
class Restored:
    """Agent lines that went away from a worktree because an image known before came back.

    `whole`: that very image, and not one that grew from it. `by_person`: a person had the agent's client do it.
    """

    comparison: Comparison
    whole: bool
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A commit by `author` took in a session's work; `exact`: the image just as the session had written it."""

    session: str
    author: str
    exact: bool


@dataclass(slots=True)
class Walk:
    """What a walk along one timeline found.

    Attributes:
        landed: event of an edit → the commits that took in lines of it.
        again: commit → later ones that did the same to the file.
        versions: all images met, by path and content.
    """

    comparisons: list[Comparison] = field(default_factory=list)
    restored: list[Restored] = field(default_factory=list)
    beside: list[Residual] = field(default_factory=list)
    taken: set[Taken] = field(default_factory=set)
    landed: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    again: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    versions: dict[tuple[str, bytes], Version] = field(default_factory=dict)
