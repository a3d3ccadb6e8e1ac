"""`bashEditDiff`: what Claude Code (from 2.1.329 on) saw a shell command do to files that it watches.

Unlike `structuredPatch` its lines are exact. It covers files that the session read or wrote, and those it saw made, so
its silence says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from hivemind_git.agents.files import FileEdit, Files
from hivemind_git.agents.hunks import lines, stored
from hivemind_git.agents.lines import Record, mapping, objects, text
from hivemind_git.model import Json

_NO_END = "\\ No newline at end of file"


def watched_edits(detail: Record, cwd: str, files: Files) -> Iterator[tuple[FileEdit, list[Json]]]:
    """The edits that the client saw, with their hunks as shown; images only where they are beyond doubt."""
    for seen in objects(mapping(detail, "bashEditDiff"), "files"):
        where = files.locate(text(seen, "filePath"), cwd)
        hunks = objects(seen, "hunks")
        if where is None or not hunks:
            continue
        before = b"" if seen.get("created") is True else files.sure(where)
        after = _patched(before, hunks) if before is not None else None
        known = after is not None
        kept = before if known and seen.get("created") is not True else None
        yield FileEdit(where, kept, after, known), [_shown(hunk) for hunk in hunks]


def _patched(before: bytes, hunks: list[Record]) -> bytes | None:
    """The file after the hunks, or None where one does not fit it exactly."""
    old, new, at = lines(before), [], 0
    for hunk in hunks:
        start, removed, added = hunk.get("oldStart"), _side(hunk, "-"), _side(hunk, "+")
        if not isinstance(start, int):
            return None
        first = max(start - 1, 0) if removed else start if before else 0
        if first < at or old[first : first + len(removed)] != removed:
            return None
        new += [*old[at:first], *added]
        at = first + len(removed)
    return b"".join([*new, *old[at:]])


def _side(hunk: Record, mark: str) -> list[bytes]:
    """The lines of one side of a hunk, with their ends."""
    found: list[bytes] = []
    ours = False
    for line in hunk.get("lines", []):
        if not isinstance(line, str):
            continue
        if line == _NO_END:
            if ours:
                found[-1] = found[-1].removesuffix(b"\n")
            continue
        ours = line[:1] in {mark, " ", ""}
        if ours:
            found.append(stored(line[1:]) + b"\n")
    return found


def _shown(hunk: Record) -> Json:
    changed = [line for line in hunk.get("lines", []) if isinstance(line, str) and line != _NO_END]
    return {
        "before": "".join(line[1:] + "\n" for line in changed if line.startswith("-")),
        "after": "".join(line[1:] + "\n" for line in changed if line.startswith("+")),
    }
