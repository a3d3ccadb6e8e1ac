"""Where OpenClaw is told to call us: a native plugin of ours, and its entry in the person's configuration.

A plugin loads only where the configuration names it (`plugins.entries`), and where there is a list of those that are
allowed, only if it stands in there too (docs/hooks-openclaw.md).
"""

from __future__ import annotations

import shlex
from pathlib import Path

from hivemind_git import resources
from hivemind_git.agents import jsonedit
from hivemind_git.agents.base import Call, Checkout, Fault, Machine, Wired
from hivemind_git.agents.command import command_line
from hivemind_git.agents.openclaw.disk import AGENT, configuration, home
from hivemind_git.errors import HivemindError
from hivemind_git.model import Json
from hivemind_git.wiring import FileChange

_ID = "hivemind"
_ENTRY: jsonedit.Path = ("plugins", "entries", _ID)
_ALLOWED: jsonedit.Path = ("plugins", "allow")
_TARGETS: jsonedit.Path = ("skills", "load", "allowSymlinkTargets")
_SKILLS = ".agents/skills/../../.claude/skills"
"""Where the links in `.agents/skills` lead, spelt so that the entry is known to be ours."""
_OWN = ("package.json", "openclaw.plugin.json", "index.js")
_SHARED = "tell.js"


def wire(checkout: Checkout, machine: Machine) -> list[FileChange]:
    """The changes that put our plugin there, enable it, and let the links to this repository's skills be followed.

    Raises:
        HivemindError: the configuration is malformed, or cannot be read. Nothing was changed.
    """
    path = configuration(machine)
    change = FileChange.to(path, None, 0o600)
    try:
        after = _enabled(change.before or b"", f"{checkout.top}/{_SKILLS}")
    except ValueError as error:
        raise HivemindError(
            f"{path} cannot be extended: {error}", "Mend the file, then run the command again; nothing was changed."
        ) from error
    enabled = FileChange(path, change.before, after, change.mode)
    return [each for each in (*_plugin(machine), enabled) if not each.empty]


def untangle(path: Path, content: bytes) -> bytes | None:
    """A file without our part: one of the plugin's is ours as a whole. None where it has none, or is malformed."""
    if path.parent.name == _ID and path.name in {*_OWN, _SHARED}:
        return b""
    if path.suffix != ".json" or path.name in _OWN:
        return None
    try:
        clean = jsonedit.remove(content, _TARGETS, lambda item: isinstance(item, str) and item.endswith(_SKILLS))
        clean = jsonedit.take(jsonedit.remove(clean, _ALLOWED, lambda item: item == _ID), _ENTRY)
    except ValueError:
        return None
    return None if clean == content else clean


def wired(machine: Machine) -> Wired:
    """The files that make our plugin run, and whether the configuration lets it."""
    index = home(machine) / "extensions" / _ID / "index.js"
    try:
        value = jsonedit.read(configuration(machine).read_bytes())
    except FileNotFoundError:
        value = None
    except (OSError, ValueError):
        return Wired((index,), None) if index.is_file() else Wired()
    plugins = value.get("plugins") if isinstance(value, dict) else None
    if not index.is_file() or not isinstance(plugins, dict) or not _entry(plugins):
        return Wired()
    return Wired((index, configuration(machine)), _runs(plugins))


def calls(checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
    """How our plugin runs the hook, where it is wired."""
    return (Call(tuple(shlex.split(command_line(AGENT))), checkout.top),) if wired(machine).files else ()


def faults(machine: Machine) -> tuple[Fault, ...]:
    """What in the configuration keeps our plugin out."""
    if wired(machine).trusted is not False:
        return ()
    what = f"{configuration(machine)} keeps the plugin hivemind from loading"
    return (Fault(what, "look at plugins.enabled, plugins.allow, plugins.deny and its entry there"),)


def _plugin(machine: Machine) -> list[FileChange]:
    shipped, folder = resources.find("hooks") / "agent", home(machine) / "extensions" / _ID
    own = [FileChange.to(folder / name, (shipped / "openclaw" / name).read_bytes()) for name in _OWN]
    return [*own, FileChange.to(folder / _SHARED, (shipped / _SHARED).read_bytes())]


def _enabled(content: bytes, skills: str) -> bytes:
    value = jsonedit.read(content)
    plugins = value.get("plugins") if isinstance(value, dict) else None
    allowed = plugins.get("allow") if isinstance(plugins, dict) else None
    content = jsonedit.put(content, _ENTRY, {"enabled": True})
    # An empty list allows all.
    if isinstance(allowed, list) and allowed and _ID not in allowed:
        content = jsonedit.append(content, _ALLOWED, _ID)
    return content if skills in _targets(value) else jsonedit.append(content, _TARGETS, skills)


def _targets(value: Json) -> list[Json]:
    for name in _TARGETS:
        value = value.get(str(name)) if isinstance(value, dict) else None
    return value if isinstance(value, list) else []


def _entry(plugins: dict[str, Json]) -> dict[str, Json]:
    entries = plugins.get("entries")
    found = entries.get(_ID) if isinstance(entries, dict) else None
    return found if isinstance(found, dict) else {}


def _runs(plugins: dict[str, Json]) -> bool:
    allowed, denied = plugins.get("allow"), plugins.get("deny")
    if plugins.get("enabled") is False or (isinstance(denied, list) and _ID in denied):
        return False
    if isinstance(allowed, list) and allowed and _ID not in allowed:
        return False
    return _entry(plugins).get("enabled") is not False
