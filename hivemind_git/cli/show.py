"""`git hivemind show`: a skill, rule, correction or session, with the diffs and the words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import look, names, render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.ruling import Shown
    from hivemind_git.pipeline.showing import ShownCorrection, ShownSession, ShownSkill
    from hivemind_git.skills.lineage import SkillChange


@click.command()
@click.argument("what", metavar="SKILL|RULE|CORRECTION|SESSION", shell_complete=names.skills)
@click.option("--rev", metavar="REV", default="HEAD", help="Look from this branch or commit instead of HEAD.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@look.options
@click.pass_obj
def command(folder: str, what: str, rev: str, as_json: bool) -> None:
    """Show one thing with all that led to it and came of it: a skill by name, all else by the start of its id."""
    from hivemind_git.pipeline import showing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    found = showing.show(space, what, rev)
    render.warn_of_nonsense(space)
    if as_json:
        render.emit_json(_json(found))
    else:
        render.page(_text(found))


def _json(found: ShownSkill | Shown | ShownCorrection | ShownSession) -> dict[str, Json]:
    from hivemind_git.cli import corrections, log, rules, sessions  # noqa: PLC0415 - the rows of other commands
    from hivemind_git.pipeline.showing import ShownCorrection, ShownSession, ShownSkill  # noqa: PLC0415

    match found:
        case ShownSkill():
            told: list[Json] = [
                {"id": rule.id, "evidence": [rules.proved(proof) for proof in rule.evidence]} for rule in found.rules
            ]
            skill: dict[str, Json] = {"name": found.name, "path": found.path, "commit": found.commit}
            state: dict[str, Json] = {"offered": found.offered, "text": found.text, "rules": told}
            return {"skill": {**skill, **state, "changes": [log.row(change) for change in found.changes]}}
        case ShownCorrection():
            beside: dict[str, Json] = {"skill": found.skill or None, "prompt": found.prompt or None}
            return {"correction": corrections.row(found.correction, found.rule or None) | beside}
        case ShownSession():
            return {
                "session": {
                    "id": found.session,
                    "events": [sessions.event_row(event) for event in found.events],
                    "corrections": [corrections.row(one, None) for one in found.corrections],
                    "changes": [log.row(change) for change in found.changes],
                }
            }
        case _:
            return {"rule": rules.detail(found)}


def _text(found: ShownSkill | Shown | ShownCorrection | ShownSession) -> str:
    from hivemind_git.cli import corrections, rules  # noqa: PLC0415 - as above
    from hivemind_git.pipeline.showing import ShownCorrection, ShownSession, ShownSkill  # noqa: PLC0415

    match found:
        case ShownSkill():
            return _skill(found)
        case ShownCorrection():
            came = f"rule {found.rule}" + (f" of the skill {found.skill}" if found.skill else "") if found.rule else ""
            lines = [corrections.text(found.correction), f"session   {render.printable(found.correction.session)}"]
            lines += [f"asked     “{render.one_line(found.prompt, 200)}”"] if found.prompt else []
            return "\n".join([*lines, f"led to    {came or 'no rule yet'}"])
        case ShownSession():
            return _session(found)
        case _:
            return rules.text(found)


def _skill(found: ShownSkill) -> str:
    from hivemind_git.cli import rules  # noqa: PLC0415 - as above

    where = "offered on its branch" if found.offered else "live"
    head = f"{render.style('skill ' + found.name, fg='yellow')} ({where})"
    lines = [head, f"path    {found.path}", *map(_change, found.changes), ""]
    lines += [f"    {line}" for line in render.printable(found.text).splitlines()]
    for rule in found.rules:
        what = rule.advice or f"{rule.before.strip()} → {rule.after.strip() or '(nothing)'}"
        lines += ["", f"{render.style('rule ' + rule.id, fg='yellow')}  {render.one_line(what, 120)}"]
        for proof in rule.evidence:
            lines += rules.evidence(proof)
    return "\n".join(lines)


def _session(found: ShownSession) -> str:
    from hivemind_git.cli import corrections, sessions  # noqa: PLC0415 - as above

    lines = [render.style(f"session {render.printable(found.session)}", fg="yellow"), *map(_change, found.changes), ""]
    lines += [sessions.line(event) for event in found.events]
    for one in found.corrections:
        lines += ["", corrections.text(one)]
    return "\n".join(lines)


def _change(change: SkillChange) -> str:
    day = datetime.fromtimestamp(change.t, UTC).strftime("%Y-%m-%d")
    who = render.one_line(f"{day} {change.author}: {change.subject}", 100)
    return f"commit  {change.commit[:9]} ({change.skill}, {change.state.value}) {who}"
