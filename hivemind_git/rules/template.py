"""The text form of a template: code with holes `$0`, `$1`…

A `$` of the code itself is doubled where it would read as a hole: before a digit, before another `$`, and before `{`
and a digit.
A hole that a digit follows is written `${0}`. White space means nothing but "not glued": `get$0` is a name that
starts with `get`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from hivemind_git.rules import tokens as tk

_MARK: Final = re.compile(r"\$\$|\$(\d{1,3})|\$\{(\d{1,3})\}")
_DOUBLED: Final = re.compile(r"\$(?=\d|\$|\{\d)")

Segment: TypeAlias = str | int
"""A piece of template text: code as it stands, or the number of a hole."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A place that takes anything: a balanced run of tokens, or, glued to a name or string, the rest of it."""

    number: int
    glued: bool = False


Element: TypeAlias = str | Hole


def segments(text: str) -> list[Segment]:
    """The code and the holes of a template's text, in order."""
    found: list[Segment] = []
    at = 0
    plain = ""
    for match in _MARK.finditer(text):
        plain += text[at : match.start()]
        at = match.end()
        number = match.group(1) or match.group(2)
        if number is None:
            plain += "$"
            continue
        if plain:
            found.append(plain)
            plain = ""
        found.append(int(number))
    plain += text[at:]
    return [*found, plain] if plain else found


def join(parts: Sequence[Segment]) -> str:
    """The text of code and holes: the reverse of `segments`."""
    text = ""
    for index, part in enumerate(parts):
        following = parts[index + 1] if index + 1 < len(parts) else ""
        if isinstance(part, int):
            text += f"${{{part}}}" if isinstance(following, str) and following[:1].isdigit() else f"${part}"
            continue
        ahead = "$" if isinstance(following, int) else ""
        text += _DOUBLED.sub("$$", part + ahead)[: None if not ahead else -1]
    return text


def fill(parts: Sequence[Segment], values: Mapping[int, str]) -> str:
    """The code that a template means where its holes have these values."""
    return "".join(part if isinstance(part, str) else values[part] for part in parts)


def elements(text: str, of_family: str, *, fine: bool) -> tuple[Element, ...]:
    """A template's text as tokens and holes; `fine`: names, strings and comments are cut into their pieces."""
    cut = _cut(text, of_family)
    if fine:
        cut = tk.split(cut)
    found: list[Element] = []
    for index, token in enumerate(cut.texts):
        bare = token.lstrip(tk.GLUE)
        if not tk.is_hole(bare):
            found.append(_follows_hole(cut, index))
            continue
        found.append(Hole(ord(bare) - tk.FIRST_HOLE, _is_glued(cut, index)))
    return tuple(found)


def _cut(text: str, of_family: str) -> tk.Tokens:
    marked = "".join(part if isinstance(part, str) else chr(tk.FIRST_HOLE + part) for part in segments(text))
    return tk.tokenise(marked, of_family)


def _follows_hole(cut: tk.Tokens, index: int) -> str:
    """A piece that directly follows a glued hole continues the same name."""
    token = cut.texts[index]
    if (
        index
        and not token.startswith(tk.GLUE)
        and tk.is_hole(cut.texts[index - 1].lstrip(tk.GLUE))
        and _sticks(cut, index)
    ):
        return tk.GLUE + token
    return token


def _sticks(cut: tk.Tokens, index: int) -> bool:
    if cut.ends[index - 1] != cut.starts[index]:
        return False
    token = cut.texts[index]
    return tk.is_name(token) or tk.is_number(token)


def _is_glued(cut: tk.Tokens, index: int) -> bool:
    if cut.texts[index].startswith(tk.GLUE):
        return True
    if index and cut.ends[index - 1] == cut.starts[index]:
        previous = cut.texts[index - 1].lstrip(tk.GLUE)
        return tk.is_name(previous) or tk.is_number(previous)
    return False


def glued(text: str, of_family: str) -> bool:
    """Whether a template has a hole inside a name, a string or a comment."""
    cut = _cut(text, of_family)
    for index, token in enumerate(cut.texts):
        if tk.is_hole(token):
            if _is_glued(cut, index) or (index + 1 < len(cut) and _sticks(cut, index + 1)):
                return True
        elif any(tk.is_hole(character) for character in token):
            return True
    return False
