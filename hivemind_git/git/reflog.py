"""Where HEAD of each worktree has been, as git's own reflogs tell: which worktree made a commit, when and how.

A reflog is a file of lines, oldest first: old and new object id, name, mail, POSIX seconds, zone, a tab, what was done
(git-reflog(1), `refs/files-backend.c`). A worktree that is removed takes its reflog with it; `gc` drops lines after 90
days, or 30 where no branch holds the commit.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
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
    what somebody had staged. `reverts`: it took back what another one had done. `instead`:
    the commit that it amended. `since`: when HEAD had been moved or
    reset there before, or something replayed: what stood in the worktree may have gone with it. A reset that only
    unstages looks the same.
    """

    t: float
    commit: str
    replayed: bool
    since: float = float("-inf")
    reverts: bool = False
    instead: str = ""


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
        found[worktree] = tuple(_of_log(map(os.fsdecode, lines)))
    return found


def _of_log(lines: Iterable[str]) -> Iterator[Made]:
    since = float("-inf")
    for line in lines:
        who, _, done = line.partition("\t")
        ids, _, when = who.rpartition("> ")
        action, _, rest = done.partition(": ")
        try:
            old, commit, *_ = ids.split(" ", 2)
            t = float(when.split(" ")[0])
        except ValueError:
            continue
        staged = action.startswith("commit")
        if action.partition(" ")[0] in _MAKE and not rest.lower().startswith(_MOVED_TO):
            amended = old if action == "commit (amend)" else ""
            yield Made(t, commit, not staged, since, action.startswith("revert"), amended)
        since = since if staged else t
