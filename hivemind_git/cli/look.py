"""Colour and pager as the user's git has them: git itself is asked, so that every setting of either counts."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import click

_COLOUR = "hivemind.colour"
_PAGER = "hivemind.pager"
_Command = TypeVar("_Command", bound=Callable[..., Any])


def options(command: _Command) -> _Command:
    """Gives a command `--color[=WHEN]`, `--no-color` and `--no-pager`."""
    for option in (
        click.option(
            "--no-pager", is_flag=True, expose_value=False, callback=_keep_pager, help="Print without a pager."
        ),
        click.option("--no-color", is_flag=True, expose_value=False, callback=_keep_none, help="As --color=never."),
        click.option(
            "--color",
            type=click.Choice(["always", "auto", "never"]),
            metavar="[=WHEN]",
            expose_value=False,
            callback=_keep_colour,
            help="Colour always, never or (auto) as color.ui says.",
        ),
    ):
        command = option(command)
    return command


def spelt_out(arguments: Sequence[str]) -> list[str]:
    """The command line with a bare `--color` as `--color=always`: a word after it is never its value, as in git."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    return ["--color=always" if one == "--color" else one for one in arguments[:end]] + list(arguments[end:])


def coloured() -> bool:
    """Whether standard output takes colour: asked for, else as `color.ui` has it, and nobody said no (no-color.org)."""
    asked = _asked(_COLOUR) or "auto"
    if asked != "auto":
        return bool(asked == "always")
    return not os.environ.get("NO_COLOR") and _by_git(_folder(), sys.stdout.isatty())


def pager() -> str:
    """The pager that git would start, `cat` for none: GIT_PAGER, core.pager, PAGER, less."""
    if _asked(_PAGER) or not sys.stdout.isatty():
        return "cat"
    from hivemind_git.git import config  # noqa: PLC0415 - only a terminal needs it

    return config.pager(_folder())


@cache
def _by_git(folder: str, terminal: bool) -> bool:
    from hivemind_git.git import config  # noqa: PLC0415 - what prints nothing coloured must not load it

    return config.coloured(folder, terminal=terminal)


def _asked(name: str) -> Any:
    ctx = click.get_current_context(silent=True)
    return ctx.meta.get(name) if ctx else None


def _folder() -> str:
    ctx = click.get_current_context(silent=True)
    found = ctx.find_root().obj if ctx else None
    return found if isinstance(found, str) else "."


def _keep_colour(ctx: click.Context, param: click.Parameter, value: str | None) -> None:  # noqa: ARG001 - click's
    if value:
        ctx.meta[_COLOUR] = value


def _keep_none(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001 - click's interface
    if value:
        ctx.meta[_COLOUR] = "never"


def _keep_pager(ctx: click.Context, param: click.Parameter, value: bool) -> None:  # noqa: ARG001 - click's interface
    if value:
        ctx.meta[_PAGER] = True
