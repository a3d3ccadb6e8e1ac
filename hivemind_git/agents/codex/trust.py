"""Whether Codex trusts the hooks of a file, as far as its configuration tells without running it.

Codex runs a hook only if the person reviewed it. It keeps a hash of what was reviewed in the person's `config.toml`,
under the hook's file, event and position: `[hooks.state."<file>:<event>:<group>:<index>"]`. The hash is SHA-256 over
the JSON of the hook with sorted keys and no spaces (the client's `codex-rs/hooks/src/engine/discovery.rs`; a test
compares it with what the real client says).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hivemind_git.agents.base import Machine
from hivemind_git.agents.codex.disk import home


def hook_hash(event: str, matcher: str, command: str, seconds: int) -> str:
    """What Codex keeps of a reviewed hook.

    Args:
        event: as in the configuration, `PreToolUse`.
        matcher: of its group; empty where it has none.
        command: that it runs.
        seconds: its `timeout`.
    """
    hook = {"type": "command", "async": False, "command": command, "timeout": seconds}
    whole = {"event_name": snake(event), "hooks": [hook], **({"matcher": matcher} if matcher else {})}
    canonical = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return f"sha256:{hashlib.sha256(canonical.encode()).hexdigest()}"


def trusted(hooks: Mapping[str, str], machine: Machine, project: Path | None = None) -> bool | None:
    """Whether Codex runs hooks; None where its configuration cannot be read.

    Args:
        hooks: by key (`key`), the hash of each.
        machine: the person's side.
        project: the project whose file holds them, which must be trusted too.
    """
    try:
        text = (home(machine) / "config.toml").read_text("utf-8")
        import tomllib  # noqa: PLC0415 - status asks where there may be no Codex

        config = tomllib.loads(text)
    except FileNotFoundError:
        return False
    except (OSError, ValueError, RecursionError):
        return None
    if project is not None and _table(config, "projects", str(project)).get("trust_level") != "trusted":
        return False
    return all(_runs(_table(config, "hooks", "state", name), wanted) for name, wanted in hooks.items())


def key(path: Path, event: str, group: int, index: int) -> str:
    """Under which name Codex keeps its trust in a hook."""
    return f"{path}:{snake(event)}:{group}:{index}"


def snake(event: str) -> str:
    """An event's name as Codex keeps it: `pre_tool_use`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", event).lower()


def _runs(state: Mapping[str, Any], wanted: str) -> bool:
    return state.get("trusted_hash") == wanted and state.get("enabled") is not False


def _table(config: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    found: Any = config
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}
