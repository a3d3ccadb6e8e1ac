"""`git hivemind sessions`: what is in the store."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import choice, look, names, progress, render
from hivemind_git.model import Result

if TYPE_CHECKING:
    from hivemind_git.model import Event, Json
    from hivemind_git.pipeline.listing import Listed


@click.command(cls=choice.ListCommand)
@click.argument("session", required=False, shell_complete=names.of_sessions)
@choice.options
@click.option(
    "--outcome",
    type=click.Choice([result.value for result in Result]),
    help="Only those whose tests last passed or failed, or whose commits were kept or reverted.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@look.options
@click.pass_obj
def command(folder: str, session: str | None, outcome: str | None, as_json: bool) -> None:
    """List the sessions in the store, newest first; or show one, given the start of its id.

    What became of a session is read from its test runs, and from the commits that took its lines: one that was reverted
    counts more than those that were kept. `sessions forget` and `sessions prune` are `git hivemind forget` and `prune`.
    """
    from hivemind_git.pipeline import listing, workspace  # noqa: PLC0415 - --help must not load libgit2

    wanted = choice.wanted(folder)
    if session is not None and (outcome is not None or not wanted.everything or wanted.most is not None):
        what = "--outcome chooses" if outcome else "Options and paths choose"
        raise click.UsageError(f"{what} among sessions, and one is named.")
    space = workspace.open_workspace(folder)
    if session is not None:
        events = listing.events(space, session)
        render.warn_of_nonsense(space)
        if as_json:
            render.emit_json({"events": [event_row(event) for event in events]})
        else:
            render.page("\n".join(filter(None, map(line, events))))
        return
    with progress.derivation() as told:
        found = listing.sessions(space, wanted, Result(outcome) if outcome else None, told)
    render.warn_of_nonsense(space)
    if as_json:
        render.emit_json({"sessions": [_row(one) for one in found]})
    elif found:
        render.page(render.listing([(_cells(one), partial(render.one_line, one.prompt)) for one in found], piped=60))
    elif outcome:
        click.echo(f"No session ended so: {outcome}.")
    elif not wanted.everything:
        click.echo("No session matches.")
    else:
        click.echo(
            "No session yet: `git hivemind install` captures the next ones, `git hivemind import` reads those on disk."
        )


def _cells(one: Listed) -> list[str]:
    tests = f"tests {one.tests.value}" if one.tests else ""
    fate = "reverted" if one.commits.reverted else "kept" if one.commits.kept else ""
    return [
        one.t[:16].replace("T", " "),
        one.session[:13],
        one.agent,
        render.count(one.events, "event"),
        ", ".join(filter(None, (tests, fate))),
    ]


def _row(one: Listed) -> dict[str, Json]:
    return {
        "session": one.session,
        "agent": one.agent,
        "t": one.t,
        "events": one.events,
        "edits": one.edits,
        "prompt": one.prompt,
        "outcome": {
            "tests": one.tests.value if one.tests else None,
            "commits": {"kept": list(one.commits.kept), "reverted": list(one.commits.reverted)},
        },
    }


def event_row(event: Event) -> dict[str, Json]:
    """An event as `sessions ID --json` has it."""
    return {"id": event.id, "t": event.t, "kind": event.kind.value, **event.fields}


def line(event: Event) -> str:
    """An event on one line, cut to the terminal."""
    label = render.style(f"{event.t[11:19]} {event.kind.value:<13}", dim=True)
    match event.kind.value:
        case "prompt" | "response":
            said = str(event.fields.get("text", ""))
        case "tool_use":
            said = f"{event.fields.get('tool', '')} {event.fields.get('input', '')} ({event.fields.get('status', '')})"
        case "edit":
            said = f"{event.fields.get('op', '')} {event.fields.get('path', '')}"
        case "rejection":
            said = f"{event.fields.get('tool', '')}: {event.fields.get('reason', '') or 'no reason given'}"
        case _:
            said = " ".join(f"{name}={value}" for name, value in event.fields.items() if isinstance(value, str | int))
    return f"{label} {render.one_line(said, max(render.width() - 24, 30))}"
