"""The few things that our local files have in common: private, written whole, bounded, locked without waiting."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from hivemind_git import locks

_LOG_BYTES: Final = 256 * 1024
_POLL_SECONDS: Final = 0.05


def private_folder(path: Path) -> None:
    """Makes a folder, and those above it that are missing, for its owner alone."""
    if path.is_dir():
        return
    private_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)


def owner_alone(path: Path) -> None:
    """Makes a folder as `private_folder` does, and takes from everybody else what they may in one that is there.

    Where the disk refuses, it stays as it is.
    """
    with suppress(OSError):
        private_folder(path)
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            path.chmod(mode & 0o700)


def append_line(path: Path, line: bytes) -> None:
    """Adds a line to a private file by a single write, as many processes may do at once.

    The line begins with a line end of its own: what a process wrote that was killed half-way then stands alone.

    Raises:
        OSError: it could not be written whole.
    """
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        data = b"\n" + line + b"\n"
        if os.write(handle, data) != len(data):
            raise OSError(f"{path} could not be written whole")
    finally:
        os.close(handle)


def place(target: Path, data: bytes) -> None:
    """Moves a private file into place whole, so that nobody ever reads half of it.

    Raises:
        OSError: it could not be written; what stood there stands there still.
    """
    temporary = target.parent / f"tmp-{os.getpid()}-{os.urandom(4).hex()}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def note(log: Path, text: str) -> None:
    """Adds a line with the time to a log, of which about the newest 256 KiB are kept. Never raises.

    A log is where errors go that nobody is there to see; it must not become one.
    """
    shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
    line = f"{datetime.now(UTC).isoformat(timespec='seconds')} {shown}"
    try:
        private_folder(log.parent)
        append_line(log, line.encode(errors="backslashreplace"))
        if log.stat().st_size > _LOG_BYTES:
            place(log, log.read_bytes()[-_LOG_BYTES // 2 :].partition(b"\n")[2])
    except OSError:
        return


@contextmanager
def exclusive(lock: Path, patience: float = 0.0) -> Iterator[bool]:
    """Holds a lock file; False: another process holds it.

    The kernel holds the lock and lets go when the process ends, however it ends: a lock never goes stale, and a process
    id would mean nothing to a container that shares the repository.

    Args:
        lock: the file, which stays.
        patience: seconds to wait for it.
    """
    private_folder(lock.parent)
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield locks.wait(handle, patience, _POLL_SECONDS)
    finally:
        os.close(handle)
