"""What Hermes did to files, as changes that can be replayed.

Its `write_file` tells the whole text, its `patch` the unified diff of what it changed: with line numbers, so that it is
evidence of the file. A diff of lines without an end at the end of a file cannot be told apart (Python's difflib joins
them); then the words of the request are all that is known. Read in `tools/file_operations.py` and
`tools/patch_parser.py` of 0.19.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from hivemind_git.agents import marked, unified
from hivemind_git.agents.changes import Change
from hivemind_git.agents.codex import edits as codex
from hivemind_git.agents.hunks import stored
from hivemind_git.agents.lines import Record, text

_HUNK = re.compile(r"@@ -\d+(?:,(?P<old>\d+))? \+\d+(?:,(?P<new>\d+))? @@")
_MOVED = re.compile(r"# Moved: (?P<path>.+) -> (?P<move>.+)")
_DELETED = "# Deleted: "
_NOTHING = "/dev/null"
_BOM = "\ufeff"


def asked(tool: str, arguments: Record) -> list[Change]:
    """The changes that a tool use asks for; none for a tool that writes no file, and for what is no patch."""
    path = text(arguments, "path")
    if tool == "write_file" and path:
        return [_written(path, text(arguments, "content"))]
    if tool != "patch":
        return []
    if text(arguments, "mode") == "patch" or (text(arguments, "patch") and not path):
        return codex.asked(text(arguments, "patch"))
    old, new = text(arguments, "old_string"), text(arguments, "new_string")
    whole = bool(arguments.get("replace_all"))
    lines = (*marked.whole("-", old), *marked.whole("+", new))
    return [Change("update", path, apply=partial(_replaced, old, new, whole), lines=lines)] if path else []


def done(tool: str, arguments: Record, told: Record) -> list[Change]:
    """The changes that a tool's result tells of."""
    named = told.get("files_modified")
    touched = [path for path in named if isinstance(path, str)] if isinstance(named, list) else []
    if tool == "write_file":
        path = text(told, "resolved_path") or next(iter(touched), text(arguments, "path"))
        content = _as_written(text(arguments, "content"), told.get("bytes_written"))
        return [_written(path, content)] if content is not None else [Change("update", path)]
    found = [_placed(change, touched) for change in _changes(text(told, "diff"))]
    if found or not touched:
        return found
    return [replace(change, path=touched[0]) for change in asked(tool, arguments)] if len(touched) == 1 else []


def shown(told: Record, arguments: Record) -> str | None:
    """The whole text that `read_file` showed; None where it showed a part, or lines that it cut."""
    content, size = text(told, "content"), told.get("file_size")
    if told.get("truncated") or arguments.get("offset") not in {None, 0, 1}:
        return None
    lines = content.split("\n") if content else []
    numbers = [line.partition("|") for line in lines]
    if [number for number, _, _ in numbers] != [str(n) for n in range(1, len(lines) + 1)]:
        return None
    whole = "\n".join(line for _, _, line in numbers)
    return whole if len(stored(whole)) == size else None


def _written(path: str, content: str) -> Change:
    return Change("add", path, content=content, lines=marked.whole("+", content))


def _as_written(content: str, size: object) -> str | None:
    """The text as it is in the file: Hermes keeps the line ends and the byte order mark of one that was there."""
    crlf = content.replace("\r\n", "\n").replace("\n", "\r\n")
    forms = (content, _BOM + content, crlf, _BOM + crlf)
    if not isinstance(size, int):
        return content
    return next((form for form in forms if len(stored(form)) == size), None)


def _replaced(old: str, new: str, whole: bool, before: bytes) -> bytes | None:
    """The file with one text for another, where that is found to the letter. Hermes finds near misses too."""
    count = before.count(stored(old)) if old else 0
    return before.replace(stored(old), stored(new)) if count == 1 or (count and whole) else None


def _placed(change: Change, touched: Sequence[str]) -> Change:
    """A change whose path is absolute, where the result names the file so."""
    if change.path.startswith("/"):
        return change
    return replace(change, path=next((each for each in touched if each.endswith(f"/{change.path}")), change.path))


@dataclass
class _Lines:
    lines: list[str]
    at: int = 0

    @property
    def here(self) -> str | None:
        return self.lines[self.at] if self.at < len(self.lines) else None

    def take(self) -> str:
        self.at += 1
        return self.lines[self.at - 1]


def _changes(diff: str) -> list[Change]:
    """The changes in the diffs of a result, as far as they can be told apart."""
    reader, found = _Lines(diff.split("\n")), []
    while reader.here is not None:
        line = reader.take()
        if line.startswith("--- ") and (reader.here or "").startswith("+++ "):
            change = _file(line[4:], reader.take()[4:], reader)
            if change is None:
                return []
            found.append(change)
        elif moved := _MOVED.fullmatch(line):
            found.append(Change("update", moved["path"], move=moved["move"], apply=bytes, numbered=True))
        elif line.startswith(_DELETED):
            found.append(Change("delete", line.removeprefix(_DELETED)))
    return found


def _file(old: str, new: str, reader: _Lines) -> Change | None:
    path = (old if new == _NOTHING else new)[2:]
    if old == _NOTHING:
        added = []
        while (reader.here or "").startswith("+"):
            added.append(reader.take()[1:])
        # Without a line end at the last line, which is how Hermes writes it.
        return _written(path, "\n".join(added))
    hunks = list(_hunks(reader))
    try:
        parts = unified.parse("".join(f"{line}\n" for hunk in hunks for line in hunk))
    except unified.DiffError:
        return None
    lines = tuple(line for part in parts for line in part.lines)
    if new == _NOTHING:
        return Change("delete", path, content=marked.removed(lines), lines=lines)
    return Change("update", path, apply=partial(_patched, parts), lines=lines, numbered=True)


def _hunks(reader: _Lines) -> Iterator[list[str]]:
    while found := _HUNK.match(reader.here or ""):
        hunk = [reader.take()]
        old, new = (int(found[side]) if found[side] is not None else 1 for side in ("old", "new"))
        while (old > 0 or new > 0) and reader.here is not None and reader.here[:1] in {" ", "-", "+"}:
            line = reader.take()
            old -= line[:1] != "+"
            new -= line[:1] != "-"
            hunk.append(line)
        yield hunk


def _patched(parts: Sequence[unified.Part], before: bytes) -> bytes | None:
    return unified.apply(before, parts)
