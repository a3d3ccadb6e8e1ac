"""`git hivemind prune`: forgets all sessions that began before a month or day."""

from __future__ import annotations

import click


@click.command()
@click.option("--before", required=True, metavar="YYYY-MM[-DD]", help="The first month or day (UTC) that is kept.")
@click.option("--dry-run", is_flag=True, help="Show what would be forgotten, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(folder: str, before: str, dry_run: bool, as_json: bool) -> None:
    """Forget all sessions that began before a month or day, and git's events of that time.

    As `git hivemind forget` does; whoever syncs with this store loses them too.
    """
    from hivemind_git.cli import forget  # noqa: PLC0415 - --help must not load libgit2
    from hivemind_git.pipeline import forgetting, workspace  # noqa: PLC0415

    report = forgetting.prune(workspace.open_workspace(folder), before, dry_run=dry_run)
    forget.show(report, as_json=as_json, dry_run=dry_run)
