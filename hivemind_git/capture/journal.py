"""The spool of events that the assistants' hook kept and no seal has taken yet: reading, discarding, setting aside.

One file an event, `<agent>.<pid>.<n>`, holding the payload as the client sent it (hooks/agent/hook writes them); beside
it `….workspace` with the session's HIVEMIND_WORKSPACE_ID, where it has one, and `….index` with the index that git's
pre-commit hook found (hooks/git/hint). No rename marks the end of a file, so one that does not parse is either still
being written or was cut short by a kill; after a minute it is the latter. What can never be sealed goes to `broken/`
and is counted in the file `lost` beside the journal, one line an event, where the hook counts too; `log` names it.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hivemind_git.capture.files import append_line, note, private_folder
from hivemind_git.model import Json

MAX_PAYLOAD: Final = 64 * 1024 * 1024
FULL_AFTER_SECONDS: Final = 14 * 86400.0
"""The age of the oldest entry at which the journal stops growing."""

_WRITING_SECONDS: Final = 60.0
_BROKEN_SECONDS: Final = FULL_AFTER_SECONDS
_NAME: Final = re.compile(r"(?P<agent>[A-Za-z0-9][A-Za-z0-9_-]*)\.[0-9]+\.[0-9]+")
_LABEL: Final = ".workspace"
_BESIDE: Final = (_LABEL, ".index")
_LABEL_LENGTH: Final = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of the journal. `t` is when its last byte was written, POSIX seconds."""

    path: Path
    agent: str
    t: float
    size: int


@dataclass(frozen=True, slots=True)
class Payload:
    """What an assistant told its hook. `t` is when, POSIX seconds; `name` identifies it in the journal.

    `workspace` is the session's HIVEMIND_WORKSPACE_ID, if it had one.
    """

    name: str
    agent: str
    t: float
    data: dict[str, Json]
    workspace: str | None = None


class Journal:
    """The journal in the folder that the hook writes to: `<git common dir>/hivemind/journal`."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "journal"
        self._lost = state / "lost"
        self._log = state / "log"
        self._full = state / "full"

    def pending(self) -> list[Entry]:
        """All entries, in the order in which they were written. Files that the hook did not name are left alone."""
        found: list[tuple[int, str, Entry]] = []
        try:
            listing = list(os.scandir(self._folder))
        except FileNotFoundError:
            return []
        for item in listing:
            name = _NAME.fullmatch(item.name)
            if name is None or not item.is_file(follow_symlinks=False):
                continue
            try:
                stat = item.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            entry = Entry(Path(item.path), name["agent"], stat.st_mtime_ns / 1e9, stat.st_size)
            found.append((stat.st_mtime_ns, item.name, entry))
        return [entry for _, _, entry in sorted(found)]

    def leave(self, agent: str, data: dict[str, Json]) -> None:
        """Writes a payload of our own, as the hook would.

        Raises:
            OSError: it cannot be written.
        """
        private_folder(self._folder)
        for number in itertools.count():
            path = self._folder / f"{agent}.{os.getpid()}.{number}"
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                continue
            with os.fdopen(handle, "wb") as file:
                file.write(json.dumps(data).encode("utf-8", "surrogatepass"))
            return

    def read(self, entry: Entry, now: float) -> Payload | None:
        """The payload of an entry; None while it is being written, and for one that is broken, which is set aside.

        Args:
            entry: one of `pending`.
            now: POSIX seconds.
        """
        try:
            data = json.loads(entry.path.read_bytes()) if entry.size <= MAX_PAYLOAD else None
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict):
            return Payload(entry.path.name, entry.agent, entry.t, data, _workspace(entry.path))
        # A clock that went back must not make an entry young for ever: only the distance counts.
        if abs(now - entry.t) >= _WRITING_SECONDS:
            self.set_aside(entry)
        return None

    def set_aside(self, entry: Entry) -> None:
        """Moves an entry that can never be sealed to `broken/`, counts it as lost, and says so in the log."""
        broken = self._folder / "broken"
        private_folder(broken)
        # Counted first: a kill in between may count one loss twice, but never hides it.
        self.lose(entry.agent, "broken")
        os.utime(entry.path.replace(broken / entry.path.name))
        note(self._log, f"journal: {entry.path.name} could not be read or understood: it is in journal/broken")
        _forget_beside(entry.path)

    def lose(self, agent: str, why: str) -> None:
        """Counts an event of an assistant as lost."""
        append_line(self._lost, f"{agent} {why}".encode("ascii", "replace"))

    def discard(self, entries: Iterable[Entry]) -> None:
        """Removes entries that are in the store."""
        for entry in entries:
            entry.path.unlink(missing_ok=True)
            _forget_beside(entry.path)

    def lost(self) -> int:
        """How many events were lost since install, as the hook and this module counted them."""
        try:
            return sum(1 for line in self._lost.read_bytes().split(b"\n") if line.strip())
        except FileNotFoundError:
            return 0

    def tidy(self, now: float) -> None:
        """Says whether the journal may grow (the hook keeps nothing while `full` is there), and empties `broken/`.

        What was set aside stays there for 14 days, for whoever wants to know what it was.
        """
        oldest = min((entry.t for entry in self.pending()), default=now)
        if now - oldest >= FULL_AFTER_SECONDS:
            self._full.touch(mode=0o600)
        else:
            self._full.unlink(missing_ok=True)
        for beside in (path for suffix in _BESIDE for path in self._folder.glob(f"*{suffix}")):
            if not beside.with_suffix("").exists():  # its entry was forgotten, or a kill came between the two
                beside.unlink(missing_ok=True)
        for path in (self._folder / "broken").glob("*"):
            if now - path.stat().st_mtime >= _BROKEN_SECONDS:
                path.unlink(missing_ok=True)

    def is_full(self) -> bool:
        """Whether the journal stopped growing because nothing seals it."""
        return self._full.exists()


def _forget_beside(path: Path) -> None:
    for suffix in _BESIDE:
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _workspace(path: Path) -> str | None:
    try:
        text = path.with_name(path.name + _LABEL).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if text.isprintable() and 0 < len(text) <= _LABEL_LENGTH else None
