"""Edits JSON configuration files of other people, byte for byte.

What is there stays as written: unknown keys, order, indentation, comments, trailing commas, line ends, byte order mark,
the missing last line end. `remove` takes out exactly what `append` put in, also when the file was edited elsewhere
since. An element that was put into an empty container of the user's stands directly behind its bracket, one in a
container that was made for it on a line of its own: so it is known which containers go with their last element.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from hivemind_git.agents.jsontext import Document, Element, MalformedError, Node, parse
from hivemind_git.model import Json

Path: TypeAlias = tuple[str | int, ...]
_UNIT = "  "


class ShapeError(ValueError):
    """The document has something else where an object or an array must be; `path` says where."""

    def __init__(self, path: Path, wanted: str) -> None:
        super().__init__(f"{'.'.join(map(str, path)) or 'the document'} is not {wanted}")


def read(source: bytes) -> Json:
    """The value in a file; None where it is empty.

    Raises:
        MalformedError: it is no JSON, even with comments.
    """
    document = _document(source)
    return document.value(document.root) if document.root else None


def append(source: bytes, path: Path, item: Json) -> bytes:
    """The file with `item` as the last of the array at `path`; objects and array are made where they are missing.

    Raises:
        MalformedError: the file is no JSON.
        ShapeError: something else stands there.
    """
    return _insert(source, path, lambda node: node.opens == "[", "an array", item)


def put(source: bytes, path: Path, value: Json) -> bytes:
    """The file with a member at `path`; one that is there already stays as it is.

    Raises:
        MalformedError: the file is no JSON.
        ShapeError: something that holds no members is on the way.
    """
    document = _document(source)
    if document.find(path) is not None:
        return source
    return _insert(source, path[:-1], lambda node: node.opens == "{", "an object", value, key=str(path[-1]))


def remove(source: bytes, path: Path, ours: Callable[[Json], bool]) -> bytes:
    """The file without the items of the array at `path` that are ours, and without the containers made for them.

    Of several arrays the one that was made last goes first: then every byte is as before.

    Raises:
        MalformedError: the file is no JSON.
    """
    while True:
        document = _document(source)
        node = document.find(path)
        if node is None or node.opens != "[":
            return source
        indexes = [index for index, each in enumerate(node.elements) if ours(document.value(each.value))]
        if not indexes:
            return source
        source = _without(document, path, indexes[-1])


def take(source: bytes, path: Path) -> bytes:
    """The file without the member at `path`, and without the containers made for it.

    Raises:
        MalformedError: the file is no JSON.
    """
    document = _document(source)
    parent = document.find(path[:-1])
    element = parent.child(path[-1]) if parent else None
    if parent is None or element is None:
        return source
    return _without(document, path[:-1], parent.elements.index(element))


def _document(source: bytes) -> Document:
    try:
        return parse(source.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise MalformedError(source.count(b"\n", 0, error.start) + 1, "it is not UTF-8") from None


def _insert(
    source: bytes, path: Path, fits: Callable[[Node], bool], wanted: str, value: Json, key: str | None = None
) -> bytes:
    document = _document(source)
    for length in range(len(path), -1, -1):
        node = document.find(path[:length])
        if node is None:
            continue
        if length == len(path):
            if not fits(node):
                raise ShapeError(path, wanted)
            return _at_end(document, node, length, value, key)
        if node.opens != "{":
            raise ShapeError(path[:length], "an object")
        made = _wrapped(path[length + 1 :], value, key)
        return _at_end(document, node, length, made, str(path[length]))
    style = _Style(document)
    before = document.text if document.text[-1:] in {"", "\n"} else document.text + style.newline
    return (before + style.text(_wrapped(path, value, key), 0) + style.newline).encode()


def _wrapped(path: Path, value: Json, key: str | None) -> Json:
    inner: Json = [value] if key is None else {key: value}
    for step in reversed(path):
        inner = {str(step): inner}
    return inner


@dataclass
class _Style:
    """How the document is written: its line ends and its indentation."""

    newline: str
    unit: str

    def __init__(self, document: Document) -> None:
        self.newline = "\r\n" if "\r\n" in document.text else "\n"
        root = document.root
        first = root.elements[0].start if root and root.elements else 0
        indent = _indent(document.text, first) if first else None
        self.unit = indent or _UNIT

    def text(self, value: Json, depth: int) -> str:
        """A value as it stands at a depth, its inner lines indented."""
        written = json.dumps(value, indent=self.unit, ensure_ascii=False)
        return written.replace("\n", self.newline + self.unit * depth)


def _indent(text: str, at: int) -> str | None:
    """The indentation of the line on which `at` is the first that is no space; None where it is not."""
    line = text.rfind("\n", 0, at) + 1
    before = text[line:at]
    return before if line and not before.strip(" \t") else None


def _at_end(document: Document, node: Node, depth: int, value: Json, key: str | None) -> bytes:
    """The document with one more element at the end of a container."""
    style, text = _Style(document), document.text
    named = "" if key is None else f"{json.dumps(key, ensure_ascii=False)}: "
    if not node.elements:
        at = node.start + 1
        return (text[:at] + named + style.text(value, depth) + text[at:]).encode()
    last = node.elements[-1]
    # A comment on the last element's line stays with it.
    at, commented = _line_end(document, last, node)
    indent = _indent(text, last.start)
    if indent is None and commented:
        indent = style.unit * (depth + 1)
    if indent is None:
        written = " " + named + _inline(value)
    else:
        deep = style.text(value, 0).replace(style.newline, style.newline + indent)
        written = style.newline + indent + named + deep
    if last.comma >= 0:
        return (text[:at] + written + "," + text[at:]).encode()
    return (text[: last.end] + "," + text[last.end : at] + written + text[at:]).encode()


def _inline(value: Json) -> str:
    """A value on one line, with space inside of its brackets."""
    if isinstance(value, dict) and value:
        members = (f"{json.dumps(key, ensure_ascii=False)}: {_inline(each)}" for key, each in value.items())
        return f"{{ {', '.join(members)} }}"
    if isinstance(value, list) and value:
        return f"[ {', '.join(map(_inline, value))} ]"
    return json.dumps(value, ensure_ascii=False)


def _line_end(document: Document, last: Element, node: Node) -> tuple[int, bool]:
    """Where the comments end that share the last element's line, and whether the last of them needs a line end."""
    text, end, open_ended = document.text, last.comma + 1 if last.comma >= 0 else last.end, False
    for start, stop in document.comments(end, node.end):
        if "\n" in text[end:start]:
            break
        end, open_ended = stop, text.startswith("//", start)
    return end, open_ended


