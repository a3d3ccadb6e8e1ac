"""The user's configuration, as git itself reads it.

libgit2 reads configuration too, but not what `git -c` and `GIT_CONFIG_COUNT` add, nor `hasconfig` includes, and it
names no file. One `git config --list`, read once, costs a hundredth of importing pygit2 and is right by definition.
"""

from __future__ import annotations

import os
from pathlib import Path

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.settings import ConfigValue


def read(git_dir: Path) -> tuple[ConfigValue, ...]:
    """Every value of the configuration that applies to a git directory, in git's order: of equal keys the last counts.

    Raises:
        HivemindError: git is not installed, or a configuration file is malformed.
    """
    done = process.run([f"--git-dir={git_dir}", "config", "--list", "-z", "--show-scope", "--show-origin"])
    if done.returncode:
        raise HivemindError(
            f"git could not read its configuration: {process.last_words(done)}", "`git config --list` shows the same."
        )
    fields = os.fsdecode(done.stdout).split("\0")
    return tuple(_value(*fields[at : at + 3]) for at in range(0, len(fields) - 2, 3))


def _value(scope: str, origin: str, pair: str) -> ConfigValue:
    # A key without `=` has no line end either; git reads it as true.
    key, _, value = pair.partition("\n") if "\n" in pair else (pair, "", "true")
    return ConfigValue(key, value, scope, origin.removeprefix("file:"))
