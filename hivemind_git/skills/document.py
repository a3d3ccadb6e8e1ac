"""The model of a SKILL.md: what people wrote in it stays byte for byte, what was generated can be told apart.

Format: the Agent Skills specification, as its reference validator (`agentskills validate`) reads it. Generated parts
stand between marks on lines of their own, HTML comments, which Markdown does not show:

    <!-- hivemind:rules -->                      the table of rules
    <!-- hivemind:rule 7f3a0123456789ab -->      one rule
    <!-- /hivemind:rule -->

The frontmatter's `metadata` holds `hivemind` where the skill is ours.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from hivemind_git.errors import HivemindError

BODY_LINES = 60
DESCRIPTION_CHARACTERS = 500
LISTING_CHARACTERS = 8000
NAME = re.compile(r"(?=.{1,64}\Z)[a-z0-9]+(-[a-z0-9]+)*\Z")

_KEY = re.compile(r"([A-Za-z][\w-]*):(?:[ \t]+(.*))?$")
_RULE_START = re.compile(r"<!-- hivemind:rule ([0-9a-f]{16}) -->\s*\Z")
_RULE_END = re.compile(r"<!-- /hivemind:rule -->\s*\Z")
_TABLE_START = re.compile(r"<!-- hivemind:rules -->\s*\Z")
_TABLE_END = re.compile(r"<!-- /hivemind:rules -->\s*\Z")
_ROW = re.compile(r"\|\s*`([0-9a-f]{16})`\s*\|")


@dataclass(frozen=True, slots=True)
class Entry:
    """One top-level key of the frontmatter with its exact text; the key is empty for what stands before the first."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the body with its exact text, marks included.

    `rule` is the id of a rule's block, `table` tells the table of rules; a part that is neither is a person's.
    """

    text: str
    rule: str = ""
    table: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A SKILL.md. `opening` and `closing` are the lines that enclose the frontmatter."""

    opening: str
    front: tuple[Entry, ...]
    closing: str
    parts: tuple[Part, ...]

    def render(self) -> str:
        """The text; of a parsed document exactly what was parsed."""
        front = "".join(entry.text for entry in self.front)
        return self.opening + front + self.closing + "".join(part.text for part in self.parts)

    def entry(self, key: str) -> str:
        """The exact text of a frontmatter key, or nothing."""
        return next((entry.text for entry in self.front if entry.key == key), "")

    @property
    def name(self) -> str:
        """The skill's name, empty where the frontmatter has none."""
        return _scalar(self.entry("name"))

    @property
    def description(self) -> str:
        """The description as a client reads it, empty where the frontmatter has none."""
        return _scalar(self.entry("description"))

    @property
    def ours(self) -> bool:
        """Whether the skill carries our mark. A person who takes the mark out makes the skill their own."""
        return any(line.strip().startswith("hivemind:") for line in self.entry("metadata").splitlines()[1:])

    @property
    def body_lines(self) -> int:
        """Lines after the frontmatter."""
        return len(lines_of("".join(part.text for part in self.parts)))

    @property
    def newline(self) -> str:
        """The line end that the document uses."""
        return "\r\n" if self.opening.endswith("\r\n") else "\n"


