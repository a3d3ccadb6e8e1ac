"""Line differences of two file images, by libgit2's own xdiff.

The hot path of derivation. Buffers, not blobs, go in: a diff of buffers knows no repository, so that neither the user's
configuration (`diff.algorithm`, external diff, textconv) nor the attributes of a path can change what comes out.
"""

from __future__ import annotations

import pygit2
from pygit2.enums import DiffOption

from hivemind_git.ends import Ends, common_lines
from hivemind_git.model import Hunk

_FLAGS = DiffOption.FORCE_TEXT | DiffOption.SKIP_BINARY_CHECK | DiffOption.PATIENCE | DiffOption.INDENT_HEURISTIC


_MARGIN = 20
"""Equal lines that are kept on both sides of what changed: a run may slide over them, and a unique one is an anchor."""


def diff_lines(before: bytes, after: bytes) -> list[Hunk]:
    """The maximal runs of changed lines between two images, in order, without context.

    Lines end after each LF, and what follows the last LF is a line too, equal only to a line that has no LF either.
    Any bytes will do: NUL and CR are ordinary bytes. Lines that are unique on both sides are anchored first
    (patience), and a run that could slide is placed where a person would put it (git's indent heuristic).
    """
    if before == after:
        return []
    # An edit touches a few lines of a file, and the patience algorithm would look at all of them.
    ends = common_lines(before, after)
    whole = _plain(before, after, ends)
    if whole is not None:
        return [whole]
    start, end = _margin_before(before, ends.start), _margin_after(before, len(before) - ends.end)
    old, new = before[start:end], after[start : len(after) - len(before) + end]
    skipped = ends.lines - before.count(b"\n", start, ends.start)
    patch = pygit2.Patch.create_from(old, new, flag=_FLAGS, context_lines=0, interhunk_lines=0)
    hunks = []
    for found in patch.hunks:
        # An empty side names the line before it, as in a unified diff: only then the number is not one too high.
        before_start = skipped + found.old_start - (found.old_lines > 0)
        after_start = skipped + found.new_start - (found.new_lines > 0)
        hunks.append(Hunk(before_start, before_start + found.old_lines, after_start, after_start + found.new_lines))
    return hunks


def _plain(before: bytes, after: bytes, ends: Ends) -> Hunk | None:
    """The one run that changed, where nothing can be matched inside it and it can slide nowhere; else None."""
    start, at, same = ends
    end, other = len(before) - same, len(after) - same
    if not (before[end - 1 : end] == after[other - 1 : other] == b"\n"):
        end = before.find(b"\n", end) + 1  # what is common begins within a line
    if not end or not start:
        return None  # at an end of the file a line may have no LF
    rest = len(before) - end
    old, new = split_lines(before[start:end]), split_lines(after[start : len(after) - rest])
    above, below = before[before.rfind(b"\n", 0, start - 1) + 1 : start], before[end : before.find(b"\n", end) + 1]
    slides = any(lines and (lines[-1] == above or lines[0] == below) for lines in (old, new))
    if not below or slides or not set(old).isdisjoint(new):
        return None
    return Hunk(at, at + len(old), at, at + len(new))


def _margin_before(text: bytes, at: int) -> int:
    """Where the line begins that stands `_MARGIN` lines above the one that holds a place."""
    for _ in range(_MARGIN + 1):
        at = text.rfind(b"\n", 0, at)
        if at < 0:
            return 0
    return at + 1


def _margin_after(text: bytes, at: int) -> int:
    """Where the line ends that stands `_MARGIN` lines below the one that holds a place."""
    for _ in range(_MARGIN + 1):
        at = text.find(b"\n", at) + 1
        if not at:
            return len(text)
    return at


def split_lines(content: bytes) -> list[bytes]:
    """The lines that `diff_lines` counts, with their line ends. Unlike `bytes.splitlines`, a lone CR ends none."""
    if b"\r" not in content:
        return content.splitlines(keepends=True)
    lines = [line + b"\n" for line in content.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
