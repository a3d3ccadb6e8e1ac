"""`git hivemind sql`: read-only SQL over sessions, events, corrections, rules and skills."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import progress, render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.store.index.query import Answer

_WORTH_A_BAR = 20
_CELL = 60


@click.command()
@click.argument("query")
@click.option("-n", "--limit", type=click.IntRange(1), help="At most so many rows.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(folder: str, query: str, limit: int | None, as_json: bool) -> None:
    """Answer a SQL QUERY over the tables sessions, events, corrections, rules and skills; `-` reads it from stdin.

    Columns are described in docs/search.md; SQLite's functions and `fields ->> 'input'` on events work. Nothing can be
    written. On a terminal long cells are cut; elsewhere columns are separated by tabs.
    """
    from hivemind_git.pipeline import finding, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    question = sys.stdin.read() if query == "-" else query
    with progress.bar("Indexing sessions", _WORTH_A_BAR) as advance:
        answer = finding.sql(space, question, advance, limit)
    if as_json:
        rows: list[Json] = [[_plain(cell) for cell in row] for row in answer.rows]
        render.emit_json({"columns": [*answer.columns], "rows": rows})
    elif sys.stdout.isatty():
        cells = [[render.style(render.printable(name), bold=True) for name in answer.columns]]
        cells += [[render.one_line(_text(cell), _CELL) for cell in row] for row in answer.rows]
        render.page(render.table(cells))
    else:
        click.echo(_tabbed(answer))


def _tabbed(answer: Answer) -> str:
    rows = ["\t".join(answer.columns)]
    rows += ["\t".join(" ".join(render.printable(_text(cell)).split()) for cell in row) for row in answer.rows]
    return "\n".join(rows)


def _plain(cell: str | float | bytes | None) -> Json:
    return cell.hex() if isinstance(cell, bytes) else cell


def _text(cell: str | float | bytes | None) -> str:
    return "" if cell is None else str(_plain(cell))
