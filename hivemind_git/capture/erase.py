"""Finds and removes what was forgotten in the files of this machine: journal, log, images, memory.

A value is looked for in texts as they were meant and, where a file is no JSON, in the bytes as they stand; a session by
its id as a whole text, as assistants name it in their payloads.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hivemind_git.capture.files import place
from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.memory import Memory
from hivemind_git.capture.watch import Watch
from hivemind_git.model import Json
from hivemind_git.store import layout
from hivemind_git.store.index import database
from hivemind_git.store.tombstones import Tombstones

_WINDOWS_KEPT: Final = frozenset({"records", "told"})
_IN_USE: Final = frozenset({"seal.lock", "key"})


@dataclass(frozen=True, slots=True)
class Sought:
    """What is to go: sessions by their ids, and texts that hold any of some values."""

    sessions: frozenset[str] = frozenset()
    values: tuple[str, ...] = ()

    def in_bytes(self, data: bytes) -> bool:
        """Whether raw bytes hold a value, or a session's id in quotation marks."""
        return any(one in data for one in self.needles) or any(
            json.dumps(session).encode() in data for session in self.sessions
        )

    def in_json(self, value: Json) -> bool:
        """Whether a JSON value is of one of the sessions, or holds a value in one of its texts."""
        if isinstance(value, str):
            return value in self.sessions or any(one in value for one in self.values)
        if isinstance(value, list):
            return any(map(self.in_json, value))
        if isinstance(value, dict):
            return any(self.in_json(name) or self.in_json(item) for name, item in value.items())
        return False

    @property
    def needles(self) -> tuple[bytes, ...]:
        """The values as bytes."""
        return tuple(value.encode("utf-8", "surrogatepass") for value in self.values)


def spellings(value: str) -> tuple[str, ...]:
    """A value as it stands in plain text, in JSON, and in JSON inside JSON (tool outputs are full of that)."""
    found = [value]
    for _ in range(2):
        found += [json.dumps(one, ensure_ascii=ascii_)[1:-1] for one in found for ascii_ in (True, False)]
    return tuple(dict.fromkeys(found))


def journal_entries(state: Path, sought: Sought) -> list[Path]:
    """The files of the journal that hold any of it, those set aside included."""
    files = [path for pattern in ("journal/*", "journal/broken/*") for path in sorted(state.glob(pattern))]
    return [path for path in files if path.is_file() and _is_sought(path, sought)]


def log_lines(state: Path, sought: Sought) -> int:
    """How many lines of the log hold any of it."""
    return sum(_in_line(line, sought) for line in _lines(state / "log"))


def clean_log(state: Path, sought: Sought) -> None:
    """Takes those lines out of the log.

    Raises:
        OSError: it cannot be written.
    """
    lines = _lines(state / "log")
    kept = [line for line in lines if not _in_line(line, sought)]
    if len(kept) < len(lines):
        place(state / "log", b"\n".join(kept))


def sweep(state: Path, tombstones: Tombstones) -> int:
    """Removes what is remembered here of all that any tombstone covers, and returns the bytes of images that it freed.

    Tombstones come from other machines too, so all of them are looked at, not only today's.

    Raises:
        OSError: something cannot be removed.
    """
    images, memory = ImageStore(state / "images"), Memory(state)
    freed = 0
    for folder, events in images.events().items():
        if tombstones.covers_session(folder):
            freed += images.forget(folder)
        elif gone := events & tombstones.events:
            freed += images.forget(folder, gone)
    for folder in tombstones.sessions:
        memory.forget(folder)
    return freed


def erase_sessions(state: Path, folders: Iterable[str]) -> int:
    """Removes images and memory of sessions, by their folders in the store; the bytes of images that it freed.

    Raises:
        OSError: something cannot be removed.
    """
    images, memory = ImageStore(state / "images"), Memory(state)
    freed = 0
    for folder in folders:
        freed += images.forget(folder)
        memory.forget(folder)
    return freed


def drop_caches(state: Path, sessions: Collection[str]) -> None:
    """Removes what is made anew when it is missed, and what is kept of windows around commands and of running logs.

    Raises:
        OSError: something cannot be removed.
    """
    for name in ("derived.json", "standing.json"):  # of paths; what is still to be seen is seen again
        (state / name).unlink(missing_ok=True)
    database.discard(state)
    watch = Watch(state)
    for session in sessions:
        (state / "windows" / "told" / layout.named_folder(session)).unlink(missing_ok=True)
        watch.forget(session)
    # The images in them have no session; a window that is open now is unknown after this.
    for path in (state / "windows").glob("*"):
        if path.name == "spans.json":
            path.unlink()
        elif path.name not in _WINDOWS_KEPT:
            shutil.rmtree(path)


def left(state: Path, needles: Collection[bytes]) -> list[Path]:
    """The files that hold a value all the same: what another program put there, or what a wiring must restore."""
    files = (path for path in sorted(state.rglob("*")) if path.is_file() and path.name not in _IN_USE)
    return [path for path in files if holds(path, needles)]


def holds(path: Path, needles: Collection[bytes]) -> bool:
    """Whether a file holds any of the needles; one that cannot be read holds none."""
    try:
        data = path.read_bytes() if needles else b""
    except OSError:
        return False
    return any(needle in data for needle in needles)


def _is_sought(path: Path, sought: Sought) -> bool:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False
    try:
        return sought.in_json(json.loads(data))
    except (ValueError, RecursionError):
        return sought.in_bytes(data)


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []


def _in_line(line: bytes, sought: Sought) -> bool:
    return any(needle in line for needle in sought.needles) or any(
        session.encode() in line for session in sought.sessions
    )
