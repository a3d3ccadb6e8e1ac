"""Finds what ships beside the code: the scripts in `hooks/` and the texts in `templates/`."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def find(folder: str) -> Path:
    """The shipped folder `hooks` or `templates`, in a wheel, in a checkout and in an editable install alike.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for base in (_PACKAGE / "_data", _PACKAGE.parent):
        if (base / folder).is_dir():
            return base / folder
    raise FileNotFoundError(f"{folder}/ is missing from this installation of hivemind-git")
