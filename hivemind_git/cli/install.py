"""`git hivemind install`: wires the git hooks and the assistants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import click

from hivemind_git.cli import names, render

Decorated = TypeVar("Decorated", bound=Callable[..., object])


def scope_options(command: Decorated) -> Decorated:
    """For whom assistants are wired, and whether at all."""
    for decorate in reversed(
        (
            click.option("--local", "scope", flag_value="local", help="For you alone, in this repository."),
            click.option(
                "--project",
                "scope",
                flag_value="project",
                help="For everybody who clones this repository: a file to commit; silent where we are not installed.",
            ),
            click.option(
                "--user", "scope", flag_value="user", help="For you, in every repository where install was run."
            ),
            click.option(
                "--skill", is_flag=True, help="Add the skill by which assistants look up what was codified and said."
            ),
            click.option("--dry-run", is_flag=True, help="Show what would be written, as a diff, and write nothing."),
        )
    ):
        command = decorate(command)
    return command


@click.command()
@click.argument("agents", nargs=-1, metavar="[AGENT]...", shell_complete=names.assistants)
@click.option(
    "--only",
    "only",
    metavar="AGENT",
    multiple=True,
    shell_complete=names.assistants,
    help="This assistant alone; the same as to name it.",
)
@scope_options
@click.pass_obj
def command(
    folder: str, agents: tuple[str, ...], only: tuple[str, ...], scope: str | None, skill: bool, dry_run: bool
) -> None:
    """Wire the git hooks and the assistants named, or all that are found on this machine.

    Installing again writes no byte. A hook that is there stays as it is, ours runs beside it. Uninstall restores all.
    Each assistant is wired for you alone in this repository where it can be, else for you.
    """
    wire(folder, [*agents, *only], scope, skill=skill, dry_run=dry_run)


def wire(folder: str, chosen: Sequence[str], scope: str | None, *, skill: bool, dry_run: bool) -> None:
    """Wires assistants and prints what was written, or would be."""
    from hivemind_git.agents.base import Scope  # noqa: PLC0415 - --help must not load libgit2
    from hivemind_git.pipeline import installing, workspace  # noqa: PLC0415

    space = workspace.open_workspace(folder)
    machine = workspace.this_machine()
    wanted = Scope(scope) if scope else None
    planned = installing.plan(space, machine, list(dict.fromkeys(chosen)), wanted, skill=skill)
    if dry_run:
        for change in planned.changes:
            click.echo(_coloured(change.diff()), nl=False)
        return
    written = installing.install(space, machine, planned)
    for path in written:
        click.echo(f"wrote {render.printable(str(path))}")
    for hook, why in planned.obstacles.items():
        click.echo(f"{hook}: {render.printable(why)}", err=True)
    titles = ", ".join(planned.assistants)
    click.echo(f"{titles} and git's hooks are wired." if written else f"{titles} and git's hooks were wired already.")
    click.echo(
        f"Sessions go to the branch {space.branch} of this repository, secrets redacted; nothing is pushed by itself."
    )


def _coloured(diff: str) -> str:
    colours = {"+": "green", "-": "red", "@": "cyan"}
    lines = render.printable(diff).splitlines(keepends=True)
    return "".join(render.style(line, fg=colours.get(line[:1])) for line in lines)
