"""Where Claude Code keeps its transcripts on this machine, and which of them are of a repository.

`<config>/projects/<working folder, all but letters and digits as hyphens>/<session>.jsonl`, sub-agents in
`<session>/subagents/`, in older versions beside the session as `agent-<id>.jsonl`. A folder's name is ambiguous and cut
after 200 characters, so only the `cwd` inside a file decides.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

from hivemind_git.agents.base import Checkout, Machine
from hivemind_git.agents.lines import Tally, records, text, whole_lines
from hivemind_git.agents.standing import is_within, tops_of

AGENT = "claude-code"
"""Its name in the configuration, the journal and the store."""

_LONGEST_NAME = 200
_LOOKED_AT = 200


def config_folders(machine: Machine) -> list[Path]:
    """The folders that Claude Code may keep its things in, those that exist."""
    named = machine.environ.get("CLAUDE_CONFIG_DIR")
    folders = [Path(named)] if named else [machine.home / ".claude", machine.home / ".config" / "claude"]
    return [folder for folder in folders if folder.is_dir()]


def transcripts(checkout: Checkout, machine: Machine) -> list[Path]:
    """The transcripts of sessions that began in one of the repository's worktrees, least recently written first."""
    tops = tops_of(checkout)
    prefixes = tuple(_folder_name(top) for top in tops)
    found: dict[Path, float] = {}
    for projects in (folder / "projects" for folder in config_folders(machine)):
        for folder in _folders(projects, prefixes):
            found.update((path, path.stat().st_mtime) for path in _logs(folder) if is_within(_first_folder(path), tops))
    return sorted(found, key=lambda path: (found[path], path))


def _folder_name(path: str) -> str:
    return re.sub(r"[^A-Za-z0-9]", "-", path)[:_LONGEST_NAME]


def _folders(projects: Path, prefixes: tuple[str, ...]) -> Iterator[Path]:
    if projects.is_dir():
        yield from (folder for folder in sorted(projects.iterdir()) if folder.name.startswith(prefixes))


def _logs(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.jsonl")
    yield from folder.glob("*/subagents/agent-*.jsonl")


def _first_folder(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            tally = Tally()
            first = itertools.islice(records(whole_lines(stream, tally), tally), _LOOKED_AT)
            return next((cwd for record in first if (cwd := text(record, "cwd"))), "")
    except OSError:
        return ""
