"""What was only taken away: a whole call (`console.log(…)`), or a comment that is a directive (`//nolint:gosec //
why`)."""

from __future__ import annotations

import re
from typing import Final

from hivemind_git.rules import tokens as tk
from hivemind_git.rules.align import regions
from hivemind_git.rules.delta import Atom, Delta
from hivemind_git.rules.tokens import Tokens

_DIRECTIVE: Final = re.compile(
    r"(?:#|//|--|/\*)(?:[A-Za-z]+[:\-]?| ?[A-Za-z]+[:\-](?=\S)| ?[A-Z]{3,}\b:?| ?(?:noqa|pylint|mypy)\b:?)"
)


def statement(before: Tokens, nothing: Tokens) -> Delta | None:
    """A removed line: a call with its arguments as a run, or the line as it is."""
    if len(before) == 1 and tk.is_comment(before.texts[0]):
        return comment(before, nothing)
    while before.texts and before.texts[-1] == ";":
        before = before.slice(0, len(before) - 1)
    if not before.texts:
        return None
    atoms = _call(before.texts) or before.texts
    return Delta(before, nothing, 0, len(before), 0, atoms, ())


def _call(texts: tuple[str, ...]) -> tuple[Atom, ...] | None:
    """`name.name(run)`, or None."""
    opener = next((index for index, text in enumerate(texts) if text == "("), 0)
    if not opener or not all(tk.is_name(text) or text in {".", "::", "!", "->"} for text in texts[:opener]):
        return None
    close = tk.closing(texts, opener)
    if close != len(texts) - 1:
        return None
    return (*texts[: opener + 1], texts[opener + 1 : close], ")")


def comment(before: Tokens, after: Tokens) -> Delta | None:
    """A removed comment that starts like a directive: its head is concrete, what follows a run."""
    changed = regions(before.texts, after.texts)
    if len(changed) != 1:
        return None
    b0, b1, a0, a1 = changed[0]
    if b1 != b0 + 1 or a1 != a0 or not tk.is_comment(before.texts[b0]):
        return None
    head = _DIRECTIVE.match(before.texts[b0])
    if head is None:
        return None
    cut = tk.split(before, (b0,))
    end = b0
    while end < len(cut) and cut.starts[end] < before.starts[b0] + head.end():
        end += 1
    width = len(cut) - len(before) + 1
    rest = cut.texts[end : b0 + width]
    atoms = (*cut.texts[b0:end], *((rest,) if rest else ()))
    return Delta(cut, after, b0, b0 + width, a0, atoms, ())
