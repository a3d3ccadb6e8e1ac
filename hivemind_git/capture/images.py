"""File images that captures came with: unredacted, on this machine only, as long as a derivation may need them.

Below the store's folder, all of it readable by its owner alone:

    objects/<2 hex>/<62 hex>   one image, named by the SHA-256 of its content; `z` and zlib data, or `r` and the bytes
    sessions/<session>         one JSON line an event: {"event", "before", "after", "known"}, the images by name

Many processes write at once without a lock: an object is moved into place whole, a line is one write, and whoever
refers to an object looks once more that nobody pruned it meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from hivemind_git.capture.files import append_line, place, private_folder
from hivemind_git.model import Capture
from hivemind_git.store import layout

MAX_IMAGE: Final = 16 * 1024 * 1024
"""Bytes of an image; no line of a longer file is worth a lesson, and its event is kept without images."""

_GRACE_SECONDS: Final = 3600.0
_DAY: Final = 86400.0


@dataclass(frozen=True, slots=True)
class Image:
    """The images of one event, as `model.Capture` has them."""

    before: bytes | None
    after: bytes | None
    before_known: bool


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a prune removed: sessions whose images went, and the bytes that were freed on disk."""

    sessions: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a session's index. `known` None: the images of the event were forgotten."""

    before: str | None
    after: str | None
    known: bool | None

    @property
    def objects(self) -> frozenset[str]:
        return frozenset(name for name in (self.before, self.after) if name is not None)


class ImageStore:
    """The images below one folder, which is made when the first image comes.

    A session is named by its id, or by its folder in the session store.
    """

    def __init__(self, path: Path) -> None:
        self._objects = path / "objects"
        self._sessions = path / "sessions"

    def put(self, session: str, captures: Iterable[Capture]) -> int:
        """Keeps the images of captures, one capture at a time, and returns how many events have images now.

        To keep the same again changes nothing that `load` returns.

        Raises:
            OSError: the disk is full, or cannot be written.
        """
        index = self._index(session)
        rows: dict[str, _Row] | None = None
        kept = 0
        for capture in captures:
            images = [image for image in (capture.before, capture.after) if image is not None]
            if images and all(len(image) <= MAX_IMAGE for image in images):
                rows = _rows(index) if rows is None else rows
                self._keep(index, rows, capture)
                kept += 1
        return kept

    def load(self, session: str, held: dict[str, bytes] | None = None) -> Loaded:
        """Event id → images of a session. Each is read from disk when it is asked for.

        Events whose images are gone or damaged are absent, or raise KeyError if that happens later.

        Args:
            session: its id, or its folder in the session store.
            held: the images read so far, by name; all that are read now are put there. Without it few are held.
        """
        return Loaded(self._objects, _rows(self._index(session)), held)

    def prune(self, days: float, limit: int, now: float) -> Pruned:
        """Removes sessions without a new image for `days`, then the oldest ones beyond `limit` bytes on disk.

        Args:
            days: days since a session's last image.
            limit: bytes that all images together may take on disk.
            now: POSIX seconds.
        """
        total, kept, dropped = 0, set[str](), 0
        for written, index in self._newest_first():
            objects = {name for row in _rows(index).values() for name in row.objects}
            total += sum(self._size(name) for name in objects - kept)
            if now - written > days * _DAY or total > limit:
                index.unlink(missing_ok=True)
                dropped += 1
            else:
                kept |= objects
        return Pruned(dropped, self._collect(kept, before=now - _GRACE_SECONDS))

    def forget(self, session: str, events: Collection[str] | None = None) -> int:
        """Removes the images of a session, or of some of its events, at once, and returns the bytes that were freed.

        Images that another event still refers to stay.
        """
        index = self._index(session)
        rows = _rows(index)
        if events is None:
            index.unlink(missing_ok=True)
        for event in rows.keys() & set(events or ()):
            append_line(index, _line(event, _Row(None, None, None)))
        mine = {name for event, row in rows.items() if events is None or event in events for name in row.objects}
        others = {name for path in self._indexes() for row in _rows(path).values() for name in row.objects}
        return sum(self._remove(self._object(name)) for name in mine - others)

    def events(self) -> dict[str, frozenset[str]]:
        """Folder of each session with images → the events that have any."""
        return {
            path.name: frozenset(event for event, row in _rows(path).items() if row.known is not None)
            for path in self._indexes()
        }

    def damaged(self) -> int:
        """How many images are gone or damaged that the index of a session names. Reads every image."""
        names = {name for path in self._indexes() for row in _rows(path).values() for name in row.objects}
        return sum(_read(self._objects, name) is None for name in names)

    def holding(self, needles: Collection[bytes]) -> dict[str, frozenset[str]]:
        """Folder of a session → its events one of whose images holds any of the needles. Reads every image."""
        held: dict[str, bool] = {}
        found: dict[str, frozenset[str]] = {}
        for path in self._indexes():
            rows = _rows(path)
            for name in {name for row in rows.values() for name in row.objects} - held.keys():
                image = _read(self._objects, name) or b""
                held[name] = any(needle in image for needle in needles)
            events = frozenset(event for event, row in rows.items() if any(held[name] for name in row.objects))
            found.update({path.name: events} if events else {})
        return found

    def _keep(self, index: Path, rows: dict[str, _Row], capture: Capture) -> None:
        event = capture.event.id
        row = _Row(self._write(capture.before), self._write(capture.after), capture.before_known)
        if rows.get(event) == row:
            return
        rows[event] = row
        private_folder(index.parent)
        append_line(index, _line(event, row))
        for name, image in ((row.before, capture.before), (row.after, capture.after)):
            if name is not None and not self._object(name).exists():
                self._write(image)

    def _write(self, image: bytes | None) -> str | None:
        """Writes an object if it is not there, and returns its name. Touching it keeps a prune from taking it."""
        if image is None:
            return None
        name = hashlib.sha256(image).hexdigest()
        target = self._object(name)
        try:
            os.utime(target)
        except FileNotFoundError:
            packed = zlib.compress(image, 1)
            data = b"z" + packed if len(packed) < len(image) else b"r" + image
            private_folder(target.parent)
            place(target, data)
        return name

    def _object(self, name: str) -> Path:
        return self._objects / name[:2] / name[2:]

    def _index(self, session: str) -> Path:
        return self._sessions / layout.named_folder(session)

    def _indexes(self) -> list[Path]:
        return [path for path in self._sessions.iterdir() if path.is_file()] if self._sessions.is_dir() else []

    def _newest_first(self) -> list[tuple[float, Path]]:
        return sorted(((path.stat().st_mtime, path) for path in self._indexes()), reverse=True)

    def _size(self, name: str) -> int:
        try:
            return self._object(name).stat().st_size
        except FileNotFoundError:
            return 0

    def _collect(self, kept: set[str], before: float) -> int:
        """Removes objects that nobody refers to and that were not touched since `before`, half-written ones too."""
        freed = 0
        for path in self._objects.glob("??/*"):
            if path.parent.name + path.name not in kept and path.stat().st_mtime < before:
                freed += self._remove(path)
        return freed

    def _remove(self, path: Path) -> int:
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return 0
        return size


