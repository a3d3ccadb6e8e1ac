"""Rules that people wrote for their assistants: CLAUDE.md, AGENTS.md, Cursor's, Copilot's, Windsurf's and their like.

Plain Markdown: one statement a list item or paragraph, fenced code and comments left out. The frontmatter of Cursor's
`.mdc` (`globs`), of `.claude/rules` (`paths`) and of Copilot's instructions (`applyTo`) says where a file holds; it is
no strict YAML in the wild (`globs: *.py, **/*.md`), and is read line by line.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from hivemind_git.rules.written import Statement

MOST_BYTES: Final = 1024 * 1024
"""Of one file; an assistant reads 40 KB of it at most."""

_NAMES: Final = frozenset(
    [
        "CLAUDE.md",
        "CLAUDE.local.md",
        "AGENTS.md",
        "AGENT.md",
        "AGENTS.override.md",
        "GEMINI.md",
        "CONVENTIONS.md",
        ".cursorrules",
        ".windsurfrules",
        ".clinerules",
    ]
)
_FOLDERS: Final = {
    ".claude/rules": ".md",
    ".cursor/rules": ".mdc",
    ".windsurf/rules": ".md",
    ".clinerules": ".md",
    ".github/instructions": ".instructions.md",
}
_WHOLE: Final = frozenset({".github/copilot-instructions.md"})
TOPS: Final = (*sorted(_NAMES), ".claude", ".cursor", ".windsurf", ".github")
"""What stands at the top of a repository where it has rules files for the whole of it."""

_SCOPES: Final = frozenset({"globs", "paths", "applyto"})
_ITEM: Final = re.compile(r"[ \t]*(?:[-*+]|\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_HEADING: Final = re.compile(r"#{1,6}[ \t]+(.*?)[ \t#]*$")
_FENCE: Final = re.compile(r"[ \t]*(`{3,}|~{3,})")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_RULE: Final = re.compile(r"[ \t]*(?:[-*_=][ \t]*){3,}$|[ \t]*\|")
_KEY: Final = re.compile(r"([A-Za-z]\w*)[ \t]*:[ \t]*(.*)$")


def home(path: str) -> str | None:
    """The folder that a rules file of this path is for, empty for the whole repository; None for any other file."""
    folder, name = posixpath.split(path)
    if name in _NAMES:
        return folder.removesuffix(".claude").rstrip("/")
    for inside, ending in _FOLDERS.items():
        before, found, _ = f"/{folder}/".rpartition(f"/{inside}/")
        if found and name.endswith(ending):
            return before.strip("/")
    for whole in _WHOLE:
        if f"/{path}".endswith(f"/{whole}"):
            return path.removesuffix(whole).rstrip("/")
    return None


def read(path: str, data: bytes, folder: str = "") -> list[Statement]:
    """What a rules file says, in order.

    Args:
        path: how to name it.
        data: its bytes; what is no UTF-8 is replaced.
        folder: the folder that it is for (`home`).
    """
    text = data[:MOST_BYTES].decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n")
    # A comment keeps its line ends: the lines below it keep their numbers.
    lines = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text).split("\n")
    globs, start = _frontmatter(lines)
    inside = f"{folder}/" if folder else ""
    scope = tuple(f"{inside}{'' if '/' in one or not inside else '**/'}{one.lstrip('/')}" for one in globs)
    reader = _Reader(path, scope or ((f"{folder}/**",) if folder else ()))
    for number, line in enumerate(lines[start:], start + 1):
        reader.line(number, line)
    reader.end()
    return reader.found


def _frontmatter(lines: Sequence[str]) -> tuple[list[str], int]:
    """The globs of a frontmatter, and the index of the first line below it."""
    if not lines or lines[0].strip() != "---":
        return [], 0
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        return [], 0
    globs: list[str] = []
    listing = False
    for line in lines[1:end]:
        key = _KEY.match(line)
        if key:
            listing = key.group(1).lower() in _SCOPES
            globs += _globs(key.group(2)) if listing else []
        elif listing and line.strip().startswith("-"):
            globs += _globs(line.strip()[1:])
    return [one for one in globs if one not in ("**", "**/*", "*")], end + 1


def _globs(value: str) -> Iterator[str]:
    """The patterns in a value: `a, b`, `"a"`, `[a, "b"]`; a comma inside braces is part of a pattern."""
    for one in re.split(r",(?![^{]*\})", value.strip().removeprefix("[").removesuffix("]")):
        plain = one.strip().strip("\"'").strip()
        if plain:
            yield plain


@dataclass(slots=True)
class _Reader:
    path: str
    scope: tuple[str, ...]
    found: list[Statement] = field(default_factory=list)
    _open: list[str] = field(default_factory=list)
    _start: int = 0
    _heading: str = ""
    _fence: str = ""

    def line(self, number: int, line: str) -> None:
        fence = _FENCE.match(line)
        if self._fence:
            if fence and fence.group(1).startswith(self._fence):
                self._fence = ""
            return
        heading = _HEADING.match(line)
        if fence:
            self.end()
            self._fence = fence.group(1)
        elif heading:
            self.end()
            self._heading = heading.group(1)
        elif not line.strip() or _RULE.match(line):
            self.end()
        else:
            self._said(number, line)

    def end(self) -> None:
        """What is open is said."""
        text = " ".join(part for part in self._open if part)
        if text:
            self.found.append(Statement(self.path, self._start, text, self.scope, self._heading))
        self._open = []

    def _said(self, number: int, line: str) -> None:
        item = _ITEM.match(line)
        if item:
            self.end()
        if not self._open:
            self._start = number
        self._open.append((line[item.end() :] if item else line).strip().lstrip(">").strip())
