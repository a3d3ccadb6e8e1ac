"""Which of some paths git's own pathspecs choose: asked of git, so that every magic and every setting of it counts.

The paths need not be in any tree. They are put into an index of their own, which `git ls-files` reads.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from hivemind_git.errors import UsageError
from hivemind_git.git.process import last_words, run

_EMPTY_BLOB: Final = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
_NEVER: Final = frozenset({"", ".", ".."})


def chosen(folder: Path, specs: Sequence[str], paths: Iterable[str]) -> frozenset[str]:
    """Those of the paths (relative to the top, with `/`) that the pathspecs choose; all of them where there is none.

    Args:
        folder: the pathspecs are relative to it, as for any command of git that is run there.
        specs: as people write them after `--`.
        paths: what to choose from; what git takes for no path of a file is never chosen.

    Raises:
        UsageError: git does not take one of the pathspecs.
    """
    left = frozenset(path for path in paths if _possible(path))
    if not specs:
        return left
    found: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="hivemind-paths-") as scratch:
        number = 0
        while left or not number:
            # An index has no file `a` beside a file `a/b`; where both are asked for, one of them waits.
            above = {parent for path in left for parent in _above(path)}
            found |= _asked(folder, specs, left - above, Path(scratch) / f"index{number}")
            left &= above
            number += 1
    return frozenset(found)


def _asked(folder: Path, specs: Sequence[str], paths: Iterable[str], index: Path) -> set[str]:
    entries = b"".join(b"100644 %s\t%s\0" % (_EMPTY_BLOB.encode(), os.fsencode(path)) for path in sorted(paths))
    own = {"GIT_INDEX_FILE": str(index)}
    run(["update-index", "-z", "--index-info"], cwd=folder, stdin=entries, extra=own)
    done = run(["ls-files", "-z", "--full-name", "--cached", "--", *specs], cwd=folder, extra=own)
    if done.returncode:
        raise UsageError(f"git does not take these paths: {last_words(done)}", "See `git help glossary`, pathspec.")
    return {os.fsdecode(name) for name in done.stdout.split(b"\0") if name}


def _above(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _possible(path: str) -> bool:
    try:
        os.fsencode(path)
    except UnicodeEncodeError:
        return False
    parts = path.split("/")
    return "\0" not in path and not any(part in _NEVER or part.lower() == ".git" for part in parts)
