"""Where Cursor keeps its transcripts on this machine, and which of them are of a repository.

`~/.cursor/projects/<folder, all but letters and digits as hyphens>/agent-transcripts/<session>/<session>.jsonl`, from
older versions of the command line `…/agent-transcripts/<session>.jsonl`. No line of one names the folder, and the name
is ambiguous: `/a/b-c` and `/a/b/c` share one. A transcript that names files of neither is taken for both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from hivemind_git.agents.base import Checkout, Machine
from hivemind_git.agents.standing import tops_of

AGENT = "cursor"
"""Its name in the configuration, the journal and the store."""


def home(machine: Machine) -> Path:
    """Cursor's folder of this person, whether or not it is there."""
    return machine.home / ".cursor"


def transcripts(checkout: Checkout, machine: Machine) -> list[Path]:
    """The transcripts of the folders that are worktrees of the repository, least recently written first."""
    tops = tops_of(checkout)
    found = {path: path.stat().st_mtime for data in _data(machine) for top in tops for path in _logs(data, top)}
    return sorted(found, key=lambda path: (found[path], path))


def _data(machine: Machine) -> dict[Path, None]:
    """The folders that may hold transcripts; each of the variables may move them."""
    named = (machine.environ.get(name) for name in ("CURSOR_DATA_DIR", "CURSOR_CONFIG_DIR"))
    return dict.fromkeys([*(Path(name) for name in named if name), home(machine)])


def _logs(data: Path, top: str) -> Iterator[Path]:
    folder = data / "projects" / re.sub(r"[^A-Za-z0-9]", "-", top.lstrip("/")) / "agent-transcripts"
    yield from folder.glob("*.jsonl")
    yield from (path for path in folder.glob("*/*.jsonl") if path.stem == path.parent.name)
