"""How far a long run is, told to whoever shows it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias, TypeVar

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, and how many of how many are done."""

Item = TypeVar("Item")


def unseen(stage: str, done: int, total: int, /) -> None:
    """Tells nobody."""
    del stage, done, total


def each(items: Collection[Item], stage: str, progress: Progress) -> Iterator[Item]:
    """The items one by one; before each of them it is told how many are done, and at the end that all are."""
    for done, item in enumerate(items):
        progress(stage, done, len(items))
        yield item
    progress(stage, len(items), len(items))
