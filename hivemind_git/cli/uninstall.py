"""`git hivemind uninstall`: takes every hook out again."""

from __future__ import annotations

from collections.abc import Sequence

import click

from hivemind_git.cli import names, render


@click.command()
@click.argument("agents", nargs=-1, metavar="[AGENT]...", shell_complete=names.assistants)
@click.pass_obj
def command(folder: str, agents: tuple[str, ...]) -> int:
    """Take every hook out again, byte for byte, also where a file was edited around our lines.

    Of the assistants named, their hooks alone. The sessions in the store stay, and so does what is local in
    .git/hivemind.
    """
    return unwire(folder, agents)


def unwire(folder: str, chosen: Sequence[str]) -> int:
    """Takes out all, or the hooks of assistants, and returns the exit code."""
    from hivemind_git.pipeline import installing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    by_hand = installing.uninstall(space, workspace.this_machine(), chosen)
    for path in by_hand:
        click.echo(f"{render.printable(str(path))}: our lines cannot be told any more; take them out by hand", err=True)
    if not by_hand:
        whose = f"The hooks of {', '.join(chosen)} are" if chosen else "Every hook is"
        click.echo(f"{whose} out. The branch {space.branch} and .git/hivemind stay; delete them if you wish.")
    return 3 if by_hand else 0
