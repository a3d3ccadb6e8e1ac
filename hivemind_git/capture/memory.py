"""What this machine remembers of the sessions it sealed, so that a seal costs what is new.

An assistant's transcript is read again and again while it grows. `sealed/<session>` names each event that went to the
store, by a digest of what it said before redaction, and its number; `placeholders/<session>` numbers the secrets that
were found, by their HMAC. If they are deleted, events are written a second time, which the reader folds, and the
placeholders of running sessions are numbered anew.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final, TypeAlias

from hivemind_git.capture.files import append_line, place, private_folder
from hivemind_git.model import Capture, Event
from hivemind_git.store import layout

FIRST: Final = ""
"""In the place of a secret's HMAC: the number behind which a session's placeholders go on."""
Placeholder: TypeAlias = tuple[str, int]
"""Family of a secret and its number in the session: `<github-token:1>`."""

_NUMBERS: Final = 900_000_000
_ATTRIBUTES: Final = tuple(item.name for item in fields(Event) if item.name not in ("seq", "fields"))


@dataclass(slots=True)
class Sealed:
    """The events of a session that are in the store: their numbers, and the digests of all that they were told as.

    The hook and the transcript tell one event in two ways; either is told again and again.
    """

    numbers: dict[str, int] = field(default_factory=dict)
    told: set[tuple[str, str]] = field(default_factory=set)
    last: int = -1

    def add(self, event: str, said: str, seq: int) -> None:
        """Takes an event in; the number it had first stays."""
        self.numbers.setdefault(event, seq)
        self.told.add((event, said))
        self.last = max(self.last, seq)


class Memory:
    """The memory of all sessions, below `<git common dir>/hivemind`. A session is named by its id or its folder."""

    def __init__(self, state: Path) -> None:
        self._sealed = state / "sealed"
        self._placeholders = state / "placeholders"
        self._copy = state / "copy"

    def holds(self, session: str) -> bool:
        """Whether a session was sealed on this machine: then it is this machine that derives its corrections."""
        return (self._sealed / layout.named_folder(session)).is_file()

    def latest(self, limit: int) -> list[str]:
        """The folders of the sessions that were sealed last, the newest first."""
        try:
            found = sorted(self._sealed.iterdir(), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        except FileNotFoundError:
            return []
        return [path.name for path in found[:limit]]

    def sealed(self, session: str) -> Sealed:
        """What is in the store of a session. A line that a kill tore is passed over."""
        found = Sealed()
        try:
            lines = (self._sealed / layout.named_folder(session)).read_text("ascii", "replace").split("\n")
        except FileNotFoundError:
            return found
        for line in lines:
            words = line.split(" ")
            if len(words) == 3 and words[2].isdigit():
                found.add(words[0], words[1], int(words[2]))
        return found

    def remember(self, session: str, events: Iterable[tuple[str, str, int]]) -> None:
        """Adds (event id, digest, number) of what is in the store now."""
        private_folder(self._sealed)
        lines = "\n".join(f"{event} {said} {seq}" for event, said, seq in events)
        append_line(self._sealed / layout.named_folder(session), lines.encode("ascii"))

    def placeholders(self, session: str) -> dict[str, Placeholder]:
        """The placeholders of a session's secrets, by the secrets' HMACs."""
        return _placeholders(self._placeholders / layout.named_folder(session))

    def number(self, session: str, placeholders: Mapping[str, Placeholder]) -> None:
        """Keeps the placeholders of a session, before any text that holds one of them is in the store."""
        if placeholders and placeholders != self.placeholders(session):
            private_folder(self._placeholders)
            place(self._placeholders / layout.named_folder(session), json.dumps(dict(placeholders)).encode())

    def part(self) -> None:
        """Makes this the memory of a copy: of the sessions that it shares, each goes on with numbers of its own.

        Both know the key and the last numbers, and would call two secrets the same where the stores meet again.

        Raises:
            OSError: a file cannot be written.
        """
        private_folder(self._placeholders)
        place(self._copy, secrets.token_hex(16).encode())
        for path in {self._placeholders / kept.name for kept in self._sealed.glob("*")}:
            known = _placeholders(path)
            place(path, json.dumps({**known, FIRST: ("", secrets.randbelow(_NUMBERS) + 1)}).encode())

    def salt(self) -> bytes:
        """What tells a copy of a repository from its original; empty for one that is none."""
        try:
            return self._copy.read_bytes()
        except FileNotFoundError:
            return b""

    def forget(self, session: str) -> None:
        """Removes all that is remembered of a session."""
        for folder in (self._sealed, self._placeholders):
            (folder / layout.named_folder(session)).unlink(missing_ok=True)

    def prune(self, before: float) -> None:
        """Removes what is remembered of sessions that were not sealed since `before`, POSIX seconds."""
        for folder in (self._sealed, self._placeholders):
            for path in folder.glob("*"):
                if path.stat().st_mtime < before:
                    path.unlink(missing_ok=True)


def _placeholders(path: Path) -> dict[str, Placeholder]:
    try:
        found = json.loads(path.read_bytes())
        return {str(key): (str(family), int(number)) for key, (family, number) in found.items()}
    except (FileNotFoundError, ValueError, TypeError, AttributeError):
        return {}


def digest(capture: Capture) -> str:
    """16 hex digits that change with anything that a capture says; its images are only counted as there or not.

    Raises:
        RecursionError: its fields are nested too deeply.
    """
    event = capture.event
    said = [
        *(getattr(event, name) for name in _ATTRIBUTES),
        dict(event.fields),
        capture.before is None,
        capture.after is None,
        capture.before_known,
    ]
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()[:16]
