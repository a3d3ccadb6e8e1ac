"""Where HEAD of each worktree has been, as git's own reflogs tell: which worktree made a commit, when and how.

A reflog is a file of lines, oldest first: old and new object id, name, mail, POSIX seconds, zone, a tab, what was done
(git-reflog(1), `refs/files-backend.c`). A worktree that is removed takes its reflog with it; `gc` drops lines after 90
days, or 30 where no branch holds the commit.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from hivemind_git.git import discovery

_MAKE = frozenset(("commit", "cherry-pick", "revert", "rebase", "pull", "merge", "am"))
"""The first words of what makes commits. Scripts and importers log other ones, and make them anywhere at any time."""

_MOVED_TO = ("fast-forward", "checkout ", "returning to ", "updating ")
"""How what was done goes on, lower case, where HEAD only went to a commit that was there before."""


@dataclass(frozen=True, slots=True)
class Made:
    """HEAD of a worktree became a commit because it was made there, at `t` in POSIX seconds.

    `replayed`: git made its files out of other commits (rebase, cherry-pick, revert, merge, pull, am); else they are
    what somebody had staged.
    """

    t: float
    commit: str
    replayed: bool


def made(common: Path) -> dict[str, tuple[Made, ...]]:
    """Worktree → the commits that were made in it, oldest first; of those worktrees that are still here and keep a log.

    Lines that make no sense are passed over.
    """
    logs = {discovery.MAIN: common / "logs" / "HEAD"}
    for log in sorted((common / "worktrees").glob("*/logs/HEAD")):
        logs[discovery.worktree_name(log.parent.parent.name)] = log
    found: dict[str, tuple[Made, ...]] = {}
    for worktree, log in logs.items():
        try:
            lines = log.read_bytes().split(b"\n")
        except OSError:
            continue
        found[worktree] = tuple(one for line in lines if (one := _made(os.fsdecode(line))) is not None)
    return found


def _made(line: str) -> Made | None:
    who, _, done = line.partition("\t")
    ids, _, when = who.rpartition("> ")
    action, _, rest = done.partition(": ")
    if action.partition(" ")[0] not in _MAKE or rest.lower().startswith(_MOVED_TO):
        return None
    try:
        _, commit, *_ = ids.split(" ", 2)
        t = float(when.split(" ")[0])
    except ValueError:
        return None
    return Made(t, commit, replayed=not action.startswith("commit"))
