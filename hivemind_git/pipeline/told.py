"""What each session's agent was told, in a file a session: two agents at once must not forget each other's."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Final

from hivemind_git.capture.files import place, private_folder
from hivemind_git.model import Json

_SESSIONS: Final = 64


def read(path: Path) -> Json:
    """What was kept for a session; None where nothing can be read."""
    with suppress(OSError, ValueError):
        found: Json = json.loads(path.read_bytes())
        return found
    return None


def keep(path: Path, told: Json) -> bool:
    """Keeps it, and lets go of the oldest sessions in the folder. False: it could not be written."""
    try:
        private_folder(path.parent)
        place(path, json.dumps(told).encode())
        files = sorted(path.parent.iterdir(), key=lambda file: file.stat().st_mtime)
        for file in files[:-_SESSIONS]:
            file.unlink(missing_ok=True)
    except OSError:
        return False
    return True
