"""Waiting for what happens in the background: until it is so, however busy the machine."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

PATIENCE_SECONDS: Final = 300
"""After this long a thing never comes. Ten seconds were too few where others share the two cores."""
_POLL_SECONDS: Final = 0.02


def wait_for(there: Callable[[], object]) -> None:
    """Waits until something is so.

    Raises:
        AssertionError: it never came to be.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not there():
        assert time.monotonic() < end, f"it did not happen within {PATIENCE_SECONDS} seconds"
        time.sleep(_POLL_SECONDS)


def at_work_in(folder: Path) -> list[str]:
    """The programs that run in a folder, by their ids."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append(process.name)
    return found


def free_port() -> int:
    """A port on loopback for a program that cannot take any: none of those that the system gives to others."""
    for port in random.Random().sample(range(20000, 30000), 100):
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("a hundred ports were taken")
