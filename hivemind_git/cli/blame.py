"""`git hivemind blame`: where each line of a skill comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hivemind_git.cli import look, names, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hivemind_git.model import Json
    from hivemind_git.skills.blame import BlamedLine
    from hivemind_git.skills.rules_toml import SkillRule

_AUTHOR = 12


@click.command()
@click.argument("skill", shell_complete=names.skills)
@click.argument("rev", default="HEAD")
@click.option("--evidence", is_flag=True, help="Name the corrections and sessions below each rule's first line.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@look.options
@click.pass_obj
def command(folder: str, skill: str, rev: str, evidence: bool, as_json: bool) -> None:
    """Show for each line of a SKILL.md who wrote it, the rule it comes from, and what that rests on.

    REV is the branch or commit that has it. The numbers are the rule's corrections and sessions. A line without a rule
    is a person's, or common to all rules.
    """
    from hivemind_git.pipeline import showing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    lines = showing.blamed(space, skill, rev)
    if as_json:
        render.emit_json({"lines": [_row(line) for line in lines]})
    else:
        render.page("\n".join(_text(lines, evidence)))


def _text(lines: Sequence[BlamedLine], evidence: bool) -> Iterator[str]:
    wide = len(str(len(lines)))
    named = min(max((len(line.wrote.author) for line in lines), default=0), _AUTHOR)
    told: set[str] = set()
    for line in lines:
        rule = line.rule
        who = f"{line.wrote.commit[:9]:<9} {render.one_line(line.wrote.author, named):<{named}}"
        rests = f"{rule.id[:9]} {rule.corrections:>3}/{len(rule.sessions):<3}" if rule else " " * 17
        margin = f"{render.style(who, fg='yellow')} {render.style(rests, fg='cyan')} {line.number:>{wide}})"
        yield f"{margin} {render.printable(line.text)}".rstrip()
        if evidence and rule and rule.id not in told:
            told.add(rule.id)
            yield from _evidence(rule, line.commit)


def _evidence(rule: SkillRule, commit: str) -> Iterator[str]:
    yield render.style(f"    rule {rule.id}, which came in {commit[:9]}", fg="cyan")
    for proof in rule.evidence:
        yield render.style(f"    correction {proof.correction[:12]}  session {proof.session[:12]}", fg="cyan")


def _row(line: BlamedLine) -> dict[str, Json]:
    rule = line.rule
    return {
        "number": line.number,
        "text": line.text,
        "wrote": {"commit": line.wrote.commit, "author": line.wrote.author},
        "rule": rule.id if rule else None,
        "commit": line.commit or None,
        "corrections": [proof.correction for proof in rule.evidence] if rule else [],
        "sessions": list(rule.sessions) if rule else [],
    }
