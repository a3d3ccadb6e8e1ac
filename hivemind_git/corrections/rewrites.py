"""Which of its own lines an agent rewrote, and in which turn it had written them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hivemind_git.corrections.conversation import Turn
from hivemind_git.corrections.evidence import Edit
from hivemind_git.corrections.lines import count, grown, sound, split
from hivemind_git.model import DiffFunction, Hunk

_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A run of lines that the agent replaced.

    `before` are those that it had written in earlier turns; `source` is the edit that wrote the last of them, in turn
    `written`. Where none of the run is known to be its own, `source` is None, `written` the same turn, and `before`
    the whole run. `order` counts the edits of the rewriting turn, from 0.
    """

    edit: Edit
    order: int
    source: Edit | None
    written: int
    before: tuple[bytes, ...]
    after: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """What the agent did to files in one turn: what it replaced, and how many edits and changed lines there were."""

    rewrites: tuple[Rewrite, ...]
    edits: int
    removed: int
    added: int


@dataclass(frozen=True, slots=True)
class _Image:
    """A file as the agent last left it. `owners` are indexes into the edits so far, or `_NOBODY`."""

    content: bytes
    lines: tuple[bytes, ...]
    owners: tuple[int, ...]


_EMPTY = _Image(b"", (), ())


def works(turns: Sequence[Turn], diff: DiffFunction) -> tuple[Work, ...]:
    """For each turn what the agent wrote and rewrote. Linear in the sizes of the edited files, given a linear diff."""
    desk = _Desk(diff)
    return tuple(desk.work(number, turn) for number, turn in enumerate(turns))


class _Desk:
    """The files of one session while its edits are replayed."""

    def __init__(self, diff: DiffFunction) -> None:
        self._diff = diff
        self._images: dict[tuple[str, str], _Image] = {}
        self._edits: list[tuple[Edit, int]] = []

    def work(self, number: int, turn: Turn) -> Work:
        """Replays the edits of one turn."""
        rewrites: list[Rewrite] = []
        order = removed = added = 0
        for edit in turn.items:
            if isinstance(edit, Edit):
                hunks, found = self._replay(edit, number, order)
                rewrites += found
                removed += sum(hunk.before_end - hunk.before_start for hunk in hunks)
                added += sum(hunk.after_end - hunk.after_start for hunk in hunks)
                order += 1
        return Work(tuple(rewrites), order, removed, added)

    def _replay(self, edit: Edit, number: int, order: int) -> tuple[Sequence[Hunk], list[Rewrite]]:
        key = (edit.worktree, edit.path)
        image = self._images.get(key, _EMPTY)
        if not edit.before_known:
            # Nobody can tell what of it the agent wrote now: what stayed keeps its owner, the rest has none.
            # Where not even the outcome was seen, the next look at the file shows it.
            if edit.after is not None:
                self._images[key] = self._carried(image, edit.after, _NOBODY)[0]
            return (), []
        image = self._carried(image, edit.before or b"", _NOBODY)[0]
        self._edits.append((edit, number))
        after, hunks = self._carried(image, edit.after or b"", len(self._edits) - 1)
        self._images[key] = after
        runs = (self._rewrite(hunk, image, after, edit, number, order) for hunk in hunks)
        return hunks, [run for run in runs if run is not None]

    def _rewrite(self, hunk: Hunk, image: _Image, after: _Image, edit: Edit, number: int, order: int) -> Rewrite | None:
        old = image.lines[hunk.before_start : hunk.before_end]
        new = after.lines[hunk.after_start : hunk.after_end]
        if not b"".join(old).strip() or _squeezed(old) == _squeezed(new):
            return None
        own = self._own(hunk, image, number)
        if own:
            source, written = self._edits[max(image.owners[i] for i in own)]
            return Rewrite(edit, order, source, written, tuple(image.lines[i] for i in own), new)
        mine = any(image.owners[i] != _NOBODY for i in range(hunk.before_start, hunk.before_end))
        return None if mine else Rewrite(edit, order, None, number, old, new)

    def _carried(self, image: _Image, content: bytes, owner: int) -> tuple[_Image, Sequence[Hunk]]:
        """The image of `content`, which came after `image`: what is new in it belongs to `owner`."""
        if content == image.content:
            return image, ()
        added = count(content)
        hunks: Sequence[Hunk] = [Hunk(0, len(image.lines), 0, added)]
        if image.content and content:
            hunks = self._diff(image.content, content)
        if not sound(hunks, len(image.lines), added):
            return _Image(content, split(content), (_NOBODY,) * added), ()
        new = grown(image, content, hunks) if image.content else split(content)
        owners: list[int] = []
        at = 0
        for hunk in hunks:
            owners += image.owners[at : hunk.before_start]
            owners += _heirs(hunk, image, new, owner)
            at = hunk.before_end
        return _Image(content, new, (*owners, *image.owners[at:])), hunks

    def _own(self, hunk: Hunk, image: _Image, number: int) -> list[int]:
        """Lines of a replaced run that the agent itself had written in an earlier turn; blank ones are no text."""
        return [
            i
            for i in range(hunk.before_start, hunk.before_end)
            if image.owners[i] != _NOBODY and self._edits[image.owners[i]][1] < number and image.lines[i].strip()
        ]


def _heirs(hunk: Hunk, image: _Image, new: Sequence[bytes], owner: int) -> list[int]:
    """Owners of the new lines of a run: where only white space changed (a formatter), the old owner stays."""
    old = image.lines[hunk.before_start : hunk.before_end]
    fresh = new[hunk.after_start : hunk.after_end]
    if old and _squeezed(old) == _squeezed(fresh):
        owners = image.owners[hunk.before_start : hunk.before_end]
        return list(owners) if len(old) == len(fresh) else [max(owners)] * len(fresh)
    return [owner] * len(fresh)


def _squeezed(run: Sequence[bytes]) -> bytes:
    return b"".join(b"".join(run).split())
