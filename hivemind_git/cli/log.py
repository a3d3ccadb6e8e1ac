"""`git hivemind log`: where each skill came from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import names, render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.skills.lineage import SkillChange

_COLOURS = {"live": "green", "reverted": "red", "edited": "blue"}
_SHOWN = 3


@click.command()
@click.argument("what", required=False, metavar="[SKILL|PATH|SESSION|COMMIT]", shell_complete=names.skills)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(folder: str, what: str | None, as_json: bool) -> int:
    """Show the commits that made skills, newest first: skill, rules, corrections, sessions, and the people's words.

    A skill's name, a path, a session (or the start of its id), a correction or a commit limits the list to what it led
    to or came from.
    """
    from hivemind_git.pipeline import tracing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    changes = tracing.log(space, what)
    if as_json:
        render.emit_json({"skills": [row(change) for change in changes]})
    elif changes:
        render.page("\n\n".join(_text(change) for change in changes), space.repository.config("core.pager"))
    else:
        click.echo(
            f"Nothing came of or from {render.printable(what)}." if what else "No skill of ours on this branch yet."
        )
    return 0


def _text(change: SkillChange) -> str:
    state = change.state.value
    day = datetime.fromtimestamp(change.t, UTC).strftime("%Y-%m-%d")
    lines = [
        f"{render.style('skill ' + change.skill, fg='yellow')} ({render.style(state, fg=_COLOURS[state])})",
        f"commit  {change.commit}",
        f"author  {render.printable(change.author)}, {day}",
        f"path    {render.printable(change.path)}",
    ]
    for rule in change.rules:
        what = rule.advice or f"{rule.before.strip()} → {rule.after.strip() or '(nothing)'}"
        sign = "-" if rule.id in change.removed else "+"
        lines += ["", f"  {sign} rule {rule.id}  {render.one_line(what, 120)}"]
        for proof in rule.evidence[:_SHOWN]:
            place = " ".join(part for part in (proof.path, proof.commit[:9]) if part)
            lines.append(
                f"      correction {proof.correction[:12]}  session {proof.session[:12]}  {render.printable(place)}"
            )
            if proof.words:
                lines.append(f"        “{render.one_line(proof.words, 100)}”")
            body = render.diff(proof.before, proof.after, "        ")
            lines += [body] if body else []
        if len(rule.evidence) > _SHOWN:
            lines.append(f"      … {len(rule.evidence) - _SHOWN} more")
    return "\n".join(lines)


def row(change: SkillChange) -> dict[str, Json]:
    """A change as `log --json` has it."""
    return {
        "name": change.skill,
        "path": change.path,
        "commit": change.commit,
        "author": change.author,
        "t": datetime.fromtimestamp(change.t, UTC).isoformat().replace("+00:00", "Z"),
        "state": change.state.value,
        "rules": [rule.id for rule in change.rules],
        "corrections": list(change.corrections),
        "sessions": list(change.sessions),
    }
