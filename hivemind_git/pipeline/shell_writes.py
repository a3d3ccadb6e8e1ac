"""What one shell command wrote, judged by the worktree before and after it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from hivemind_git.agents.files import FileEdit, edit_capture
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import text
from hivemind_git.agents.shell import ShellSide, session_of
from hivemind_git.agents.stamp import Stamp, utc
from hivemind_git.capture.ignored import matcher
from hivemind_git.capture.images import MAX_IMAGE
from hivemind_git.capture.journal import Payload
from hivemind_git.capture.windows import Spans, Window, worktree_folder
from hivemind_git.corrections.commands import Effects, effects
from hivemind_git.corrections.program_tables import GIT_READS
from hivemind_git.git.diff import diff_lines
from hivemind_git.git.snapshots import Changed, Snapshots
from hivemind_git.model import Capture, Json, Kind, Source
from hivemind_git.pipeline.workspace import Workspace

MAX_PATHS: Final = 500
"""Files that one command may change and still be told: beyond that it unpacks, generates or installs."""

_ASKING_SECONDS: Final = 5.0
_KEEPING: Final = GIT_READS | {"commit"}
_CONVERSIONS: Final = ("text", "eol", "crlf", "ident", "working-tree-encoding")
_BINARY_LOOK: Final = 8000


class State(StrEnum):
    """Whether all that a command wrote is known."""

    CLOSED = "closed"
    UNKNOWN = "unknown"


class ShellWrites:
    """Tells the edits of one assistant's shell commands. What is not certain is told by nobody."""

    def __init__(self, space: Workspace, snapshots: Snapshots, spans: Spans, agent: str) -> None:
        """Prepares to judge the windows of an assistant.

        Args:
            space: the repository and what is ignored in it.
            snapshots: the recorded states of its worktrees.
            spans: all windows of the last day.
            agent: the assistant's name.
        """
        self._repository = space.repository
        self._ignored = matcher(space.settings.capture_ignore)
        self._converts = (space.repository.config("core.autocrlf") or "false").lower() != "false"
        self._snapshots = snapshots
        self._spans = spans
        self._agent = agent
        self._tops = {worktree_folder(name): (name, str(top)) for top, name in space.repository.worktrees.items()}

    def captures(self, payload: Payload, side: ShellSide, window: Window) -> Iterator[Capture]:
        """The edits that a command made, by path, and last the tool use with `window`.

        Args:
            payload: its end.
            side: what the payload says.
            window: its two sides.
        """
        done = effects(side.command, side.cwd)
        changes = self._changes(side, window, done)
        if changes is None:
            yield self.mark(payload, side.tool_use, State.UNKNOWN)
            return
        whole = not side.background
        shared = self._spans.touched(window)
        top = self._tops.get(window.worktree, ("", ""))[1]
        gone = {one.before for one in changes if one.after is None}
        for change in changes:
            if self._ignored(change.path) or (change.after not in gone and self._copied(change)):
                continue
            edit = None if f"{top}/{change.path}" in shared else self._edit(change, window, done)
            whole &= edit is not None
            if edit is not None and edit.before != edit.after:
                yield self._capture(payload, side, edit)
        yield self.mark(payload, side.tool_use, State.CLOSED if whole else State.UNKNOWN)

    def mark(self, payload: Payload, tool_use: str, state: State) -> Capture:
        """The tool use with what is known of its window, to be folded with what others tell of it."""
        stamp = self._stamp(payload)
        identity = event_id(self._agent, stamp.session, tool_use, Kind.TOOL_USE)
        fields: dict[str, Json] = {"tool_use": tool_use, "window": state.value}
        return Capture(stamp.event(identity, Kind.TOOL_USE, fields))

    def _changes(self, side: ShellSide, window: Window, done: Effects) -> list[Changed] | None:
        """The files that changed in the window, if nobody else can have changed them."""
        if window.before is None or window.after is None or window.ended is None:
            return None
        # The client asks the person between the two hooks, and meanwhile the person may write too.
        if side.asked and window.ended - window.began - side.seconds > _ASKING_SECONDS:
            return None
        # What git checks out or merges, others wrote.
        if self._spans.crossed(window) or any(action not in _KEEPING for action, _ in done.git):
            return None
        changes = self._snapshots.changes(window.before, window.after)
        return None if changes is None or len(changes) > MAX_PATHS else changes

    def _edit(self, change: Changed, window: Window, done: Effects) -> FileEdit | None:
        """The edit of one file; None where the images are none of a text, or not the command's for certain."""
        if change.linked or self._attribute(change.path, "filter"):
            return None
        # A script may run git inside: what git had before is its own.
        if done.opaque and change.after is not None and not self._snapshots.is_new(change.after):
            return None
        before, after = self._text(change.before), self._text(change.after)
        if (before is None) != (change.before is None) or (after is None) != (change.after is None):
            return None
        where = (self._tops.get(window.worktree, (window.worktree, ""))[0], change.path)
        if change.before is None or self._as_it_stood(change.path, change.before):
            return FileEdit(where, before, after)
        if after is not None and after.replace(b"\r\n", b"\n") == before:
            return FileEdit(where, after, after)
        return None if after is None else FileEdit(where, None, after, before_known=False)

    def _copied(self, change: Changed) -> bool:
        """Whether a new file holds what git had before: the command wrote none of its lines."""
        return change.before is None and change.after is not None and not self._snapshots.is_new(change.after)

    def _as_it_stood(self, path: str, oid: str) -> bool:
        """Whether a content is that of the worktree, and not what git made of it when it was added."""
        if self._snapshots.is_new(oid):
            return True
        return not self._converts and not any(self._attribute(path, name) for name in _CONVERSIONS)

    def _attribute(self, path: str, name: str) -> bool:
        return self._repository.attributes(path, [name])[name] not in {None, False}

    def _text(self, oid: str | None) -> bytes | None:
        size = self._snapshots.size(oid) if oid is not None else None
        if oid is None or size is None or size > MAX_IMAGE:
            return None
        content = self._snapshots.read(oid)
        return None if content is None or b"\0" in content[:_BINARY_LOOK] else content

    def _capture(self, payload: Payload, side: ShellSide, edit: FileEdit) -> Capture:
        stamp = self._stamp(payload)
        identity = event_id(self._agent, stamp.session, side.tool_use, Kind.EDIT, edit.where[1])
        extra: dict[str, Json] = {"tool_use": side.tool_use, "by_shell": True, "subagent": side.subagent or None}
        return edit_capture(stamp, identity, edit, diff_lines, extra)

    def _stamp(self, payload: Payload) -> Stamp:
        return Stamp(
            agent=self._agent,
            source=Source.HOOK,
            session=session_of(payload),
            t=utc(payload.t * 1000) or "",
            numbers=itertools.count(),
            model=text(payload.data, "model") or None,
        )
