"""Reads JSON as people keep it in configuration files, with the place of everything in the text.

Allowed beyond RFC 8259: comments (`//`, `/* */`), a comma after the last element, a byte order mark. Nothing is changed
here; `jsonedit` cuts and inserts at the places found.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from hivemind_git.model import Json

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_DEEPEST = 100


class MalformedError(ValueError):
    """The text is no JSON; `line` is the 1-based number of the line where that shows."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass
class Element:
    """An item of an array or a member of an object, from its start to its value's end. `comma` -1: none follows."""

    start: int
    value: Node
    key: str | None = None
    comma: int = -1

    @property
    def end(self) -> int:
        """Where it ends, before any comma."""
        return self.value.end


@dataclass
class Node:
    """A value, half-open from `start` to `end`. `opens` is its bracket, empty for a scalar."""

    start: int
    end: int = -1
    opens: str = ""
    elements: list[Element] = field(default_factory=list)

    def child(self, step: str | int) -> Element | None:
        """The member of that key (the last, as readers have it) or the item of that index; None where there is none."""
        if isinstance(step, int):
            inside = self.opens == "[" and 0 <= step < len(self.elements)
            return self.elements[step] if inside else None
        return next((element for element in reversed(self.elements) if element.key == step), None)


@dataclass(frozen=True)
class Document:
    """A parsed text. `root` None: it holds nothing but space and comments."""

    text: str
    root: Node | None

    def find(self, path: tuple[str | int, ...]) -> Node | None:
        """The value at a path of keys and indexes, or None."""
        node = self.root
        for step in path:
            element = node.child(step) if node else None
            node = element.value if element else None
        return node

    def value(self, node: Node) -> Json:
        """What a reader of JSON would make of a value."""
        if node.opens == "{":
            return {element.key or "": self.value(element.value) for element in node.elements}
        if node.opens == "[":
            return [self.value(element.value) for element in node.elements]
        scalar: Json = json.loads(self.text[node.start : node.end], strict=False)
        return scalar

    def comments(self, start: int, end: int) -> list[tuple[int, int]]:
        """The comments from one place on, before another and before anything else stands there."""
        return _Reader(self.text).comments(start, end)


def parse(text: str) -> Document:
    """The document in a text.

    Raises:
        MalformedError: it is none.
    """
    reader = _Reader(text)
    reader.at = 1 if text.startswith("\ufeff") else 0
    reader.skip()
    if reader.at == len(text):
        return Document(text, None)
    root = reader.value(0)
    reader.skip()
    if reader.at != len(text):
        raise reader.wrong("something follows the value")
    return Document(text, root)


@dataclass
class _Reader:
    text: str
    at: int = 0

    def value(self, depth: int) -> Node:
        if depth > _DEEPEST:
            raise self.wrong("nested too deeply")
        here = self.text[self.at : self.at + 1]
        if here in {"{", "["}:
            return self._container(here, depth)
        found = (_STRING if here == '"' else _SCALAR).match(self.text, self.at)
        if found is None:
            raise self.wrong("a value is missing" if here else "the text ends too early")
        node = Node(self.at, found.end())
        self.at = found.end()
        if here == '"':
            self._string(node.start, node.end)
        return node

    def _container(self, opens: str, depth: int) -> Node:
        node = Node(self.at, opens=opens)
        closes = "}" if opens == "{" else "]"
        self.at += 1
        while True:
            self.skip()
            if self.text[self.at : self.at + 1] == closes:
                break
            if node.elements and node.elements[-1].comma < 0:
                raise self.wrong(f"a comma or {closes} is missing")
            node.elements.append(self._element(opens, depth))
            self.skip()
            if self.text[self.at : self.at + 1] == ",":
                node.elements[-1].comma = self.at
                self.at += 1
        self.at += 1
        node.end = self.at
        return node

    def _element(self, opens: str, depth: int) -> Element:
        start, key = self.at, None
        if opens == "{":
            found = _STRING.match(self.text, self.at)
            if found is None:
                raise self.wrong("a key is missing")
            self.at = found.end()
            key = self._string(start, found.end())
            self.skip()
            if self.text[self.at : self.at + 1] != ":":
                raise self.wrong("a colon is missing")
            self.at += 1
            self.skip()
        return Element(start, self.value(depth + 1), key)

    def _string(self, start: int, end: int) -> str:
        try:
            return str(json.loads(self.text[start:end]))
        except ValueError:
            raise self.wrong("a string has a wrong escape") from None

    def skip(self) -> None:
        """Passes over space and comments."""
        for _, end in self.comments(self.at, len(self.text)):
            self.at = end
        found = _SPACE.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def comments(self, start: int, end: int) -> list[tuple[int, int]]:
        """The comments from `start` on, up to the first that is neither space nor comment. Line ends are not theirs."""
        found: list[tuple[int, int]] = []
        at = start
        while True:
            space = _SPACE.match(self.text, at)
            at = space.end() if space else at
            if self.text.startswith("//", at) and at < end:
                line = self.text.find("\n", at)
                stop = len(self.text) if line < 0 else line - (self.text[line - 1] == "\r")
            elif self.text.startswith("/*", at) and at < end:
                stop = self.text.find("*/", at + 2) + 2
                if stop < 2:
                    self.at = at
                    raise self.wrong("a comment does not end")
            else:
                return found
            found.append((at, stop))
            at = stop

    def wrong(self, reason: str) -> MalformedError:
        return MalformedError(self.text.count("\n", 0, self.at) + 1, reason)
