"""One file, read and replaced whole: never half, with its mode and its owner."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

from hivemind_git.errors import HivemindError


def content(path: Path) -> bytes | None:
    """The bytes of a file; None if it is not there.

    Raises:
        HivemindError: something else is there, or it may not be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HivemindError(f"{path} cannot be read: {error.strerror}", "Check what stands there.") from error


def mode(path: Path) -> int | None:
    """The permission bits of a file; None if it is not there."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None


def missing_folders(path: Path) -> Iterator[Path]:
    """The folders above a path that are not there yet, outermost first."""
    missing = [folder for folder in path.parents if not folder.exists()]
    return reversed(missing)


def write(target: Path, content: bytes | None, mode: int) -> None:
    """Replaces a file in one step, or removes it (content None), making the folders above it.

    Raises:
        OSError: the disk is full, or it is not allowed; the file is then as it was.
    """
    if content is None:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.parent / f".{target.name}.{os.urandom(4).hex()}"
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(mode)
        _keep_owner(target, new)
        new.replace(target)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _keep_owner(old: Path, new: Path) -> None:
    """So that a file which root wires for a user stays the user's."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        was, now = old.stat(), new.stat()
        if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
            os.chown(new, was.st_uid, was.st_gid)
