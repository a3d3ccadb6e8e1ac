"""`git hivemind import`: sessions from transcripts already on disk, and what other tools keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import import_from, render

_WORTH_A_BAR = 4 << 20

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.importing import Imported, Read


@click.command(name="import")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--agent", default="claude-code", show_default=True, metavar="NAME", help="Whose transcripts these are.")
@click.option(
    "--map",
    "mappings",
    multiple=True,
    metavar="OLD=NEW",
    help="Folder OLD of the transcripts is the worktree NEW here.",
)
@click.option("--from", "tool", type=click.Choice(import_from.FORMATS), help="FILES are another tool's export.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(
    folder: str, files: tuple[Path, ...], agent: str, mappings: tuple[str, ...], tool: str | None, as_json: bool
) -> int:
    """Read sessions from FILES, or from all transcripts that the assistant left on this machine for this repository.

    Importing again adds only what is new. Secrets are redacted before anything is stored.

    \b
    --from mem0, letta, zep, langmem, cogx
                    memories: notes for `search`, never rules by themselves
    --from rules    what CLAUDE.md, AGENTS.md, .cursor/rules… say here; FILES from elsewhere become notes
    """
    from hivemind_git.pipeline import importing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    if tool:
        return import_from.run(space, tool, files, as_json)
    pairs = [entry.partition("=") for entry in mappings]
    if any(not (old and new) for old, _, new in pairs):
        raise click.UsageError("--map takes OLD=NEW, two folders.")
    paths = list(files) or importing.found_here(space, agent, workspace.this_machine())
    if not paths:
        click.echo(f"{agent} left no transcript for this repository on this machine.")
        return 0
    with _progress(paths) as advance:
        done = importing.import_transcripts(space, agent, paths, {old: new for old, _, new in pairs}, advance)
    if as_json:
        render.emit_json(
            {
                "new": done.new,
                "unchanged": done.unchanged,
                "forgotten": done.forgotten,
                "transcripts": [_row(r) for r in done.transcripts],
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


@contextmanager
def _progress(paths: list[Path]) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal for what takes longer than a blink; nothing elsewhere."""
    total = sum(path.stat().st_size for path in paths if path.is_file())
    if not render.coloured() or total < _WORTH_A_BAR:
        yield lambda _: None
        return
    from rich.progress import Progress  # noqa: PLC0415 - 60 ms that only a long import is worth

    with Progress(transient=True) as bar:
        task = bar.add_task("Reading", total=total)
        yield lambda size: bar.advance(task, size)
