"""The tools of pi's agent core: what was asked, how it ended, what it did to files.

A shell has the name `Bash`, as in every assistant; the others have their own.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from hivemind_git.agents import changes as changing
from hivemind_git.agents import marked, unified
from hivemind_git.agents import pi_results as results
from hivemind_git.agents.changes import Change
from hivemind_git.agents.codex import edits as patched
from hivemind_git.agents.excerpt import excerpt
from hivemind_git.agents.files import FileEdit, Files, Where, edit_captures, is_absolute, may_write_more, shell_edits
from hivemind_git.agents.hunks import stored
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, mapping, objects, text
from hivemind_git.agents.outcomes import outcomes
from hivemind_git.agents.pi_results import Result
from hivemind_git.agents.stamp import Stamp
from hivemind_git.corrections.commands import effects
from hivemind_git.model import Capture, Json, Kind

SHELL, PATCH = "Bash", "apply_patch"
_SHELLS = frozenset({"bash", "powershell", "exec"})
_BOM = b"\xef\xbb\xbf"
_HEADER = ("--- ", "+++ ")


@dataclass(frozen=True, slots=True)
class Use:
    """A tool use that has no result yet.

    Attributes:
        tool_use: the client's id of it.
        tool: its name.
        arguments: what was asked.
        stamp: of the record that asks.
    """

    tool_use: str
    tool: str
    arguments: Record
    stamp: Stamp

    @property
    def said(self) -> str:
        """What was asked, as text: a command, a path, else the arguments as compact JSON."""
        named = text(self.arguments, "command") or text(self.arguments, "path")
        if named or not self.arguments:
            return named
        return json.dumps(self.arguments, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Images:
    """A file as it was before a tool wrote it, and after. `before` None: it was new."""

    before: bytes | None
    after: bytes


@dataclass(frozen=True, slots=True)
class End:
    """What a client tells of the end of a use.

    Attributes:
        result: how it ended.
        patch: its own record of what became of a file; empty where there is none.
        images: the file before and after, where they are known for certain.
        whole: a read showed the file whole.
    """

    result: Result
    patch: str = ""
    images: Images | None = None
    whole: bool = False


def told_by_text(use: Use, message: Record) -> End:
    """The end that the message of a result tells by its words, as pi's."""
    details = mapping(message, "details")
    result = results.read(words(message), failed=message.get("isError") is True, shell=use.tool == SHELL)
    return End(result, text(details, "patch"), whole=not_cut(use) and "truncation" not in details)


def not_cut(use: Use) -> bool:
    """Whether a read asked for a whole file."""
    return use.tool == "read" and not use.arguments.keys() & {"offset", "limit"}


def words(message: Record) -> str:
    """The text of a message."""
    content = message.get("content")
    if isinstance(content, str):
        return content
    return "\n".join(text(block, "text") for block in objects(message, "content") if block.get("type") == "text")


def tool_name(name: str) -> str:
    """The name of a tool as events have it."""
    return SHELL if name in _SHELLS else name


def file_of(arguments: Record) -> str:
    """The file that a file tool names; empty where it names none, or one in a home folder that is not known here."""
    path = text(arguments, "file_path") or text(arguments, "path").removeprefix("@")
    return "" if path.startswith("~") else path


def captures(use: Use, end: End | None, stamp: Stamp, files: Files) -> Iterator[Capture]:
    """All that one tool use tells: itself, its refusal, the file it wrote or showed, the outcome of tests.

    Args:
        use: the use.
        end: of the use; None where nothing tells of one.
        stamp: of the record that tells the end.
        files: the replayed files, brought up to date.
    """
    result = end.result if end else None
    changes = _changes(use, end.patch if end else "")
    change = changes[0] if len(changes) == 1 else None
    where = _place(use, change, files)
    shown = _shown(end, where, files)
    fields: dict[str, Json] = {
        "tool_use": use.tool_use,
        "tool": use.tool,
        "input": _names(changes, use.stamp.cwd, files) or use.said,
        "status": result.status if result else None,
        "exit_code": result.exit_code if result else None,
        "output": excerpt(result.output) if result and result.output else None,
        "path": where[1] if where else None,
        "background": result.background or None if result else None,
    }
    # At the time at which it was asked for: a session that is read while the tool runs tells the same.
    begun = replace(stamp, t=use.stamp.t)
    event = begun.event(_identity(use, Kind.TOOL_USE), Kind.TOOL_USE, fields, where[0] if where else None)
    yield Capture(event, after=shown)
    if result and result.refused_by:
        yield _refused(use, result, change, where, stamp, files)
    elif result and result.status == "ok" and changes:
        yield from _edited(use, _done(changes, end.images if end else None, use.stamp.cwd, files), stamp, files)
    elif use.tool == SHELL:
        yield from _ran(use, result, stamp, files)


def _identity(use: Use, kind: Kind, *more: str) -> str:
    return event_id(use.stamp.agent, use.stamp.session, use.tool_use, kind, *more)


def _names(changes: Sequence[Change], cwd: str, files: Files) -> str:
    """One line a file: what was written stands in the edits."""
    placed = [(change, files.place(_absolute(change.path, cwd), cwd)) for change in changes]
    return "\n".join(f"{change.op} {where[1] if where else change.path}" for change, where in placed)


