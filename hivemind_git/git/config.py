"""The user's configuration, as git itself reads it.

libgit2 reads configuration too, but not what `git -c` and `GIT_CONFIG_COUNT` add, nor `hasconfig` includes, and it
names no file. One `git config --list`, read once, costs a hundredth of importing pygit2 and is right by definition.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from hivemind_git.errors import HivemindError
from hivemind_git.settings import ConfigValue

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


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment for a git that is told its repository on the command line: ours, less what names another one."""
    return {name: value for name, value in os.environ.items() if name not in _OF_ONE_REPOSITORY} | dict(extra or {})


def read(git_dir: Path) -> tuple[ConfigValue, ...]:
    """Every value of the configuration that applies to a git directory, in git's order: of equal keys the last one
    counts.

    Raises:
        HivemindError: git is not installed, or a configuration file is malformed.
    """
    command = ["git", f"--git-dir={git_dir}", "config", "--list", "-z", "--show-scope", "--show-origin"]
    try:
        done = subprocess.run(command, env=environment(), capture_output=True, check=False)
    except OSError as error:
        raise HivemindError("git was not found", "Install git, or put it on PATH.") from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise HivemindError(
            f"git could not read its configuration: {said[-1] if said else 'no reason given'}",
            "`git config --list` shows the same.",
        )
    fields = os.fsdecode(done.stdout).split("\0")
    return tuple(_value(*fields[at : at + 3]) for at in range(0, len(fields) - 2, 3))


def _value(scope: str, origin: str, pair: str) -> ConfigValue:
    # A key without `=` has no line end either; git reads it as true.
    key, _, value = pair.partition("\n") if "\n" in pair else (pair, "", "true")
    return ConfigValue(key, value, scope, origin.removeprefix("file:"))
