"""Whether pi trusts a project, as far as its own files tell without running it.

Extensions and skills of a project load only where a person said so: `trust.json` holds a decision for a folder, and
the nearest one above counts; `defaultProjectTrust` in the settings is for all others. Where pi cannot ask, it leaves
them out and says nothing (measured with 0.87.1).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hivemind_git.agents.base import Machine
from hivemind_git.agents.pi.disk import home


def trusted(top: Path, machine: Machine) -> bool | None:
    """Whether pi trusts the project in a folder; None where its files cannot be read."""
    try:
        decisions = _read(home(machine) / "trust.json")
        settings = _read(home(machine) / "settings.json")
    except (OSError, ValueError):
        return None
    if decisions is None or settings is None:
        return None
    real = top.resolve()
    for folder in (real, *real.parents):
        if isinstance(decision := decisions.get(str(folder)), bool):
            return decision
    return settings.get("defaultProjectTrust") == "always"


def _read(path: Path) -> dict[str, Any] | None:
    """What a file holds, nothing where it is not there; None where it holds no object."""
    try:
        found = json.loads(path.read_text("utf-8-sig"))
    except FileNotFoundError:
        return {}
    return found if isinstance(found, dict) else None
