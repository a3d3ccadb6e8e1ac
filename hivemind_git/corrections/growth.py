"""From which of the images that were known another one grew, asked as a merge asks it.

Two images may both lie before a third: the one that an agent left in its worktree, and one that a commit holds. Lines
that only the first has tell it, where they stand in the third. Where none of them does, the third decided about them
only if it changed the very place that the agent had changed; else somebody worked from the other image.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache

from hivemind_git.corrections import bare, blocks, layout, noise
from hivemind_git.corrections.lines import Version, Writer, count, size, sound, split, unknown
from hivemind_git.model import DiffFunction, Hunk

_NOTHING = unknown(b"")

_SETS = 32
"""Images whose lines are held as sets: those that were committed lately, and what they are held against."""


class Growth:
    """Compares images by one diff."""

    def __init__(self, diff: DiffFunction) -> None:
        self._diff = diff
        # One image is held against the same few others from every side.
        self._apart: dict[tuple[bytes, bytes], tuple[tuple[Hunk, bool], ...]] = {}
        self._others: dict[tuple[bytes, bytes], tuple[Hunk, ...]] = {}

        self._set = lru_cache(_SETS)(frozenset[bytes])
        self._bare = lru_cache(_SETS)(bare.text)
        self._marks = lru_cache(_SETS)(bare.marks)

    def hunks(self, version: Version, content: bytes) -> tuple[Hunk, ...]:
        """What changed from a version to an image; all of it, where the diff makes no sense."""
        if version.content == content:
            return ()
        hunks = tuple(self._diff(version.content, content))
        lines = count(content)
        return hunks if sound(hunks, len(version.lines), lines) else (Hunk(0, len(version.lines), 0, lines),)

    def cost(self, version: Version, content: bytes) -> int:
        """How many lines changed from a version to an image."""
        return sum(size(hunk) for hunk in self.hunks(version, content))

    def _least(self, version: Version, content: bytes) -> int:
        """How many lines changed at least: those that stand on one side alone."""
        return len(self._set(version.lines) ^ self._set(split(content, version)))

    def apart(self, version: Version, content: bytes) -> tuple[Hunk, ...]:
        """The same, with what was only laid out anew cut off from what was changed."""
        return tuple(hunk for hunk, _ in self._parts(version, content))

    def _parts(self, version: Version, content: bytes) -> tuple[tuple[Hunk, bool], ...]:
        """The same, each with whether it was only laid out anew as its lines show one by one."""
        key = (version.content, content)
        if key not in self._apart:
            lines = split(content, version)
            parts = list(layout.apart(version.lines, lines, self.hunks(version, content), self._diff))
            self._apart[key] = tuple(blocks.followed(version.lines, lines, parts))
        return self._apart[key]

    def contributed(
        self, version: Version, base: Version | None, after: bytes, seen: Collection[bytes], *, here: bool = False
    ) -> bool:
        """Whether a commit that made `after` out of `base` took in, or decided about, what an agent had left pending.

        `seen` are the images that the agent worked from: changes of the same place say nothing where it knew another
        image than the commit's parent. `here`: what was staged where the agent works became the commit. Then a change
        beside the agent's is one with it, as it is for `git add -p`.
        """
        base = base or _NOTHING
        stands = self._plainly(version, base, after)
        if stands or (stands is False and base.content not in seen and not here):
            return bool(stands)
        agents = self._changed(base, version.content)
        pending = _pending(version, agents, base)
        if stands is None and self._stands(version, pending, after):
            return True
        if base.content not in seen and not here:
            return False
        return self._decides(base, after, [hunk for hunk in agents if _told(hunk, pending)], here=here)

    def from_other(
        self, other: Version, version: Version, content: bytes, *, here: bool = False, aside: bool = False
    ) -> bool:
        """Whether `content` grew from `other` and not from `version`, which an agent had made out of it meanwhile.

        `here` as in `contributed`. `aside`: the version was put aside, and only its own lines say that it came back.
        """
        cost = self.cost(version, content)
        # Most images that were committed before are far from this one, and their lines say so without a comparison.
        if not aside and (not cost or self._least(other, content) >= cost or self.cost(other, content) >= cost):
            return False
        agents = self._changed(other, version.content)
        pending = _pending(version, agents, other)
        if self._stands(version, pending, content):
            return False
        return aside or not self._decides(other, content, [hunk for hunk in agents if _told(hunk, pending)], here=here)

    def _changed(self, version: Version, content: bytes) -> tuple[Hunk, ...]:
        """What changed from a version to an image, but for its layout: a formatter decides about nothing."""
        key = (version.content, content)
        if key not in self._others:
            lines = split(content, version)
            parts = self._parts(version, content)
            changed = (hunk for hunk, same in parts if not same and not _reflowed(hunk, version.lines, lines))
            self._others[key] = tuple(changed)
        return self._others[key]

    def _plainly(self, version: Version, base: Version, content: bytes) -> bool | None:
        """Whether an image has one of the agent's lines that the base has in no layout: as it is, or in none either.

        What `_stands` says as well, of most images, and without a comparison; None where it takes one.
        """
        known, here, there = self._set(base.lines), self._set(split(content, version)), self._marks(base.content)
        agent = Writer.AGENT
        pairs = zip(version.lines, version.origins, strict=True)
        new = {line for line, origin in pairs if origin.writer is agent and line not in known and line.strip()}
        told = (line for line in new if line in here and _telling(line) and bare.marks(line) not in there)
        if any(version.lines.count(line) == 1 for line in told):
            return True
        before, after = self._bare(base.lines), self._bare(split(content, version))
        own = any(bare.line(line) not in before for line in new)
        return False if own and not any(bare.line(line) in after for line in new) else None

    def _stands(self, version: Version, lines: set[int], content: bytes) -> bool:
        """Whether an image has one of some lines of a version, in whatever layout."""
        if not lines:
            return False
        changed = self._changed(version, content)
        if not lines <= {i for hunk in changed for i in range(hunk.before_start, hunk.before_end)}:
            return True
        # What was moved stands there as well, and a diff shows it as gone and come.
        new = split(content, version)
        come = {bare.line(new[i]) for hunk in changed for i in range(hunk.after_start, hunk.after_end)}
        return any(len(text) >= noise.INFORMATIVE and text in come for text in _bare(version, lines))

    def _decides(self, version: Version, content: bytes, hunks: Collection[Hunk], *, here: bool) -> bool:
        """Whether what changed from a version to an image took the place of another change of that version."""
        if not hunks:
            return False
        own, decides = self._changed(version, content), _beside if here else _decided
        return any(decides(hunk, own) for hunk in hunks)


def _telling(line: bytes) -> bool:
    return len(bare.line(line)) >= noise.INFORMATIVE


def _bare(version: Version, lines: Iterable[int]) -> Iterable[bytes]:
    return (bare.line(version.lines[i]) for i in lines)


def _reflowed(hunk: Hunk, before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    return bare.same(before[hunk.before_start : hunk.before_end], after[hunk.after_start : hunk.after_end])


def _pending(version: Version, agents: Iterable[Hunk], base: Version) -> set[int]:
    """The agent's lines among what changed, blank ones left out, and those that stand elsewhere in the base as well.

    `return None` stands everywhere: that it stands in an image says nothing of where that came from.
    """
    found = {i for hunk in agents for i in version.agent(hunk.after_start, hunk.after_end) if version.lines[i].strip()}
    known = set(base.lines)
    return {i for i in found if version.lines[i] not in known} or found


def _told(hunk: Hunk, pending: set[int]) -> bool:
    """Whether a change of the agent says anything: it wrote pending lines, or only took lines away."""
    return hunk.after_start == hunk.after_end or bool(pending & set(range(hunk.after_start, hunk.after_end)))


def _decided(hunk: Hunk, others: Iterable[Hunk]) -> bool:
    """Whether another change of the same image took the whole place of a hunk.

    Of what stands beside it nothing is known, unless more lines came there than went. A line that the agent had taken
    away and that stands there again says that nobody worked on the agent's text.
    """
    if hunk.before_start < hunk.before_end:
        return any(one.before_start <= hunk.before_start and hunk.before_end <= one.before_end for one in others)
    at = hunk.before_start
    return any(
        one.before_start < at < one.before_end or (one.before_start <= at <= one.before_end and _grows(one))
        for one in others
    )


def _beside(hunk: Hunk, others: Iterable[Hunk]) -> bool:
    """Whether another change of the same image meets a hunk, or touches it."""
    return any(one.before_start <= hunk.before_end and hunk.before_start <= one.before_end for one in others)


def _grows(hunk: Hunk) -> bool:
    return hunk.after_end - hunk.after_start > hunk.before_end - hunk.before_start
