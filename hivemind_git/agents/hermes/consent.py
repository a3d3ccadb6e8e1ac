"""Whether Hermes runs the hooks that its configuration names, as far as its files tell.

Hermes asks a person on its screen before it runs a new command for an event, and keeps the answer in
`shell-hooks-allowlist.json`; without a screen it skips what is not there, and says so in its log alone. The answer is
the person's, so nothing here writes that file. Source: `agent/shell_hooks.py` of 0.19.0.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from hivemind_git.agents.lines import objects
from hivemind_git.model import Json

ALLOWLIST = "shell-hooks-allowlist.json"
_YES = frozenset({"1", "true", "yes", "on"})


def given(folder: Path, config: Json, command: str, events: Collection[str]) -> bool | None:
    """Whether Hermes runs a command for all of these events; None where its list cannot be read.

    Args:
        folder: Hermes's own.
        config: what its configuration says.
        command: that the hooks run.
        events: that they run for.
    """
    if isinstance(config, dict) and str(config.get("hooks_auto_accept", "")).strip().lower() in _YES:
        return True
    try:
        known = json.loads((folder / ALLOWLIST).read_bytes())
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return None
    approvals = objects(known, "approvals") if isinstance(known, dict) else []
    return set(events) <= {each.get("event") for each in approvals if each.get("command") == command}
