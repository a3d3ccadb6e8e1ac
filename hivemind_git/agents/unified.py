"""The unified diffs in which clients record what they did to a file: hunks without a header, to the letter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hivemind_git.agents.hunks import lines, stored
from hivemind_git.agents.marked import Marked

_HEADER = "--- a\n+++ b\n"


class DiffError(ValueError):
    """The text is no unified diff."""


@dataclass(frozen=True, slots=True)
class Part:
    """A hunk: its lines with their ends, from a 0-based line of the file before."""

    start: int
    lines: tuple[Marked, ...]

    @property
    def old(self) -> list[bytes]:
        """The lines before."""
        return [stored(line) for mark, line in self.lines if mark != "+"]

    @property
    def new(self) -> list[bytes]:
        """The lines after."""
        return [stored(line) for mark, line in self.lines if mark != "-"]


def parse(diff: str) -> list[Part]:
    """The hunks of a diff.

    Raises:
        DiffError: it is none, or it has lines that belong to no hunk.
    """
    from unidiff.errors import UnidiffParseError  # noqa: PLC0415 - only sessions with patches need it
    from unidiff.patch import PatchSet  # noqa: PLC0415

    text = diff if diff.endswith("\n") or not diff else f"{diff}\n"
    try:
        found = PatchSet.from_string(_HEADER + text)
    except UnidiffParseError as error:
        raise DiffError(str(error)) from error
    if len(found) != 1 or sum(1 + len(hunk) for hunk in found[0]) != text.count("\n"):
        raise DiffError("lines outside of hunks")
    return [_part(hunk.source_start, [(line.line_type, line.value) for line in hunk]) for hunk in found[0]]


def apply(before: bytes, parts: Sequence[Part]) -> bytes | None:
    """The file after the hunks, or None where one does not fit it exactly where it says."""
    old, after, at = lines(before), [], 0
    for part in parts:
        gone = part.start + len(part.old)
        if part.start < at or old[part.start : gone] != part.old:
            return None
        after += [*old[at : part.start], *part.new]
        at = gone
    return b"".join([*after, *old[at:]])


def taken_back(parts: Sequence[Part]) -> list[Part]:
    """The hunks that make the file before from the file after."""
    turned, back, grown = {"+": "-", "-": "+"}, [], 0
    for part in parts:
        lines_ = tuple((turned.get(mark, mark), line) for mark, line in part.lines)
        back.append(Part(part.start + grown, lines_))
        grown += len(part.new) - len(part.old)
    return back


def _part(start: int, marked: list[Marked]) -> Part:
    for at, (mark, _) in enumerate(marked):
        if mark == "\\" and at:
            marked[at - 1] = (marked[at - 1][0], marked[at - 1][1].removesuffix("\n"))
    kept = tuple(each for each in marked if each[0] != "\\")
    # A hunk without a line before names the line after which it adds.
    adds = all(mark == "+" for mark, _ in kept)
    return Part(start if adds else start - 1, kept)
