"""`git hivemind AGENT install|uninstall|status`: one assistant by its name."""

from __future__ import annotations

import click

from hivemind_git.cli import install, render, status, uninstall


def group_of(name: str, title: str) -> click.Group:
    """The commands of one assistant."""

    @click.group(name=name, help=f"Wire {title}, take its hooks out again, or show its state.")
    def group() -> None:
        pass

    @group.command("install", help=f"Wire {title} and git's hooks; as `git hivemind install {name}`.")
    @install.scope_options
    @click.pass_obj
    def _install(folder: str, scope: str | None, skill: bool, dry_run: bool) -> None:
        install.wire(folder, [name], scope, skill=skill, dry_run=dry_run)

    @group.command("uninstall", help=f"Take the hooks of {title} out again, byte for byte; git's stay.")
    @click.pass_obj
    def _uninstall(folder: str) -> int:
        return uninstall.unwire(folder, [name])

    @group.command("status", help=f"Show whether {title} is wired, and its last event.")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
    @click.pass_obj
    def _status(folder: str, as_json: bool) -> None:
        from hivemind_git.pipeline import reporting, workspace  # noqa: PLC0415 - --help must not load libgit2

        state = reporting.status(workspace.open_workspace(folder), workspace.this_machine())
        (one,) = (agent for agent in state.agents if agent.name == name)
        if as_json:
            render.emit_json(status.agent_json(one))
        else:
            click.echo(f"{one.title}: {status.agent_line(one)}")

    return group
