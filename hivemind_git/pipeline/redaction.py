"""The redactor of a session, under this repository's own key."""

from __future__ import annotations

import secrets
from pathlib import Path

from hivemind_git.capture.files import place, private_folder
from hivemind_git.capture.keep import RedactorFor
from hivemind_git.capture.redact import Redactor
from hivemind_git.git.objects import Repository

_KEY_BYTES = 32


def redactor_for(repository: Repository) -> RedactorFor:
    """Makes redactors for the sessions of a repository.

    Raises:
        OSError: the local key can be neither read nor made.
    """
    key = _key(repository.state_dir / "key")
    return lambda _, placeholders: Redactor(key, placeholders)


def _key(path: Path) -> bytes:
    try:
        found = bytes.fromhex(path.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        found = b""
    if len(found) < _KEY_BYTES:
        found = secrets.token_bytes(_KEY_BYTES)
        private_folder(path.parent)
        place(path, found.hex().encode())
    return found
