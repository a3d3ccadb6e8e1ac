"""What our git hooks left in the journal: hints about commits, which are themselves the truth."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from hivemind_git.git import process
from hivemind_git.git.objects import Repository

_STAGED: Final = 100
_EMPTY_TREE: Final = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


@dataclass(frozen=True, slots=True)
class Hint:
    """One run of a git hook, as `hooks/git/hint` wrote it. Its time is that of its file.

    `hook` is `pre-commit`, `post-commit` or `post-rewrite`; `head` the commit at HEAD then, None on an unborn branch
    (before the commit, for pre-commit, which keeps the index of then beside it). `rewritten` are pairs of old and new
    commit; `by` is `amend` or `rebase`.
    """

    hook: str
    worktree: str
    head: str | None
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
            by=found.get("by"),
            rewritten=tuple((str(old), str(new)) for old, new in found.get("rewritten", ()) if _id(old) and _id(new)),
        )
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return None


def _id(text: str) -> str | None:
    return text if text.strip("0") else None


def staged(repository: Repository, hint: Path, head: str | None) -> list[tuple[str, str | None]]:
    """What was about to be committed: path and blob, None for a deletion, a hundred at most.

    Nothing where the index is not there any more, or is none.

    Args:
        repository: where the hint was left.
        hint: its file; the index that the hook kept is beside it.
        head: the commit at HEAD then, None on an unborn branch.
    """
    index = hint.with_name(f"{hint.name}.index")
    if not index.exists():
        return []
    listing = ["diff-index", "--cached", "--raw", "-z", "--no-renames", head or _EMPTY_TREE]
    done = process.run(
        [f"--git-dir={repository.git_dir}", *listing], cwd=repository.git_dir, extra={"GIT_INDEX_FILE": str(index)}
    )
    fields = iter(done.stdout.split(b"\0")[:-1])
    changes = islice(zip(fields, fields, strict=False), _STAGED)
    return [(path.decode("utf-8", "surrogateescape"), _id(change.split()[3].decode())) for change, path in changes]
