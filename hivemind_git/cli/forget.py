"""`git hivemind forget`: sessions, events or a leaked value, out of the store and out of this machine, for good."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.forgetting import Report


@click.command()
@click.argument("sessions", nargs=-1, metavar="[SESSION]...")
@click.option(
    "--event", "events", multiple=True, metavar="ID", help="Forget one event, in every session that holds it."
)
@click.option(
    "--value-from-stdin",
    "from_stdin",
    is_flag=True,
    help="Forget every event that holds the text on standard input (never give a secret as an argument).",
)
@click.option("--dry-run", is_flag=True, help="Show what would be forgotten, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(
    folder: str, sessions: tuple[str, ...], events: tuple[str, ...], from_stdin: bool, dry_run: bool, as_json: bool
) -> None:
    """Forget sessions, given the start of their ids, with their forks, sub-agents and corrections.

    They go from the store and its history, and from images, journal, log and caches here; a tombstone keeps them from
    coming back. Published skills are named, not rewritten. `git gc --prune=now` then frees the space.
    """
    from hivemind_git.pipeline import forgetting, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    value = _value() if from_stdin else None
    report = forgetting.forget(space, forgetting.Request(sessions, events, value), dry_run=dry_run)
    show(report, as_json=as_json, dry_run=dry_run)


def show(report: Report, *, as_json: bool, dry_run: bool) -> None:
    """Prints what was forgotten, what people published of it, and what is out of reach."""
    if as_json:
        render.emit_json({"dry_run": dry_run, **_json(report)})
    else:
        click.echo("\n".join(_lines(report, dry_run=dry_run)))


def _value() -> str:
    try:
        return sys.stdin.buffer.read().decode().rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise click.UsageError("the value on standard input is not UTF-8") from error


def _lines(report: Report, *, dry_run: bool) -> list[str]:
    if report.nothing:
        return ["Nothing of it is stored here.", *_beyond(report, dry_run=True)]
    forks = f" ({render.count(len(report.forks), 'fork')} included)" if report.forks else ""
    gone = [
        render.count(len(report.sessions) + len(report.forks), "session") + forks if report.sessions else "",
        render.count(report.events, "event"),
        render.count(report.corrections, "correction"),
        f"images of {render.count(report.image_events, 'event')}" if report.image_events else "",
        render.count(report.journal, "journal entry", "journal entries") if report.journal else "",
        render.count(report.log, "line") + " of the log" if report.log else "",
    ]
    verb = "Would forget" if dry_run else "Forgot"
    return [f"{verb} {', '.join(filter(None, gone))}.", *_published(report), *_beyond(report, dry_run=dry_run)]


def _published(report: Report) -> list[str]:
    if not report.traces:
        return []
    lines = ["", "Published skills carry evidence of it. They are commits of people, and stay as they are:"]
    for trace in report.traces:
        rules = f" (rule {', '.join(trace.rules)})" if trace.rules else ""
        lines.append(render.printable(f"  {trace.branch}: {trace.path}{rules}"))
    return lines


def _beyond(report: Report, *, dry_run: bool) -> list[str]:
    where = [
        *(f"the assistant's own log {path}" for path in report.transcripts),
        *(f"the remote {remote}, until the store is synced; then what its host caches" for remote in report.remotes),
        *(f"{ref} here, which somebody made of an older store" for ref in report.elsewhere),
        *(f"{path}, which still holds the value" for path in report.left),
        "other clones, until they sync; reflogs and backups elsewhere, and what was printed or pasted",
    ]
    lines = ["", "Out of reach of this command:", *(render.printable(f"  {place}") for place in where)]
    return lines if dry_run else [*lines, "", "`git gc --prune=now` frees what the store held here."]


def _json(report: Report) -> dict[str, Json]:
    return {
        "sessions": list(report.sessions),
        "forks": list(report.forks),
        "events": report.events,
        "corrections": report.corrections,
        "images": report.image_events,
        "journal": report.journal,
        "log": report.log,
        "segments": report.segments,
        "published": [{"branch": one.branch, "path": one.path, "rules": list(one.rules)} for one in report.traces],
        "transcripts": [str(path) for path in report.transcripts],
        "remotes": list(report.remotes),
        "refs": list(report.elsewhere),
        "left": [str(path) for path in report.left],
    }
