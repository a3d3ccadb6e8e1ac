"""The journal → the session store, each assistant's payloads reconciled with its own logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from hivemind_git import agents
from hivemind_git.agents.lines import Tally
from hivemind_git.capture import seal as capture
from hivemind_git.capture.journal import Journal, Payload
from hivemind_git.capture.seal import SealResult
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Capture
from hivemind_git.pipeline import hinted, redaction
from hivemind_git.pipeline.placing import Placer
from hivemind_git.pipeline.windowed import Windowed
from hivemind_git.pipeline.workspace import Workspace


def seal(space: Workspace) -> SealResult:
    """Moves what is in the journal to the store.

    Hooks are hints: they miss refusals, interrupts and background work, so what an assistant wrote in its own log
    counts too, and the reader folds the two.

    Where capture is off for the repository, what came before the hooks knew is discarded.

    Raises:
        HivemindError: the store or the disk cannot be written; the journal stays as it is.
    """
    if not space.settings.capture:
        journal = Journal(space.repository.state_dir)
        journal.discard(journal.pending())
        return SealResult(lost=journal.lost())
    worktrees = {str(path): name for path, name in space.repository.worktrees.items()}
    placer = Placer(worktrees, lambda _: False)
    windowed = Windowed(space)

    def to_captures(agent: str, payloads: Sequence[Payload]) -> Iterator[Capture]:
        if agent == hinted.AGENT:
            yield from hinted.captures(space.repository, payloads)
        if agent not in agents.NAMES:
            return
        reader = agents.assistant(agent)
        yield from windowed.captures(agent, payloads)
        told = [reader.hear(payloads, placer.place, diff_lines)]
        told += [reader.read(log, placer.place, Tally(), diff_lines) for log in reader.logs(payloads)]
        yield from (capture for capture in chain.from_iterable(told) if not windowed.knows(capture))

    return capture.seal(
        space.repository,
        space.ref,
        space.settings,
        to_captures,
        redaction.redactor_for(space.repository),
        ready=windowed.ready,
    )
