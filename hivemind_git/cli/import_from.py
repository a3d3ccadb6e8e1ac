"""`git hivemind import --from FORMAT`: what other tools keep, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import render

if TYPE_CHECKING:
    from hivemind_git.pipeline.noting import Noted
    from hivemind_git.pipeline.workspace import Workspace

_MEMORIES = ("mem0", "letta", "zep", "langmem", "cogx")
FORMATS = _MEMORIES
"""What `--from` takes."""


def run(space: Workspace, tool: str, files: Sequence[Path], as_json: bool) -> int:
    """Imports the files and says what became of them; returns the exit code.

    Raises:
        HivemindError: one of them cannot be read, is none of that format, or the store cannot be written.
    """
    if not files:
        raise click.UsageError(f"--from {tool} reads a file; name it.")
    return _memories(space, tool, files, as_json)


def _memories(space: Workspace, tool: str, files: Sequence[Path], as_json: bool) -> int:
    from hivemind_git.pipeline import noting  # noqa: PLC0415 - --help must not load libgit2

    # All are read before any is kept: a wrong one must change nothing.
    found = [one for path in files for one in noting.remembered(path, tool)]
    noted = noting.keep(space, tool, found)
    if as_json:
        counts = {name: getattr(noted, name) for name in ("new", "changed", "unchanged", "forgotten", "outdated")}
        render.emit_json({**counts, "hint": noted.hint or None})
    else:
        _show(tool, noted)
    return 0


def _show(tool: str, noted: Noted) -> None:
    parts = [f"{render.count(noted.new, 'new note')} from {tool}"]
    parts += [f"{noted.changed} with new words"] if noted.changed else []
    parts += [f"{noted.unchanged} known already"] if noted.unchanged else []
    parts += [f"{noted.outdated} that hold no more left out"] if noted.outdated else []
    parts += [f"{noted.forgotten} forgotten, and left out"] if noted.forgotten else []
    click.echo(f"Imported {'; '.join(parts)}.")
    if noted.hint:
        click.echo(f"  {noted.hint}.")
    if noted.new or noted.changed:
        click.echo("  find them: git hivemind search --kind note WORDS")
