"""Where Codex keeps its rollouts on this machine, and which of them are of a repository.

`<home>/sessions/<year>/<month>/<day>/rollout-<time>-<id>.jsonl`, moved to `<home>/archived_sessions/` when a person
archives them. The first line of each names the folder in which it began.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from hivemind_git.agents.base import Checkout, Machine
from hivemind_git.agents.lines import Tally, mapping, records, text, whole_lines
from hivemind_git.agents.standing import is_within, tops_of

AGENT = "codex"
"""Its name in the configuration, the journal and the store."""

_NAME = re.compile(r"rollout-.*?-([0-9a-f]{8}-[0-9a-f-]{27})\.jsonl")
_LOOKED_AT = 5


def home(machine: Machine) -> Path:
    """Codex's own folder, whether or not it is there."""
    named = machine.environ.get("CODEX_HOME")
    return Path(named) if named else machine.home / ".codex"


def transcripts(checkout: Checkout, machine: Machine) -> list[Path]:
    """The rollouts of sessions that began in one of the repository's worktrees, least recently written first."""
    tops = tops_of(checkout)
    found = {path: path.stat().st_mtime for path in _rollouts(home(machine)) if is_within(_first_folder(path), tops)}
    return sorted(found, key=lambda path: (found[path], path))


def session_of(path: Path) -> str:
    """The session that a rollout's name tells, else the name itself."""
    found = _NAME.fullmatch(path.name)
    return found[1] if found else path.stem


def _rollouts(folder: Path) -> Iterator[Path]:
    yield from folder.glob("sessions/*/*/*/rollout-*.jsonl")
    yield from folder.glob("archived_sessions/rollout-*.jsonl")


def _first_folder(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            tally = Tally()
            first = itertools.islice(records(whole_lines(stream, tally), tally), _LOOKED_AT)
            return next((cwd for record in first if (cwd := text(mapping(record, "payload"), "cwd"))), "")
    except OSError:
        return ""
