"""`git hivemind blame`: where each line of a skill comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hivemind_git.cli import names, render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.skills.blame import BlamedLine


@click.command()
@click.argument("skill", shell_complete=names.skills)
@click.option("--evidence", is_flag=True, help="Name the corrections and sessions below each rule's first line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(folder: str, skill: str, evidence: bool, as_json: bool) -> None:
    """Show for each line of a SKILL.md in HEAD the commit that brought its rule, the rule, and what that rests on.

    A line without a rule is a person's, or common to all rules.
    """
    from hivemind_git.pipeline import showing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    lines = showing.blamed(space, skill)
    if as_json:
        render.emit_json({"lines": [_row(line) for line in lines]})
    else:
        render.page("\n".join(_text(lines, evidence)), space.repository.config("core.pager"))


def _text(lines: tuple[BlamedLine, ...], evidence: bool) -> list[str]:
    wide = len(str(len(lines)))
    told: set[str] = set()
    shown = []
    for line in lines:
        rule = line.rule
        rests = f"{rule.corrections:>4} / {len(rule.sessions):<3}" if rule else " " * 10
        who = f"{line.commit[:9]:<9} {rule.id if rule else '':<16} {rests}"
        shown.append(f"{render.style(who, dim=True)} {line.number:>{wide}}) {render.printable(line.text)}".rstrip())
        if evidence and rule and rule.id not in told:
            told.add(rule.id)
            shown += [
                render.style(f"    correction {proof.correction[:12]}  session {proof.session[:12]}", fg="cyan")
                for proof in rule.evidence
            ]
    return [render.style(f"{'commit':<9} {'rule':<16} corrections / sessions", bold=True), *shown]


def _row(line: BlamedLine) -> dict[str, Json]:
    rule = line.rule
    return {
        "number": line.number,
        "text": line.text,
        "rule": rule.id if rule else None,
        "commit": line.commit or None,
        "corrections": [proof.correction for proof in rule.evidence] if rule else [],
        "sessions": list(rule.sessions) if rule else [],
    }
