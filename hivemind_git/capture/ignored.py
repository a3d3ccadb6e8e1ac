"""Paths that are never recorded (`hivemind.captureIgnore`), as the hook's git and as Python see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

_PART: Final = re.compile(r"\*\*/|\*\*|\*|\?|\[[!^]?(?:\][^]]*|[^]]+)\]|.", re.DOTALL)


def pathspecs(globs: Iterable[str]) -> str:
    """The globs as git's pathspecs, one a line, each of which leaves paths out."""
    return "".join(f":(top,exclude,glob){_rooted(glob)}\n" for glob in globs)


def matcher(globs: Iterable[str]) -> Callable[[str], bool]:
    """Whether one of the globs matches a path, relative to the top of the worktree.

    As git's own: `*` and `?` stop at a slash, `**` does not; a glob without a slash matches in every folder, and one
    that matches a folder matches what is in it.
    """
    patterns = [re.compile(_regex(_rooted(glob)) + r"(?:/.*)?", re.DOTALL) for glob in globs]
    return lambda path: any(pattern.fullmatch(path) for pattern in patterns)


def _rooted(glob: str) -> str:
    whole = glob.rstrip("/")
    return whole.removeprefix("/") if "/" in whole else f"**/{whole}"


def _regex(glob: str) -> str:
    return "".join(map(_translated, _PART.findall(glob)))


def _translated(part: str) -> str:
    fixed = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    if part in fixed:
        return fixed[part]
    return _choice(part) if len(part) > 1 else re.escape(part)


def _choice(part: str) -> str:
    """One of several letters; a range that ends before it begins is no choice, and stands for itself."""
    inside = re.sub(r"([\[\]\\&|~])", r"\\\1", part[1:-1])
    pattern = f"[^/{inside[1:]}]" if inside[0] in "!^" and inside[1:] else f"[{inside}]"
    try:
        re.compile(pattern)
    except re.error:
        return re.escape(part)
    return pattern
