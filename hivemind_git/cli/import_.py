"""`git hivemind import`: sessions from transcripts already on disk, and what other tools keep."""

from __future__ import annotations

from pathlib import Path

import click

from hivemind_git.cli import import_from, imported


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
    --from atif     sessions: trajectories of harbor and others, files or folders of them
    --from entire   sessions: the branch entire/checkpoints/v1 here, or of the repository FILES names
    --from git-ai, agent-trace
                    whose lines are whose, by git-ai's notes here or by Agent Trace records
    """
    from hivemind_git.pipeline import importing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    folders = imported.mappings(mappings)
    if tool:
        return import_from.run(space, tool, files, folders, as_json)
    paths = list(files) or importing.found_here(space, agent, workspace.this_machine())
    if not paths:
        click.echo(f"{agent} left no transcript for this repository on this machine.")
        return 0
    with imported.reading(paths) as advance:
        done = importing.import_transcripts(space, agent, paths, folders, advance)
    return imported.tell(done, as_json)
