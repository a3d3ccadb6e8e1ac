"""The times in which nothing was recorded in a repository: capture was off, or its hooks were taken out.

What an agent did then is in no record, and must not be taken for the work of a person. The file is
`<git common dir>/hivemind/pauses`: a JSON line where a pause begins, `{"since": T, "why": …}`, and one where it ends,
`{"until": T}`; T in POSIX seconds.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hivemind_git.capture.files import append_line, private_folder

OFF = "capture was off"
UNINSTALLED = "the hooks were not installed"

_FILE = "pauses"


@dataclass(frozen=True, slots=True)
class Pause:
    """A span of time without a record; `until` is infinite while it lasts."""

    since: float
    until: float
    why: str


def begin(state: Path, now: float, why: str) -> None:
    """Notes that from now on nothing is recorded.

    Raises:
        OSError: the disk is full, or cannot be written.
    """
    _note(state, {"since": now, "why": why})


def end(state: Path, now: float) -> None:
    """Notes that recording goes on, if it had stopped.

    Raises:
        OSError: the disk is full, or cannot be written.
    """
    if any(pause.until == math.inf for pause in pauses(state)):
        _note(state, {"until": now})


def pauses(state: Path) -> tuple[Pause, ...]:
    """All that were noted, in order. Who pauses twice, pauses since the first time."""
    found: list[Pause] = []
    since: Pause | None = None
    for line in _lines(state):
        begins, ends, why = line.get("since"), line.get("until"), line.get("why")
        if since is None and isinstance(begins, int | float) and isinstance(why, str):
            since = Pause(float(begins), math.inf, why)
        elif since is not None and isinstance(ends, int | float):
            found.append(Pause(since.since, float(ends), since.why))
            since = None
    return (*found, since) if since is not None else tuple(found)


def _note(state: Path, line: dict[str, Any]) -> None:
    private_folder(state)
    append_line(state / _FILE, json.dumps(line).encode())


def _lines(state: Path) -> list[dict[str, Any]]:
    """What is written there; a line that a killed process tore is none."""
    try:
        lines = (state / _FILE).read_bytes().splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
