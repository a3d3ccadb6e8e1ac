"""Starts the git that the user has, for what only it knows."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from hivemind_git.errors import GitUnusableError, HivemindError

# What git sets for its hooks and aliases, and what would send a git started for one repository to another.
_OF_ONE_REPOSITORY = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)

# Where nobody sits: what would ask for a password or a passphrase fails instead, and does not open a window.
SILENT: Mapping[str, str] = {
    "GCM_INTERACTIVE": "never",
    "GIT_ASKPASS": "",
    "GIT_TERMINAL_PROMPT": "0",
    "SSH_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
}


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a git that is told its repository on the command line: ours, less what names another one."""
    return {name: value for name, value in os.environ.items() if name not in _OF_ONE_REPOSITORY} | dict(extra or {})


def run(
    arguments: Sequence[str],
    *,
    cwd: Path | None = None,
    stdin: bytes = b"",
    extra: Mapping[str, str] | None = None,
    unattended: bool = False,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Runs git to its end, with its standard input given and its output kept. The exit status is the caller's to judge.

    `unattended` takes the terminal away and lets nothing ask. `timeout` are seconds.

    Raises:
        HivemindError: there is no git, or it took too long.
    """
    try:
        running = subprocess.Popen(
            ["git", *arguments],
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment({**(SILENT if unattended else {}), **(extra or {})}),
            start_new_session=unattended,
        )
    except OSError as error:
        raise GitUnusableError("git was not found", "Install git, or put it on PATH.") from error
    with running:
        try:
            out, err = running.communicate(stdin, timeout)
        except BaseException as error:
            # Whoever is stopped while git works leaves nothing behind: not git, nor the signer that git waits for.
            with suppress(ProcessLookupError):
                _end(running, with_children=unattended)
            if isinstance(error, subprocess.TimeoutExpired):
                raise HivemindError(f"git took longer than {timeout:.0f} seconds", "Try it by hand.") from error
            raise
    return subprocess.CompletedProcess(running.args, running.returncode, out, err)


def _end(running: subprocess.Popen[bytes], *, with_children: bool) -> None:
    if sys.platform != "win32" and with_children:
        os.killpg(running.pid, signal.SIGKILL)
    else:
        running.kill()


def last_words(done: subprocess.CompletedProcess[bytes]) -> str:
    """The last line that git said on standard error, without `fatal:`."""
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("fatal: ").removeprefix("error: ") if lines else "git gave no reason"


@cache
def version() -> tuple[int, int]:
    """Major and minor version of the user's git, (0, 0) where it does not say.

    Raises:
        HivemindError: there is no git.
    """
    words = run(["version"]).stdout.decode(errors="replace").split()
    numbers = words[2].split(".") if len(words) > 2 else []
    major, minor = (int(part) if part.isdigit() else 0 for part in (*numbers, "", "")[:2])
    return major, minor
