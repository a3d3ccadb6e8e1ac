"""Feeds targets and counts what they met."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from random import Random
from typing import Final

from benchmarks.fuzz.mutation import mutated
from benchmarks.fuzz.targets import Target

SLOW_SECONDS: Final = 5.0
"""Of the processor, for one input, which is hardly longer than its seed or 70 kB: what takes more hangs."""


@dataclass(frozen=True, slots=True)
class Met:
    """What a target met. `refused` inputs raised what it is documented to raise; `slowest` is in seconds of
    the processor. None where nobody counted.
    """

    target: str
    inputs: int
    refused: int | None
    broke: tuple[str, ...]
    slowest: float | None


def attempt(target: Target, data: bytes) -> str | None:
    """Feeds one input: None where the target took it, "" where it refused it as documented, else how it broke."""
    try:
        target.feed(data)
    except target.errors:
        return ""
    except Exception as error:  # noqa: BLE001 - whatever else comes out is what is looked for
        return f"{type(error).__name__}: {error}"[:200]
    return None


def case(target: Target, number: int) -> bytes:
    """The input of that number, the same for ever as long as the good inputs stay."""
    return mutated(target.seeds, Random(f"{target.name} {number}"))


def met(target: Target, numbers: Iterable[int], seconds: float = float("inf")) -> Met:
    """Feeds the inputs of these numbers until they or the time are at their end."""
    inputs = refused = 0
    slowest = 0.0
    broke: list[str] = []
    end = time.monotonic() + seconds
    for number in numbers:
        data = case(target, number)
        if time.monotonic() > end:
            break
        start = time.process_time()
        how = attempt(target, data)
        taken = time.process_time() - start
        slowest = max(slowest, taken)
        inputs += 1
        refused += how == ""
        if how or taken > SLOW_SECONDS:
            broke.append(f"{target.name}, input {number}: {how or f'took {taken:.1f} s'}")
    return Met(target.name, inputs, refused, tuple(broke), slowest)