def parse(content: bytes, where: str) -> Document:
    """Takes a SKILL.md apart; `render` puts it together again, byte for byte.

    A file without frontmatter is one part of a person's, without our mark.

    Raises:
        HivemindError: the file is not UTF-8, or begins with a byte order mark, which the specification refuses.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        raise HivemindError(f"{where} is not UTF-8", "save it as UTF-8") from None
    if text.startswith("\ufeff"):
        raise HivemindError(f"{where} begins with a byte order mark, which agents refuse", "save it without one")
    lines = lines_of(text)
    end = next((i for i, line in enumerate(lines) if i and line.rstrip() == "---"), 0)
    if not end or lines[0].rstrip() != "---":
        return Document("", (), "", (Part(text),) if text else ())
    return Document(lines[0], _front(lines[1:end]), lines[end], _parts(lines[end + 1 :]))


def checksum(text: str) -> str:
    """Eight hex digits that change when a person changes the text, not when a line end or trailing blank does."""
    settled = "\n".join(line.rstrip() for line in text.strip().split("\n"))
    return hashlib.sha256(settled.encode()).hexdigest()[:8]


def rows(table: str) -> dict[str, str]:
    """The rows of a table of rules by rule id, each with its line end."""
    return {found[1]: line for line in lines_of(table) if (found := _ROW.match(line))}


def checksums(document: Document) -> dict[str, str]:
    """Checksums of the generated parts: `description`, `row-<id>` and `rule-<id>`."""
    sums = {"description": checksum(document.entry("description"))}
    for part in document.parts:
        if part.rule:
            sums[f"rule-{part.rule}"] = checksum(part.text)
        elif part.table:
            sums |= {f"row-{rule}": checksum(row) for rule, row in rows(part.text).items()}
    return sums


def listing_overflow(documents: tuple[Document, ...], budget: int = LISTING_CHARACTERS) -> tuple[str, ...]:
    """The names of the skills that no longer fit into the listing which an assistant shows its model.

    Claude Code and Codex list `- name: description` of every skill within 8,000 characters. Skills are taken by name.
    """
    left, over = budget, []
    for document in sorted(documents, key=lambda one: one.name):
        left -= len(f"- {document.name}: {document.description}\n")
        if left < 0:
            over.append(document.name)
    return tuple(over)


def without(document: Document, rules: Collection[str]) -> Document:
    """The document less the blocks and rows of some rules, a person's edits of them too."""
    parts: list[Part] = []
    for part in document.parts:
        if part.table:
            gone = {row for rule, row in rows(part.text).items() if rule in rules}
            parts.append(Part("".join(line for line in lines_of(part.text) if line not in gone), table=True))
        elif part.rule not in rules or not part.rule:
            parts.append(part)
        elif parts and not parts[-1].text.strip():
            parts.pop()
    return replace(document, parts=tuple(parts))


def lines_of(text: str) -> list[str]:
    """The lines with their LF; str.splitlines would also split at form feeds, which git and Markdown do not."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _front(lines: list[str]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    for line in lines:
        key = _KEY.match(line.rstrip())
        if key or not entries:
            entries.append(Entry(key[1] if key else "", line))
        else:
            entries[-1] = Entry(entries[-1].key, entries[-1].text + line)
    return tuple(entries)


def _scalar(entry: str) -> str:
    first, _, rest = entry.partition("\n")
    found = _KEY.match(first.rstrip())
    value = (found[2] or "").strip() if found else ""
    if value.startswith('"'):
        try:
            return str(json.loads(value))
        except (ValueError, RecursionError):
            return value.strip('"')
    if value.startswith("'"):
        return value.strip("'").replace("''", "'")
    if value[:1] in {"|", ">"}:
        value = ""
    return " ".join(f"{value} {rest}".split())


def _parts(lines: list[str]) -> tuple[Part, ...]:
    parts: list[Part] = []
    at = 0
    while at < len(lines):
        block, at = _block(lines, at)
        if not (block.rule or block.table) and parts and not (parts[-1].rule or parts[-1].table):
            parts[-1] = Part(parts[-1].text + block.text)
        else:
            parts.append(block)
    return tuple(parts)


def _block(lines: list[str], at: int) -> tuple[Part, int]:
    """The marked block that begins at a line, else that line alone. A mark that is never closed is only text."""
    start = _RULE_START.match(lines[at])
    table = bool(_TABLE_START.match(lines[at]))
    if start or table:
        ending = _TABLE_END if table else _RULE_END
        for end in range(at + 1, len(lines)):
            if ending.match(lines[end]):
                return Part("".join(lines[at : end + 1]), rule=start[1] if start else "", table=table), end + 1
            if _RULE_START.match(lines[end]) or _TABLE_START.match(lines[end]):
                break
    return Part(lines[at]), at + 1
