"""`git hivemind uninstall`: takes every hook out again."""

from __future__ import annotations

import click

from hivemind_git.cli import render


@click.command()
@click.pass_obj
def command(folder: str) -> int:
    """Take every hook out again, byte for byte, also where a file was edited around our lines.

    The sessions in the store stay, and so does what is local in .git/hivemind.
    """
    from hivemind_git.pipeline import installing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    by_hand = installing.uninstall(space, workspace.this_machine())
    for path in by_hand:
        click.echo(f"{render.printable(str(path))}: our lines cannot be told any more; take them out by hand", err=True)
    if not by_hand:
        click.echo(f"Every hook is out. The branch {space.branch} and .git/hivemind stay; delete them if you wish.")
    return 3 if by_hand else 0
