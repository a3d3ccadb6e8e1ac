"""`git hivemind rules`: what the rules are, what they rest on, and what a person decides of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import choice, look, render
from hivemind_git.cli.rule_row import STATE_COLOURS, rule_row

if TYPE_CHECKING:
    from hivemind_git.model import Json, Rule
    from hivemind_git.pipeline.ruling import Known, Shown
    from hivemind_git.pipeline.workspace import Workspace
    from hivemind_git.skills.rules_toml import Proof, SkillRule

_STATES = click.Choice(list(STATE_COLOURS))
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")


class _ListingGroup(click.Group):
    """A group whose options are those of its list."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Takes what begins with an option for `list`."""
        bare = bool(args) and args[0].startswith("-") and args[0] not in ctx.help_option_names
        return super().parse_args(ctx, ["list", *args] if bare else args)


@click.group(cls=_ListingGroup, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List, show, state, restore and mute rules, the repository's and your own.

    Without a command it lists them, with the options of `list`.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(listing)


@command.command("list", cls=choice.ListCommand)
@choice.options
@click.option("--state", type=_STATES, help="Only rules in this state.")
@click.option("--all", "everything", is_flag=True, help="List held rules of a single decision too.")
@click.option("--user", is_flag=True, help="List your own rules, which are on this machine alone.")
@_JSON
@look.options
@click.pass_obj
def listing(
    folder: str, state: str | None = None, everything: bool = False, user: bool = False, as_json: bool = False
) -> None:
    """List all rules: mined, published, and dropped ones.

    Author, assistant, time and path are those of the corrections that a rule rests on.
    """
    if user:
        _list_own(as_json)
        return
    from hivemind_git.model import RuleState  # noqa: PLC0415 - --help must not load what it does not need
    from hivemind_git.pipeline import ruling  # noqa: PLC0415

    space = _space(folder)
    wanted = choice.wanted(folder)
    found = ruling.known(space, RuleState(state) if state else None, wanted)
    if as_json:
        render.emit_json({"rules": [row(one) for one in found]})
        return
    shown = [one for one in found if everything or state or one.rule.state.value != "held" or one.rule.decisions > 1]
    rows = [(_cells(one), partial(_what, one.rule)) for one in shown]
    parts = [render.listing(rows, piped=max(render.width() - 50, 40))] if rows else []
    if len(shown) < len(found):
        parts.append(f"{render.count(len(found) - len(shown), 'lesson')} of a single decision not listed (--all).")
    none = "No rule yet: `git hivemind mine` says what one needs." if wanted.everything else "No rule matches."
    render.page("\n".join(parts) or none)


@command.command("show")
@click.argument("rule")
@click.option("--user", is_flag=True, help="One of your own rules.")
@_JSON
@click.pass_obj
def showing(folder: str, rule: str, user: bool, as_json: bool) -> None:
    """Show one rule, by the start of its id: where it stands, the guard's figures, every piece of evidence."""
    from hivemind_git.pipeline import ruling  # noqa: PLC0415

    if user:
        _show_own(rule, as_json)
        return
    space = _space(folder)
    found = ruling.show(space, rule)
    if as_json:
        render.emit_json({"rule": detail(found)})
    else:
        render.page(text(found))


@command.command("add")
@click.argument("advice")
@click.option("--path", "paths", multiple=True, metavar="GLOB", help="Where it holds; everywhere if not given.")
@click.option("--user", is_flag=True, help="For you alone: a skill on this machine, in no repository.")
@_JSON
@click.pass_obj
def adding(folder: str, advice: str, paths: tuple[str, ...], user: bool, as_json: bool) -> None:
    """State a rule in words. It is your decision, so it waits for no second one: codify it next.

    With --user it is in your own skills on this machine at once, in every project, and not pushed until you promote it.
    """
    from hivemind_git.pipeline import personal, ruling, workspace  # noqa: PLC0415

    rule = personal.add(workspace.this_machine(), advice, paths) if user else ruling.add(_space(folder), advice, paths)
    if user and not as_json:
        click.echo(f"{rule.id}  “{render.printable(rule.advice)}”\n  yours alone, on this machine")
    elif as_json:
        render.emit_json({"rule": rule.id, "advice": rule.advice, "scope": list(rule.scope)})
    else:
        click.echo(f"{rule.id}  “{render.printable(rule.advice)}”\n  commit it to a skill: git hivemind codify")


@command.command("restore")
@click.argument("rule")
@click.pass_obj
def restoring(folder: str, rule: str) -> None:
    """Take back that a rule was reverted, declined or rejected."""
    from hivemind_git.pipeline import ruling  # noqa: PLC0415

    name, made = ruling.restore(_space(folder), rule)
    if made is None:
        click.echo(f"{name} may be offered again: git hivemind codify")
        return
    branch = made.ref.removeprefix("refs/heads/")
    click.echo(f"{name} is back in {made.skill}, committed on {branch} ({made.commit[:9]})")
    click.echo(f"  review: git log -p {made.parent[:9] + '..' if made.parent else ''}{branch}")


@command.command("promote")
@click.argument("rule")
@click.pass_obj
def promoting(folder: str, rule: str) -> None:
    """Make a rule of your own one of this repository: it leaves your own skills, and codify offers it to the team."""
    from hivemind_git.pipeline import ruling, workspace  # noqa: PLC0415

    made = ruling.promote(_space(folder), workspace.this_machine(), rule)
    click.echo(f"{made.id}  “{render.printable(made.advice)}”\n  commit it to a skill: git hivemind codify")


@command.command("forget")
@click.argument("rule")
def forgetting(rule: str) -> None:
    """Forget a rule of your own. What the repository has is reverted, rejected in a review, or muted."""
    from hivemind_git.pipeline import personal, workspace  # noqa: PLC0415

    click.echo(f"{personal.forget(workspace.this_machine(), rule).id} is forgotten")


@command.command("mute")
@click.argument("rule", metavar="RULE|SKILL")
@click.pass_obj
def muting(folder: str, rule: str) -> None:
    """Keep `check` from running a rule, or all of a skill, in this clone (git config hivemind.mute)."""
    from hivemind_git.pipeline import ruling  # noqa: PLC0415

    click.echo(f"{ruling.mute(_space(folder), rule)} is muted in this clone")


@command.command("unmute")
@click.argument("rule", metavar="RULE|SKILL")
@click.pass_obj
def unmuting(folder: str, rule: str) -> None:
    """Let `check` run it again."""
    from hivemind_git.pipeline import ruling  # noqa: PLC0415

    click.echo(f"{ruling.unmute(_space(folder), rule)} is no longer muted")


def _list_own(as_json: bool) -> None:
    from hivemind_git.pipeline import personal, workspace  # noqa: PLC0415

    found = personal.rules(workspace.this_machine().home)
    if as_json:
        render.emit_json({"rules": [_own(one) for one in found]})
        return
    rows = [["personal", one.id, _where(one), f"“{render.one_line(one.advice, 200)}”"] for one in found]
    render.page(render.table(rows) if rows else 'You have no rule of your own: `git hivemind rules add --user "…"`.')


def _show_own(rule: str, as_json: bool) -> None:
    from hivemind_git.pipeline import personal, workspace  # noqa: PLC0415

    found = personal.find(workspace.this_machine().home, rule)
    if as_json:
        render.emit_json({"rule": _own(found)})
        return
    head = f"{render.style('rule ' + found.id, fg='yellow')} (personal)"
    stands = "stands    on this machine alone, until `git hivemind rules promote`"
    render.page("\n".join([head, f"    “{render.printable(found.advice)}”", f"scope     {_where(found)}", stands]))


def _where(rule: SkillRule) -> str:
    return render.printable(", ".join(rule.scope)) or "everywhere"


def _own(rule: SkillRule) -> dict[str, Json]:
    return {"id": rule.id, "advice": rule.advice, "scope": list(rule.scope), "state": "personal"}


def _space(folder: str) -> Workspace:
    from hivemind_git.pipeline import workspace  # noqa: PLC0415 - --help must not load libgit2

    return workspace.open_workspace(folder)


def _what(rule: Rule, width: int) -> str:
    if rule.advice:
        return f"“{render.one_line(rule.advice, width)}”"
    return render.one_line(f"{rule.before.strip()} → {rule.after.strip() or '(nothing)'}", width)


def _cells(one: Known) -> list[str]:
    state = one.rule.state.value
    return [
        render.style(f"{state:<9}", fg=STATE_COLOURS[state]),
        one.rule.id,
        one.skill + (" (muted)" if one.muted else "") or "-",
    ]


def text(found: Shown) -> str:
    """A rule for people: what it says, where it stands, and its evidence as diffs with the words."""
    one, rule = found.known, found.known.rule
    state = render.style(rule.state.value, fg=STATE_COLOURS[rule.state.value])
    lines = [f"{render.style('rule ' + rule.id, fg='yellow')} ({state}{', muted here' if one.muted else ''})"]
    if rule.advice:
        lines.append(f"    “{render.printable(rule.advice)}”")
    else:
        lines.append(render.diff(rule.before, rule.after))
    lines += [
        f"scope     {render.printable(', '.join(rule.scope) or 'everywhere')}",
        f"language  {rule.language or 'any'}",
        f"rests on  {render.count(rule.decisions, 'decision')} in {render.count(len(rule.sessions), 'session')}",
    ]
    lines += [f"stands    {render.printable(place)}" for place in one.places]
    lines += [f"why       {render.printable(rule.why)}"] if rule.why else []
    if found.figures:
        seen = found.figures
        lines.append(f"guard     {seen.corrected} corrected, {seen.kept} kept, {seen.earlier} kept earlier")
    for proof in found.evidence:
        lines += ["", *evidence(proof)]
    return "\n".join(line for line in lines if line is not None)


def evidence(proof: Proof) -> list[str]:
    """A piece of evidence as lines: correction, session, place, the diff and the words."""
    place = " ".join(part for part in (proof.path, proof.commit[:9]) if part)
    lines = [f"correction {proof.correction[:12]}  session {proof.session[:12]}"]
    lines += [f"    {render.printable(place)}"] if place else []
    body = render.diff(proof.before, proof.after)
    lines += [body] if body else []
    return [*lines, f"    “{render.one_line(proof.words, 400)}”"] if proof.words else lines


def row(one: Known) -> dict[str, Json]:
    """A rule as `mine --json` has it, with its skill and whether it is muted."""
    return {
        **rule_row(one.rule),
        "skill": one.skill or None,
        "places": list(one.places),
        "muted": one.muted,
    }


def detail(found: Shown) -> dict[str, Json]:
    """A rule with its evidence and the guard's figures."""
    seen = found.figures
    figures: dict[str, Json] | None = (
        {"corrected": seen.corrected, "kept": seen.kept, "earlier": seen.earlier} if seen else None
    )
    return {**row(found.known), "guard": figures, "evidence": [proved(proof) for proof in found.evidence]}


def proved(proof: Proof) -> dict[str, Json]:
    """A piece of evidence, its fields as `rules.toml` names them."""
    return {name: getattr(proof, name) for name in type(proof).__dataclass_fields__}
