"""`git hivemind doctor`: what is broken, and the command that mends it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.diagnosing import Check

_COLOURS = {"ok": "green", "note": "yellow", "broken": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(folder: str, as_json: bool) -> int:
    """Send a live event through every wired hook, and say in a line each what is broken and what mends it.

    The event is taken out of the journal again: no session holds it. Codex is asked which hooks it trusts. Ends with 1
    where something is broken.
    """
    from hivemind_git.pipeline import diagnosing, workspace  # noqa: PLC0415 - --help must not load libgit2

    checks = diagnosing.diagnose(workspace.open_workspace(folder), workspace.this_machine(), time.time())
    if as_json:
        render.emit_json({"checks": [_row(check) for check in checks]})
    else:
        click.echo(render.table([_line(check) for check in checks]))
    return 1 if any(check.state == diagnosing.State.BROKEN for check in checks) else 0


def _row(check: Check) -> Json:
    return {"name": check.name, "state": check.state.value, "text": check.text, "mend": check.mend}


def _line(check: Check) -> list[str]:
    state = render.style(check.state.value, fg=_COLOURS[check.state.value])
    mend = check.mend if "`" in check.mend or not check.mend else f"`{check.mend}`"
    return [state, check.title, render.printable(f"{check.text}: {mend}" if mend else check.text)]
