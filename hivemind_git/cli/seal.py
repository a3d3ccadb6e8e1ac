"""`git hivemind seal`: the journal into the session store. Hooks call this, detached and quiet."""

from __future__ import annotations

from typing import Final

import click

from hivemind_git.cli import render

_PATIENCE_SECONDS: Final = 60.0


@click.command()
@click.option("--quiet", is_flag=True, help="Print nothing where all is well.")
@click.option("--after", type=click.Choice(["turn", "session"]), help="What ended; then codify runs if it is time to.")
@click.pass_obj
def command(folder: str, quiet: bool, after: str | None) -> None:
    """Move what hooks wrote into the session store."""
    from hivemind_git.git import maintenance  # noqa: PLC0415 - --help must not load libgit2
    from hivemind_git.pipeline import sealing, workspace  # noqa: PLC0415

    space = workspace.open_workspace(folder)
    # A hook's seal leaves the rest to the one that is at work; a person looks at the store next.
    done = sealing.seal(space, 0.0 if quiet else _PATIENCE_SECONDS)
    if after:
        from hivemind_git.pipeline import pacing, skillifying  # noqa: PLC0415 - a seal alone needs none of it

        skillifying.after(space, pacing.End(after))
    if done.events:
        maintenance.run_due(space.repository)
    if quiet:
        return
    if done.busy:
        click.echo("Another seal is at work.")
        return
    text = f"Sealed {render.count(done.events, 'event')} of {render.count(done.sessions, 'session')}."
    if done.pending:
        text += f" {done.pending} pending."
    click.echo(text)
