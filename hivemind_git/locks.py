"""Locks on open files, which the kernel lets go when the process ends, however it ends."""

from __future__ import annotations

import sys
import time

if sys.platform == "win32":
    import msvcrt

    def taken(handle: int) -> bool:
        """Locks an open file for this process; False: another process holds it. Never waits."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def taken(handle: int) -> bool:
        """Locks an open file for this process; False: another process holds it. Never waits."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def wait(handle: int, patience: float = float("inf"), poll: float = 0.01) -> bool:
    """Locks an open file as soon as it can be; False where another process held it all of `patience` seconds long.

    Windows gives up by itself after ten seconds, so waiting is asking again, every `poll` seconds.
    """
    until = time.monotonic() + patience
    while not (mine := taken(handle)) and time.monotonic() < until:
        time.sleep(poll)
    return mine