def _without(document: Document, path: Path, index: int) -> bytes:
    """The document less one element, and less its containers if they were made for it alone."""
    text, node = document.text, document.find(path)
    if node is None:
        return text.encode()
    element = node.elements[index]
    if len(node.elements) == 1 and path and _made(text, node):
        parent = document.find(path[:-1])
        holder = parent.child(path[-1]) if parent else None
        if parent is not None and holder is not None:
            return _without(document, path[:-1], parent.elements.index(holder))
    start = _space_before(document, node, index)
    if element.comma >= 0:
        rest = text[element.comma + 1 :]
        kept = not _made(text, node) and index == 0
        return (text[:start] + (rest.lstrip(" \t\r\n") if kept else rest)).encode()
    if index:
        comma = node.elements[index - 1].comma
        return (text[:comma] + text[comma + 1 : start] + text[element.end :]).encode()
    return (text[: start if _made(text, node) else element.start] + text[element.end :]).encode()


def _made(text: str, node: Node) -> bool:
    """Whether a container was made together with its first element: only space, and some, stands between."""
    return bool(node.elements) and text[node.start + 1 : node.elements[0].start].isspace()


def _space_before(document: Document, node: Node, index: int) -> int:
    """Where the space before an element begins. A comment's own space, up to the end of its line, stays with it."""
    at = node.elements[index].start
    floor = node.elements[index - 1].comma + 1 if index else node.start + 1
    comments = document.comments(floor, at)
    return max(len(document.text[:at].rstrip(" \t\r\n")), comments[-1][1] if comments else 0)
