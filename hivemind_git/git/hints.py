"""What our git hooks left in the journal: hints about commits, which are themselves the truth."""

from __future__ import annotations

import json
from dataclasses import dataclass

_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}


@dataclass(frozen=True, slots=True)
class Hint:
    """One run of a git hook, as `hooks/git/hint` wrote it. Its time is that of its file.

    `hook` is `pre-commit`, `post-commit` or `post-rewrite`; `head` the commit at HEAD then, None on an unborn branch
    (before the commit, for pre-commit). `staged` are path and blob of what was about to be committed, None for a
    deletion, a hundred at most. `rewritten` are pairs of old and new commit; `by` is `amend` or `rebase`.
    """

    hook: str
    worktree: str
    head: str | None
    staged: tuple[tuple[str, str | None], ...] = ()
    by: str | None = None
    rewritten: tuple[tuple[str, str], ...] = ()


def read(content: bytes) -> Hint | None:
    """A hint from its file in the journal; None if it was cut short by a kill or a full disk, or is none of ours."""
    try:
        found = json.loads(content)
        return Hint(
            hook=str(found["hook"]),
            worktree=str(found["worktree"]),
            head=_id(found["head"]),
            staged=tuple((_path(one), _id(one["blob"])) for one in found.get("staged", ())),
            by=found.get("by"),
            rewritten=tuple((str(old), str(new)) for old, new in found.get("rewritten", ()) if _id(old) and _id(new)),
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return None


def _id(text: str) -> str | None:
    return text if text.strip("0") else None


def _path(staged: dict[str, str]) -> str:
    return staged["path"] if "path" in staged else unquote(staged["quoted"])


def unquote(text: str) -> str:
    """A path as git quotes it for people (`core.quotePath`), with what is not UTF-8 as surrogate escapes.

    Raises:
        ValueError: it is not quoted, or not so.
    """
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        raise ValueError(text)
    path = bytearray()
    letters = iter(text[1:-1])
    for letter in letters:
        if letter != "\\":
            path += letter.encode()
            continue
        escape = next(letters, "")
        octal = escape + next(letters, "") + next(letters, "") if escape in {"0", "1", "2", "3"} else ""
        if len(octal) == 3 and set(octal) <= set("01234567"):
            path.append(int(octal, 8))
        elif escape in _ESCAPES:
            path.append(_ESCAPES[escape])
        else:
            raise ValueError(text)
    return path.decode("utf-8", "surrogateescape")
