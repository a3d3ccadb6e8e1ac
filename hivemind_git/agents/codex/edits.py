"""The changes to files that a rollout records, or that a patch asks for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from hivemind_git.agents import marked, unified
from hivemind_git.agents.changes import Change
from hivemind_git.agents.codex import patches
from hivemind_git.agents.lines import Record, text


def recorded(changes: Record) -> list[Change]:
    """The changes in the record of a file change. One whose diff cannot be read has no lines."""
    found = []
    for path, told in changes.items():
        if not isinstance(told, dict) or text(told, "type") not in {"add", "delete", "update"}:
            continue
        parts = _parts(text(told, "unified_diff"))
        content = told.get("content")
        named = marked.whole("+" if told["type"] == "add" else "-", text(told, "content"))
        found.append(
            Change(
                op=text(told, "type"),
                path=path,
                content=content if isinstance(content, str) else None,
                move=text(told, "move_path"),
                apply=partial(_by_diff, parts),
                lines=(*named, *(line for part in parts or () for line in part.lines)),
                numbered=True,
            )
        )
    return found


def asked(patch: str) -> list[Change]:
    """The changes that a patch asks for; none where it is no patch."""
    try:
        files = patches.parse(patch)
    except patches.PatchError:
        return []
    return [
        Change(
            op=each.op,
            path=each.path,
            content=each.content if each.op == "add" else None,
            move=each.move,
            apply=partial(_by_patch, each.chunks),
            lines=each.lines,
        )
        for each in files
    ]


def _by_diff(parts: Sequence[unified.Part] | None, before: bytes) -> bytes | None:
    return None if parts is None else unified.apply(before, parts)


def _by_patch(chunks: Sequence[patches.Chunk], before: bytes) -> bytes | None:
    return patches.apply(before, chunks)


def _parts(diff: str) -> list[unified.Part] | None:
    try:
        return unified.parse(diff)
    except unified.DiffError:
        return None
