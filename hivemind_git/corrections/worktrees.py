"""What each worktree held of a file, as far as agents saw it, and what of that may have become a commit's."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

from hivemind_git.corrections.lines import Version
from hivemind_git.corrections.timeline import Landed, Renamed


@dataclass(slots=True)
class Place:
    """One worktree's copy of a file: its images with their times, and all that an agent worked from there."""

    times: list[float] = field(default_factory=list)
    versions: list[Version] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    def add(self, t: float, version: Version) -> None:
        """The file stood so from a time on."""
        self.times.append(t)
        self.versions.append(version)
        self.seen.add(version.content)

    def copy(self) -> Place:
        """The same, under another name of the file."""
        return Place([*self.times], [*self.versions], {*self.seen})

    def first(self, version: Version) -> float:
        """When the file first stood as in one of its images."""
        return next(t for t, held in zip(self.times, self.versions, strict=True) if held.content == version.content)

    def at(self, t: float) -> tuple[float, Version] | None:
        """The last image until a time, and since when it stood; None before the first."""
        i = bisect_right(self.times, t) - 1
        return (self.times[i], self.versions[i]) if i >= 0 else None


class Places(defaultdict[tuple[str, str], Place]):
    """The copies of a file by worktree and path."""

    def at(self, path: str) -> list[Place]:
        """Those of a path of which an image is known."""
        return [place for (_, at), place in self.items() if at == path and place.versions]

    def rename(self, step: Landed) -> None:
        """A commit gave the file another name, in the worktree in which it was made."""
        old, new, made = step.change.previous_path, step.path, step.commit.made
        if not step.change.renamed or step.change.before is None:
            return
        for worktree, path in [key for key in self if key[1] == old]:
            if (worktree, new) not in self:
                self[worktree, new] = self[worktree, path].copy()
            if made and worktree == made.worktree:
                # Where no log tells which worktree's commit it was, it stands in all under both names.
                del self[worktree, old]

    def move(self, step: Renamed) -> None:
        """Somebody gave the file another name in a worktree, and no commit had it yet."""
        place = self.pop((step.worktree, step.previous), None)
        if place is not None:
            self[step.worktree, step.path] = place


@dataclass(frozen=True, slots=True)
class Grown:
    """The image from which a commit grew. `worktree` is empty where it is the parent's."""

    worktree: str
    since: float
    version: Version


@dataclass(frozen=True, slots=True)
class At:
    """A moment in a worktree. `head`: what HEAD held of the file then, None where that is not known."""

    worktree: str
    t: float
    head: bytes | None


def moment(step: Landed, worktree: str, base: Version | None) -> At:
    """The moment of a commit in a worktree: if it was made there, its parent was HEAD, unless it took HEAD's place."""
    made = step.commit.made
    here = made is not None and made.worktree == worktree and not made.undone and not made.instead
    return At(worktree, step.t, base.content if here and base else None)


def staged_from(step: Landed, worktree: str, since: float) -> bool:
    """Whether what stood in a worktree since then was there to be staged when a commit was made of what was staged."""
    made = step.commit.made
    return made is not None and made.worktree == worktree and not made.replayed and since >= made.since


def where(step: Landed, grown: Grown | None) -> str:
    """The worktree in which a departure arose; empty where it is not known, or went through several."""
    made = step.commit.made.worktree if step.commit.made else ""
    if grown is None:
        return made
    return grown.worktree if made in {"", grown.worktree} else ""


def candidates(place: Place, step: Landed, worktree: str) -> list[tuple[float, Version]]:
    """The images of a worktree that may have become a commit's: as they were when it was made, there or elsewhere.

    What is replayed was made before, at its author's time; and so was what no log tells of.
    """
    made = step.commit.made
    known = made is not None and (worktree == made.worktree or worktree in made.others)
    moments = {step.t} if known and made and not made.replayed else {step.t, step.commit.t}
    return [held for moment in sorted(moments) if (held := place.at(moment)) is not None]
