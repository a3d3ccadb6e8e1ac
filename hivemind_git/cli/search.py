"""`git hivemind search`: words in prompts, reasons, hunks, rules and skills."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import names, progress, render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.store.index.query import Hit

_WORTH_A_BAR = 20
_KINDS = ("prompt", "response", "command", "edit", "refusal", "correction", "rule", "skill", "note")


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--kind", "kinds", multiple=True, type=click.Choice(_KINDS), help="Only these (may be given again).")
@click.option(
    "--agent", metavar="NAME", default="", shell_complete=names.assistants, help="Only what came of its sessions."
)
@click.option("--since", "--after", metavar="TIME", default="", help="Only what is of this time or later.")
@click.option("--until", "--before", metavar="TIME", default="", help="Only what is of this time or earlier.")
@click.option("--path", "paths", multiple=True, metavar="PATH", help="Only this file or folder (may be given again).")
@click.option(
    "-n",
    "--max-count",
    "--limit",
    "limit",
    default=20,
    show_default=True,
    type=click.IntRange(1),
    help="At most so many.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(
    folder: str,
    words: tuple[str, ...],
    kinds: tuple[str, ...],
    agent: str,
    since: str,
    until: str,
    paths: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> int:
    """Find WORDS in sessions, corrections, rules and skills, best first.

    All words must stand in what is found. word* finds what begins so, and a quoted argument is words that stand
    together. Corrections are those that were last derived: `git hivemind corrections` derives.
    """
    from hivemind_git.git import dates  # noqa: PLC0415 - --help must not start git
    from hivemind_git.pipeline import finding, workspace  # noqa: PLC0415 - --help must not load libgit2
    from hivemind_git.store.index.query import Wanted  # noqa: PLC0415

    space = workspace.open_workspace(folder)
    joined = " ".join(f'"{word}"' if " " in word else word for word in words)
    here = Path(folder)
    begins = dates.moment(here, since) if since else ""
    ends = dates.moment(here, until, end=True) if until else ""
    wanted = Wanted(words=joined, kinds=kinds, agent=agent, since=begins, until=ends, paths=paths, limit=limit)
    with progress.bar("Indexing sessions", _WORTH_A_BAR) as advance:
        hits = finding.search(space, wanted, advance)
    if as_json:
        render.emit_json({"hits": [_row(hit) for hit in hits]})
    elif hits:
        render.page("\n".join(_text(hit) for hit in hits))
    else:
        click.echo("Nothing found.", err=True)
    return 0 if hits else 1


def _text(hit: Hit) -> str:
    place = " ".join(filter(None, (hit.t[:10], hit.agent, hit.session[:13], hit.path)))
    kind, shown = render.style(f"{hit.kind:<10}", fg="yellow"), render.style(render.printable(place), dim=True)
    return f"{kind} {render.printable(hit.ref[:16])}  {shown}\n    {_excerpt(hit.excerpt)}"


def _excerpt(text: str) -> str:
    """The found words in bold; a control character in the text itself is shown, not obeyed."""
    from hivemind_git.store.index.query import FOUND_BEGINS, FOUND_ENDS  # noqa: PLC0415

    pieces = " ".join(text.split()).split(FOUND_BEGINS)
    shown = [render.printable(pieces[0])]
    for piece in pieces[1:]:
        found, _, rest = piece.partition(FOUND_ENDS)
        shown += [render.style(render.printable(found), bold=True, fg="green"), render.printable(rest)]
    return "".join(shown)


def _row(hit: Hit) -> dict[str, Json]:
    from hivemind_git.store.index.query import FOUND_BEGINS, FOUND_ENDS  # noqa: PLC0415

    return {
        "kind": hit.kind,
        "id": hit.ref,
        "session": hit.session or None,
        "agent": hit.agent or None,
        "path": hit.path or None,
        "t": hit.t or None,
        "excerpt": hit.excerpt.replace(FOUND_BEGINS, "").replace(FOUND_ENDS, ""),
    }
