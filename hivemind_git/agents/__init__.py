"""The assistants, by name. Each is loaded only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from hivemind_git.errors import UsageError

if TYPE_CHECKING:
    from hivemind_git.agents.base import Assistant

_MODULES = {"claude-code": "hivemind_git.agents.claude_code", "codex": "hivemind_git.agents.codex"}

NAMES = tuple(_MODULES)
"""The names of all assistants, as in the journal and the store."""


def assistant(name: str) -> Assistant:
    """The assistant of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in _MODULES:
        raise UsageError(f"there is no assistant named {name}", f"Known are: {', '.join(NAMES)}.")
    found: Assistant = import_module(_MODULES[name]).ASSISTANT
    return found
