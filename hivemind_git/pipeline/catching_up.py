"""Seals what waits before a command looks: the journal, and what agents that were killed wrote in their own logs."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from hivemind_git import agents
from hivemind_git.capture.journal import Journal
from hivemind_git.capture.watch import Watch
from hivemind_git.errors import HivemindError
from hivemind_git.pipeline.workspace import Workspace

_PATIENCE_SECONDS: Final = 10.0


def catch_up(space: Workspace) -> None:
    """Seals what waits; with nothing new it costs a look at the journal and one stat a watched log.

    What goes wrong is in the log, and stops no command.
    """
    state = space.repository.state_dir
    if Journal(state).pending() or any(Watch(state, agents.measured).changed()):
        from hivemind_git.pipeline import sealing  # noqa: PLC0415 - most commands find nothing to seal

        with suppress(HivemindError, OSError):
            # The seal that a commit or a hook started a moment ago may hold what this command is to show.
            sealing.seal(space, _PATIENCE_SECONDS)
