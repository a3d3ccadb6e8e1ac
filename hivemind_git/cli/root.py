"""The group of all commands, its options, and how an error reads."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click
from click.shell_completion import CompletionItem

from hivemind_git import __version__
from hivemind_git.cli import COMMANDS, HIDDEN, OF_SESSIONS, look
from hivemind_git.errors import HivemindError


class LazyGroup(click.Group):
    """Imports a command's module only when that command is asked for: a start-up that users never notice."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        """The commands in the order of the loop."""
        return [name for name in COMMANDS if name not in HIDDEN]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's interface
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return _of_assistant(cmd_name)
        module = importlib.import_module(f"hivemind_git.cli.{_module(cmd_name)}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands, without importing any; assistants where no command begins so, for these are asked for rarely."""
        from hivemind_git.agents import NAMES  # noqa: PLC0415

        commands = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        named = [CompletionItem(name, help=COMMANDS[name]) for name in commands]
        if not commands:
            named = [CompletionItem(name) for name in NAMES if name.startswith(incomplete)]
        return named + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """One line a command, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but `sessions forget` is `forget`, and a misspelt command names its nearest neighbour."""
        if args[0] == "sessions" and args[1:2] and args[1] in OF_SESSIONS:
            return f"sessions {args[1]}", self.get_command(ctx, args[1]), args[2:]
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib  # noqa: PLC0415

            from hivemind_git.agents import NAMES  # noqa: PLC0415

            known = [*self.list_commands(ctx), *NAMES]
            near = difflib.get_close_matches(args[0], known, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"'{args[0]}' is not a command.{hint}", ctx) from error


def _of_assistant(name: str) -> click.Command | None:
    """The commands of one assistant, which the help names in a line; None where no assistant has that name."""
    from hivemind_git import agents  # noqa: PLC0415

    if name not in agents.NAMES:
        return None
    from hivemind_git.cli.agent import group_of  # noqa: PLC0415

    return group_of(name, agents.assistant(name).title)


def _module(name: str) -> str:
    return f"{name}_" if name == "import" else name


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="`git hivemind AGENT install|uninstall|status` is for one assistant alone, as in `codex install`.\n\n"
    "Exit codes: 0 fine, 1 findings, 2 wrong usage, 3 could not do it.",
)
@click.version_option(__version__, message="git-hivemind version %(version)s")
@click.option("-C", "folder", metavar="PATH", default=".", help="Run as if started in PATH.")
@click.option("--debug", is_flag=True, help="Show a traceback when something goes wrong.")
@click.pass_context
def group(ctx: click.Context, folder: str, debug: bool) -> None:  # noqa: ARG001 - `debugging` reads it from the line
    """Turn the corrections people make to their coding agents into skills, reviewed and kept in git."""
    ctx.obj = folder
    ctx.color = True  # nothing is styled unless `look` says so, and what is styled is printed as it is
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def run(arguments: Sequence[str]) -> int:
    """Runs the command line and returns its exit code.

    Raises:
        HivemindError: the command could not do it.
    """
    try:
        result = group.main(
            look.spelt_out(arguments),
            prog_name="git hivemind",
            complete_var="_HIVEMIND_COMPLETE",
            standalone_mode=False,
        )
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    return result if isinstance(result, int) else 0


def debugging(arguments: Sequence[str]) -> bool:
    """Whether tracebacks are wanted."""
    return "--debug" in arguments


def unexpected(error: Exception) -> HivemindError:
    """What a person reads when the fault is ours."""
    return HivemindError(
        f"internal error: {type(error).__name__}: {error}",
        "run the same command with --debug and report what it prints",
    )


def fail(error: HivemindError) -> int:
    """Prints one sentence and the next step, and returns the exit code."""
    from hivemind_git.cli.render import printable  # noqa: PLC0415

    told = f"hivemind: {printable(error.sentence)}"
    # Not click.secho: it ends even a plain text with a reset, and pagers and hooks keep it.
    red = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    click.echo(click.style(told, fg="red") if red else told, err=True)
    if error.step:
        click.echo(f"  {printable(error.step)}", err=True)
    return error.exit_code
