"""Reads the JSON lines of an agent's own log, whatever stands in them, and counts what it had to leave out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

LONGEST_LINE = 32 * 1024 * 1024
"""Longer lines are skipped: the longest that real transcripts hold is 1 MB, and one line must not take the memory."""

Record: TypeAlias = dict[str, Any]


@dataclass
class Tally:
    """What a reader met: all lines, and those that told it nothing.

    `nowhere` counts records of no session or no time, `outside` uses of file tools on files outside the repository,
    `repeated` records that stood there before.
    """

    lines: int = 0
    broken: int = 0
    too_long: int = 0
    nowhere: int = 0
    repeated: int = 0
    outside: int = 0
    unknown: Counter[str] = field(default_factory=Counter)


def stands(name: str) -> bool:
    """Whether a file stands at the path that a payload names: any text, too long for a path or with a NUL in it."""
    try:
        return Path(name).is_file()
    except OSError:
        return False


def whole_lines(stream: BinaryIO, tally: Tally, longest: int = LONGEST_LINE) -> Iterator[bytes]:
    """The lines of a file, never holding more than `longest` bytes; longer lines are counted and left out."""
    while line := stream.readline(longest + 1):
        if len(line) <= longest or line.endswith(b"\n"):
            yield line
            continue
        tally.lines += 1
        tally.too_long += 1
        while line and not line.endswith(b"\n"):
            line = stream.readline(longest)


def records(lines: Iterable[bytes], tally: Tally) -> Iterator[Record]:
    """The JSON objects on the lines. Blank lines are no lines; what is not a JSON object is counted as broken."""
    for line in lines:
        if not line.strip():
            continue
        tally.lines += 1
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            tally.broken += 1
            continue
        if isinstance(record, dict):
            yield record
        else:
            tally.broken += 1


def text(record: Record, key: str) -> str:
    """The string under `key`, or an empty one: a log is another program's, and any field may be anything."""
    value = record.get(key)
    return value if isinstance(value, str) else ""


def mapping(record: Record, key: str) -> Record:
    """The object under `key`, or an empty one."""
    value = record.get(key)
    return value if isinstance(value, dict) else {}


def objects(record: Record, key: str) -> list[Record]:
    """The objects in the list under `key`; what else stands there is left out."""
    value = record.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
