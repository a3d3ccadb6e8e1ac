"""`git hivemind guard`: whether a push may carry the session store. Our pre-push hook asks this."""

from __future__ import annotations

import click

from hivemind_git.cli import root


@click.command()
@click.argument("remote")
@click.argument("url")
@click.pass_obj
def command(folder: str, remote: str, url: str) -> int:
    """Say why a push to REMOTE must not carry the session store, with exit code 1, or nothing where it may."""
    from hivemind_git.pipeline import guarding, workspace  # noqa: PLC0415 - --help must not load libgit2

    refusal = guarding.refusal(workspace.open_workspace(folder), remote, url)
    if refusal is None:
        return 0
    root.fail(refusal)
    return 1
