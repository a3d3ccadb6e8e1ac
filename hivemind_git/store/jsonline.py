"""One JSON object a line, as the store writes it: sorted keys, no spaces, valid UTF-8, bounded length. Pure."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping

from hivemind_git.model import Json

MAX_LINE = 256 * 1024
"""Bytes of a line, its LF included."""

# json escapes only what is below U+0020. C1 controls, DEL and the bidirectional marks would act on the terminal of
# someone who looks at a segment with `git show`; surrogates are not UTF-8 at all.
_ESCAPED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")

_DECODER = json.JSONDecoder()
_BLANK = " \t\r\n"


class BrokenLineError(ValueError):
    """The line is not what the data model says, and is skipped."""


class NewerLineError(ValueError):
    """The line was written by a version that this one does not know, and is skipped."""


def dump(value: Mapping[str, Json]) -> bytes:
    """The line's bytes without LF. Lone surrogates become escapes, numbers that JSON does not know become null.

    Raises:
        ValueError: the value is nested too deeply.
    """
    try:
        try:
            text = _text(value)
        except ValueError:
            text = _text(_finite(dict(value)))
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return escaped(text).encode()


def escaped(text: str) -> str:
    """JSON text that says the same without a character that acts on a terminal or is not UTF-8."""
    return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", _PAIR.sub(_joined, text))


def dump_bounded(value: Mapping[str, Json], keep: frozenset[str]) -> bytes:
    """As `dump`, with LF, at most `MAX_LINE` bytes.

    The longest strings are cut to a common length, and `cut` keeps the length that each had: `{"input": 300000}`, and
    for a string inside a list or an object the names joined with dots, `{"hunks.0.after": 300000}`. Where numbers and
    names alone are too long, whole fields go, the longest first; `cut` then has the length of their JSON.

    Args:
        value: the line; its own `cut`, if it has one, is kept.
        keep: names of fields that are never cut.

    Raises:
        ValueError: the fields of `keep` alone are too long.
    """
    line = dump(value)
    if len(line) < MAX_LINE:
        return line + b"\n"
    best = dump(_cut(value, 0, keep))
    if len(best) >= MAX_LINE:
        return dump(_dropped(value, keep)) + b"\n"
    low, high = 1, MAX_LINE
    while low <= high:
        middle = (low + high) // 2
        line = dump(_cut(value, middle, keep))
        if len(line) < MAX_LINE:
            low, best = middle + 1, line
        else:
            high = middle - 1
    return best + b"\n"


def load(line: bytes) -> dict[str, Json]:
    """The object of a line.

    Raises:
        BrokenLineError: it is none.
    """
    try:
        text = line.decode().strip(_BLANK)  # raw_decode takes none before the value
        value, end = _DECODER.raw_decode(text)
        if end != len(text):
            value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenLineError("it is not JSON") from error
    if not isinstance(value, dict):
        raise BrokenLineError("not an object")
    return value


def _text(value: Json | Mapping[str, Json]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _joined(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def _finite(value: Json) -> Json:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return value


def _cut(value: Mapping[str, Json], length: int, keep: frozenset[str]) -> dict[str, Json]:
    cut: dict[str, Json] = {}
    line = {
        key: item if key in keep or key == "cut" else _cut_value(item, key, length, cut) for key, item in value.items()
    }
    return _with_cut(line, cut)


def _cut_value(value: Json, path: str, length: int, cut: dict[str, Json]) -> Json:
    if isinstance(value, str) and len(value) > length:
        cut[path] = len(value)
        return value[:length]
    if isinstance(value, dict):
        return {key: _cut_value(item, f"{path}.{key}", length, cut) for key, item in value.items()}
    if isinstance(value, list):
        return [_cut_value(item, f"{path}.{index}", length, cut) for index, item in enumerate(value)]
    return value


def _dropped(value: Mapping[str, Json], keep: frozenset[str]) -> dict[str, Json]:
    """Whole fields away, the longest first, until the line fits."""
    line, cut = dict(value), dict[str, Json]()
    for length, key in sorted(_lengths(value, keep), reverse=True):
        del line[key]
        cut[key] = length
        if len(dump(_with_cut(line, cut))) < MAX_LINE:
            return _with_cut(line, cut)
    raise ValueError("the line is too long even without all that may be cut")


def _lengths(value: Mapping[str, Json], keep: frozenset[str]) -> Iterator[tuple[int, str]]:
    return ((len(dump({key: item}).decode()), key) for key, item in value.items() if key not in keep and key != "cut")


def _with_cut(line: dict[str, Json], cut: dict[str, Json]) -> dict[str, Json]:
    """Adds what was cut now to what was cut before; the first length is the true one."""
    before = line.get("cut")
    return {**line, "cut": {**cut, **(before if isinstance(before, dict) else {})}}