class Loaded(Mapping[str, Image]):
    """Images by event, read as they are asked for. `lost` counts those that were gone or damaged."""

    def __init__(self, objects: Path, rows: Mapping[str, _Row], held: dict[str, bytes] | None) -> None:
        # What one edit left is what the next one of the file found.
        self._image = lru_cache(16)(partial(_read, objects))
        self._objects = objects
        self._held = held
        self.lost = 0
        self._rows = {event: row for event, row in rows.items() if row.known is not None}

    def get(self, event: str, default: Any = None) -> Any:
        """As of any mapping; most events of a session have no images, and to raise for each of them costs."""
        return default if event not in self._rows else super().get(event, default)

    def __getitem__(self, event: str) -> Image:
        row = self._rows[event]
        return Image(self._read(row.before), self._read(row.after), row.known is True)

    def __iter__(self) -> Iterator[str]:
        for event, row in self._rows.items():
            if all((self._objects / name[:2] / name[2:]).exists() for name in row.objects):
                yield event

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _read(self, name: str | None) -> bytes | None:
        if name is None:
            return None
        image = self._held.get(name) if self._held is not None else None
        if image is None:
            image = self._image(name)
            if image is None:
                self.lost += 1
                raise KeyError(name)
            if self._held is not None:
                self._held[name] = image
        return image


def _read(objects: Path, name: str) -> bytes | None:
    """The image of a name; None where it is gone or damaged."""
    try:
        with open(f"{objects}/{name[:2]}/{name[2:]}", "rb", 0) as stream:  # noqa: PTH123 - a derivation opens thousands
            data = stream.read()
        image = zlib.decompress(memoryview(data)[1:]) if data[:1] == b"z" else data[1:]
    except (OSError, zlib.error):
        return None
    return image if hashlib.sha256(image).hexdigest() == name else None


def _rows(index: Path) -> dict[str, _Row]:
    """The index of a session: of several lines for one event the one that knows what stood before, else the last."""
    rows: dict[str, _Row] = {}
    try:
        lines = index.read_bytes().split(b"\n")
    except FileNotFoundError:
        return rows
    for line in lines:
        found = _parsed(line) if line else None
        if found is None:
            continue
        event, row = found
        mine = rows.get(event)
        if mine is None or row.known is not False or not mine.known:
            rows[event] = row
    return rows


def _line(event: str, row: _Row) -> bytes:
    return json.dumps({"event": event, "before": row.before, "after": row.after, "known": row.known}).encode()


def _parsed(line: bytes) -> tuple[str, _Row] | None:
    """A line that a killed process tore is none."""
    try:
        value = json.loads(line)
        row = _Row(value["before"], value["after"], value["known"])
        return str(value["event"]), row
    except (ValueError, KeyError, TypeError):
        return None
