"""Leaves out what a person asked never to record: files by globs (`hivemind.captureIgnore`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from hivemind_git.model import Capture, Json, Kind
from hivemind_git.rules.scope import matches

_TOLD: Final = frozenset(
    {"tool_use", "tool", "status", "exit_code", "background", "subagent", "by", "reason", "window", "of", "result"}
)
"""The fields of a tool use or refusal that say nothing about a file."""

_WORD: Final = re.compile(r"[^\s'\"`;|&<>()=,:{}\[\]\\]+")
_GONE: Final = frozenset({Kind.EDIT, Kind.ACCEPTED})


def heeded(capture: Capture, patterns: Sequence[str]) -> Capture | None:
    """The capture without a word of the ignored files; None where nothing is left of it.

    An edit of one goes; a tool use or refusal on one keeps that it was, and a person's reason; one that names an
    ignored path in its input, as a shell command may, loses input and output.
    """
    event = capture.event
    if not patterns:
        return capture
    path = event.fields.get("path")
    if isinstance(path, str) and _is_ignored(path, patterns):
        return None if event.kind in _GONE else _bare(capture)
    if event.kind is Kind.TOOL_USE and any(_names(word, patterns) for word in _words(event.fields.get("input"))):
        return _bare(capture)
    if event.kind is Kind.COMMIT and isinstance(paths := event.fields.get("paths"), list):
        kept = [one for one in paths if not (isinstance(one, dict) and _is_ignored(str(one.get("path")), patterns))]
        return replace(capture, event=replace(event, fields={**event.fields, "paths": kept}))
    return capture


def _bare(capture: Capture) -> Capture:
    event = capture.event
    fields = {name: value for name, value in event.fields.items() if name in _TOLD}
    return Capture(replace(event, fields=fields))


def _words(text: Json) -> Iterator[str]:
    return (found[0] for found in _WORD.finditer(text)) if isinstance(text, str) else iter(())


def _names(word: str, patterns: Sequence[str]) -> bool:
    """Whether a word of a command is an ignored file or a folder of some, written from any folder."""
    parts = [part for part in word.split("/") if part not in {"", ".", ".."}]
    tails = ("/".join(parts[start:]) for start in range(len(parts)))
    return any(_is_ignored(tail, patterns) or _is_ignored(f"{tail}/x", patterns) for tail in tails)


def _is_ignored(path: str, patterns: Sequence[str]) -> bool:
    return any(matches(pattern, path) for pattern in patterns)
