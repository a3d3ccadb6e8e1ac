"""`git hivemind review`: candidate by candidate, as `git add -p` goes hunk by hunk."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import render
from hivemind_git.errors import HivemindError

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.reviewing import Item, Review
    from hivemind_git.skills.rules_toml import Proof

_HELP = """\
y - publish this rule
n - leave it for later
e - edit it, then publish it
r - reject it for good, whatever evidence comes
a - publish this rule and all later ones
q - quit; leave this rule and all later ones
? - print help"""
_KEYS = "y,n,e,r,a,q,?"
_BESIDE = 130


@click.command()
@click.argument("rules", nargs=-1, metavar="[RULE]…")
@click.option("--json", "as_json", is_flag=True, help="Print the candidates as JSON, version 1, and ask nothing.")
@click.pass_obj
def command(folder: str, rules: tuple[str, ...], as_json: bool) -> int:
    """Decide on the candidates one by one, evidence beside draft; or on those whose ids start so.

    Answers are read from the terminal, or a line each from standard input. What you publish is committed at the end,
    on the branch of its skill; what you reject stays away until `git hivemind rules restore`.
    """
    from hivemind_git.pipeline import reviewing, workspace  # noqa: PLC0415 - --help must not load libgit2

    found = reviewing.review(workspace.open_workspace(folder), rules)
    if as_json:
        render.emit_json({"candidates": [_row(item) for item in found.items]})
        return 0
    if not found.items:
        click.echo(f"Nothing to review: {found.drafted.mined.needed}. `git hivemind mine` shows what waits, and why.")
        return 0
    _Asking(found).all()
    return _finish(found)


class _Asking:
    """The questions of one review. `answered`: somebody is there."""

    def __init__(self, review: Review) -> None:
        self._review = review
        self._space = review.space
        self._answered = False
        self._all = False

    def all(self) -> None:
        """Asks until all is answered, or the person has enough."""
        total = len(self._review.items)
        for number, item in enumerate(self._review.items, 1):
            if self._all:
                self._review.accept(item)
                continue
            click.echo(_text(item) if number == 1 else "\n" + _text(item))
            if not self._one(item, f"({number}/{total}) Publish this rule [{_KEYS}]? "):
                return

    def _one(self, item: Item, question: str) -> bool:
        """Whether the review goes on."""
        while True:
            answer = self._ask(question)[:1].lower()
            if answer == "e":
                if self._edited(item):
                    return True
            elif answer in {"y", "a"}:
                self._all = answer == "a"
                self._review.accept(item)
                return True
            elif answer == "r":
                self._review.reject(item)
                return True
            elif answer in {"n", "q"}:
                return answer == "n"
            else:
                click.echo(render.style(_HELP, fg="red", bold=True))

    def _edited(self, item: Item) -> bool:
        """Whether the rule is settled: accepted as edited, or left for later."""
        while True:
            try:
                changed = self._review.edit(item)
            except HivemindError as error:
                click.echo(f"{render.printable(error.sentence)}.", err=True)
                if self._ask('Edit again (saying "no" discards!) [y/n]? ')[:1].lower() == "y":
                    continue
                self._review.forget_edit()
                return False
            if changed is not None:
                self._review.accept(item, changed)
            return True

    def _ask(self, question: str) -> str:
        """A line of the person's; the end of the input is `q`, as in git."""
        click.echo(render.style(question, fg="blue", bold=True), nl=False)
        if sys.stdin.isatty() and (self._space.repository.config("interactive.singlekey") or "").lower() == "true":
            key = click.getchar()
            click.echo(key)
            return "q" if key in {"\x04", "\x03"} else key
        sys.stdout.flush()
        line = sys.stdin.readline()
        if not sys.stdin.isatty():
            click.echo(line.rstrip("\n"))
        if not line and not self._answered:
            raise HivemindError(
                "review asks, and nobody is here to answer",
                "Run it in a terminal, or give it answers on standard input, one a line: y, n, e, r, a or q.",
            )
        self._answered = True
        return line.strip() if line else "q"


def _finish(found: Review) -> int:
    from hivemind_git.cli import codify  # noqa: PLC0415

    done, gone = found.finish()
    for item in found.rejected:
        click.echo(f"rejected {item.rule.id}; take it back: git hivemind rules restore {item.rule.id}")
    for branch in gone:
        click.echo(f"deleted {branch}, which held nothing else")
    if done is None:
        click.echo("Nothing published.")
        return 0
    codify.show(done, quiet=not found.accepted)
    return 3 if done.refused else 0


def _text(item: Item) -> str:
    rule = item.rule
    where = f"on {item.branch}" if item.branch else "new there"
    head = render.style(f"rule {rule.id}, skill {item.skill} ({where})", bold=True)
    lines = [
        head,
        f"{render.printable(rule.why)}; scope: {render.printable(', '.join(item.draft.scope) or 'everywhere')}",
    ]
    evidence = [row for proof in item.evidence for row in _proof(proof)]
    draft = [(f"+{line}", "green") for line in render.printable(item.text).splitlines()]
    draft = [(f"+++ {item.skill}/SKILL.md", "yellow"), *draft]
    if render.width() < _BESIDE:
        return "\n".join([*lines, *_painted([*evidence, *draft])])
    return "\n".join([*lines, *render.beside(evidence, draft)])


def _painted(rows: list[tuple[str, str]]) -> list[str]:
    return [render.style(text, fg=colour or None) for text, colour in rows]


def _proof(proof: Proof) -> list[tuple[str, str]]:
    place = " ".join(part for part in (proof.path, proof.commit[:9]) if part) or proof.correction[:12]
    rows = [(f"@@ {render.printable(place)} @@", "cyan")]
    rows += [(f"-{render.printable(line)}", "red") for line in proof.before.splitlines()]
    rows += [(f"+{render.printable(line)}", "green") for line in proof.after.splitlines()]
    return [*rows, (f" “{render.one_line(proof.words, 400)}”", "")] if proof.words else rows


def _row(item: Item) -> dict[str, Json]:
    from hivemind_git.cli.rules import proved  # noqa: PLC0415

    rule, seen = item.rule, item.figures
    return {
        "id": rule.id,
        "kind": rule.kind.value,
        "before": item.draft.before,
        "after": item.draft.after,
        "advice": item.draft.advice,
        "scope": list(item.draft.scope),
        "decisions": rule.decisions,
        "sessions": list(rule.sessions),
        "skill": item.skill,
        "branch": item.branch or None,
        "draft": item.text,
        "guard": {"corrected": seen.corrected, "kept": seen.kept, "earlier": seen.earlier} if seen else None,
        "evidence": [proved(proof) for proof in item.evidence],
    }
