"""What git's hooks cost: each by itself while nothing is open, and a whole commit while a session is."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import Row, Size, interleaved, process
from hivemind_git.git import hooks
from hivemind_git.git.objects import Repository

GIT, SHELL = "git rev-parse --git-dir", "sh -c :"
PLAIN, IDLE, BUSY = "commit, no hooks of ours", "commit, nothing open", "commit, a session open"
AFTER = "what follows a commit"
"""Not shown: what runs right after one pays for the disk's writing."""

HOOKS = {False: ("post-commit", "post-rewrite"), True: ("pre-commit",)}
IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "gc.auto=0")
_COUNT = itertools.count()


def repository(top: Path, *, wired: bool, guarded: bool) -> Path:
    """A repository of a hundred files, with our hooks or without, and with a pre-commit hook of the user's or without:
    only beside one is our own pre-commit wired."""
    git = partial(subprocess.run, check=True, capture_output=True)
    git(["git", "init", "-q", "--template=", "-b", "main", top])
    (top / ".git/hooks").mkdir()
    if guarded:
        (top / ".git/hooks/pre-commit").write_text("#!/bin/sh\nexit 0\n")
        (top / ".git/hooks/pre-commit").chmod(0o755)
    for number in range(100):
        (top / f"f{number}").write_text(f"{number}\n" * 20)
    git(["git", "-C", top, "add", "."])
    git(["git", *IDENTITY, "-C", top, "commit", "-q", "-m", "Start"])
    if wired:
        hooks.install(Repository.containing(top))
        (top / ".git/hivemind/journal").mkdir(parents=True, exist_ok=True)
        (top / ".git/hivemind/sealer").write_text(f"{shutil.which('true')}\n")
    return top


def commit(top: Path) -> None:
    (top / "f1").write_text(f"{next(_COUNT)}\n")
    (top / ".git/hivemind/due").unlink(missing_ok=True)  # as a seal that begins does it
    process(["git", *IDENTITY, "commit", "-q", "-a", "-m", "change"], top)


def cases_of(root: Path, *, guarded: bool) -> dict[str, Callable[[], object]]:
    """Commits in three repositories: without our hooks, with nothing open, with a session open."""
    tops = {name: repository(root / name, wired=name != PLAIN, guarded=guarded) for name in (PLAIN, IDLE, BUSY)}
    hooks.settle(tops[IDLE] / ".git/hivemind", 4e9)
    (tops[BUSY] / ".git/hivemind/journal/claude-code.1.0").write_text("{}")
    return {name: partial(commit, top) for name, top in tops.items()}


def run(size: Size) -> list[Row]:
    here = Path.cwd()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for guarded in (False, True):
            root = Path(folder) / str(guarded)
            root.mkdir()
            cases = cases_of(root, guarded=guarded)
            idle = root / IDLE
            alone = {name: [str(idle / ".git/hooks" / name), "amend"] for name in HOOKS[guarded]}
            cases[AFTER] = partial(process, ["true"], idle)
            cases |= {name: partial(process, argv, idle) for name, argv in alone.items()}
            cases[GIT] = partial(process, ["git", "rev-parse", "--git-dir"], idle)
            cases[SHELL] = partial(process, ["sh", "-c", ":"], idle)
            try:
                times = interleaved(cases, 20 if size is Size.QUICK else 200)
            finally:
                os.chdir(here)
            beside = " beside a pre-commit hook" if guarded else ""
            rows += [Row(f"{name}, nothing open", times[name], SHELL, times[SHELL], 3) for name in alone]
            rows.append(Row(f"{IDLE}{beside}", times[IDLE], PLAIN, times[PLAIN], None))
            allowed = times[PLAIN] + 3 * times[GIT]
            rows.append(Row(f"{BUSY}{beside}", times[BUSY], "plain + 3 git rev-parse", allowed, 1))
    return rows
