"""Blocks of lines that were moved and changed at once.

A diff shows such a block as gone here and come there, whole. What of it only went along is no change; what differs in
the new place from the old one is what somebody decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from hivemind_git.corrections import bare, layout
from hivemind_git.corrections.noise import INFORMATIVE
from hivemind_git.model import Hunk

_MOST = 64
"""Pairs of blocks that are held against each other in one file."""

Parts: TypeAlias = Sequence[tuple[Hunk, bool]]


def followed(before: Sequence[bytes], after: Sequence[bytes], parts: Parts) -> Parts:
    """The parts of a change (true: laid out anew), where a block moved and changed with it as parts of its own.

    They stand where the block was, so that their places in `after` do not go up. A block that was moved as it was stays
    two hunks.
    """
    gone = [i for i, (hunk, same) in enumerate(parts) if not same and hunk.after_start == hunk.after_end]
    come = [i for i, (hunk, same) in enumerate(parts) if not same and hunk.before_start == hunk.before_end]
    if not gone or not come or len(gone) * len(come) > _MOST:
        return parts
    found: dict[int, Parts] = {}
    for i in gone:
        for j in come:
            hunk = Hunk(
                parts[i][0].before_start, parts[i][0].before_end, parts[j][0].after_start, parts[j][0].after_end
            )
            if j not in found and (inner := _block(before, after, hunk)):
                found[i], found[j] = inner, ()
                break
    return [part for i, one in enumerate(parts) for part in found.get(i, (one,))]


def _block(before: Sequence[bytes], after: Sequence[bytes], hunk: Hunk) -> Parts:
    """What changed within a block, if the lines on both sides are one and differ."""
    old, new = before[hunk.before_start : hunk.before_end], after[hunk.after_start : hunk.after_end]
    if not _alike(old, new):
        return ()
    groups = layout.groups(old, new)
    went, came = (sum(map(len, ranges)) for ranges in ([g.before for g in groups], [g.after for g in groups]))
    whole = went == len(old), came == len(new)
    if all(whole) or (not any(whole) and (2 * went < len(old) or 2 * came < len(new))):
        return ()
    if not any(len(bare.text(old[group.before.start : group.before.stop])) >= INFORMATIVE for group in groups):
        return ()
    return list(layout.cut(before, after, (hunk,)))


def _alike(old: Sequence[bytes], new: Sequence[bytes]) -> bool:
    """Whether any line of one stands in the other, in whatever layout: where none does, no group of lines can."""
    one, other = bare.text(old), bare.text(new)
    return any(len(text) >= layout.TELLING and text in other for text in map(bare.line, old)) or any(
        len(text) >= layout.TELLING and text in one for text in map(bare.line, new)
    )
