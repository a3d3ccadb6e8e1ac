"""Sessions that work in another repository than their own: each repository keeps what was done in it.

A session is its project folder's. Where it edited files of another repository in which this assistant is captured too,
a note in that one's journal names the log, and that repository's next seal takes its own part out of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from hivemind_git.capture.journal import Journal, Payload
from hivemind_git.capture.watch import Watch
from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.model import Capture, Kind

_VISIT = "HivemindVisit"
_WRITES = frozenset({Kind.EDIT, Kind.REJECTION})


def announce(ours: Repository, agent: str, log: Path, folders: Iterable[str]) -> None:
    """Tells the repositories that hold these folders that a log is of concern to them.

    Raises:
        OSError: a journal cannot be written.
    """
    told = {ours.state_dir}
    for folder in sorted(folders):
        state = _captured(folder)
        if state is not None and state not in told and not Watch(state).has(log):
            Journal(state).leave(agent, {"hook_event_name": _VISIT, "transcript_path": str(log)})
            told.add(state)


def is_visit(payload: Payload) -> bool:
    """Whether a payload is such a note, and no hook's."""
    return payload.data.get("hook_event_name") == _VISIT


def own_part(captures: Iterable[Capture]) -> Iterator[Capture]:
    """Of a visiting session what it did here, and the prompts of the turns in which it wrote here, or would have."""
    turn: list[Capture] = []
    for one in captures:
        event = one.event
        if event.kind is Kind.PROMPT:
            same = turn and turn[-1].event.fields.get("prompt") == event.fields.get("prompt")
            turn = [*(each for each in turn if same or each.event.kind is Kind.SESSION_START), one]
        elif event.kind is Kind.SESSION_START:
            turn.append(one)
        elif event.worktree is not None:
            if event.kind in _WRITES:
                yield from turn
                turn = []
            yield one


def _captured(folder: str) -> Path | None:
    """Where the repository of a folder keeps what is captured in it; None where nothing is."""
    if not os.path.isdir(folder):  # noqa: PTH112 - the folder may be of another system, and no path here
        return None
    try:
        state = Repository.containing(folder).state_dir
    except HivemindError:
        return None
    return state if (state / "hook").exists() and not (state / "off").exists() else None
