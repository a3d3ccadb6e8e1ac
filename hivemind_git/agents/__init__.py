"""The assistants, by name: each package in this folder is one. Each is loaded only when it is asked for."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from hivemind_git.errors import UsageError

if TYPE_CHECKING:
    from hivemind_git.agents.base import Assistant


def _packages() -> tuple[str, ...]:
    """The packages beside this file, sorted, found without importing any: a list to keep is a place to forget one."""
    here = Path(__file__).parent
    return tuple(sorted(item.name for item in os.scandir(here) if (here / item.name / "__init__.py").is_file()))


_MODULES = {package.replace("_", "-"): f"{__name__}.{package}" for package in _packages()}

NAMES = tuple(_MODULES)
"""The names of all assistants, as in the journal and the store: a package's with a hyphen for each underscore."""


def measured(agent: str, log: Path) -> tuple[int, int] | None:
    """How much is in an assistant's log and when that changed, in ns; None where it is not there.

    A log is a file, or a part of a database, whose own size and time are everybody's: then the assistant says.
    """
    try:
        stat = log.stat()
    except NotADirectoryError:
        from hivemind_git.agents.base import KeepsDatabase  # noqa: PLC0415 - most logs are files

        part = assistant(agent)
        return part.measured(log) if isinstance(part, KeepsDatabase) else None
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns


def assistant(name: str) -> Assistant:
    """The assistant of that name: what its package calls ASSISTANT.

    Raises:
        UsageError: there is none.
    """
    if name not in _MODULES:
        raise UsageError(f"there is no assistant named {name}", f"Known are: {', '.join(NAMES)}.")
    found: Assistant = import_module(_MODULES[name]).ASSISTANT
    return found
