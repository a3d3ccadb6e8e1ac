"""`git hivemind sync`: the session store here and at a remote, brought to the union of both."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.syncing import Report


@click.command()
@click.argument("remote", required=False)
@click.option("--dry-run", is_flag=True, help="Fetch and compare; change nothing here and push nothing.")
@click.option("--fetch-only", is_flag=True, help="Take what the remote has, and push nothing.")
@click.option("--allow-empty", is_flag=True, help="Push to a remote without a branch too.")
@click.option("--allow-public", is_flag=True, help="Push to a remote that anybody can read too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.option("--background", is_flag=True, hidden=True, help="For hooks: ask nothing, print nothing.")
@click.pass_obj
def command(
    folder: str,
    remote: str | None,
    dry_run: bool,
    fetch_only: bool,
    allow_empty: bool,
    allow_public: bool,
    as_json: bool,
    background: bool,
) -> None:
    """Fetch the session store of REMOTE, join it with the one here, and push the union.

    REMOTE is a name, a URL or a path; `hivemind.remote` if not given, else origin. What either side forgot is gone on
    both. With `git config hivemind.sync true` each of your own pushes there does the same, in the background.
    """
    from hivemind_git.pipeline import syncing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    if background:
        syncing.in_background(space)
        return
    wishes = syncing.Wishes(push=not fetch_only, dry_run=dry_run, allow_empty=allow_empty, allow_public=allow_public)
    line = _ProgressLine()
    try:
        report = syncing.sync(space, remote, wishes, line.show if sys.stderr.isatty() else None)
    finally:
        line.clear()
    if as_json:
        render.emit_json(_json(report, dry_run=dry_run))
    else:
        click.echo("\n".join(_lines(report, dry_run=dry_run)))


class _ProgressLine:
    """One line on standard error, written over and over, as git's own."""

    def __init__(self) -> None:
        self._shown = ""

    def show(self, stage: str, done: int, of: int | None) -> None:
        text = f"{stage}: {100 * done // of}% ({done}/{of})" if of else f"{stage}: {done}"
        if text != self._shown:
            click.echo(f"\r\x1b[K{text}", err=True, nl=False)
            self._shown = text

    def clear(self) -> None:
        if self._shown:
            click.echo("\r\x1b[K", err=True, nl=False)


def _lines(report: Report, *, dry_run: bool) -> list[str]:
    done = report.synced
    place = render.printable(f"{report.branch} at {report.remote}")
    if done.commit is None:
        return [f"Neither here nor at {render.printable(report.remote)} is a session store yet."]
    if not (done.pushed or done.received or done.gone):
        return [f"Up to date with {place}."]
    verb = "Would sync" if dry_run else "Synced"
    told = [
        f"{render.count(done.received, 'segment')} came" if done.received else "",
        f"{render.count(done.sent, 'segment')} went there" if done.sent else "",
        f"{render.count(done.gone, 'segment')} forgotten" if done.gone else "",
    ]
    lines = [f"{verb} with {place}: {', '.join(filter(None, told)) or 'what was forgotten here goes there'}."]
    if report.sessions_gone:
        lines.append(f"Forgotten elsewhere: {render.count(len(report.sessions_gone), 'session')}.")
    if done.gone and not dry_run:
        lines.append("`git gc --prune=now` frees what they held here; a host keeps caches of its own.")
    return lines


def _json(report: Report, *, dry_run: bool) -> dict[str, Json]:
    done = report.synced
    return {
        "dry_run": dry_run,
        "remote": report.remote,
        "url": report.url,
        "ref": done.target,
        "before": done.before,
        "commit": done.commit,
        "pushed": done.pushed,
        "received": done.received,
        "sent": done.sent,
        "gone": done.gone,
        "sessions_gone": list(report.sessions_gone),
        "rounds": done.rounds,
    }
