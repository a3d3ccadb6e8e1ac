"""What Claude Code's file tools did to a file: images before and after, byte for byte.

`structuredPatch` is never used: it turns tabs into spaces. The images come from `originalFile` and the strings that
were replaced, or from the state replayed so far.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from hivemind_git.agents.hunks import stored
from hivemind_git.agents.lines import Record, mapping, objects, text

EDIT_TOOLS = frozenset({"Edit", "MultiEdit", "Write", "NotebookEdit"})


@dataclass(frozen=True, slots=True)
class Replacement:
    """One replacement of a text by another, in one place or in all."""

    old: str
    new: str
    everywhere: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What one tool use did, or would have done, to one file.

    `before_known` false: the file before was not seen. `after` None: the file after cannot be told. `replaced` and
    `proposed` are the texts that the tool use named.
    """

    before: bytes | None
    after: bytes | None
    before_known: bool
    replaced: str
    proposed: str


def file_of(tool_input: Record, result: Record) -> str:
    """The path that a file tool was given, as the client wrote it; empty where it names none."""
    named = (text(result, "filePath"), text(result, "notebook_path"))
    return next(filter(None, (*named, text(tool_input, "file_path"), text(tool_input, "notebook_path"))), "")


def change(tool: str, tool_input: Record, result: Record, replayed: bytes | None) -> Change:
    """What an edit tool did, or would do.

    Args:
        tool: one of `EDIT_TOOLS`.
        tool_input: what the model asked for.
        result: the client's own record of what it did; empty where there is none.
        replayed: the file as last seen, if it was.
    """
    if tool == "Write":
        return _written(tool_input, result, replayed)
    if tool == "NotebookEdit":
        return _notebook(tool_input, result)
    wanted = replacements(tool_input, result)
    before, known = _before(result, replayed, creates=not wanted[0].old)
    after = apply(before or b"", wanted) if known else None
    if after is not None and _requoted(tool_input, wanted[0]) and not _shows(result, after):
        after = None
    return Change(
        before=before if after is not None else None,
        after=after,
        before_known=after is not None,
        replaced="\n".join(each.old for each in wanted),
        proposed="\n".join(each.new for each in wanted),
    )


def replacements(tool_input: Record, result: Record) -> list[Replacement]:
    """The replacements of an Edit or MultiEdit. The result's strings are those that the client really applied."""
    if text(result, "oldString") or text(result, "newString"):
        done = Replacement(text(result, "oldString"), text(result, "newString"), result.get("replaceAll") is True)
        return [replace(done, new=curled(done.old, done.new)) if _requoted(tool_input, done) else done]
    several = objects(result, "edits") or objects(tool_input, "edits")
    return [
        Replacement(text(each, "old_string"), text(each, "new_string"), each.get("replace_all") is True)
        for each in several or [tool_input]
    ]


def apply(before: bytes, wanted: list[Replacement]) -> bytes | None:
    """The file after the replacements, or None if one of them does not fit it."""
    for each in wanted:
        old, new = stored(each.old), stored(each.new)
        if not old:
            if before:
                return None
            before = new
            continue
        if old not in before:
            return None
        # The client takes the line end along when it deletes text that a line end follows.
        if not new and not old.endswith(b"\n") and old + b"\n" in before:
            old += b"\n"
        before = before.replace(old, new, -1 if each.everywhere else 1)
    return before


def curled(old: str, new: str) -> str:
    """The new text with the curly quotes that the client gives it where the replaced text had some.

    The model writes straight quotes, the client finds the text all the same, keeps its style, and records the new text
    as the model wrote it (seen with 2.1.329).
    """
    found = list(new)
    for at, mark in enumerate(found):
        opens = at == 0 or found[at - 1] in " \t\n\r([{—–"  # noqa: RUF001
        inside = 0 < at < len(new) - 1 and new[at - 1].isalpha() and new[at + 1].isalpha()
        if mark == '"' and ("“" in old or "”" in old):
            found[at] = "“" if opens else "”"
        elif mark == "'" and ("‘" in old or "’" in old):  # noqa: RUF001 - these are the marks that it writes
            found[at] = "‘" if opens and not inside else "’"  # noqa: RUF001
    return "".join(found)


def _requoted(tool_input: Record, done: Replacement) -> bool:
    return bool(text(tool_input, "old_string")) and text(tool_input, "old_string") != done.old


def _shows(result: Record, after: bytes) -> bool:
    """Whether the client's own patch, which is exact but for white space, agrees with the file after."""
    lines = {line.strip() for line in after.decode("utf-8", "replace").split("\n")}
    shown = (line for hunk in objects(result, "structuredPatch") for line in hunk.get("lines", []))
    return all(line[1:].strip() in lines for line in shown if isinstance(line, str) and line.startswith("+"))


def _before(result: Record, replayed: bytes | None, *, creates: bool) -> tuple[bytes | None, bool]:
    original: Any = result.get("originalFile", result.get("originalFileContents"))
    if isinstance(original, str):
        # Of a file that it creates an Edit says that it was empty.
        return (None if creates and not original else stored(original)), True
    if replayed is None and creates:
        return None, True
    return replayed, replayed is not None


def _written(tool_input: Record, result: Record, replayed: bytes | None) -> Change:
    content = text(result, "content") or text(tool_input, "content")
    original = result.get("originalFile")
    created = result.get("type") == "create"
    before = stored(original) if isinstance(original, str) else None if created else replayed
    return Change(before, stored(content), created or before is not None, "", content)


def _notebook(tool_input: Record, result: Record) -> Change:
    original, updated = result.get("original_file"), result.get("updated_file")
    replaced = text(result, "old_source")
    proposed = text(tool_input, "new_source")
    if isinstance(original, str) and isinstance(updated, str):
        return Change(stored(original), stored(updated), True, replaced, proposed)
    return Change(None, None, False, replaced, proposed)


def whole_read(result: Record) -> tuple[str, bytes] | None:
    """Path and content of a file that a Read showed whole; None for a part, an image, a notebook."""
    shown = mapping(result, "file")
    content, first, count, total = (shown.get(key) for key in ("content", "startLine", "numLines", "totalLines"))
    if result.get("type") != "text" or not isinstance(content, str) or first != 1 or count != total:
        return None
    return text(shown, "filePath"), stored(content)
