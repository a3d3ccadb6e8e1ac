"""Edits YAML configuration files of other people, byte for byte.

What is there stays as written: unknown keys, order, indentation, comments, quotes, line ends, byte order mark, the
missing last line end. ruamel.yaml says where each node stands; the text between is never written anew, as any dumper
would. Each edit is read back: where the file would not say what it must, nothing is changed.

A key that is made for an element carries a mark as its comment, so that it is known which keys go with their last
element; one that is made inside of brackets, where no comment can stand, has two spaces behind its own bracket.
Elements themselves carry none: a tool that writes the file anew drops comments, and keeps values.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, TypeAlias

from hivemind_git.model import Json

Path: TypeAlias = tuple[str, ...]
MARK = "# hivemind-git"
_UNIT = 2
_MADE = frozenset({"[  ]", "{  }"})
"""What is left of a list or mapping that was made inside of brackets."""


class YamlError(ValueError):
    """The file is no YAML, or cannot be edited without writing it anew."""


def read(source: bytes) -> Json:
    """The value in a file; None where it is empty.

    Raises:
        YamlError: it is no YAML of one document.
    """
    value: Json = _value(_split(source)[1])
    return value


def append(source: bytes, path: Path, item: Json) -> bytes:
    """The file with `item` as the last of the list at `path`; mappings and list are made where they are missing.

    Raises:
        YamlError: the file is no YAML, or something else stands there.
    """
    mark, text = _split(source)
    wanted = _extended(_value(text), path, item)
    after = _Document(text).appended(path, item)
    return mark + _checked(after, wanted).encode()


def remove(source: bytes, path: Path, ours: Callable[[Json], bool]) -> bytes:
    """The file without those elements of the list at `path`, and without the keys that were made for them.

    Raises:
        YamlError: the file is no YAML.
    """
    mark, text = _split(source)
    whole = text
    while (start_end := _Document(text).first(path, ours)) is not None:
        start, end = start_end
        text = text[:start] + text[end:]
    for depth in range(len(path), 0, -1):
        if text == whole or (line := _Document(text).emptied(path[:depth])) is None:
            break
        text = text[: line[0]] + text[line[1] :]
    return mark + _checked(text, _lessened(_value(whole), path, ours)).encode()


def _split(source: bytes) -> tuple[bytes, str]:
    """The byte order mark, if there is one, and the text."""
    mark = b"\xef\xbb\xbf" if source.startswith(b"\xef\xbb\xbf") else b""
    try:
        return mark, source[len(mark) :].decode("utf-8")
    except UnicodeDecodeError as error:
        raise YamlError("it is not UTF-8") from error


def _value(text: str) -> Any:
    from ruamel.yaml import YAML  # noqa: PLC0415 - status asks only where our lines are in a file
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        return YAML(typ="safe", pure=True).load(StringIO(text, newline=""))
    except (YAMLError, ValueError) as error:
        raise YamlError(_told(error)) from error


def _told(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return f"{problem}, line {mark.line + 1}" if mark else str(problem)


def _checked(text: str, wanted: Json) -> str:
    if (_plain(_value(text)) or None) != (_plain(wanted) or None):
        raise YamlError("it is written in a way that cannot be extended in place")
    return text


def _plain(value: Any) -> Any:
    """A value in which a key that holds nothing is as good as none, for emptied lists of theirs stay."""
    if isinstance(value, Mapping):
        return {key: kept for key, each in value.items() if (kept := _plain(each)) not in (None, [], {})}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _extended(value: Any, path: Path, item: Json) -> Any:
    if not path:
        if value is not None and not isinstance(value, list):
            raise YamlError("a list is expected where something else stands")
        return [*(value or []), item]
    if value is not None and not isinstance(value, Mapping):
        raise YamlError(f"a mapping is expected around {path[0]}")
    known = dict(value or {})
    known[path[0]] = _extended(known.get(path[0]), path[1:], item)
    return known


def _found(value: Any, path: Path) -> list[Json]:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value if isinstance(value, list) else []


def _lessened(value: Any, path: Path, ours: Callable[[Json], bool]) -> Any:
    if not path:
        return [item for item in value if not ours(item)] if isinstance(value, list) else value
    if not isinstance(value, Mapping) or path[0] not in value:
        return value
    return {**value, path[0]: _lessened(value[path[0]], path[1:], ours)}


@dataclass
class _Document:
    """A text with its nodes and where they stand."""

    text: str

    def __post_init__(self) -> None:
        from ruamel.yaml import YAML  # noqa: PLC0415

        self.root = YAML(typ="safe", pure=True).compose(StringIO(self.text, newline=""))
        self.newline = "\r\n" if "\r\n" in self.text else "\n"

    def appended(self, path: Path, item: Json) -> str:
        """The text with an element more."""
        node, key, depth = self.root, None, 0
        while depth < len(path) and not _empty(node):
            found = _member(node, path[depth])
            if found is None:
                return self._with(node, key, path[depth:], item)
            (key, node), depth = found, depth + 1
        return self._with(node, key, path[depth:], item)

    def first(self, path: Path, ours: Callable[[Json], bool]) -> tuple[int, int] | None:
        """Where the first such element of the list at `path` stands, with all that is its own."""
        values, node = _found(_value(self.text), path), self._at(path)
        at = next((at for at, value in enumerate(values) if ours(value)), None)
        if at is None or not _is(node, "sequence"):
            return None
        item = node.value[at]
        if not node.flow_style:
            return self._line_start(item.start_mark.index), self._line_end(_end(item))
        before, after = node.value[:at], node.value[at + 1 :]
        start = _end(before[-1]) if before else item.start_mark.index
        return start, _end(item) if before or not after else after[0].start_mark.index

    def emptied(self, path: Path) -> tuple[int, int] | None:
        """Where the line of a key stands that was made for its elements, and holds none any more."""
        parent = self._at(path[:-1])
        found = _member(parent, path[-1]) if _is(parent, "mapping") else None
        if found is None or not _empty(found[1]):
            return None
        if parent.flow_style:
            return self._member_in_flow(parent, path[-1])
        start, end = self._line_start(found[0].start_mark.index), self._line_end(found[0].end_mark.index)
        return (start, end) if self.text[start:end].rstrip().endswith(MARK) else None

    def _member_in_flow(self, parent: Any, name: str) -> tuple[int, int] | None:
        """Where a member that was made inside of brackets stands, with the comma that is its own."""
        at = next(at for at, (key, _) in enumerate(parent.value) if key.value == name)
        key, value = parent.value[at]
        if self.text[value.start_mark.index : value.end_mark.index] not in _MADE:
            return None
        before, after = parent.value[:at], parent.value[at + 1 :]
        start = _end(before[-1][1]) if before else key.start_mark.index
        return start, _end(value) if before or not after else after[0][0].start_mark.index

    def _at(self, path: Path) -> Any:
        node = self.root
        for name in path:
            found = _member(node, name) if _is(node, "mapping") else None
            if found is None:
                return None
            node = found[1]
        return node

    def _with(self, node: Any, key: Any, names: Path, item: Json) -> str:
        """The text with an element below `names` in a node that ends, or is to hold, what is missing."""
        if not _empty(node) and node.flow_style:
            return self._into_flow(node, names, item)
        if not _empty(node):
            column = node.start_mark.column
            return self._after(_end(node), _block(names, item, column))
        column = 0 if key is None else key.start_mark.column + _UNIT
        if node is None:
            return self._after(len(self.text), _block(names, item, column))
        if not _is(node, "scalar"):
            return self._into_flow(node, names, item)
        start, end = node.start_mark.index, node.end_mark.index
        self.text = self.text[:start] + self.text[end:]
        return self._after(start, _block(names, item, column))

    def _into_flow(self, node: Any, names: Path, item: Json) -> str:
        written = _in_brackets(names, item)
        if not node.value:
            at = node.start_mark.index + 1
            return self.text[:at] + written + self.text[at:]
        last = node.value[-1]
        at = _end(last[1] if isinstance(last, tuple) else last)
        return f"{self.text[:at]}, {written}{self.text[at:]}"

    def _after(self, index: int, lines: Iterator[str]) -> str:
        """The text with lines behind the line of an index."""
        at = self._line_end(index)
        block = self.newline.join(lines)
        if at and not self.text[:at].endswith("\n"):
            return self.text[:at] + self.newline + block + self.text[at:]
        return self.text[:at] + block + self.newline + self.text[at:]

    def _line_start(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _line_end(self, index: int) -> int:
        """Behind the line end that follows; where an index is a line's start, that line is not its own."""
        if index and self.text[index - 1] == "\n":
            return index
        end = self.text.find("\n", index)
        return len(self.text) if end < 0 else end + 1


