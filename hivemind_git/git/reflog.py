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
    what somebody had staged. `reverts`: it took back what another one had done. `instead`: the commit that it amended.
    `since`: when HEAD had been moved or reset there before, or something replayed: what stood in the worktree may have
    gone with it. A reset that only unstages looks the same. `undone`: the commit from which HEAD was reset away since
    the last one was made there, `earlier` what `since` was before that.
    """

    t: float
    commit: str
    replayed: bool
    since: float = float("-inf")
    reverts: bool = False
    instead: str = ""
    undone: str = ""
    earlier: float = float("-inf")


def made(common: Path) -> dict[str, tuple[Made, ...]]:
    """Worktree → the commits that were made in it, oldest first; of those worktrees that are still here and keep a log.

    Lines that make no sense are passed over.
    """
    return {worktree: tuple(_made(lines)) for worktree, lines in _heads(common).items()}


def moved(common: Path) -> dict[str, tuple[float, tuple[float, ...], tuple[float, ...]]]:
    """Worktree → when its log of HEAD begins, and when git itself may have changed files there, in POSIX seconds.

    That is each move of HEAD but by a commit, and each time that something was stashed: of a part of the files only
    the stash's own log tells, as long as it is kept there. Which worktree it was that log does not say. That all of a
    worktree's files were stashed (third) HEAD's log does: `git stash` resets to HEAD in the same moment.
    """
    stashed = tuple(line.t for line in _lines(common / "logs" / "refs" / "stash"))
    found = {}
    for worktree, lines in _heads(common).items():
        resets = {line.t for line in lines if line.action == "reset" and line.old == line.new}
        times = (*(line.t for line in lines if not line.staged), *stashed)
        if lines:
            found[worktree] = lines[0].t, times, tuple(t for t in stashed if t in resets)
    return found


@dataclass(frozen=True, slots=True)
class _Line:
    t: float
    old: str
    new: str
    action: str
    rest: str

    @property
    def staged(self) -> bool:
        """Whether a commit was made of what somebody had staged, which leaves the worktree alone."""
        return self.action.startswith("commit")


def _heads(common: Path) -> dict[str, list[_Line]]:
    logs = {discovery.MAIN: common / "logs" / "HEAD"}
    for log in sorted((common / "worktrees").glob("*/logs/HEAD")):
        logs[discovery.worktree_name(log.parent.parent.name)] = log
    return {worktree: _lines(log) for worktree, log in logs.items() if log.is_file()}


def _lines(log: Path) -> list[_Line]:
    try:
        return list(_parsed(map(os.fsdecode, log.read_bytes().split(b"\n"))))
    except OSError:
        return []


def _parsed(lines: Iterable[str]) -> Iterator[_Line]:
    for line in lines:
        who, _, done = line.partition("\t")
        ids, _, when = who.rpartition("> ")
        action, _, rest = done.partition(": ")
        try:
            old, new, *_ = ids.split(" ", 2)
            yield _Line(float(when.split(" ")[0]), old, new, action, rest)
        except ValueError:
            continue


def _made(lines: Iterable[_Line]) -> Iterator[Made]:
    since = earlier = float("-inf")
    undone = ""
    for line in lines:
        if line.action.partition(" ")[0] in _MAKE and not line.rest.lower().startswith(_MOVED_TO):
            amended = line.old if line.action == "commit (amend)" else ""
            reverts = line.action.startswith("revert")
            yield Made(line.t, line.new, not line.staged, since, reverts, amended, undone, earlier)
        if line.action == "reset":
            undone, earlier = (undone, earlier) if undone or line.old == line.new else (line.old, since)
        else:
            undone, earlier = "", float("-inf")
        since = since if line.staged else line.t
