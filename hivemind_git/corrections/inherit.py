"""What the lines of an image inherit from the one it grew from, and what a worktree holds after a commit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence, Set

from hivemind_git.corrections import bare, layout
from hivemind_git.corrections.lines import UNKNOWN, Fresh, Origin, Version, Writer, apart, carry
from hivemind_git.corrections.noise import INFORMATIVE
from hivemind_git.model import DiffFunction, Hunk


def accepted(reference: Version, event: str, met: Set[bytes]) -> Fresh:
    """New lines of an accepted image are unknown, but remember where they came in; reflowed ones keep their origin.

    A line that had stood in an image met before may have come back from there: it remembers nothing.
    """

    def fresh(hunk: Hunk, lines: Sequence[bytes], _count: int) -> list[Origin]:
        before = reference.lines[hunk.before_start : hunk.before_end]
        origins = reference.origins[hunk.before_start : hunk.before_end]
        after = lines[hunk.after_start : hunk.after_end]
        beside = reference.origins[max(hunk.before_start - 1, 0) : hunk.before_end + 1]
        if all(origin.writer is not Writer.AGENT for origin in beside):
            new = [UNKNOWN] * len(after)  # only what stands at an agent's line can be a correction
        else:
            new = [
                UNKNOWN if line in met else Origin(Writer.UNKNOWN, "", event, "", hunk.after_start + i)
                for i, line in enumerate(after)
            ]
        if not before:
            return new
        laid_out = {bare.line(line): origin for line, origin in zip(before, origins, strict=True)}
        found = [laid_out.get(bare.line(line), fallback) for line, fallback in zip(after, new, strict=True)]
        for group in layout.groups(before, after):
            writers = {(origins[i].writer, origins[i].session) for i in group.before if bare.line(before[i])}
            for i in group.after:
                found[i] = origins[group.before.start] if len(writers) == 1 else UNKNOWN
        return found

    return fresh


def written(
    version: Version, content: bytes, diff: DiffFunction, origin: Origin, brought: Set[bytes] = frozenset()
) -> Version:
    """The origins of `content`, which one tool use of the agent made out of `version`; its lines are counted.

    What it only laid out anew, or put somewhere else, it did not write: that keeps its origin. Of what it `brought`
    from another file nothing is known.
    """
    went = _Went(version, apart(version, content, diff) if content != version.content else ())

    def fresh(hunk: Hunk, lines: Sequence[bytes], count: int) -> list[Origin]:
        found = []
        for number, line in enumerate(lines[hunk.after_start : hunk.after_end], count):
            kept = went.take(hunk, line) or (UNKNOWN if line.strip() in brought else None)
            found.append(kept or origin._replace(number=number))
        return found

    return carry(version, content, diff, fresh)


class _Went:
    """The lines that an edit took out, with their origins: each is found again once."""

    def __init__(self, version: Version, hunks: Sequence[Hunk]) -> None:
        self._lines: dict[bytes, list[tuple[Hunk, Origin]]] = defaultdict(list)
        self._last: Hunk | None = None
        for hunk in hunks:
            for line, origin in zip(
                version.lines[hunk.before_start : hunk.before_end],
                version.origins[hunk.before_start : hunk.before_end],
                strict=True,
            ):
                self._lines[bare.line(line)].append((hunk, origin))

    def take(self, hunk: Hunk, line: bytes) -> Origin | None:
        """The origin of a line that was put in, if it had stood otherwise, or elsewhere; blank ones are no text.

        Short lines stand everywhere: elsewhere they are only known behind others that came from there.
        """
        text = bare.line(line) if self._lines else b""
        if not text:
            return None
        found = self._lines.get(text, [])
        here = {hunk, self._last}
        at = next((i for i, (where, _) in enumerate(found) if where in here or len(text) >= INFORMATIVE), None)
        self._last, origin = found.pop(at) if at is not None else (None, None)
        return origin


def settled(worktree: Version, committed: Version, hunks: Sequence[Hunk], own: Sequence[Hunk]) -> Version:
    """What a worktree holds after a commit: its text where it changed something, else what was left unstaged."""
    lines: list[bytes] = []
    origins: list[Origin] = []
    at = 0
    for hunk in hunks:
        lines.extend(worktree.lines[at : hunk.before_start])
        origins.extend(worktree.origins[at : hunk.before_start])
        staged = any(mine.after_start <= hunk.after_end and hunk.after_start <= mine.after_end for mine in own)
        side, start, end = (
            (committed, hunk.after_start, hunk.after_end) if staged else (worktree, hunk.before_start, hunk.before_end)
        )
        lines.extend(side.lines[start:end])
        origins.extend(side.origins[start:end])
        at = hunk.before_end
    lines.extend(worktree.lines[at:])
    origins.extend(worktree.origins[at:])
    return Version(b"".join(lines), tuple(lines), tuple(origins))
