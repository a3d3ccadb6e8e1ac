"""Lets git pack its objects when git finds that it is time, as `git commit` and `git fetch` do."""

from __future__ import annotations

from typing import Final

from hivemind_git.git import process
from hivemind_git.git.objects import Repository

_FALSE: Final = frozenset({"", "0", "false", "no", "off"})


def run_due(repository: Repository) -> None:
    """Runs what git's own commits run after themselves (`run_auto_maintenance` in run-command.c).

    `maintenance.auto` switches it off, and `gc.auto` and all else that git has for it decide what is due, mostly
    nothing. What goes wrong is git's to tell, in `gc.log`: nothing of ours rests on it.

    Raises:
        HivemindError: there is no git.
    """
    if (repository.config("maintenance.auto") or "true").lower() not in _FALSE:
        process.run(["--git-dir", str(repository.git_dir), "maintenance", "run", "--auto", "--quiet"], unattended=True)
