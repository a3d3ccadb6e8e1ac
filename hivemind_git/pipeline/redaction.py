"""The redactor of a session, under this repository's own key."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Final

from hivemind_git.capture.files import place, private_folder
from hivemind_git.capture.keep import RedactorFor
from hivemind_git.capture.redact import Redactor, compile_patterns
from hivemind_git.errors import HivemindError
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills.layout import AGENTS_DIR, PERSONAL

_SETTING: Final = "hivemind.redact"
_KEY_BYTES: Final = 32


def redactor_for(space: Workspace) -> RedactorFor:
    """Makes redactors for the sessions of a repository, with the person's and the team's own patterns.

    The words of the person's own rules are secrets like others.

    Raises:
        HivemindError: a pattern is none, or may run for ever.
        OSError: the local key can be neither read nor made.
    """
    key = _key(space.repository.state_dir / "key")
    patterns = (*compile_patterns(space.settings.redact, _SETTING), *_personal())
    return lambda _, placeholders: Redactor(key, placeholders, patterns)


def _personal() -> tuple[re.Pattern[str], ...]:
    """The words of personal rules, which stay on this machine."""
    if not (Path.home() / AGENTS_DIR / PERSONAL).is_dir():
        return ()
    from hivemind_git.pipeline import personal  # noqa: PLC0415 - most people have none

    return personal.words(Path.home())


def wrong_patterns(space: Workspace) -> tuple[str, ...]:
    """Why nothing is sealed, while one of the patterns is none or may run for ever."""
    try:
        compile_patterns(space.settings.redact, _SETTING)
    except HivemindError as error:
        return (f"nothing is sealed: {error.sentence}; {error.step}",)
    return ()


def _key(path: Path) -> bytes:
    """The local key, made by whoever comes first: with two keys one secret would have two numbers."""
    private_folder(path.parent)
    for _ in range(2):
        found = _read(path)
        if len(found) >= _KEY_BYTES:
            return found
        _make(path, damaged=path.exists())
    return _read(path)


def _read(path: Path) -> bytes:
    try:
        return bytes.fromhex(path.read_text("ascii"))
    except (FileNotFoundError, ValueError):
        return b""


def _make(path: Path, *, damaged: bool) -> None:
    """Puts a new key in place, whole; one that another process put there meanwhile stays."""
    made = path.with_name(f"key-{os.getpid()}-{secrets.token_hex(4)}")
    place(made, secrets.token_bytes(_KEY_BYTES).hex().encode())
    try:
        if damaged:
            made.replace(path)
        else:
            os.link(made, path)
    except FileExistsError:
        return
    except OSError:  # a file system without links: of two who make it at once the last one wins
        made.replace(path)
    finally:
        made.unlink(missing_ok=True)
