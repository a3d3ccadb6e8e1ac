"""`git hivemind import --from FORMAT`: what other tools keep, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import imported, progress, render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.noting import Noted
    from hivemind_git.pipeline.workspace import Workspace

_MEMORIES = ("mem0", "letta", "zep", "langmem", "cogx")
FORMATS = (*_MEMORIES, "rules", "atif", "entire", "git-ai", "agent-trace")
"""What `--from` takes."""

_NOTES_WORTH_A_BAR = 500


def run(space: Workspace, tool: str, files: Sequence[Path], mappings: Mapping[str, str], as_json: bool) -> int:
    """Imports the files and says what became of them; returns the exit code.

    Args:
        space: where to.
        tool: one of `FORMATS`.
        files: what to read.
        mappings: folder in sessions → folder here.
        as_json: whether JSON is wanted.

    Raises:
        HivemindError: one of them cannot be read, is none of that format, or the store cannot be written.
    """
    if tool == "rules":
        return _rules(space, files, as_json)
    if tool == "entire":
        return _entire(space, files, mappings, as_json)
    if tool == "git-ai":
        return _git_ai(space, files, as_json)
    if not files:
        raise click.UsageError(f"--from {tool} reads a file; name it.")
    if tool == "agent-trace":
        from hivemind_git.pipeline import attesting  # noqa: PLC0415 - --help must not load libgit2

        return imported.tell(attesting.import_traces(space, files), as_json)
    if tool == "atif":
        from hivemind_git.pipeline import trajectories  # noqa: PLC0415 - --help must not load libgit2

        with imported.reading(files) as advance:
            done = trajectories.import_trajectories(space, files, mappings, advance)
        return imported.tell(done, as_json)
    return _memories(space, tool, files, as_json)


def _entire(space: Workspace, files: Sequence[Path], mappings: Mapping[str, str], as_json: bool) -> int:
    from hivemind_git.pipeline import checkpoints  # noqa: PLC0415 - --help must not load libgit2

    if len(files) > 1:
        raise click.UsageError("--from entire reads one repository; name none to read this one.")
    source = files[0] if files else None
    return imported.tell(checkpoints.import_checkpoints(space, source, mappings, imported.reading), as_json)


def _git_ai(space: Workspace, files: Sequence[Path], as_json: bool) -> int:
    from hivemind_git.pipeline import attesting  # noqa: PLC0415 - --help must not load libgit2

    if files:
        raise click.UsageError("--from git-ai reads the notes of this repository; name no file.")
    with progress.bar("Reading notes", _NOTES_WORTH_A_BAR) as advance:
        return imported.tell(attesting.import_notes(space, advance), as_json)


def _rules(space: Workspace, files: Sequence[Path], as_json: bool) -> int:
    """What the tree's rules files say, where none is named; else what is named and not in the tree becomes notes."""
    from hivemind_git.pipeline import noting, written_rules  # noqa: PLC0415 - --help must not load libgit2

    home = Path.home()
    if not files:
        _found(space, written_rules.personal(home), as_json)
        return 0
    found = [(path, written_rules.elsewhere(space, path, home)) for path in files]
    outside = [one for _, one in found if one]
    noted = noting.keep(space, "rules", [each for one in outside for each in one.said])
    here = [path for path, one in found if one is None]
    if as_json:
        _counts(noted, {"in_tree": [str(path) for path in here]})
        return 0
    for path in here:
        click.echo(f"{render.printable(str(path))} is in the repository: `mine` reads it from there.")
    if outside:
        _show("rules", noted)
    return 0


def _found(space: Workspace, personal: Sequence[Path], as_json: bool) -> None:
    from hivemind_git.pipeline import written_rules  # noqa: PLC0415

    said: dict[str, list[int]] = {}
    for one in written_rules.statements(space):
        said.setdefault(one.path, []).append(one.line)
    if as_json:
        rows: list[Json] = [{"path": path, "statements": len(lines)} for path, lines in said.items()]
        render.emit_json({"files": rows, "personal": [str(path) for path in personal]})
        return
    for path, lines in said.items():
        click.echo(f"{render.printable(path)}: {render.count(len(lines), 'statement')}")
    if said:
        click.echo("`mine` holds back what these say already. Nothing is to be imported: the tree has them.")
    else:
        click.echo("No rules file in HEAD: no CLAUDE.md, AGENTS.md, .cursor/rules or their like.")
    for outside in personal:
        click.echo(f"{render.printable(str(outside))} is outside the repository; named as FILE it becomes notes.")


def _counts(noted: Noted, more: dict[str, Json]) -> None:
    counts = {name: getattr(noted, name) for name in ("new", "changed", "unchanged", "forgotten", "outdated")}
    render.emit_json({**counts, **more})


def _memories(space: Workspace, tool: str, files: Sequence[Path], as_json: bool) -> int:
    from hivemind_git.pipeline import noting  # noqa: PLC0415 - --help must not load libgit2

    # All are read before any is kept: a wrong one must change nothing.
    found = [one for path in files for one in noting.remembered(path, tool)]
    noted = noting.keep(space, tool, found)
    if as_json:
        _counts(noted, {"hint": noted.hint or None})
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
