"""What the payloads in the journal mean: each assistant's own telling, reconciled with its own logs."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from hivemind_git import agents
from hivemind_git.agents.lines import Tally
from hivemind_git.capture import places
from hivemind_git.capture.journal import Payload
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Capture
from hivemind_git.pipeline import hinted
from hivemind_git.pipeline.placing import Placer
from hivemind_git.pipeline.workspace import Workspace


class Listener:
    """Hears the hooks and reads the logs of sessions in one repository."""

    def __init__(self, space: Workspace) -> None:
        worktrees = {str(path): name for path, name in space.repository.worktrees.items()}
        worktrees = {**places.remembered(space.repository.state_dir), **worktrees}
        self._repository = space.repository
        self._placer = Placer(worktrees, lambda _: False, foreign=cache(_is_repository), real=cache(os.path.realpath))

    def hear(self, agent: str, payloads: Sequence[Payload]) -> Iterator[Capture]:
        """What the payloads alone tell, in order; nothing from an assistant that nobody knows."""
        if agent == hinted.AGENT:
            yield from hinted.captures(self._repository, payloads)
        elif agent in agents.NAMES:
            yield from agents.assistant(agent).hear(payloads, self._placer.place, diff_lines)

    def visited(self) -> frozenset[str]:
        """The folders outside of this repository that came up since this was asked last."""
        return self._placer.missed()

    def logs(self, agent: str, payloads: Sequence[Payload]) -> list[Path]:
        """The assistant's own logs of the sessions that the payloads are from."""
        return agents.assistant(agent).logs(payloads) if agent in agents.NAMES else []

    def read(self, agent: str, log: Path) -> Iterator[Capture]:
        """What one of an assistant's logs tells.

        Raises:
            OSError: it cannot be read.
        """
        yield from agents.assistant(agent).read(log, self._placer.place, Tally(), diff_lines)


def _is_repository(folder: str) -> bool:
    return os.path.lexists(f"{folder}/.git")
