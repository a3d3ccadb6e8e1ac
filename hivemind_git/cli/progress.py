"""Progress on a terminal; nothing where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(label: str, worth: int) -> Iterator[Callable[[int, int], None]]:
    """What a long command calls with how many of how many are done; a bar on standard error shows it.

    Args:
        label: what is being done.
        worth: of how many on a bar is worth showing: what is over in a blink needs none.
    """
    if not sys.stderr.isatty():
        yield _unseen
        return
    from rich.console import Console  # noqa: PLC0415 - 60 ms that only a long command is worth
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=None, visible=False)
        yield lambda done, total: shown.update(task, completed=done, total=total, visible=total >= worth)


def _unseen(done: int, total: int, /) -> None:
    del done, total
