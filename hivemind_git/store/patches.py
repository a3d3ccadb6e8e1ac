"""Whether what an edit event says of its file can be so. Pure.

A line may be in form and still tell of a patch that fits no file: a store holds what anybody wrote.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from hivemind_git.model import Event, Kind
from hivemind_git.store.fold import PLACEHOLDER


def impossible(event: Event) -> str | None:
    """Why no file can have been edited so, in words; None where one can, and for events of other kinds."""
    if event.kind is not Kind.EDIT:
        return None
    path = event.fields.get("path")
    if not isinstance(path, str) or not path or "\0" in path:
        return "it names no file"
    if path.startswith("/") or ".." in PurePosixPath(path).parts:
        return "its path leads out of the repository"
    return _unfit(event.fields)


def _unfit(fields: Mapping[str, Any]) -> str | None:
    """Why the hunks of an edit are no difference between two files."""
    hunks = fields.get("hunks", [])
    if not isinstance(hunks, list) or not all(_is_hunk(hunk) for hunk in hunks):
        return "its hunks are no texts with the lines where they begin"
    before = after = 0
    for number, hunk in enumerate(hunks, 1):
        old, new = hunk.get("before", ""), hunk.get("after", "")
        if "before_start" not in hunk:
            return None  # only who saw the file gives numbers
        at, to = hunk["before_start"], hunk["after_start"]
        if at < before or at - before != to - after or (at and fields.get("op") == "create"):
            if number > 1 and ("cut" in fields or any(map(_masked, hunks[: number - 1]))):
                return None  # what was cut or redacted may have had more lines
            return f"hunk {number} takes line {at + 1} of the old file to line {to + 1} of the new one"
        before, after = at + _count(old), to + _count(new)
    return None


def _is_hunk(hunk: Any) -> bool:
    texts = isinstance(hunk, dict) and all(isinstance(hunk.get(side, ""), str) for side in ("before", "after"))
    starts = [hunk[name] for name in ("before_start", "after_start") if name in hunk] if texts else []
    return texts and (not starts or (len(starts) == 2 and all(type(at) is int and at >= 0 for at in starts)))


def _masked(hunk: Mapping[str, Any]) -> bool:
    return PLACEHOLDER.search(f"{hunk.get('before', '')}\n{hunk.get('after', '')}") is not None


def _count(text: str) -> int:
    return text.count("\n") + (bool(text) and not text.endswith("\n"))
