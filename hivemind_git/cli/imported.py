"""What became of sessions that were imported, and how far an import is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import progress, render
from hivemind_git.cli.progress import Advance

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.importing import Imported, Read

_WORTH_A_BAR = 4 << 20


def mappings(given: Sequence[str]) -> dict[str, str]:
    """Folder OLD → folder NEW, as `--map OLD=NEW` gives them.

    Raises:
        click.UsageError: one names no two folders.
    """
    pairs = [entry.partition("=") for entry in given]
    if any(not (old and new) for old, _, new in pairs):
        raise click.UsageError("--map takes OLD=NEW, two folders.")
    return {old: new for old, _, new in pairs}


def reading(paths: Sequence[Path]) -> AbstractContextManager[Advance]:
    """What an import calls with the bytes of each file that it read."""
    total = sum(path.stat().st_size for path in paths if path.is_file())
    return progress.bytes_bar("Reading", total, _WORTH_A_BAR)


def tell(done: Imported, as_json: bool) -> int:
    """Says what an import did; returns the exit code."""
    if as_json:
        render.emit_json(
            {
                "new": done.new,
                "unchanged": done.unchanged,
                "forgotten": done.forgotten,
                "transcripts": [_row(read) for read in done.transcripts],
            }
        )
    else:
        _show(done)
    return 3 if any(read.failed for read in done.transcripts) else 0


def _show(done: Imported) -> None:
    for read in done.transcripts:
        if read.note:
            click.echo(f"{render.printable(str(read.path))}: {render.printable(read.note)}", err=read.failed)
        elif read.broken:
            click.echo(f"{render.printable(str(read.path))}: {render.count(read.broken, 'broken line')} skipped")
    if not any(read.events for read in done.transcripts):
        return
    sessions = len(set().union(*(read.sessions for read in done.transcripts)))
    parts = [f"{render.count(done.new, 'new event')} of {render.count(sessions, 'session')}"]
    parts += [f"{done.unchanged} known already"] if done.unchanged else []
    parts += [f"{done.forgotten} forgotten, and left out"] if done.forgotten else []
    outside = sum(read.outside for read in done.transcripts)
    parts += [f"{render.count(outside, 'file use')} outside this repository left out"] if outside else []
    click.echo(f"Imported {'; '.join(parts)}.")


def _row(read: Read) -> dict[str, Json]:
    return {
        "path": str(read.path),
        "sessions": [*sorted(read.sessions)],
        "events": read.events,
        "broken": read.broken,
        "outside": read.outside,
        "note": read.note,
        "failed": read.failed,
    }
