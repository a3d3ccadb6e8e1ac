"""Templates on text: where a line breaks a rule, and how it would read if it did not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import takewhile
from typing import Final

from hivemind_git.model import Rule, RuleKind
from hivemind_git.rules import scope
from hivemind_git.rules import template as tm
from hivemind_git.rules import tokens as tk
from hivemind_git.rules.template import Element, Hole
from hivemind_git.rules.tokens import Tokens

WIDEST: Final = 60
"""Tokens that one hole takes at most."""
STEPS: Final = 4000
"""Attempts after which a line is given up: no template may stall on a line of generated code."""
_BREAKS: Final = frozenset({tk.LINE_END, ";"})
_QUOTED: Final = frozenset((start, tk.GLUE + quote) for quote in "\"'`" for start in (quote, tk.GLUE + quote))
_CHAIN: Final = frozenset({".", "?.", "::", "->", "!."})


@dataclass(frozen=True, slots=True)
class Match:
    """A place in a text: half-open character offsets, and what the holes hold."""

    start: int
    end: int
    values: dict[int, str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled template: `key` is its rarest text, `anchor` the place of the rarest ahead of its first hole."""

    before: tuple[Element, ...]
    after: tuple[tm.Segment, ...]
    family: str
    fine: bool
    statement: bool
    key: str
    anchor: int

    def find(self, text: str) -> Iterator[Match]:
        """Every place where the template's before stands, left to right, not overlapping."""
        if self.before and self.key in text:
            yield from _Search(self, _cut(text, self.family, self.fine)).run()

    def rewrite(self, text: str) -> str | None:
        """The text with every match replaced, or None where there is none."""
        found = list(self.find(text))
        if not found:
            return None
        parts: list[str] = []
        at = 0
        for match in found:
            parts += [text[at : match.start], tm.fill(self.after, match.values)]
            at = match.end
        return "".join([*parts, text[at:]])


@lru_cache(maxsize=4096)
def compile_template(before: str, after: str, language: str) -> Pattern:
    """Compiles the text form of a template for a language (or family of languages)."""
    of_family = tk.family(language)
    fine = tm.glued(before, of_family) or tm.glued(after, of_family)
    cut = tm.elements(before, of_family, fine=fine)
    concrete = [element.lstrip(tk.GLUE) for element in cut if isinstance(element, str)]
    key = max(concrete, key=_telling, default="")
    fixed = list(takewhile(lambda element: isinstance(element, str), cut))
    anchor = max(range(len(fixed)), key=lambda at: _telling(concrete[at]), default=0)
    first, last = (cut[0], cut[-1]) if cut else ("", "")
    statement = not after.strip() and isinstance(first, str) and tk.is_name(first) and last in {")", ";"}
    return Pattern(cut, tuple(tm.segments(after)), of_family, fine, statement, key, anchor)


def _telling(text: str) -> tuple[bool, int]:
    """How rare a token probably is."""
    return tk.is_name(text) or tk.is_string(text), len(text)


@lru_cache(maxsize=8192)
def _cut(text: str, of_family: str, fine: bool) -> Tokens:
    cut = tk.tokenise(text, of_family)
    return tk.split(cut) if fine else cut


