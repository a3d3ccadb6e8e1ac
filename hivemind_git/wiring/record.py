"""What was wired and what stood there before: the file that an uninstall goes by."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hivemind_git.errors import HivemindError
from hivemind_git.wiring import files


@dataclass(frozen=True, slots=True)
class Entry:
    """What the record knows of a file: its first state, what it was made, and the folders that were made for it."""

    before: bytes | None
    after: bytes | None
    mode_before: int
    mode: int
    folders: tuple[Path, ...]


def load(record: Path) -> dict[Path, Entry]:
    """What a record remembers, by file; nothing if there is none.

    Raises:
        HivemindError: the record is damaged, or cannot be read.
    """
    content = files.content(record)
    if content is None:
        return {}
    try:
        return {_place(name, record): _entry(value, record) for name, value in json.loads(content)["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HivemindError(
            f"{record} is damaged, so what was wired cannot be taken back byte for byte",
            "Move it away; uninstall then goes by our marks.",
        ) from error


def _entry(value: Any, record: Path) -> Entry:
    before, after = (None if value[side] is None else base64.b64decode(value[side]) for side in ("before", "after"))
    folders = tuple(_place(name, record) for name in value["folders"])
    return Entry(before, after, int(value["mode_before"], 8), int(value["mode"], 8), folders)


def save(record: Path, known: dict[Path, Entry]) -> None:
    """Writes a record, or removes it if there is nothing left to remember. It holds copies of people's files: 0600.

    Raises:
        HivemindError: it cannot be written.
    """
    entries = {
        _spelt(path, record): {
            "before": None if entry.before is None else base64.b64encode(entry.before).decode(),
            "after": None if entry.after is None else base64.b64encode(entry.after).decode(),
            "mode_before": f"{entry.mode_before:o}",
            "mode": f"{entry.mode:o}",
            "folders": [_spelt(folder, record) for folder in entry.folders],
        }
        for path, entry in known.items()
    }
    content = json.dumps({"version": 1, "files": entries}, indent=1, sort_keys=True).encode() + b"\n"
    try:
        files.write(record, content if entries else None, 0o600)
    except OSError as error:
        raise HivemindError(
            f"{record} cannot be written: {error.strerror}", "Check its permissions and the disk."
        ) from error


def _base(record: Path) -> Path:
    common = record.parent.parent
    return common.parent if common.name == ".git" else common


def _spelt(path: Path, record: Path) -> str:
    base = _base(record)
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path)


def _place(name: str, record: Path) -> Path:
    return _base(record) / name