def _is(node: Any, kind: str) -> bool:
    return node is not None and bool(node.id == kind)


def _empty(node: Any) -> bool:
    """Whether a node holds nothing: none, null in one of its spellings, an empty list or mapping."""
    if node is None or not node.value:
        return True
    return _is(node, "scalar") and str(node.tag).endswith(":null")


def _member(node: Any, name: str) -> tuple[Any, Any] | None:
    """Key and value of a mapping's member."""
    if not _is(node, "mapping"):
        raise YamlError(f"a mapping is expected around {name}")
    return next(((key, value) for key, value in node.value if key.value == name), None)


def _end(node: Any) -> int:
    """Where a node's own text ends: a block ends with its last member, not with the comments behind it."""
    if _is(node, "scalar") or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    key, value = last if isinstance(last, tuple) else (None, last)
    return max(_end(value), int(key.end_mark.index)) if key is not None else _end(value)


def _in_brackets(names: Path, item: Json) -> str:
    """An element below its keys, or alone, as it stands inside of brackets."""
    written = json.dumps(item, ensure_ascii=False)
    for depth, name in enumerate(reversed(names)):
        opens, closes = "{}" if depth else "[]"
        written = f"{json.dumps(name, ensure_ascii=False)}: {opens}  {written}{closes}"
    return written


def _block(names: Path, item: Json, column: int) -> Iterator[str]:
    """The lines of an element below its keys."""
    for depth, name in enumerate(names):
        yield f"{' ' * (column + depth * _UNIT)}{name}:  {MARK}"
    indent = " " * (column + len(names) * _UNIT)
    if not isinstance(item, dict):
        yield f"{indent}- {json.dumps(item, ensure_ascii=False)}"
        return
    for at, (key, value) in enumerate(item.items()):
        yield f"{indent}{'  ' if at else '- '}{key}: {json.dumps(value, ensure_ascii=False)}"
