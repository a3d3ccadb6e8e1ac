"""Line differences of two file images, by libgit2's own xdiff.

The hot path of derivation. Buffers, not blobs, go in: a diff of buffers knows no repository, so that neither the user's
configuration (`diff.algorithm`, external diff, textconv) nor the attributes of a path can change what comes out.
"""

from __future__ import annotations

import pygit2
from pygit2.enums import DiffOption

from hivemind_git.model import Hunk

_FLAGS = DiffOption.FORCE_TEXT | DiffOption.SKIP_BINARY_CHECK | DiffOption.PATIENCE | DiffOption.INDENT_HEURISTIC


def diff_lines(before: bytes, after: bytes) -> list[Hunk]:
    """The maximal runs of changed lines between two images, in order, without context.

    Lines end after each LF, and what follows the last LF is a line too, equal only to a line that has no LF either.
    Any bytes will do: NUL and CR are ordinary bytes. Lines that are unique on both sides are anchored first
    (patience), and a run that could slide is placed where a person would put it (git's indent heuristic).
    """
    if before == after:
        return []
    patch = pygit2.Patch.create_from(before, after, flag=_FLAGS, context_lines=0, interhunk_lines=0)
    hunks = []
    for found in patch.hunks:
        # An empty side names the line before it, as in a unified diff: only then the number is not one too high.
        before_start = found.old_start - 1 if found.old_lines else found.old_start
        after_start = found.new_start - 1 if found.new_lines else found.new_start
        hunks.append(Hunk(before_start, before_start + found.old_lines, after_start, after_start + found.new_lines))
    return hunks


def split_lines(content: bytes) -> list[bytes]:
    """The lines that `diff_lines` counts, with their line ends. Unlike `bytes.splitlines`, a lone CR ends none."""
    lines = [line + b"\n" for line in content.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
