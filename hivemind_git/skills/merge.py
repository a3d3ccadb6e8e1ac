"""Joins a freshly drafted SKILL.md to the one that stands: only what was generated and is untouched is written anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hivemind_git.skills.document import Document, Entry, Part, checksum, checksums, lines_of, rows


@dataclass(frozen=True, slots=True)
class Merged:
    """The joined document, and checksums of its generated parts, by which the next merge knows people's edits."""

    document: Document
    written: Mapping[str, str]


def merge(old: Document, fresh: Document, written: Mapping[str, str]) -> Merged:
    """What people edited stays as they edited it, what they took out stays out, all else is as freshly drafted.

    Args:
        old: the skill as it stands.
        fresh: the whole skill as drafted now, for all of its rules.
        written: the checksums of the last merge, as `rules.toml` keeps them.
    """
    fresh = _with_newline(fresh, old.newline)
    front = tuple(_front_entry(entry, fresh, written) for entry in old.front)
    document = Document(old.opening, front, old.closing, tuple(_merge_blocks(old, fresh, written)))
    return Merged(document, _written(old, fresh, document, written))


def _written(old: Document, fresh: Document, document: Document, written: Mapping[str, str]) -> dict[str, str]:
    """A part that a person changed or took out keeps the checksum of what was generated, so that it stays theirs."""
    before, drafted, standing = checksums(old), checksums(fresh), checksums(document)
    live = {key.partition("-")[2] for key in drafted}
    kept = {
        key: value
        for key, value in written.items()
        if key.partition("-")[2] in live and (key in drafted or before.get(key) != value)
    }
    return kept | {key: value for key, value in drafted.items() if key not in written or standing.get(key) == value}


def _front_entry(entry: Entry, fresh: Document, written: Mapping[str, str]) -> Entry:
    if entry.key != "description" or checksum(entry.text) != written.get("description"):
        return entry
    return Entry("description", fresh.entry("description"))


def _merge_blocks(old: Document, fresh: Document, written: Mapping[str, str]) -> list[Part]:
    drafted = {part.rule: part for part in fresh.parts if part.rule}
    table = next((part.text for part in fresh.parts if part.table), "")
    parts: list[Part] = []
    for part in old.parts:
        if part.table:
            parts.append(Part(_merge_table(part.text, table, written), table=True))
        elif part.rule and checksum(part.text) == written.get(f"rule-{part.rule}"):
            if part.rule in drafted:
                parts.append(drafted[part.rule])
            elif parts and not parts[-1].text.strip():
                parts.pop()
        else:
            parts.append(part)
    standing = {part.rule for part in old.parts if part.rule}
    new = [part for rule, part in drafted.items() if rule not in standing and f"rule-{rule}" not in written]
    if not any(part.table for part in old.parts) and (rest := _new_rows(table, written)):
        new.insert(0, Part(_with_rows(table, rest), table=True))
    return _appended(parts, new, old.newline)


def _appended(parts: list[Part], new: list[Part], newline: str) -> list[Part]:
    """New blocks go after the last generated one, so that what a person wrote at the end stays at the end."""
    last = max((i for i, part in enumerate(parts) if part.rule or part.table), default=len(parts) - 1)
    head, tail = parts[: last + 1], parts[last + 1 :]
    for part in new:
        text = head[-1].text if head else ""
        if text.strip() and not text.endswith("\n"):
            head.append(Part(newline))
        if text.strip() and not text.endswith(newline * 2):
            head.append(Part(newline))
        head.append(part)
    return head + tail


def _merge_table(old: str, fresh: str, written: Mapping[str, str]) -> str:
    drafted = rows(fresh)
    standing = rows(old)
    lines: list[str] = []
    for line in lines_of(old):
        rule = next((rule for rule, row in standing.items() if row == line), "")
        if not rule or checksum(line) != written.get(f"row-{rule}"):
            lines.append(line)
        elif rule in drafted:
            lines.append(drafted[rule])
    new = [row for rule, row in _new_rows(fresh, written).items() if rule not in standing]
    return "".join([*lines[:-1], *new, lines[-1]])


def _new_rows(table: str, written: Mapping[str, str]) -> dict[str, str]:
    return {rule: row for rule, row in rows(table).items() if f"row-{rule}" not in written}


def _with_rows(table: str, kept: Mapping[str, str]) -> str:
    known = set(rows(table).values()) - set(kept.values())
    return "".join(line for line in lines_of(table) if line not in known)


def _with_newline(fresh: Document, newline: str) -> Document:
    if newline == "\n":
        return fresh
    front = tuple(Entry(entry.key, entry.text.replace("\n", newline)) for entry in fresh.front)
    parts = tuple(Part(part.text.replace("\n", newline), part.rule, part.table) for part in fresh.parts)
    return Document(fresh.opening, front, fresh.closing, parts)
