"""What people write of a Jupyter notebook: the sources of its cells.

All else (outputs, counts of executions, ids, metadata) the notebook's program writes when it is run or saved. Format:
nbformat 4, one member a line, as every program that writes notebooks lays it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hivemind_git.model import Hunk

_SOURCE = b'"source":'
_ENDS = (b"]", b"],")


def is_notebook(path: str) -> bool:
    """Whether a file is a notebook, by its name."""
    return path.lower().endswith(".ipynb")


def unwritten(before: Sequence[bytes], after: Sequence[bytes], hunks: Sequence[Hunk]) -> frozenset[int]:
    """Indexes of the hunks that change no cell's source."""
    old, new = _sources(before), _sources(after)
    return frozenset(
        i
        for i, hunk in enumerate(hunks)
        if old.isdisjoint(range(hunk.before_start, hunk.before_end))
        and new.isdisjoint(range(hunk.after_start, hunk.after_end))
    )


def _sources(lines: Iterable[bytes]) -> set[int]:
    found, inside = set(), False
    for number, line in enumerate(lines):
        bare = line.strip()
        if inside:
            inside = bare not in _ENDS
        elif bare.startswith(_SOURCE):
            inside = bare.endswith(b"[")
        else:
            continue
        found.add(number)
    return found
