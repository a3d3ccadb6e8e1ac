"""How results look: text safe for a terminal, diffs, tables, JSON, the pager."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import look
from hivemind_git.model import Json
from hivemind_git.store.jsonline import escaped

if TYPE_CHECKING:
    from hivemind_git.pipeline.workspace import Workspace

_READABLE = 30
_KEPT = frozenset("\n\t")
_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def warn_of_nonsense(space: Workspace) -> None:
    """Says beside the output that some of the store, or of the file images, was passed over, where any was."""
    if space.skipped.nonsense:
        click.echo("Some of the store makes no sense and was passed over: `git hivemind doctor`", err=True)
    if space.skipped.images:
        click.echo("Some file images are damaged, and edits were passed over: `git hivemind doctor`", err=True)


def printable(text: str) -> str:
    """The text with control and direction characters made visible.

    Sessions come from other people's machines: an escape sequence in one must not reach the terminal, nor a character
    that makes text read otherwise than it runs (CVE-2021-42574).
    """
    if text.isprintable():
        return text
    return "".join(
        char
        if char in _KEPT or not (unicodedata.category(char) in {"Cc", "Cs"} or char in _DIRECTION)
        else f"\\x{ord(char):02x}"
        if ord(char) < 256
        else f"\\u{ord(char):04x}"
        for char in text
    )


def one_line(text: str, width: int) -> str:
    """The text on one line of at most `width` characters."""
    flat = " ".join(printable(text).split())
    return flat if len(flat) <= width else flat[: max(width - 1, 1)] + "…"


def width() -> int:
    """Columns of the terminal; 80 when there is none."""
    return shutil.get_terminal_size((80, 24)).columns


def coloured() -> bool:
    """Whether standard output takes colour."""
    return look.coloured()


def style(text: str, **how: object) -> str:
    """Coloured where colour is wanted, plain elsewhere."""
    return click.style(text, **how) if coloured() else text  # type: ignore[arg-type]


def diff(before: str, after: str, indent: str = "    ") -> str:
    """Removed lines in red, added lines in green, as `git diff` shows a hunk."""
    rows = [style(f"{indent}-{printable(line)}", fg="red") for line in before.splitlines()]
    rows += [style(f"{indent}+{printable(line)}", fg="green") for line in after.splitlines()]
    return "\n".join(rows)


def count(number: int, noun: str, plural: str = "") -> str:
    """`1 session`, `2 sessions`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def table(rows: Sequence[Sequence[str]], gap: str = "  ") -> str:
    """Columns aligned on the left, the last one free."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]) - 1)] if rows else []
    return "\n".join(
        gap.join([*(cell.ljust(size) for cell, size in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    )


def labelled(rows: Sequence[Sequence[str]]) -> str:
    """A label and a text in each row; on a terminal the text goes on below itself, broken between words."""
    if not sys.stdout.isatty():
        return table(rows)
    left = max(width() - max(len(label) for label, _ in rows) - 2, _READABLE)
    return table([(label if first else "", part) for label, text in rows for first, part in _broken(text, left)])


def _broken(text: str, left: int) -> list[tuple[bool, str]]:
    parts = textwrap.wrap(text, left, break_long_words=False, break_on_hyphens=False) or [""]
    return [(number == 0, part) for number, part in enumerate(parts)]


def listing(rows: Sequence[tuple[Sequence[str], Callable[[int], str]]], piped: int) -> str:
    """Rows of short cells, each with a text that is cut to so many columns: what the terminal leaves beside the cells.

    Where that is little the text stands below them. Without a terminal it is cut to `piped` columns.
    """
    if not sys.stdout.isatty():
        return table([[*cells, cut(piped)] for cells, cut in rows])
    taken = sum(max(len(click.unstyle(cells[i])) for cells, _ in rows) + 2 for i in range(len(rows[0][0])))
    left = width() - taken - 2  # quotes may go around
    if left >= _READABLE:
        return table([[*cells, cut(left)] for cells, cut in rows])
    heads = table([[*cells, ""] for cells, _ in rows]).split("\n")
    below = (cut(max(width() - 6, 1)) for _, cut in rows)
    return "\n".join(f"{head}\n    {text}" if text else head for head, text in zip(heads, below, strict=True))


def beside(left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]) -> list[str]:
    """Two columns of (text, colour), each half of the terminal wide; what is longer goes on in the next row."""
    half = (width() - 3) // 2
    columns = [
        [(text[at : at + half], colour) for text, colour in column for at in range(0, len(text) or 1, half)]
        for column in (left, right)
    ]
    return [
        f"{style(one.ljust(half), fg=colour or None)} │ {style(other, fg=other_colour or None)}".rstrip()
        for (one, colour), (other, other_colour) in zip_longest(*columns, fillvalue=("", ""))
    ]


def emit_json(value: Mapping[str, Json]) -> None:
    """One JSON document with its version."""
    echo_json({"version": 1, **value})


def echo_json(value: object) -> None:
    """One JSON document. What would act on a terminal stands in it as an escape."""
    click.echo(escaped(json.dumps(value, ensure_ascii=False, indent=2)))


def page(text: str) -> None:
    """Shows the text through the user's pager as git does: only on a terminal, and none where it is `cat`."""
    command = look.pager()
    if command == "cat":
        click.echo(text, color=True)
        return
    environment = {"LESS": "FRX", "LV": "-c", **os.environ}
    viewer = subprocess.Popen(command, shell=True, stdin=subprocess.PIPE, env=environment)  # noqa: S602 - git's own rule
    try:
        viewer.communicate(f"{text}\n".encode("utf-8", "replace"))
    except (BrokenPipeError, KeyboardInterrupt):
        viewer.wait()
