"""Who wrote each line of a file image, and how that is carried from one image to the next.

Origins belong to a content, never to a commit: the same bytes have the same origins wherever a rebase, an amend or a
cherry-pick put them. A line that no evidence covers is `UNKNOWN`, never human.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple, Protocol, TypeAlias

from hivemind_git.ends import common_lines
from hivemind_git.model import DiffFunction, Hunk

LARGEST = 4 << 20
"""Bytes of the largest file whose lines are compared: what is larger was hardly written by hand."""


class Writer(StrEnum):
    """Who wrote a line, as far as evidence goes."""

    AGENT = "agent"
    HUMAN = "human"
    UNKNOWN = "unknown"


class Origin(NamedTuple):
    """Where a line came from: the edit that wrote it, and the how-manieth of that edit's written lines it is.

    Of a line that is not the agent's, `event` is the moment that accepted it and the path (`place_of`), and `number`
    its place in that image. A tuple, for a derivation makes more of these than of anything else.
    """

    writer: Writer
    session: str = ""
    event: str = ""
    tool_use: str = ""
    number: int = 0


UNKNOWN = Origin(Writer.UNKNOWN)


def place_of(event: str, path: str) -> str:
    """Where a line came in that is not the agent's: one commit accepts many files."""
    return f"{event} {path}"


@dataclass(frozen=True, slots=True)
class Version:
    """A file image with the origin of each of its lines; the two tuples are equally long."""

    content: bytes
    lines: tuple[bytes, ...]
    origins: tuple[Origin, ...]

    def agent(self, start: int, end: int) -> list[int]:
        """Indexes of the agent's lines in the half-open range."""
        agent = Writer.AGENT  # to look a member up costs as much as the rest
        return [i for i, origin in enumerate(self.origins[start:end], start) if origin.writer is agent]


def split(content: bytes, near: Image | None = None) -> tuple[bytes, ...]:
    """Lines with their LF, cut as git cuts them: after each LF, and what follows the last one is a line too.

    Args:
        content: a file image.
        near: an image from which it may have grown: what both begin and end with is not cut, nor held, once more.
    """
    return _split(content, _Near(near))


class Image(Protocol):
    """A file image that was cut into lines."""

    @property
    def content(self) -> bytes:
        """All of it."""

    @property
    def lines(self) -> tuple[bytes, ...]:
        """The same, cut."""


class _Near:
    """Where lines may be taken from. All are equal: of one content the lines are the same, whichever image helped."""

    def __init__(self, image: Image | None) -> None:
        self.image = image

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Near)

    def __hash__(self) -> int:
        return 0


@lru_cache(64)
def _split(content: bytes, near: _Near) -> tuple[bytes, ...]:
    known = near.image
    if known is None or not known.content:
        return _cut(content)
    start, lines, end = common_lines(known.content, content)
    at = content.find(b"\n", len(content) - end) + 1 or len(content)
    if at == len(content):
        return (*known.lines[:lines], *_cut(content[start:]))
    rest = len(known.content) - len(content) + at  # where the same line begins there; what is between is short
    after = lines + known.content.count(b"\n", start, rest)
    return (*known.lines[:lines], *_cut(content[start:at]), *known.lines[after:])


def _cut(content: bytes) -> tuple[bytes, ...]:
    if b"\r" not in content:
        return tuple(content.splitlines(keepends=True))
    parts = content.split(b"\n")
    last = parts.pop()
    lines = [part + b"\n" for part in parts]
    return (*lines, last) if last else tuple(lines)


def grown(image: Image, content: bytes, hunks: Sequence[Hunk]) -> tuple[bytes, ...]:
    """As `split`, where the changes between another image and the content are known: what is the same is not cut."""
    lines: list[bytes] = []
    at = start = 0
    for hunk in hunks:
        same = image.lines[at : hunk.before_start]
        lines += same
        start += sum(map(len, same))
        for _ in range(hunk.after_start, hunk.after_end):
            end = content.find(b"\n", start) + 1 or len(content)
            lines.append(content[start:end])
            start = end
        at = hunk.before_end
    return (*lines, *image.lines[at:])


def standing(content: bytes, sought: Iterable[bytes]) -> set[bytes]:
    """Those of some lines, without white space around them, that stand so in an image. None of them is empty."""
    return {line for line in sought if _stands(content, line)}


def _stands(content: bytes, line: bytes) -> bool:
    at = content.find(line)
    while at >= 0:
        start, end = content.rfind(b"\n", 0, at) + 1, content.find(b"\n", at + len(line))
        end = len(content) if end < 0 else end
        if content[start:end].strip() == line:
            return True
        at = content.find(line, end + 1)
    return False


@lru_cache(64)
def count(content: bytes) -> int:
    """How many lines `split` would make."""
    return content.count(b"\n") + (not content.endswith(b"\n") and bool(content))


def opaque(content: bytes | None) -> bool:
    """Whether a file is binary, as git tells it, or too large to compare."""
    return content is not None and (len(content) > LARGEST or b"\0" in content[:8000])


def unknown(content: bytes) -> Version:
    """A version of which nothing is known."""
    lines = split(content)
    return Version(content, lines, (UNKNOWN,) * len(lines))


def size(hunk: Hunk) -> int:
    """How many lines a hunk changes, old and new."""
    return hunk.before_end - hunk.before_start + hunk.after_end - hunk.after_start


def sound(hunks: Sequence[Hunk], before: int, after: int) -> bool:
    """Whether the hunks are ordered, inside both images, and leave equally many lines unchanged."""
    at_before = at_after = 0
    for hunk in hunks:
        if hunk.before_start - at_before != hunk.after_start - at_after or hunk.before_start < at_before:
            return False
        if hunk.before_end < hunk.before_start or hunk.after_end < hunk.after_start:
            return False
        at_before, at_after = hunk.before_end, hunk.after_end
    return before - at_before == after - at_after >= 0


Fresh: TypeAlias = Callable[[Hunk, Sequence[bytes], int], list[Origin]]
"""The origins of a hunk's new lines: given the hunk, the new image's lines, and how many new lines came before it."""


def carry(version: Version, content: bytes, diff: DiffFunction, fresh: Fresh | None = None) -> Version:
    """The origins of an image that came after `version`: unchanged lines keep theirs, new ones get `fresh`."""
    if content == version.content:
        return version
    lines = split(content, version)
    hunks = apart(version, content, diff)
    if not sound(hunks, len(version.lines), len(lines)):
        return unknown(content)
    origins: list[Origin] = []
    at = count = 0
    for hunk in hunks:
        origins.extend(version.origins[at : hunk.before_start])
        new = hunk.after_end - hunk.after_start
        found = fresh(hunk, lines, count) if fresh else [UNKNOWN] * new
        origins.extend(found)
        count += new
        at = hunk.before_end
    origins.extend(version.origins[at:])
    return Version(content, lines, tuple(origins))


def apart(version: Version, content: bytes, diff: DiffFunction) -> Sequence[Hunk]:
    """What changed from an image to another one, but for line ends."""
    return diff(_ended(version.content), _ended(content))


@lru_cache(16)
def _ended(content: bytes) -> bytes:
    """The content with an LF alone after each line, the last one too: who changes line ends writes no line anew."""
    if b"\r\n" in content:
        content = content.replace(b"\r\n", b"\n")
    return content + b"\n" if content and not content.endswith(b"\n") else content
