"""Anti-unification: the most specific template that several changes of one skeleton are instances of.

Runs that differ become holes, shared between before and after by the values they take; what surrounds the change
joins the template as far
as all examples agree (FACTS of a prototype: without the gates here precision falls from .99 to about .9).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from hivemind_git.rules import template as tm
from hivemind_git.rules import tokens as tk
from hivemind_git.rules.delta import Delta, informative
from hivemind_git.rules.tokens import Tokens

CONTEXT: Final = 4
"""Tokens of context kept on either side of the core; a bracketed group counts as one."""
CONCRETE: Final = 0.3
"""The share of a template's tokens that must be concrete."""

_QUOTES: Final = re.compile(r"([A-Za-z$@]{0,2})(\"{3}|'{3}|[\"'`]).*\2\Z", re.DOTALL)

Run = tuple[str, ...]
Vector = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A generalised change, in the text form of `template`."""

    before: str
    after: str


@dataclass(slots=True)
class _Part:
    """A token of the example that lends its spelling, or a hole; `spaced`: white space stands before it."""

    content: str | int
    spaced: bool


@dataclass(slots=True)
class _Holes:
    """The values of the holes found so far: equal values are the same hole."""

    numbers: dict[Vector, int] = field(default_factory=dict)

    def bind(self, vector: Vector) -> int:
        return self.numbers.setdefault(_bare(vector), len(self.numbers))

    def get(self, vector: Vector) -> int | None:
        return self.numbers.get(_bare(vector))


def _bare(vector: Vector) -> Vector:
    """Values without the mark of pieces: what follows `get` in a name may stand alone in the after."""
    return tuple(tuple(text.removeprefix(tk.GLUE) for text in run) for run in vector)


class _UngeneralError(Exception):
    """These examples have no template in common."""


def generalise(examples: Sequence[Delta]) -> Template | None:
    """The template of changes with equal skeletons, or None where they have none that passes the gates.

    The gates: something concrete changed; brackets stay as balanced as they were; every hole of the after is bound in
    the before; at least `CONCRETE` of the
    tokens are
    concrete. The first example lends the spelling (its white space).
    """
    holes = _Holes()
    try:
        before = _core(examples, before=True, holes=holes, binding=True)
        left = _left(examples, holes)
        right = _right(examples, holes, _open(before))
        after = _core(examples, before=False, holes=holes, binding=False)
    except _UngeneralError:
        return None
    return _gated([*left, *before, *right], [*left, *after, *right])


def _gated(before: list[_Part], after: list[_Part]) -> Template | None:
    numbers: dict[int, int] = {}
    for part in before:
        if isinstance(part.content, int):
            numbers.setdefault(part.content, len(numbers))
    if any(isinstance(part.content, int) and part.content not in numbers for part in after):
        return None
    if _balance(before) != _balance(after):
        return None
    parts = [*before, *after]
    concrete = sum(isinstance(part.content, str) for part in parts)
    said = [part.content for part in before if isinstance(part.content, str)]
    if concrete < CONCRETE * len(parts) or not (informative(said) or len(said) > 3):
        return None
    return Template(_render(before, numbers), _render(after, numbers))


def _balance(parts: Sequence[_Part]) -> Counter[str]:
    """What brackets a side opens and does not close: a template that changes this leaves broken code."""
    open_ones: Counter[str] = Counter()
    for part in parts:
        if isinstance(part.content, str) and part.content in tk.OPENERS:
            open_ones[part.content] += 1
        elif isinstance(part.content, str) and part.content in tk.CLOSERS:
            open_ones[tk.CLOSERS[part.content]] -= 1
    return open_ones


def _render(parts: Sequence[_Part], numbers: dict[int, int]) -> str:
    segments: list[tm.Segment] = []
    for index, part in enumerate(parts):
        if index and part.spaced:
            segments.append(" ")
        segments.append(numbers[part.content] if isinstance(part.content, int) else part.content.lstrip(tk.GLUE))
    return tm.join(_merged(segments)).strip()


def _merged(segments: Sequence[tm.Segment]) -> list[tm.Segment]:
    merged: list[tm.Segment] = []
    for segment in segments:
        if merged and isinstance(segment, str) and isinstance(merged[-1], str):
            merged[-1] += segment
        else:
            merged.append(segment)
    return merged


def _core(examples: Sequence[Delta], *, before: bool, holes: _Holes, binding: bool) -> list[_Part]:
    atoms = [example.atoms_before if before else example.atoms_after for example in examples]
    tokens = examples[0].before if before else examples[0].after
    at = examples[0].start
    parts: list[_Part] = []
    for position, first in enumerate(atoms[0]):
        if isinstance(first, str):
            parts.append(_Part(first, tokens.spaced(at)))
            at += 1
            continue
        vector = tuple(tuple(row[position]) for row in atoms)
        parts += _run(vector, tokens, at, holes, binding=binding, fills=_fills(atoms[0], position))
        at += len(first)
    return parts


def _fills(atoms: Sequence[str | Run], position: int) -> bool:
    """Whether a run is all that stands in a pair of brackets: then it may be empty."""
    if not 0 < position < len(atoms) - 1:
        return False
    opener, closer = atoms[position - 1], atoms[position + 1]
    return isinstance(opener, str) and isinstance(closer, str) and tk.OPENERS.get(opener) == closer


def _run(vector: Vector, tokens: Tokens, at: int, holes: _Holes, *, binding: bool, fills: bool) -> list[_Part]:
    """A run of every example as what they share at both ends and one hole between."""
    first = vector[0]
    if all(run == first for run in vector):
        return [_Part(text, tokens.spaced(at + offset)) for offset, text in enumerate(first)]
    head, tail = _ends(vector, may_be_empty=fills)
    middle = tuple(run[head : len(run) - tail] for run in vector)
    number = holes.bind(middle) if binding else holes.get(middle)
    if number is None:
        raise _UngeneralError
    spelled = [_Part(text, tokens.spaced(at + offset)) for offset, text in enumerate(first)]
    gap = tokens.spaced(at + head) if at + head < len(tokens) else False
    return [*spelled[:head], *_hole(number, middle, gap), *spelled[len(first) - tail :]]


def _hole(number: int, values: Vector, gap: bool) -> list[_Part]:
    """A hole; where all examples have a string of one kind it stays one: `"$0"`."""
    quotes = {_QUOTES.match(value[0]) if len(value) == 1 else None for value in values}
    kinds = {found.groups() if found else None for found in quotes}
    kind = kinds.pop() if len(kinds) == 1 else None
    if kind is None:
        return [_Part(number, gap)]
    prefix, quote = kind
    return [_Part(f"{prefix}{quote}", gap), _Part(number, False), _Part(quote, False)]


def _ends(vector: Vector, *, may_be_empty: bool) -> tuple[int, int]:
    """How many tokens all runs share at the head and at the tail, so that what remains is balanced and, as a rule,
    not empty."""
    shortest = min(len(run) for run in vector)
    room = shortest if may_be_empty else shortest - 1
    head = _prefix(vector, room)
    tail = _prefix([run[::-1] for run in vector], room - head)
    while True:
        middles = [run[head : len(run) - tail] for run in vector]
        if all(tk.balanced(middle) for middle in middles):
            return head, tail
        if tail and (not head or tail >= head):
            tail -= 1
        elif head:
            head -= 1
        else:
            raise _UngeneralError


def _prefix(runs: Sequence[Run], limit: int) -> int:
    length = 0
    while length < limit and all(run[length] == runs[0][length] for run in runs):
        length += 1
    return max(length, 0)


def _left(examples: Sequence[Delta], holes: _Holes) -> list[_Part]:
    """The context before the core that all examples share, nearest first until they differ."""
    tokens = examples[0].before
    at = [example.start - 1 for example in examples]
    parts: list[_Part] = []
    while len(parts) < CONTEXT and all(position >= 0 for position in at):
        vector = tuple((example.before.texts[position],) for example, position in zip(examples, at, strict=True))
        text = vector[0][0]
        alike = all(run == vector[0] for run in vector)
        number = None if alike else holes.get(vector)
        if (not alike and number is None) or (alike and (text in _STOPS or text in tk.CLOSERS)):
            break
        parts.append(_Part(text if number is None else number, tokens.spaced(at[0])))
        at = [position - 1 for position in at]
    parts.reverse()
    return _trim_left(parts) if parts else []


_STOPS: Final = frozenset({tk.LINE_END, ";"})


def _trim_left(parts: list[_Part]) -> list[_Part]:
    """Context starts at a name that says something: not at a bracket, not at the statement that the change is in."""
    start = 0
    while start < len(parts) and not _starts(parts[start].content):
        start += 1
    return parts[start:]


_BINDING: Final = frozenset({":", "->", ".", "?.", "::", "@", "!", "&", "$", "#", "\\"})
"""Operators that belong to what follows them."""
_FRAME: Final = frozenset({"return", "if", "else", "while", "do", "then", "and", "or"})
"""Words of the statement that a change happens to stand in."""


def _starts(content: str | int) -> bool:
    return isinstance(content, int) or content in _BINDING or (tk.is_name(content) and content not in _FRAME)


def _open(parts: Sequence[_Part]) -> int:
    """How many brackets a core leaves open."""
    contents = [part.content for part in parts if isinstance(part.content, str)]
    return max(0, sum((text in tk.OPENERS) - (text in tk.CLOSERS) for text in contents))


def _right(examples: Sequence[Delta], holes: _Holes, unclosed: int) -> list[_Part]:
    """The context after the core that all examples share; bracketed groups that differ inside become `( $n )`.

    A closing bracket belongs to it only where the core left one open.
    """
    tokens = examples[0].before
    at = [example.end for example in examples]
    parts: list[_Part] = []
    for _ in range(CONTEXT):
        if any(position >= len(example.before) for example, position in zip(examples, at, strict=True)):
            break
        texts = {example.before.texts[position] for example, position in zip(examples, at, strict=True)}
        text = next(iter(texts))
        if len(texts) > 1 or text in _STOPS or (text in tk.CLOSERS and not unclosed):
            break
        unclosed -= text in tk.CLOSERS
        if text not in tk.OPENERS:
            parts.append(_Part(text, tokens.spaced(at[0])))
            at = [position + 1 for position in at]
            continue
        ends = [tk.closing(example.before.texts, position) for example, position in zip(examples, at, strict=True)]
        closed = [end for end in ends if end is not None]
        if len(closed) < len(ends):
            break
        parts += _group(examples, at, closed, holes)
        at = [end + 1 for end in closed]
    return _trim_right(parts)


def _group(examples: Sequence[Delta], starts: Sequence[int], ends: Sequence[int], holes: _Holes) -> list[_Part]:
    tokens = examples[0].before
    triples = zip(examples, starts, ends, strict=True)
    vector = tuple(tuple(example.before.texts[start + 1 : end]) for example, start, end in triples)
    inside = _run(vector, tokens, starts[0] + 1, holes, binding=True, fills=True)
    opener = _Part(tokens.texts[starts[0]], tokens.spaced(starts[0]))
    return [opener, *inside, _Part(tokens.texts[ends[0]], tokens.spaced(ends[0]))]


def _trim_right(parts: list[_Part]) -> list[_Part]:
    """Context ends at a value or a closed group, not at an operator that leads on."""
    end = len(parts)
    while end:
        content = parts[end - 1].content
        if (
            isinstance(content, int)
            or content in tk.CLOSERS
            or tk.is_name(content)
            or tk.is_number(content)
            or tk.is_string(content)
        ):
            break
        end -= 1
    return parts[:end]
