"""`git hivemind check`: the published rules on lines that agents added."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hivemind_git.cli import render

if TYPE_CHECKING:
    from hivemind_git.pipeline.checking import Checked


@click.command()
@click.argument("what", nargs=-1, metavar="[REV|A..B|FILE...]")
@click.option("--staged", is_flag=True, help="Check what the next commit would add.")
@click.option("--all", "everything", is_flag=True, help="Check lines that nobody knows who wrote, too.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", help="How to print it."
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.pass_obj
def command(folder: str, what: tuple[str, ...], staged: bool, everything: bool, form: str) -> int:
    """Run the published rules over the lines that agents added; exit 1 if one breaks a rule.

    Checked is what is not committed yet, or what is staged, what a commit or range added, or whole files. Where no
    session is known, as in CI, all added lines count. `hivemind: ignore[RULE]` on a line lets it off, `[check] ignore`
    in .hivemind.toml a path, `git hivemind rules mute RULE` silences a rule.
    """
    from hivemind_git.pipeline import checking, workspace  # noqa: PLC0415 - --help must not load libgit2

    target = checking.Target(staged=staged, what=what, start=folder)
    checked = checking.check(workspace.open_workspace(folder), target, everything=everything)
    _print(checked, form)
    for error in checked.broken.values():
        click.echo(f"hivemind: {render.printable(error.sentence)}; its rules were not run", err=True)
    return 1 if checked.findings else 0


def _print(checked: Checked, form: str) -> None:
    from hivemind_git.cli import findings  # noqa: PLC0415 - --help needs none of it

    if form == "json":
        render.emit_json(findings.as_json(checked))
    elif form == "sarif":
        render.echo_json(findings.sarif(checked))
    elif said := findings.github(checked) if form == "github" else findings.text(checked):
        click.echo(said)
