"""`git hivemind log`: where each skill came from."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import look, names, render

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hivemind_git.model import Json
    from hivemind_git.pipeline.workspace import Workspace
    from hivemind_git.skills.lineage import SkillChange
    from hivemind_git.skills.rules_toml import SkillRule

_COLOURS = {"live": "green", "reverted": "red", "edited": "blue"}
_SHOWN = 3


@click.command()
@click.argument("what", required=False, metavar="[SKILL|PATH|SESSION|COMMIT]", shell_complete=names.skills)
@click.option("--rev", metavar="REV", default="HEAD", help="Look from this branch or commit instead of HEAD.")
@click.option("-n", "--max-count", "most", metavar="N", type=click.IntRange(0), help="At most so many changes.")
@click.option("--graph", is_flag=True, help="Draw the history on the left, as git log does.")
@click.option("--oneline", is_flag=True, help="One line a change.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@look.options
@click.pass_obj
def command(
    folder: str, what: str | None, rev: str, most: int | None, graph: bool, oneline: bool, as_json: bool
) -> int:
    """Show the commits that made skills, newest first: skill, rules, corrections, sessions, and the people's words.

    A skill's name, a path, a session (or the start of its id), a correction or a commit limits the list to what it led
    to or came from.
    """
    from hivemind_git.pipeline import tracing, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    changes = tracing.log(space, what, rev)[:most]
    if as_json:
        render.emit_json({"skills": [row(change) for change in changes]})
    elif not changes:
        click.echo(
            f"Nothing came of or from {render.printable(what)}." if what else "No skill of ours on this branch yet."
        )
    elif graph:
        render.page("\n".join(_drawn(space, rev, changes, oneline)))
    else:
        render.page(("\n" if oneline else "\n\n").join("\n".join(lines) for _, lines in _told(changes, oneline)))
    return 0


def _told(changes: Iterable[SkillChange], oneline: bool) -> list[tuple[SkillChange, list[str]]]:
    """Each change with its lines. The evidence of a rule stands where the rule is met first."""
    told: set[str] = set()
    return [(change, [_line(change)] if oneline else _text(change, told)) for change in changes]


def _drawn(space: Workspace, rev: str, changes: Sequence[SkillChange], oneline: bool) -> list[str]:
    """The changes beside the graph of their paths; what else is on it is there to join them, and dim."""
    from hivemind_git.pipeline import tracing  # noqa: PLC0415 - --help must not load libgit2

    of_commit: dict[str, list[str]] = {}
    for change, lines in _told(changes, oneline):
        of_commit.setdefault(change.commit, []).extend(lines if oneline else [*lines, ""])
    drawn, met = [], 0
    for node in tracing.graph(space, rev, changes, colour=look.coloured()):
        own = of_commit.get(node.commit)
        joint = render.style(f"{node.commit[:9]} {render.printable(node.subject)}", dim=True)
        drawn += node.beside(own or [joint, *([] if oneline else [""])])
        met += own is not None
        if met == len(of_commit):
            break
    return drawn


def _line(change: SkillChange) -> str:
    marks = [f"-{rule[:9]}" for rule in change.removed] + [f"+{rule[:9]}" for rule in change.added]
    state = render.style(change.state.value, fg=_COLOURS[change.state.value])
    what = " ".join([change.skill, *marks])
    return f"{render.style(change.commit[:9], fg='yellow')} ({state}) {what}: {render.one_line(change.subject, 72)}"


def _text(change: SkillChange, told: set[str]) -> list[str]:
    state = change.state.value
    day = datetime.fromtimestamp(change.t, UTC).strftime("%Y-%m-%d")
    lines = [
        f"{render.style('skill ' + change.skill, fg='yellow')} ({render.style(state, fg=_COLOURS[state])})",
        f"commit  {change.commit}",
        f"author  {render.printable(change.author)}, {day}",
        f"path    {render.printable(change.path)}",
        "",
        f"    {render.one_line(change.subject, 200)}",
    ]
    for rule in change.rules:
        lines += ["", *_rule(rule, "-" if rule.id in change.removed else "+" if rule.id in change.added else " ")]
        lines += ["      (its evidence is above)"] if rule.id in told else _evidence(rule)
        told.add(rule.id)
    return lines


def _rule(rule: SkillRule, sign: str) -> list[str]:
    what = f"“{rule.advice}”" if rule.advice else f"{rule.before.strip()} → {rule.after.strip() or '(nothing)'}"
    short = render.one_line(what, 400)
    head = f"  {sign} rule {rule.id}"
    inline = len(head) + 2 + len(short) <= max(render.width(), 72)
    return [f"{head}  {short}"] if inline else [head, f"      {short}"]


def _evidence(rule: SkillRule) -> list[str]:
    lines = []
    for proof in rule.evidence[:_SHOWN]:
        lines += [
            f"      correction {proof.correction[:12]}  session {proof.session[:12]}",
            *([f"        {render.printable(proof.path)} {proof.commit[:9]}".rstrip()] if proof.path else []),
        ]
        lines += [f"        “{render.one_line(proof.words, 200)}”"] if proof.words else []
        lines += render.diff(proof.before, proof.after, "        ").splitlines()
    rest = len(rule.evidence) - _SHOWN
    return [*lines, f"      … {rest} more: git hivemind show {rule.id[:9]}"] if rest > 0 else lines


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
