"""Makes hostile inputs out of good ones, the same from the same random numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final

TEXTS: Final = (
    "",
    "\0",
    "\ud800",
    "\x1b]0;title\x07\x1b[2J",
    "\u202e\u2066gnp.exe\u2069",
    "../../../../etc/passwd",
    "/etc/passwd",
    ".git/config",
    ".git/hooks/pre-commit",
    "a/.GIT/config",
    "c:\\windows\\x",
    "-rf",
    "--upload-pack=touch x",
    "a\nb\r\nc",
    "$(touch x)`touch x`",
    "'; drop table events; --",
    "{{ 7 * 7 }}{% for x in range(9) %}",
    "%s%n",
    "1e999",
    "9999-99-99T99:99:99Z",
    "0001-01-01T00:00:00+23:59",
    "AKIA" + "A" * 16,
    "x" * 70_000,
    "(" * 3_000,
    "\\" * 3_000,
    "a" * 40,
    "\n" * 3_000,
    "<" * 200,
    "```" * 50,
    "ß" * 300,
    "e\u0301\u200d\ufeff",
)
"""Each has broken some parser somewhere: control characters, path tricks, options, injections, lengths, depth."""

_VALUES: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    0,
    -1,
    2**63,
    -(2**70),
    0.1,
    1e308,
    [],
    {},
    [[]],
    {"": {}},
    [None],
)
_BYTES: Final = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\r\n",
    b"\n",
    b"\x1b[",
    b"[" * 5_000,
    b'{"a":' * 5_000,
    b'"',
    b"---\n",
    b"\\",
)
_MUTATIONS: Final = 4
_LONGEST_RUN: Final = 4 * 1024 * 1024
"""Bytes of one line repeated: fifty of fifty of fifty copies measure memory, not a parser."""

Path = tuple[Any, ...]


def mutated(seeds: Sequence[bytes], random: Random) -> bytes:
    """One of the good inputs, made worse: its JSON values where it is JSON or JSON lines, else its lines and bytes."""
    seed = random.choice(seeds)
    lines = _parsed(seed)
    if lines is None or random.random() < 0.25:
        return _bytes(seed, random)
    for _ in range(random.randint(1, _MUTATIONS)):
        _spoil(lines, random)
    text = "\n".join(json.dumps(line, ensure_ascii=random.random() < 0.5) for line in lines)
    whole = text.encode("utf-8", "surrogatepass") + b"\n"
    return _bytes(whole, random) if random.random() < 0.1 else whole


def _parsed(data: bytes) -> list[Any] | None:
    try:
        return [json.loads(data)]
    except ValueError:
        pass
    try:
        return [json.loads(line) for line in data.splitlines() if line.strip()] or None
    except ValueError:
        return None


def _spoil(lines: list[Any], random: Random) -> None:
    """Changes one place of the values: replaces, removes, copies from elsewhere, nests, renames, repeats a line."""
    places = list(_places(lines))
    *parents, key = random.choice(places) if places else (0,)
    holder: Any = lines
    for step in parents:
        holder = holder[step]
    match random.randrange(7):
        case 0 | 1:
            holder[key] = random.choice(TEXTS)
        case 2:
            holder[key] = _copied(random.choice(_VALUES))
        case 3 if isinstance(holder, dict):
            del holder[key]
        case 4 if places:
            holder[key] = _copied(_at(lines, random.choice(places)))
        case 5 if isinstance(holder, dict):
            holder[random.choice(TEXTS)] = holder.pop(key)
        case _:
            holder[key] = _nested(holder[key], random.choice((1, 40, 150)))


def _places(value: Any, path: Path = ()) -> Iterator[Path]:
    """The way to each value below this one."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        if len(path) < 12:
            yield from _places(item, (*path, key))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _copied(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _nested(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = [value]
    return value


def _bytes(data: bytes, random: Random) -> bytes:
    """Lines and bytes of a text cut, doubled, swapped and mixed with what does not belong there."""
    for _ in range(random.randint(1, _MUTATIONS)):
        lines = data.splitlines(keepends=True)
        at = random.randrange(len(data) + 1)
        line = random.randrange(len(lines)) if lines else 0
        match random.randrange(7):
            case 0:
                data = data[:at]
            case 1:
                data = data[:at] + random.choice(TEXTS).encode("utf-8", "surrogatepass") + data[at:]
            case 2:
                data = data[:at] + random.choice(_BYTES) + data[at:]
            case 3:
                data = data[:at] + bytes([random.randrange(256)]) + data[at + 1 :]
            case 4 if lines:
                data = b"".join([*lines[:line], *lines[line + 1 :]])
            case 5 if lines:
                times = min(random.choice((2, 50)), _LONGEST_RUN // len(lines[line]))
                data = b"".join([*lines[:line], lines[line] * times, *lines[line + 1 :]])
            case _ if lines:
                other = random.randrange(len(lines))
                lines[line], lines[other] = lines[other], lines[line]
                data = b"".join(lines)
    return data
