"""Where a repository and its worktrees were: git forgets a worktree that is removed while an agent works in it.

The file is `<git common dir>/hivemind/worktrees.json`: `home`, the common dir, and `tops`, folder → name of each
worktree. Whoever writes it holds the lock of the seal.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hivemind_git.capture.files import place, private_folder

_FILE = "worktrees.json"


def remembered(state: Path) -> dict[str, str]:
    """Folder → name of the worktrees that were here. A folder that is a repository's by now is not among them."""
    tops = _read(state).get("tops")
    known = tops if isinstance(tops, dict) else {}
    return {str(top): str(name) for top, name in known.items() if not os.path.lexists(Path(top) / ".git")}


def is_copy(state: Path, common: Path) -> bool:
    """Whether this is a copy, not seen as one yet, of a repository that stands elsewhere."""
    home = str(_read(state).get("home") or common)
    return home != str(common) and (Path(home) / state.name).is_dir() and not common.samefile(home)


def remember(state: Path, common: Path, tops: Mapping[str, str]) -> None:
    """Remembers where all is now. A copy is none any more.

    A copy knows nothing of the original's worktrees; a repository that was moved still knows where it was.

    Raises:
        OSError: the file cannot be written.
    """
    before, copied = _read(state), is_copy(state, common)
    known = before.get("tops")
    after = {"home": str(common), "tops": {**({} if copied or not isinstance(known, dict) else known), **tops}}
    if after != before:
        private_folder(state)
        place(state / _FILE, json.dumps(after, sort_keys=True).encode("utf-8", "surrogatepass"))


def _read(state: Path) -> dict[str, Any]:
    try:
        value = json.loads((state / _FILE).read_bytes().decode("utf-8", "surrogatepass"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