@dataclass(slots=True)
class _Search:
    """One template on one text. Holes are tried shortest first, inside one bracket level and one statement."""

    pattern: Pattern
    source: Tokens
    steps: int = 0
    bound: dict[int, tuple[int, int]] = field(default_factory=dict)

    def run(self) -> Iterator[Match]:
        at = self._next(0)
        while at < len(self.source):
            found = self._try(at)
            if found is None:
                at = self._next(at + 1)
                continue
            start, end = found
            if self.pattern.statement and end < len(self.source) and self.source.texts[end] == ";":
                end += 1
            yield Match(self.source.starts[start], self.source.ends[end - 1], self._values())
            at = self._next(max(end, at + 1))

    def _next(self, at: int) -> int:
        """Where the template may begin from `at` on. On another line the search has all its attempts again."""
        anchor, texts = self.pattern.anchor, self.source.texts
        wanted, found = self.pattern.before[anchor], at
        if isinstance(wanted, str):
            try:
                found = texts.index(wanted, at + anchor) - anchor
            except ValueError:
                return len(texts)
        if tk.LINE_END in texts[max(at - 1, 0) : found + 1]:
            self.steps = 0
        return found

    def _values(self) -> dict[int, str]:
        text, starts, ends = self.source.source, self.source.starts, self.source.ends
        return {hole: text[starts[i] : ends[j - 1]] if j > i else "" for hole, (i, j) in self.bound.items()}

    def _try(self, at: int) -> tuple[int, int] | None:
        first = self.pattern.before[0]
        if self.source.texts[at].startswith(tk.GLUE) and not (isinstance(first, str) and first.startswith(tk.GLUE)):
            return None
        self.bound = {}
        if isinstance(first, str) and first != self.source.texts[at]:
            return None
        if self.pattern.statement and at and self.source.texts[at - 1] not in _BREAKS:
            return None
        end = self._match(0, at)
        return None if end is None or end == at else (at, end)

    def _may_stop(self, end: int) -> bool:
        """A match ends between tokens, and that of a removed statement where the statement ends."""
        texts = self.source.texts
        if end == len(texts):
            return True
        return texts[end] in _BREAKS if self.pattern.statement else not texts[end].startswith(tk.GLUE)

    def _match(self, element: int, at: int) -> int | None:
        self.steps += 1
        if self.steps > STEPS:
            return None
        pattern, texts = self.pattern.before, self.source.texts
        while element < len(pattern):
            wanted = pattern[element]
            if isinstance(wanted, Hole):
                return self._hole(wanted, element, at)
            if at >= len(texts) or texts[at] != wanted:
                return None
            element, at = element + 1, at + 1
        return at if self._may_stop(at) else None

    def _hole(self, hole: Hole, element: int, at: int) -> int | None:
        if hole.number in self.bound:
            i, j = self.bound[hole.number]
            width = j - i
            if not _same(self.source.texts[at : at + width], self.source.texts[i:j]):
                return None
            return self._match(element + 1, at + width)
        for end in self._extents(hole, element, at):
            self.bound[hole.number] = (at, end)
            found = self._match(element + 1, end)
            if found is not None:
                return found
            self.bound.pop(hole.number, None)
        return None

    def _extents(self, hole: Hole, element: int, at: int) -> Iterator[int]:
        """Where a hole that starts at `at` may end."""
        if hole.glued:
            return self._pieces(element, at)
        outer = element in {0, len(self.pattern.before) - 1}
        return self._chain(at) if outer else self._runs(element, at)

    def _pieces(self, element: int, at: int) -> Iterator[int]:
        """The rest of a name or string, from one piece on; from none on where quotes stand around the hole."""
        texts = self.source.texts
        if self.pattern.before[element - 1 : element + 2 : 2] in _QUOTED:
            yield at
        end = at
        while end < len(texts) and texts[end].startswith(tk.GLUE):
            end += 1
            yield end

    def _runs(self, element: int, at: int) -> Iterator[int]:
        texts, pattern = self.source.texts, self.pattern.before
        previous, following = pattern[element - 1], pattern[element + 1]
        if isinstance(previous, str) and isinstance(following, str) and tk.OPENERS.get(previous) == following:
            yield at
        depth = 0
        for end in range(at, min(at + WIDEST, len(texts))):
            text = texts[end]
            depth += (text in tk.OPENERS) - (text in tk.CLOSERS)
            if depth < 0 or (depth == 0 and text in _BREAKS):
                return
            if depth == 0 and self._may_end(end + 1, following):
                yield end + 1

    def _may_end(self, end: int, following: Element) -> bool:
        if end >= len(self.source.texts):
            return False
        return not isinstance(following, str) or self.source.texts[end] == following

    def _chain(self, at: int) -> Iterator[int]:
        """An outermost hole takes one operand: a value, its members, calls and subscripts, as far as they go."""
        texts = self.source.texts
        ends: list[int] = []
        end = at
        while end < len(texts):
            text = texts[end]
            if text in tk.OPENERS:
                close = tk.closing(texts, end)
                if close is None or (text == "{" and end > at):
                    break
                end = close + 1
            elif tk.is_name(text) or tk.is_number(text) or tk.is_string(text):
                end += 1
                while end < len(texts) and texts[end].startswith(tk.GLUE):
                    end += 1
            else:
                break
            ends.append(end)
            if end + 1 < len(texts) and texts[end] in _CHAIN:
                end += 1
            elif end < len(texts) and texts[end] in {"(", "["}:
                continue
            else:
                break
        return reversed(ends)


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    return len(one) == len(other) and all(
        a.lstrip(tk.GLUE) == b.lstrip(tk.GLUE) for a, b in zip(one, other, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """A line that breaks a rule: 1-based line and column, the text matched, and the line as the rule would have it."""

    path: str
    line: int
    column: int
    rule: str
    text: str
    suggestion: str


class Matcher:
    """Many rules at once. A line is looked at only by the rules whose rarest token it holds."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_word: dict[str, list[tuple[Rule, Pattern]]] = defaultdict(list)
        self._others: list[tuple[Rule, Pattern]] = []
        for rule in rules:
            if rule.kind is not RuleKind.TEMPLATE or not rule.before:
                continue
            pattern = compile_template(rule.before, rule.after, rule.language)
            word = max(tk.words(pattern.key), key=len, default="")
            (self._by_word[word] if word else self._others).append((rule, pattern))

    def candidates(self, path: str, language: str, text: str) -> Iterator[tuple[Rule, Pattern]]:
        """The rules that may match a text: one of their words is in it, and path and language are theirs."""
        of_family = tk.family(language)
        found = [pair for word in set(tk.words(text)) for pair in self._by_word.get(word, ())]
        found += [pair for pair in self._others if pair[1].key in text]
        for rule, pattern in found:
            if pattern.family == of_family and scope.within(rule.scope, path):
                yield rule, pattern

    def find(self, path: str, language: str, lines: Iterable[tuple[int, str]]) -> list[Finding]:
        """What the lines (number, text without its end) of a file break, by line, column and rule."""
        findings: list[Finding] = []
        for block in _blocks(lines):
            text = "\n".join(line for _, line in block)
            for rule, pattern in self.candidates(path, language, text):
                findings += _findings(path, block, text, rule, pattern)
        return sorted(findings, key=lambda found: (found.line, found.column, found.rule))


def _blocks(lines: Iterable[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Runs of neighbouring lines."""
    block: list[tuple[int, str]] = []
    for number, line in lines:
        if block and number != block[-1][0] + 1:
            yield block
            block = []
        block.append((number, line))
    if block:
        yield block


def _findings(
    path: str, block: Sequence[tuple[int, str]], text: str, rule: Rule, pattern: Pattern
) -> Iterator[Finding]:
    for match in pattern.find(text):
        offset = text.rfind("\n", 0, match.start) + 1
        until = text.find("\n", match.end)
        until = len(text) if until < 0 else until
        mended = text[offset : match.start] + tm.fill(pattern.after, match.values) + text[match.end : until]
        number = block[text.count("\n", 0, match.start)][0]
        yield Finding(path, number, match.start - offset + 1, rule.id, text[match.start : match.end], mended)
