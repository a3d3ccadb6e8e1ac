"""Codex's own patch format: what an `apply_patch` asks for, and what it makes of a file.

Format and algorithm are those of the client's `codex-rs/apply-patch` (parser.rs, seek_sequence.rs, lib.rs). The client
also finds lines that differ in white space or in the kind of dash; what it then writes depends on its version, so here
only what fits to the letter is applied.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hivemind_git.agents.hunks import stored
from hivemind_git.agents.marked import Marked, whole

_BEGIN, _END = "*** Begin Patch", "*** End Patch"
_ADD, _DELETE, _UPDATE = "*** Add File: ", "*** Delete File: ", "*** Update File: "
_MOVE, _END_OF_FILE, _CONTEXT = "*** Move to: ", "*** End of File", "@@"
# As the only statement of a script the client takes it for a patch and runs no shell (measured with 0.169.0).
_SHELL = re.compile(
    r"""\A\s*(?:cd\s+(?P<folder>[^\s'"]+|'[^']*'|"[^"$`\\]*")\s*&&\s*)?
        apply_?patch\s+<<\s*(?P<quote>['"]?)(?P<mark>\w+)(?P=quote)[ \t]*\n(?P<patch>.*\n)(?P=mark)\s*\Z""",
    re.DOTALL | re.VERBOSE,
)


class PatchError(ValueError):
    """The text is no patch."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Lines to replace. `context`: a line above them, if one is named. `at_end`: they are the file's last."""

    context: str | None
    lines: tuple[Marked, ...]
    at_end: bool = False

    @property
    def old(self) -> list[str]:
        """The lines before, without their ends."""
        return [line[:-1] for mark, line in self.lines if mark != "+"]

    @property
    def new(self) -> list[str]:
        """The lines after, without their ends."""
        return [line[:-1] for mark, line in self.lines if mark != "-"]


@dataclass(frozen=True, slots=True)
class FilePatch:
    """What a patch does to one file: `add`, `delete` or `update`. `move`: where an updated file goes, or empty."""

    op: str
    path: str
    content: str = ""
    move: str = ""
    chunks: tuple[Chunk, ...] = ()

    @property
    def lines(self) -> tuple[Marked, ...]:
        """All lines that it names, with their ends."""
        return whole("+", self.content) + tuple(line for chunk in self.chunks for line in chunk.lines)


def from_shell(script: str) -> tuple[str, str] | None:
    """The patch in a command line that does nothing else, and the folder it changes to; None where there is none."""
    found = _SHELL.match(script)
    return (found["patch"], (found["folder"] or "").strip("'\"")) if found else None


def parse(text: str) -> list[FilePatch]:
    """The files of a patch, in its order.

    Raises:
        PatchError: it is none, or the client would refuse it.
    """
    lines = [line.removesuffix("\r") for line in text.strip().split("\n")]
    if lines[0].strip() != _BEGIN or lines[-1].strip() != _END or len(lines) < 2:
        raise PatchError("it does not begin and end as a patch")
    reader, files = _Lines(lines[1:-1]), []
    while reader.more:
        files.append(_file(reader))
    named = [path for each in files for path in (each.path, each.move) if path]
    if len(named) != len(set(named)):
        raise PatchError("two operations on one file")
    return files


def apply(before: bytes, chunks: Sequence[Chunk]) -> bytes | None:
    """The file after the chunks, or None where one of them does not fit it to the letter."""
    try:
        lines = before.decode("utf-8", "strict").split("\n")
    except UnicodeDecodeError:
        return None
    if lines[-1] == "":
        lines.pop()
    after: list[str] = []
    edits = _edits(lines, chunks)
    if edits is None:
        return None
    at = 0
    for start, length, new in sorted(edits, key=lambda edit: edit[0]):
        after += [*lines[at:start], *new]
        at = start + length
    after += lines[at:]
    # The client ends every file that it updates with a line end. A last line that is blank is lost with 0.98.0, and
    # kept with 0.169.0.
    return None if [""] in (lines[-1:], after[-1:]) else stored("".join(f"{line}\n" for line in after))


def _edits(lines: Sequence[str], chunks: Sequence[Chunk]) -> list[tuple[int, int, Sequence[str]]] | None:
    """Where each chunk goes: first line, number of lines, the lines instead."""
    edits: list[tuple[int, int, Sequence[str]]] = []
    at = 0
    for chunk in chunks:
        if chunk.context is not None:
            found = _seek(lines, [chunk.context], at)
            if found is None:
                return None
            at = found + 1
        old, new = chunk.old, chunk.new
        if not old:
            edits.append((len(lines), 0, new))
            continue
        found = _seek(lines, old, at, at_end=chunk.at_end)
        if found is None and old[-1] == "":
            # An empty last line stands for the end of the file, which has no line of its own.
            old, new = old[:-1], new[:-1] if new[-1:] == [""] else new
            found = _seek(lines, old, at, at_end=chunk.at_end)
        if found is None:
            return None
        edits.append((found, len(old), new))
        at = found + len(old)
    return edits


def _seek(lines: Sequence[str], wanted: Sequence[str], start: int, *, at_end: bool = False) -> int | None:
    last = len(lines) - len(wanted)
    first = last if at_end else start
    return next(
        (at for at in range(max(first, 0), last + 1) if list(lines[at : at + len(wanted)]) == list(wanted)), None
    )


@dataclass
class _Lines:
    lines: list[str]
    at: int = 0

    @property
    def more(self) -> bool:
        return self.at < len(self.lines)

    @property
    def here(self) -> str:
        return self.lines[self.at] if self.more else ""

    def take(self) -> str:
        line = self.here
        self.at += 1
        return line


def _file(reader: _Lines) -> FilePatch:
    header = reader.take().strip()
    if header.startswith(_ADD):
        content = ""
        while reader.here.startswith("+"):
            content += f"{reader.take()[1:]}\n"
        return FilePatch("add", header.removeprefix(_ADD), content=content)
    if header.startswith(_DELETE):
        return FilePatch("delete", header.removeprefix(_DELETE))
    if header.startswith(_UPDATE):
        return _update(reader, header.removeprefix(_UPDATE))
    raise PatchError(f"no operation: {header[:80]}")


def _update(reader: _Lines, path: str) -> FilePatch:
    move = reader.take().removeprefix(_MOVE) if reader.here.startswith(_MOVE) else ""
    chunks: list[Chunk] = []
    while reader.more and not reader.here.startswith("***"):
        if reader.here.strip():
            chunks.append(_chunk(reader, first=not chunks))
        else:
            reader.take()
    if not chunks and not move:
        raise PatchError(f"nothing to do in {path}")
    return FilePatch("update", path, move=move, chunks=tuple(chunks))


def _chunk(reader: _Lines, *, first: bool) -> Chunk:
    context = None
    if reader.here == _CONTEXT or reader.here.startswith(f"{_CONTEXT} "):
        context = reader.take()[len(_CONTEXT) + 1 :] or None
    elif not first:
        raise PatchError(f"no line of a chunk: {reader.here[:80]}")
    lines: list[Marked] = []
    while reader.more and (reader.here == "" or reader.here[0] in " +-"):
        line = reader.take()
        lines.append((line[:1] or " ", f"{line[1:]}\n"))
    if not lines:
        raise PatchError("a chunk without lines")
    at_end = reader.here == _END_OF_FILE
    if at_end:
        reader.take()
    return Chunk(context, tuple(lines), at_end)
