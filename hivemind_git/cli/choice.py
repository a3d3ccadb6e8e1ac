"""The options that limit a list, called as git calls them: --since, --until, --author, --agent, -n, and paths after --.

Every command that lists takes them the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from hivemind_git.cli import names

if TYPE_CHECKING:
    from hivemind_git.pipeline.choosing import Wanted

_META = "hivemind.choice"
_PATHS = "hivemind.paths"
_Command = TypeVar("_Command", bound=Callable[..., Any])


class ListCommand(click.Command):
    """A command whose words after `--` are pathspecs."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keeps what stands behind `--` for `wanted`."""
        if "--" in args:
            end = args.index("--")
            ctx.meta[_PATHS] = tuple(args[end + 1 :])
            args = args[:end]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The usage, with where paths go."""
        pieces = super().collect_usage_pieces(ctx)
        return pieces if any(param.nargs == -1 for param in self.params) else [*pieces, "[--] [PATH]..."]


def options(command: _Command) -> _Command:
    """Gives a command the options that limit a list."""
    for names_, more in (
        (("-n", "--max-count"), {"metavar": "N", "type": click.IntRange(0), "help": "At most so many."}),
        (("--agent",), {"metavar": "NAME", "shell_complete": names.assistants, "help": "Only this assistant's."}),
        (("--author",), {"metavar": "TEXT", "help": "Only what people of this name or address corrected."}),
        (("--until", "--before"), {"metavar": "TIME", "help": "Only what is of this time or earlier."}),
        (
            ("--since", "--after"),
            {"metavar": "TIME", "help": "Only what is of this time or later: a day, 2 weeks ago."},
        ),
    ):
        command = click.option(*names_, expose_value=False, callback=_keep, **more)(command)
    return command


def wanted(folder: str, more: tuple[str, ...] = ()) -> Wanted:
    """What the command line asks for; `more` are paths that stood before `--`.

    Raises:
        UsageError: a time is none.
    """
    from hivemind_git.git import dates  # noqa: PLC0415 - --help must not start git
    from hivemind_git.pipeline.choosing import Wanted  # noqa: PLC0415

    meta = click.get_current_context().meta
    asked, here = meta.get(_META, {}), Path(folder)
    return Wanted(
        folder=here,
        since=dates.moment(here, asked["since"]) if asked.get("since") else "",
        until=dates.moment(here, asked["until"], end=True) if asked.get("until") else "",
        author=asked.get("author") or "",
        agent=asked.get("agent") or "",
        specs=(*more, *meta.get(_PATHS, ())),
        most=asked.get("max_count"),
    )


def _keep(ctx: click.Context, param: click.Parameter, value: object) -> None:
    ctx.meta.setdefault(_META, {})[param.name] = value
