"""`git hivemind answer`: what a hook prints for an agent's model. Hooks call this, where `hivemind.checkAgent` asks."""

from __future__ import annotations

import json
import sys

import click


@click.command()
@click.argument("agent")
@click.pass_obj
def command(folder: str, agent: str) -> None:
    """Print what the published rules say to an agent about the lines it just wrote; nothing where they say nothing.

    Standard input is the event, as the agent told it to the hook.
    """
    from hivemind_git.pipeline import answering, workspace  # noqa: PLC0415 - --help must not load libgit2

    try:
        told = json.loads(sys.stdin.buffer.read())
    except (ValueError, RecursionError):
        return  # torn: the next event asks again
    said = answering.answer(workspace.open_workspace(folder), agent, told) if isinstance(told, dict) else None
    if said is not None:
        click.echo(json.dumps(said))
