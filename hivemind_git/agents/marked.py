"""Lines marked as kept, taken out or brought in, as every patch has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from hivemind_git.model import Json

Marked: TypeAlias = tuple[str, str]
"""` `, `-` or `+`, and the line."""


def whole(mark: str, content: str) -> tuple[Marked, ...]:
    """Each line of a text with a mark."""
    lines = content.split("\n")
    ended = [f"{line}\n" for line in lines[:-1]]
    return tuple((mark, line) for line in (*ended, *filter(None, lines[-1:])))


def hunks(marked: Sequence[Marked]) -> list[Json]:
    """The `hunks` of an edit event whose file was not seen: each run of changed lines, without their numbers."""
    return [{"before": before, "after": after} for before, after in _runs(marked)]


def removed(marked: Sequence[Marked]) -> str:
    """The lines that are taken out."""
    return "".join(line for mark, line in marked if mark == "-")


def added(marked: Sequence[Marked]) -> str:
    """The lines that are brought in."""
    return "".join(line for mark, line in marked if mark == "+")


def _runs(marked: Sequence[Marked]) -> list[tuple[str, str]]:
    runs: list[tuple[str, str]] = []
    changing = False
    for mark, line in marked:
        if mark == " ":
            changing = False
            continue
        before, after = runs.pop() if changing else ("", "")
        runs.append((before + line, after) if mark == "-" else (before, after + line))
        changing = True
    return runs
