"""`git hivemind seal`: the journal into the session store. Hooks call this, detached and quiet."""

from __future__ import annotations

import click

from hivemind_git.cli import render


@click.command()
@click.option("--quiet", is_flag=True, help="Print nothing where all is well.")
@click.option("--after", type=click.Choice(["turn", "session"]), help="What ended; then codify runs if it is time to.")
@click.pass_obj
def command(folder: str, quiet: bool, after: str | None) -> None:
    """Move what hooks wrote into the session store."""
    from hivemind_git.git import maintenance  # noqa: PLC0415 - --help must not load libgit2
    from hivemind_git.pipeline import sealing, workspace  # noqa: PLC0415

    space = workspace.open_workspace(folder)
    done = sealing.seal(space)
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
