"""Points in time as people tell them to git: `2 weeks ago`, `yesterday`, `2026-11-03 14:00`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from hivemind_git.errors import UsageError
from hivemind_git.git.process import run

_WORDS = (
    "now",
    "never",
    "noon",
    "midnight",
    "tea",
    "today",
    "yesterday",
    "last",
    "ago",
    "day",
    "week",
    "month",
    "year",
)


def moment(folder: Path, text: str, *, end: bool = False) -> str:
    """A time as RFC 3339 in UTC with milliseconds.

    A day alone (`YYYY-MM-DD`) is that day in UTC, from its beginning or, with `end`, to its end; git would take the
    present time of that day. All else is git's own to read.

    Raises:
        UsageError: it names no time. Git takes any word for now.
    """
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return _by_git(folder, text)
    return f"{day:%Y-%m-%d}T{'23:59:59.999' if end else '00:00:00.000'}Z"


def _by_git(folder: Path, text: str) -> str:
    known = any(char.isdigit() for char in text) or any(word in text.lower() for word in _WORDS)
    done = run(["rev-parse", f"--since={text}"], cwd=folder) if known else None
    seconds = done.stdout.decode(errors="replace").strip().removeprefix("--max-age=") if done else ""
    if not seconds.isdigit():
        raise UsageError(f"{text!r} is no time", "Write a day (2026-11-03), or what git takes: 2 weeks ago, yesterday.")
    told = datetime.fromtimestamp(min(int(seconds), 253402300799), UTC)
    return told.isoformat(timespec="milliseconds").replace("+00:00", "Z")
