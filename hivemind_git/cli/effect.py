"""`git hivemind effect`: whether skills changed what agents write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import names, render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.measuring import Measured
    from hivemind_git.skills.effect import Tally

_COLOURS = {"too few": "yellow", "helped": "green", "unchanged": "red", "worse": "red"}


@click.command()
@click.argument("skill", required=False, shell_complete=names.skills)
@click.option("--ahead", is_flag=True, help="Show what rules known by then would have caught of the next corrections.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(folder: str, skill: str | None, ahead: bool, as_json: bool) -> None:
    """Show how often agents broke each rule before its skill landed on the trunk, and since.

    Counted are lines as agents first wrote them, in the rule's scope, that match its before or its after; for advice,
    corrections that say it again for each prompt. With the 95 % interval; where nothing changed, reverting is advised.
    """
    from hivemind_git.pipeline import measuring, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    if ahead:
        seen = measuring.foresee(space)
        render.warn_of_nonsense(space)
        if as_json:
            render.emit_json(
                {
                    "caught": seen.caught,
                    "corrections": seen.corrections,
                    "foretold": seen.foretold,
                    "spoken": seen.spoken,
                }
            )
        else:
            click.echo(f"Rules known by then match {seen.caught} of {seen.corrections} later corrections by hand,")
            click.echo(f"and say what {seen.foretold} of {seen.spoken} later corrections in words say again.")
        return
    found = measuring.measure(space, skill)
    render.warn_of_nonsense(space)
    if as_json:
        render.emit_json({"effects": [_row(one) for one in found]})
    elif found:
        render.page("\n\n".join(_text(one) for one in found))
    else:
        click.echo("No rule of such a skill is live on the trunk." if skill else "No rule is live on the trunk yet.")


def _text(one: Measured) -> str:
    rule, outcome = one.rule, one.outcome.value
    what = rule.advice or f"{rule.before.strip()} → {rule.after.strip() or '(nothing)'}"
    lines = [
        f"{render.style(one.skill, bold=True)}: {render.one_line(what, 100)} [{rule.id}]",
        f"    before {_day(one.landed)}  {_tally(one.before)}",
        f"    since              {_tally(one.since)}",
        f"    {render.style(outcome, fg=_COLOURS[outcome])}: {_advice(one)}",
    ]
    return "\n".join(lines)


def _tally(tally: Tally) -> str:
    if tally.rate is None:
        return "no chance to break it"
    low, high = tally.interval
    return f"broken {tally.violated} of {tally.chances} ({tally.rate:.0%}, {low:.0%} to {high:.0%})"


def _advice(one: Measured) -> str:
    from hivemind_git.skills.effect import ENOUGH, Outcome  # noqa: PLC0415 - --help needs none of it

    return {
        Outcome.TOO_FEW: f"{ENOUGH} chances on each side are needed to say anything",
        Outcome.HELPED: "it is broken less often, and not by chance",
        Outcome.UNCHANGED: f"nothing changed that chance does not explain; revert it, see git hivemind log {one.skill}",
        Outcome.WORSE: f"it is broken more often since; revert it, see git hivemind log {one.skill}",
    }[one.outcome]


def _day(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d")


def _row(one: Measured) -> dict[str, Json]:
    return {
        "skill": one.skill,
        "rule": one.rule.id,
        "landed": datetime.fromtimestamp(one.landed, UTC).isoformat().replace("+00:00", "Z"),
        "before": _numbers(one.before),
        "since": _numbers(one.since),
        "outcome": one.outcome.value,
    }


def _numbers(tally: Tally) -> dict[str, Json]:
    low, high = tally.interval
    return {
        "violated": tally.violated,
        "chances": tally.chances,
        "rate": tally.rate,
        "interval": [round(low, 4), round(high, 4)],
    }
