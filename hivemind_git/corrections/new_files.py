"""The files that agents made, as long as each stood under its first name, as far as agents can tell.

Such a file may be given another name before any commit holds it. Git has no record of that: which file it is then, its
text alone tells (`pipeline/moves`).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from hivemind_git.corrections.evidence import Edit, Session
from hivemind_git.corrections.lines import opaque
from hivemind_git.corrections.timeline import Saw, Wrote, touches


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that an agent made in a worktree, and left there.

    `made`, `seen`: when that was, and when an agent wrote or saw it last, `content` then. `until`: when an agent made
    a file of that name again, because none stood there any more; without end where none did.
    """

    worktree: str
    path: str
    content: bytes
    made: float
    seen: float
    until: float = math.inf


class NewFiles:
    """What agents made, and when they came to a file that stood there already."""

    def __init__(self, sessions: Iterable[Session]) -> None:
        steps: dict[tuple[str, str], list[Wrote | Saw]] = defaultdict(list)
        for step in touches(sessions):
            steps[step.worktree, step.path].append(step)
        self._steps = {place: sorted(found, key=lambda step: step.t) for place, found in steps.items()}
        self.all = tuple(new for place, found in sorted(self._steps.items()) for new in _lives(place, found))

    def met(self, worktree: str, path: str, until: float) -> tuple[float, bytes | None] | None:
        """When an agent first came to a file until a time, and what stood there: None where it was made, or unknown.

        None alone: no agent ever came to it.
        """
        for step in self._steps.get((worktree, path), ()):
            if step.t <= until and (content := _found(step)) != b"":
                return step.t, content
        return None


def _lives(place: tuple[str, str], steps: Iterable[Wrote | Saw]) -> Iterator[NewFile]:
    """The files that stood in a place one after another, without those that an agent took away again."""
    here: NewFile | None = None
    for step in steps:
        if isinstance(step, Saw):
            if here and step.sight.content:
                here = replace(here, content=step.sight.content, seen=step.t)
        elif step.edit.after is None or opaque(step.edit.after):
            here = None
        elif _made(step.edit):
            if here:
                yield replace(here, until=step.t)
            here = NewFile(*place, content=step.edit.after, made=step.t, seen=step.t)
        elif here:
            here = replace(here, content=step.edit.after, seen=step.t)
    if here:
        yield here


def _made(edit: Edit) -> bool:
    return edit.created or (edit.before_known and edit.before is None)


def _found(step: Wrote | Saw) -> bytes | None:
    """What an agent came to; empty where nothing needs to have stood there."""
    if isinstance(step, Saw):
        return step.sight.content
    return None if _made(step.edit) or not step.edit.before_known else step.edit.before
