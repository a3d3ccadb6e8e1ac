"""What a person may set, read from git config, `.hivemind.toml` and the environment into one frozen value."""

from __future__ import annotations

from typing import NamedTuple


class ConfigValue(NamedTuple):
    """One value of git's configuration: lower-case key, scope (`system`, `global`, `local`, `worktree`, `command`),
    file.
    """

    key: str
    value: str
    scope: str
    origin: str
