"""The user's configuration, as git itself reads it.

libgit2 reads configuration too, but not what `git -c` and `GIT_CONFIG_COUNT` add, nor `hasconfig` includes, and it
names no file. One `git config --list`, read once, costs a hundredth of importing pygit2 and is right by definition.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from hivemind_git.errors import GitUnusableError, HivemindError
from hivemind_git.git import process
from hivemind_git.settings import ConfigValue


def read(git_dir: Path) -> tuple[ConfigValue, ...]:
    """Every value of the configuration that applies to a git directory, in git's order: of equal keys the last counts.

    Raises:
        HivemindError: git is not installed, or a configuration file is malformed.
    """
    done = process.run([f"--git-dir={git_dir}", "config", "--list", "-z", "--show-scope", "--show-origin"])
    if done.returncode:
        raise GitUnusableError(
            f"git could not read its configuration: {process.last_words(done)}", "`git config --list` shows the same."
        )
    fields = os.fsdecode(done.stdout).split("\0")
    return tuple(_value(*fields[at : at + 3]) for at in range(0, len(fields) - 2, 3))


def _value(scope: str, origin: str, pair: str) -> ConfigValue:
    # A key without `=` has no line end either; git reads it as true.
    key, _, value = pair.partition("\n") if "\n" in pair else (pair, "", "true")
    return ConfigValue(key, value, scope, origin.removeprefix("file:"))


def coloured(folder: str, *, terminal: bool) -> bool:
    """Whether git would colour what it prints: `color.ui`, `color.pager`, a dumb terminal, a pager in use.

    Args:
        folder: from where git would be run; the repository's own configuration counts where it is in one.
        terminal: whether standard output is one.

    Raises:
        HivemindError: git is not installed.
    """
    done = _at(folder, "config", "--get-colorbool", "color.hivemind", "true" if terminal else "false")
    return done.stdout.strip() == b"true"


def pager(folder: str) -> str:
    """The command of the pager that git would start on a terminal; `cat` for none.

    Raises:
        HivemindError: git is not installed.
    """
    return os.fsdecode(_at(folder, "var", "GIT_PAGER").stdout).rstrip("\n") or "cat"


def _at(folder: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    named = {name: os.environ[name] for name in ("GIT_DIR", "GIT_WORK_TREE") if name in os.environ}
    return process.run(["-C", folder, *arguments], extra=named)


def add(git_dir: Path, key: str, value: str) -> None:
    """Adds a value to a key of the repository's own configuration, beside those that it has.

    Raises:
        HivemindError: git is not installed, or the file cannot be written.
    """
    _write(git_dir, "--add", key, value)


def remove(git_dir: Path, key: str, value: str) -> bool:
    """Takes a value out of the repository's own configuration; whether it was there.

    Raises:
        HivemindError: as `add`.
    """
    return _write(git_dir, "--unset-all", key, f"^{re.escape(value)}$", missing=5)


def _write(git_dir: Path, how: str, key: str, value: str, *, missing: int = 0) -> bool:
    done = process.run([f"--git-dir={git_dir}", "config", "--local", how, key, value])
    if done.returncode and done.returncode != missing:
        raise HivemindError(
            f"git could not write its configuration: {process.last_words(done)}",
            "Check .git/config and its permissions.",
        )
    return not done.returncode