def _place(use: Use, change: Change | None, files: Files) -> Where | None:
    """Where the one file of a use stands. What is outside counts once: a change does when it is replayed."""
    path, cwd = change.path if change else file_of(use.arguments), use.stamp.cwd
    return files.place(_absolute(path, cwd), cwd) if change else files.locate(path, cwd)


def _changes(use: Use, patch: str) -> list[Change]:
    """What a use does to files, as the client recorded it, else as it was asked for."""
    path = file_of(use.arguments)
    if use.tool == PATCH:
        return patched.asked(text(use.arguments, "input"))
    if not path or use.tool not in {"write", "edit"}:
        return []
    if use.tool == "write":
        content = text(use.arguments, "content")
        return [Change("add", path, content, lines=marked.whole("+", content))]
    return [_update(use, path, patch)]


def _update(use: Use, path: str, patch: str) -> Change:
    parts = _parts(patch)
    if parts:
        lines = tuple(line for part in parts for line in part.lines)
        return Change("update", path, apply=partial(_by_patch, parts), lines=lines, numbered=True)
    swaps = [(text(one, "oldText"), text(one, "newText")) for one in _swaps(use.arguments)]
    lines = tuple(line for old, new in swaps for line in (*marked.whole("-", old), *marked.whole("+", new)))
    return Change("update", path, apply=partial(_by_text, swaps), lines=lines)


def _swaps(arguments: Record) -> list[Record]:
    return objects(arguments, "edits") or [arguments]


def _parts(patch: str) -> list[unified.Part]:
    """The hunks of a recorded patch, which has a header with the path as it was asked for."""
    lines = patch.split("\n", 2)
    if len(lines) < 3 or not all(line.startswith(mark) for line, mark in zip(lines, _HEADER, strict=False)):
        return []
    try:
        return unified.parse(lines[2])
    except unified.DiffError:
        return []


def _by_patch(parts: Sequence[unified.Part], before: bytes) -> bytes | None:
    """A patch is of the file as the tool matches it: without a mark of byte order, each line ended by LF."""
    bom = _BOM if before.startswith(_BOM) else b""
    content = before.removeprefix(_BOM)
    first = content.find(b"\n")
    crlf = first > 0 and content[first - 1 : first] == b"\r"
    after = unified.apply(content.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), parts)
    if after is None:
        return None
    return bom + (after.replace(b"\n", b"\r\n") if crlf else after)


def _by_text(swaps: Sequence[tuple[str, str]], before: bytes) -> bytes | None:
    for old, new in swaps:
        if not old or before.count(stored(old)) != 1:
            return None
        before = before.replace(stored(old), stored(new))
    return before


def overwritten(content: str, patch: str) -> Images | None:
    """A file that was written whole, and what stood there by the recorded patch; None where that tells nothing."""
    after, parts = stored(content), _parts(patch)
    before = unified.apply(after, unified.taken_back(parts)) if parts else None
    return Images(before, after) if before is not None and unified.apply(before, parts) == after else None


def _done(
    changes: Sequence[Change], images: Images | None, cwd: str, files: Files
) -> Iterator[tuple[FileEdit, Mapping[str, Json]]]:
    where = files.place(_absolute(changes[0].path, cwd), cwd) if images else None
    if images and where:
        files.show(where, images.after)
        yield FileEdit(where, images.before, images.after), {}
    else:
        yield from changing.replay(changes, cwd, files)


def _absolute(path: str, cwd: str) -> str:
    return path if is_absolute(path) else posixpath.normpath(posixpath.join(cwd, path))


def _edited(
    use: Use, done: Iterable[tuple[FileEdit, Mapping[str, Json]]], stamp: Stamp, files: Files
) -> Iterator[Capture]:
    shared: dict[str, Json] = {"tool_use": use.tool_use}
    return edit_captures(done, stamp, files, partial(_identity, use, Kind.EDIT), shared, told=True)


def _shown(end: End | None, where: Where | None, files: Files) -> bytes | None:
    """The whole file that a read showed; None where it showed a part, or what is no text."""
    if end is None or not end.whole or where is None or end.result.status != "ok" or "\ufffd" in end.result.output:
        return None
    content = stored(end.result.output)
    files.show(where, content)
    return content


def _ran(use: Use, result: Result | None, stamp: Stamp, files: Files) -> Iterator[Capture]:
    """What a shell command did for certain. One whose end nobody told is certain of nothing."""
    done = effects(use.said, use.stamp.cwd)
    if result is None or result.status != "ok" or result.background:
        if done.writes or may_write_more(done):
            files.doubt(done)
    else:
        yield from _edited(use, shell_edits(done, use.stamp.cwd, files), stamp, files)
    if result and result.status:
        identity = _identity(use, Kind.OUTCOME)
        yield from outcomes(done, result.status, result.output, tool_use=use.tool_use, identity=identity, stamp=stamp)


def _refused(
    use: Use, result: Result, change: Change | None, where: Where | None, stamp: Stamp, files: Files
) -> Capture:
    fields: dict[str, Json] = {
        "tool_use": use.tool_use,
        "tool": use.tool,
        "reason": result.reason,
        "by": result.refused_by,
        "path": where[1] if where else None,
        "replaced": marked.removed(change.lines) if change else None,
        "proposed": marked.added(change.lines) if change else use.said,
    }
    event = stamp.event(_identity(use, Kind.REJECTION), Kind.REJECTION, fields, where[0] if where else None)
    if change is None or where is None:
        return Capture(event)
    before, after = changing.outcome(change, where, files)
    return Capture(event, before, after, before_known=before is not None)
