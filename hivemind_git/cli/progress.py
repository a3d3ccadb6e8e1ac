"""Progress on a terminal; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TypeAlias

Advance: TypeAlias = Callable[[int], None]
"""Told the bytes that were read since."""


@contextmanager
def bytes_bar(label: str, total: int, worth: int) -> Iterator[Advance]:
    """As `bar`, for one who reads `total` bytes and tells how many they were, piece by piece."""
    if not sys.stderr.isatty() or total < worth:
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - 60 ms that only a long command is worth
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=total)
        yield lambda size: shown.advance(task, size)


@contextmanager
def bar(label: str, worth: int) -> Iterator[Callable[[int, int], None]]:
    """What a long command calls with how many of how many are done; a bar on standard error shows it.

    Args:
        label: what is being done.
        worth: of how many on a bar is worth showing: what is over in a blink needs none.
    """
    with stages(worth) as advance:
        yield lambda done, total: advance(label, done, total)


@contextmanager
def stages(worth: int) -> Iterator[Callable[[str, int, int], None]]:
    """The same for a command of several stages, each of which says what is being done; one bar a stage.

    Args:
        worth: of how many on a bar is worth showing.
    """
    if not sys.stderr.isatty():
        yield _unseen
        return
    from rich.console import Console  # noqa: PLC0415 - 60 ms that only a long command is worth
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("", total=None, visible=False)

        def advance(stage: str, done: int, total: int) -> None:
            shown.update(task, description=stage, completed=done, total=total, visible=total >= worth)

        yield advance


def derivation() -> AbstractContextManager[Callable[[str, int, int], None]]:
    """`stages` for a command that derives first: what a bar is worth there is 200 sessions, or files."""
    return stages(200)


def _unseen(stage: str, done: int, total: int, /) -> None:
    del stage, done, total
