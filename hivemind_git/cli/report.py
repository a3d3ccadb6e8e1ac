"""`git hivemind report`: one HTML page for people who were not there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from hivemind_git.cli import render
from hivemind_git.errors import HivemindError


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    default=Path("hivemind-report.html"),
    show_default=True,
    help="The file to write; - is standard output.",
)
@click.pass_obj
def command(folder: str, output: Path) -> None:
    """Write one self-contained HTML page: corrections over time, skills before and since, lineage, what waits.

    It loads nothing from elsewhere and holds redacted text only.
    """
    from hivemind_git.pipeline import picturing, workspace  # noqa: PLC0415 - --help must not load libgit2
    from hivemind_git.report import page  # noqa: PLC0415

    space = workspace.open_workspace(folder)
    text = page.render(picturing.report(space, datetime.now(UTC)))
    render.warn_of_nonsense(space)
    if str(output) == "-":
        click.echo(text, nl=False)
        return
    target = Path(folder) / output
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise HivemindError(
            f"{target} cannot be written: {error.strerror}", "Name another file with --output."
        ) from error
    click.echo(f"Wrote {render.printable(str(output))}.")
