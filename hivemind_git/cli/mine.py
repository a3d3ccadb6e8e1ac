"""`git hivemind mine`: the rules that corrections add up to, and why others wait."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import progress, render
from hivemind_git.cli.rule_row import STATE_COLOURS, rule_row

if TYPE_CHECKING:
    from hivemind_git.model import Correction, Rule


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.option("--all", "everything", is_flag=True, help="Show held rules of a single decision too.")
@click.option("--evidence", is_flag=True, help="Show each rule's corrections as diffs.")
@click.option(
    "--with", "beside", multiple=True, metavar="PATH", help="Count a repository of the same workspace id too (again)."
)
@click.pass_obj
def command(folder: str, as_json: bool, everything: bool, evidence: bool, beside: tuple[str, ...]) -> None:
    """Show the rules that corrections add up to, best first.

    A candidate is what `git hivemind codify` would publish. Every other rule says why it waits. What --with names
    counts towards thresholds; its text is shown and used only where both repositories sync to one host and owner.
    """
    from hivemind_git.pipeline import mining, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    with progress.derivation() as told:
        mined = mining.mine(space, ask=True, beside=beside, progress=told)
    render.warn_of_nonsense(space)
    if as_json:
        render.emit_json({"rules": [rule_row(rule) for rule in mined.rules]})
        return
    shown = [rule for rule in mined.rules if everything or rule.state.value != "held" or rule.decisions > 1]
    hidden = len(mined.rules) - len(shown)
    parts = [_text(rule, mined.corrections if evidence else {}) for rule in shown]
    if hidden:
        parts.append(f"{render.count(hidden, 'lesson')} of a single decision not shown (--all).")
    if not parts:
        parts.append(f"No rule in {render.count(len(mined.corrections), 'correction')}: {mined.needed}.")
    if mined.note:
        parts.append(f"Grouped without a model: {render.printable(mined.note)}.")
    render.page("\n\n".join(parts))


def _text(rule: Rule, corrections: Mapping[str, Correction]) -> str:
    state = render.style(rule.state.value, fg=STATE_COLOURS[rule.state.value])
    if not (rule.advice or rule.before or rule.after):
        what = [f"{state} {rule.id}  (changed by hand, without words)"]
    elif rule.advice:
        what = [f"{state} {rule.id}  “{render.one_line(rule.advice, 200)}”"]
    elif "\n" in rule.before.strip() or "\n" in rule.after.strip():
        what = [f"{state} {rule.id}", render.diff(rule.before, rule.after)]
    else:
        arrow = f"{rule.before.strip()} → {rule.after.strip() or '(nothing)'}"
        what = [f"{state} {rule.id}  {render.printable(arrow)}"]
    where = ", ".join([*([rule.language] if rule.language else []), *rule.scope[:3]]) or "everywhere"
    what.append(render.style(f"    in {render.printable(where)}", dim=True))
    if rule.why:
        what.append(f"    {render.printable(rule.why)}")
    for found in (corrections[c] for c in rule.corrections if c in corrections):
        what += [
            f"    {found.id[:12]} {render.printable(found.path)}",
            render.diff(found.before, found.after, "      "),
        ]
    return "\n".join(line for line in what if line)
