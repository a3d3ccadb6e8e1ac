"""Reads what other tools wrote: any field may be missing or be anything, and a file may be another one altogether."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from hivemind_git.model import Json

MOST_BYTES = 64 * 1024 * 1024
"""Of one file: a hundred thousand memories take a quarter of that, and JSON takes ten times its size in memory."""

_PLAUSIBLE = 2e10
"""Seconds since 1970 beyond which a number must be of a finer unit."""


class ForeignError(ValueError):
    """The content is not what it should be; the message continues a sentence that begins with the file's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One thing that another tool remembered, in its words.

    `key` is its own id there, empty where it has none. `t` is when it was last changed and `until` when it ceased to
    hold, RFC 3339 in UTC; None where that is not told.
    """

    text: str
    key: str = ""
    title: str = ""
    who: str = ""
    t: str | None = None
    until: str | None = None


def document(data: bytes) -> Json:
    """The JSON document in a file, or the list of its lines where each is one.

    Raises:
        ForeignError: it is neither.
    """
    if not data.strip():
        raise ForeignError("is empty")
    try:
        found: Json = json.loads(data)
    except RecursionError as error:
        raise ForeignError("is nested too deeply") from error
    except ValueError as error:
        lines = _lines(data)
        if lines is None:
            raise ForeignError(f"is no JSON, or was cut off: {error}") from error
        return lines
    return found


def objects(value: Json) -> list[dict[str, Json]]:
    """The objects in a list; empty for whatever is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def first_list(holder: Mapping[str, Json], *names: str) -> list[dict[str, Json]]:
    """The objects of the first of several lists that holds any: an empty alias must not hide a full one."""
    return next((found for name in names if (found := objects(holder.get(name)))), [])


def first_text(holder: Mapping[str, Json], *names: str) -> str:
    """The first of several fields that is text and says something; empty where none does."""
    found = (value for name in names if isinstance(value := holder.get(name), str) and value.strip())
    return next(found, "")


def unwrapped(value: Json, *names: str) -> list[dict[str, Json]]:
    """A list of objects that stands alone or under one of several names.

    Raises:
        ForeignError: it stands in none of these ways.
    """
    if isinstance(value, list):
        return objects(value)
    if isinstance(value, dict) and any(isinstance(value.get(name), list) for name in names):
        return first_list(value, *names)
    raise ForeignError(f"is neither a list nor an object with one under {' or '.join(names)}")


def moment(*values: Json) -> str | None:
    """The first of several times that is one, in RFC 3339 and UTC: ISO 8601 (without an offset: UTC), or a number of
    seconds, milli-, micro- or nanoseconds since 1970."""
    for value in values:
        found = _number(value) if isinstance(value, int | float) else _text(value) if isinstance(value, str) else None
        if found is not None:
            return found.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return None


def _number(value: float) -> datetime | None:
    if isinstance(value, bool) or not math.isfinite(value):
        return None
    seconds = float(value)
    while abs(seconds) > _PLAUSIBLE:
        seconds /= 1000
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None


def _text(value: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _lines(data: bytes) -> list[Json] | None:
    """The objects on the lines of a file; None where a line is none."""
    try:
        found: Iterable[Json] = [json.loads(line) for line in data.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(one, dict) for one in found) else None
