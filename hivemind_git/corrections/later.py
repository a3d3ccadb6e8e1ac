"""What a timeline shows after one of its steps: whether text that seemed to be gone stood there again, as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hivemind_git.corrections.lines import Version, Writer, opaque, split, standing
from hivemind_git.corrections.timeline import Landed, Saw, Step, Wrote

_AHEAD = 8
"""Images in which it is looked for: what was put aside comes back soon, and each commit of a long history asks."""

_TELLING = 4
"""Characters from which a line says something when it is found again."""


class Later:
    """The steps of a timeline, and at which of them a walk is."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._at = 0

    def walk(self) -> Iterator[Step]:
        """The steps in their order; what comes after the last one given is later."""
        for at, step in enumerate(self._steps):
            self._at = at
            yield step

    def returns(self, version: Version, content: bytes, worktree: str) -> bool:
        """Whether half of the agent's lines of a version that an image lacks stand in a later one.

        What an agent writes there from its next edit on is written anew.
        """
        mine = {line.strip() for line, origin in _told(version) if origin is Writer.AGENT}
        lost = mine - {line.strip() for line in split(content, version)}
        return bool(lost) and any(2 * len(standing(image, lost)) >= len(lost) for image in self._images(worktree))

    def head(self, worktree: str, path: str, t: float) -> bytes | None:
        """What HEAD of a worktree held of a file at a time, as the next commit made there tells; None if none does."""
        for step in self._steps[self._at + 1 :]:
            made = step.commit.made if isinstance(step, Landed) and step.path == path else None
            if made and made.worktree == worktree:
                return step.change.before if isinstance(step, Landed) and made.since <= t else None
        return None

    def _images(self, worktree: str) -> Iterator[bytes]:
        for step in self._steps[self._at + 1 : self._at + 1 + _AHEAD]:
            image = _image(step)
            if image is not None and not opaque(image):
                yield image
            if isinstance(step, Wrote) and step.edit.worktree == worktree:
                return


def _told(version: Version) -> Iterator[tuple[bytes, Writer]]:
    pairs = zip(version.lines, version.origins, strict=True)
    return ((line, origin.writer) for line, origin in pairs if len(line.strip()) >= _TELLING)


def _image(step: Step) -> bytes | None:
    """How the file stood before whatever the step did to it; of a commit, what it holds."""
    if isinstance(step, Landed):
        return step.change.after
    if isinstance(step, Saw):
        return step.sight.content
    return step.edit.before if isinstance(step, Wrote) and step.edit.before_known else None
