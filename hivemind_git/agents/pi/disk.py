"""Where pi keeps its sessions on this machine, and which of them are of a repository.

`<home>/sessions/--<folder, its slashes as hyphens>--/<time>_<id>.jsonl`, or below the folder that its settings name.
The first line of each names the folder in which it works, and the file that it was forked from.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

from hivemind_git.agents.base import Checkout, Machine
from hivemind_git.agents.lines import Record, Tally, records, text, whole_lines
from hivemind_git.agents.pi_forks import Ancestor
from hivemind_git.agents.standing import is_within, tops_of

AGENT = "pi"
"""Its name in the configuration, the journal and the store."""

_LONGEST_LINE = 64


def home(machine: Machine) -> Path:
    """Pi's own folder, whether or not it is there."""
    named = machine.environ.get("PI_CODING_AGENT_DIR")
    return _expanded(named, machine) if named else machine.home / ".pi/agent"


def transcripts(checkout: Checkout, machine: Machine) -> list[Path]:
    """The files of sessions that work in one of the repository's worktrees, least recently written first."""
    tops = tops_of(checkout)
    found = {path: path.stat().st_mtime for path in _files(machine) if is_within(text(_header(path), "cwd"), tops)}
    return sorted(found, key=lambda path: (found[path], path))


def session_of(path: Path) -> str:
    """The session that a file's name tells."""
    return path.stem.rpartition("_")[2]


def line(path: Path) -> list[Ancestor]:
    """The sessions that the one in a file was forked from, the first one first, and itself.

    Of one whose file is gone the id is known, and not when it began: all that is older is taken for its own.
    """
    found: list[Ancestor] = []
    seen: set[Path] = set()
    while path not in seen and len(found) < _LONGEST_LINE:
        seen.add(path)
        header = _header(path)
        found.append(Ancestor(text(header, "id") or session_of(path), text(header, "timestamp")))
        parent = text(header, "parentSession")
        if not parent:
            break
        path = Path(parent)
    return found[::-1]


def _files(machine: Machine) -> Iterator[Path]:
    for folder in dict.fromkeys(_folders(machine)):
        yield from folder.glob("*/*.jsonl")
        yield from folder.glob("*.jsonl")


def _folders(machine: Machine) -> Iterator[Path]:
    yield home(machine) / "sessions"
    named = machine.environ.get("PI_CODING_AGENT_SESSION_DIR")
    if named:
        yield _expanded(named, machine)
    try:
        settings = json.loads((home(machine) / "settings.json").read_text("utf-8-sig"))
    except (OSError, ValueError):
        return
    chosen = settings.get("sessionDir") if isinstance(settings, dict) else None
    if isinstance(chosen, str) and chosen:
        yield _expanded(chosen, machine)


def _expanded(path: str, machine: Machine) -> Path:
    return machine.home / path[2:] if path.startswith("~/") else Path(path)


def _header(path: Path) -> Record:
    try:
        with path.open("rb") as stream:
            tally = Tally()
            first = next(itertools.islice(records(whole_lines(stream, tally), tally), 1), {})
    except (OSError, ValueError):  # a header names any text as its parent's file, a NUL in it too
        return {}
    return first if first.get("type") == "session" else {}
