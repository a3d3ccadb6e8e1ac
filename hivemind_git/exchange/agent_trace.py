"""Who wrote the lines of a revision, as an Agent Trace record (version 0.1.0 of the RFC).

Lines of which nothing is known are in no range: the format's `unknown` is for a contributor who is there but not named.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hivemind_git.model import Json

VERSION = "0.1.0"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://agent-trace.dev/hivemind-git")


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of one session in a file: 1-based numbers. `mixed` lines are an agent's that a person corrected."""

    session: str
    agent: str
    model: str | None
    written: tuple[int, ...]
    mixed: tuple[int, ...] = ()


def record(
    revision: str, timestamp: str, version: str, files: Iterable[tuple[str, Sequence[Lines]]]
) -> dict[str, Json]:
    """One record of all files, in order of path. The same revision and lines make the same record, id included.

    Args:
        revision: the commit's id.
        timestamp: its time, RFC 3339.
        version: of this program.
        files: path → who wrote which lines.
    """
    told: list[Json] = [
        {"path": path, "conversations": [each for one in lines for each in _conversations(one)]}
        for path, lines in sorted(files)
        if lines
    ]
    return {
        "version": VERSION,
        "id": str(uuid.uuid5(_NAMESPACE, f"{revision} {told!r}")),
        "timestamp": timestamp,
        "vcs": {"type": "git", "revision": revision},
        "tool": {"name": "git-hivemind", "version": version},
        "files": told,
    }


def _conversations(one: Lines) -> list[Json]:
    found: list[Json] = []
    for kind, numbers in (("ai", one.written), ("mixed", one.mixed)):
        if numbers:
            contributor: dict[str, Json] = {"type": kind}
            if one.model:
                contributor["model_id"] = one.model if "/" in one.model else f"{_provider(one.model)}/{one.model}"
            ranges: list[Json] = [{"start_line": start, "end_line": end} for start, end in _ranges(numbers)]
            related: list[Json] = [{"type": "session", "url": f"urn:hivemind:session:{one.agent}:{one.session}"}]
            found.append({"contributor": contributor, "ranges": ranges, "related": related})
    return found


def _provider(model: str) -> str:
    known = {"claude": "anthropic", "gpt": "openai", "o1": "openai", "o3": "openai", "o4": "openai", "gemini": "google"}
    return next((name for start, name in known.items() if model.startswith(start)), "unknown")


def _ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
