"""Where a rule holds: glob patterns as `.gitignore` and skills write them, and how they follow from paths.

`*` and `?` do not cross a `/`; `**/` is any number of folders, none included; a trailing `/**` is everything below. A
pattern without a
slash matches at any depth.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

DEPTH: Final = 2
"""Folders that an inferred scope names at most: three corrections in one deep folder do not say that the lesson ends
there."""
_EXTENSIONS: Final = 3


def matches(pattern: str, path: str) -> bool:
    """Whether a path (relative, with `/`) is in a pattern."""
    return _compiled(pattern).fullmatch(path) is not None


def within(patterns: Sequence[str], path: str) -> bool:
    """Whether a path is in one of the patterns; no pattern at all is the whole workspace."""
    return not patterns or any(matches(pattern, path) for pattern in patterns)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    text = pattern.removeprefix("/")
    if "/" not in pattern.rstrip("/"):
        text = "**/" + text
    if text.endswith("/"):
        text += "**"
    found = _TOKENS.finditer(text)
    return re.compile("".join(_translated(match) for match in found), re.DOTALL)


_TOKENS: Final = re.compile(r"(?:(?<=/)|\A)\*\*/|/\*\*\Z|\A\*\*\Z|\*+|\?|\[[!^]?\]?[^\]]*\]|\\.|.", re.DOTALL)
_FIXED: Final = {"**/": "(?:[^/]+/)*", "/**": "/.+", "?": "[^/]"}


def _translated(match: re.Match[str]) -> str:
    found = match.group()
    if found in _FIXED:
        return _FIXED[found]
    if found.startswith("*"):
        return ".+" if found == match.string else "[^/]*"
    if found.startswith("[") and len(found) > 2:
        negated = found[1] in "!^"
        inner = found[2:-1] if negated else found[1:-1]
        return f"(?!/)[{'^' if negated else ''}{_class(inner)}]"
    return re.escape(found[1:] if found.startswith("\\") and len(found) == 2 else found)


def _class(inner: str) -> str:
    return re.sub(r"([\\\[\]^&~|])", r"\\\1", inner)


def infer(paths: Iterable[str], *, depth: int = DEPTH) -> tuple[str, ...]:
    """The patterns that cover the paths: their common folder, `depth` deep at most, and their kinds of file.

    Paths that are absolute or empty say nothing; of more than three kinds of file none is named.
    """
    known = sorted(
        {path for path in paths if path and not path.startswith(("/", "../")) and not re.match(r"[A-Za-z]:", path)}
    )
    if not known:
        return ()
    folder = "".join(f"{_escape(part)}/" for part in _common([path.split("/")[:-1] for path in known])[:depth])
    kinds = Counter(_kind(path) for path in known)
    if len(kinds) > _EXTENSIONS:
        return (f"{folder}**",) if folder else ()
    return tuple(f"{folder}**/{kind}" for kind in sorted(kinds))


def _common(folders: Sequence[Sequence[str]]) -> list[str]:
    common: list[str] = []
    for parts in zip(*folders, strict=False):
        if len(set(parts)) > 1:
            break
        common.append(parts[0])
    return common


def _kind(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    stem, dot, extension = name.rpartition(".")
    return f"*.{_escape(extension)}" if dot and stem else _escape(name)


def _escape(name: str) -> str:
    return re.sub(r"([*?\[\\])", r"\\\1", name)
