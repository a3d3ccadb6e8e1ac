"""The commits that may have changed some of many paths, told by git itself.

It walks a long history in C, tells folders that did not change by their ids, and uses commit graphs and Bloom filters
where there are any.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from hivemind_git.git import process
from hivemind_git.git.objects import Repository

_MOST = 100
"""Paths that git is asked for: it holds each entry of each folder that changed against each of them."""

_ID = re.compile(r"[0-9a-f]{40}")


def candidates(repository: Repository, tips: Sequence[str], paths: Collection[str]) -> list[str] | None:
    """The commits reachable from `tips` (ids) that may have changed one of the paths, parents first; of equal rank the
    older one.

    Of a merge each side is followed, and it is named itself if it differs from any of its parents. None: git could not
    tell, because a path cannot be named to it, or an object is not here.

    Raises:
        HivemindError: git is missing.
    """
    asked = _fewer(frozenset(paths))
    if asked is None or not all(map(_ID.fullmatch, tips)) or _lacks_trees(repository):
        return None
    if any(end in path for path in asked for end in "\n\r"):
        return None  # on standard input a line is a path, and none can be quoted
    order = ["--full-history", "--date-order", "--reverse", "--ignore-missing"]
    lines = "\n".join([*tips, "--", *sorted(asked), ""])
    # libgit2 knows no replacements either, and what a partial clone lacks is not fetched for a look at the history.
    extra = {"GIT_LITERAL_PATHSPECS": "1", "GIT_NO_LAZY_FETCH": "1", "GIT_NO_REPLACE_OBJECTS": "1"}
    # Paths are told from the top: `core.worktree` around the folder where we were started would say otherwise.
    command = ["--git-dir=.", "--work-tree=.", "rev-list", *order, "--stdin"]
    done = process.run(command, cwd=repository.git_dir, stdin=lines.encode("utf-8", "surrogateescape"), extra=extra)
    return done.stdout.decode("ascii").split() if done.returncode == 0 else None


def _fewer(paths: frozenset[str]) -> frozenset[str] | None:
    """The paths, or where there are many the folders that hold them; None where those are many too."""
    deepest = max((path.count("/") for path in paths), default=0)
    found = paths
    for depth in range(deepest, -1, -1):
        if len(found) <= _MOST:
            return found
        found = frozenset("/".join(path.split("/")[:depth]) if path.count("/") >= depth else path for path in found)
        if "" in found:
            break
    return None


def _lacks_trees(repository: Repository) -> bool:
    """Whether this is a partial clone that may lack folders, which an older git would fetch one by one."""
    filters = [one.value for one in repository.configuration if one.key.endswith(".partialclonefilter")]
    return any(not (value or "").startswith("blob:") for value in filters)
