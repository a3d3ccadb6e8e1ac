"""`git hivemind sessions`: what is in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hivemind_git.cli import render

if TYPE_CHECKING:
    from hivemind_git.model import Event, Json
    from hivemind_git.pipeline.listing import Listed


@click.command()
@click.argument("session", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(folder: str, session: str | None, as_json: bool) -> None:
    """List the sessions in the store, newest first; or show one, given the start of its id."""
    from hivemind_git.pipeline import listing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    pager = space.repository.config("core.pager")
    if session is not None:
        events = listing.events(space, session)
        if as_json:
            render.emit_json({"events": [event_row(event) for event in events]})
        else:
            render.page("\n".join(filter(None, map(line, events))), pager)
        return
    found = listing.sessions(space)
    if as_json:
        render.emit_json({"sessions": [_row(one) for one in found]})
    elif found:
        rows = [
            [
                one.t[:16].replace("T", " "),
                one.session[:13],
                one.agent,
                render.count(one.events, "event"),
                render.one_line(one.prompt, 60),
            ]
            for one in found
        ]
        render.page(render.table(rows), pager)
    else:
        click.echo(
            "No session yet: `git hivemind install` captures the next ones, `git hivemind import` reads those on disk."
        )


def _row(one: Listed) -> dict[str, Json]:
    return {
        "session": one.session,
        "agent": one.agent,
        "t": one.t,
        "events": one.events,
        "edits": one.edits,
        "prompt": one.prompt,
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
