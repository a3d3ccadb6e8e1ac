"""Windows around shell commands → the edits that the commands made, with the files before and after."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from hivemind_git.agents.shell import ShellSide, ends_turn, shell_side, written_files
from hivemind_git.capture.journal import Journal, Payload
from hivemind_git.capture.windows import Side, Spans, Touch, Window, Windows
from hivemind_git.git.snapshots import Snapshots
from hivemind_git.model import Capture, Event, Kind
from hivemind_git.pipeline.shell_writes import ShellWrites, State
from hivemind_git.pipeline.workspace import Workspace

_LOOKING_SECONDS: Final = 15.0
"""A client cuts a hook off after ten (agents/claude_code/wiring)."""

_SLOW_SECONDS: Final = 3.0


class Windowed:
    """The windows of one seal, which holds its lock."""

    def __init__(self, space: Workspace) -> None:
        """Prepares for the windows of a repository. Nothing is read before the first payloads come."""
        self._windows = Windows(space.repository.state_dir)
        self._journal = Journal(space.repository.state_dir)
        self._known: dict[str, set[str]] = {}
        self._seen: Spans | None = None
        self._space = space

    def captures(self, agent: str, payloads: Sequence[Payload]) -> Iterator[Capture]:
        """What the windows tell that these payloads of an assistant end.

        Of each the tool use with `window`, `closed` or `unknown`; of a closed one every edit that its command made.

        Raises:
            OSError: the disk is full, or cannot be written.
        """
        now = time.time()
        sides = self._windows.sides()
        spans = self._caught_up(sides, now)
        ended = [(payload, side, window) for payload in payloads for side, window in _ended(payload, spans)]
        left = [(payload, window) for payload in payloads for window in _left(payload, spans)]
        self._windows.keep(spans, now)
        self._seen = spans
        snapshots = Snapshots(self._space.repository.common_dir, self._windows.objects)
        writes = ShellWrites(self._space, snapshots, spans, agent)
        for payload, side, window in ended:
            yield from self._remembered(window.session, list(writes.captures(payload, side, window)))
        for payload, window in left:
            yield writes.mark(payload, window.tool_use, State.UNKNOWN)
        self._windows.tidy(now, self._space.settings.images_days)

    def ready(self, payload: Payload) -> bool:
        """Whether the hook is done with a payload: it looks at the worktree when the payload is in the journal."""
        if shell_side(payload) is None or not self._windows.watched or abs(time.time() - payload.t) > _LOOKING_SECONDS:
            return True
        return self._windows.side(payload.name) is not None

    def knows(self, capture: Capture) -> bool:
        """Whether a window has the last word on this edit, so that no log need tell it.

        Either it told the edit: no log knows it better, and some only guess at what stood before. Or it shows that
        another agent was at work, and only the client's own list of changed files names the edit: that list has no eye
        for who wrote.

        Raises:
            OSError: the disk is full, or cannot be written.
        """
        event = capture.event
        if event.kind is not Kind.EDIT or event.fields.get("by_shell") is not True:
            return False
        if event.session not in self._known:
            self._known[event.session] = self._windows.told(event.session)
        if event.id not in self._known[event.session] and self._may_be_anothers(event):
            self._windows.tell(event.session, [event.id])
            self._known[event.session].add(event.id)
        return event.id in self._known[event.session]

    def _may_be_anothers(self, event: Event) -> bool:
        if event.fields.get("watched") is not True:
            return False
        if self._seen is None:
            self._seen = self._windows.spans()
        window = self._seen.windows.get(f"{event.session} {event.fields.get('tool_use')}")
        if window is None:
            return False
        tops = {name: str(top) for top, name in self._space.repository.worktrees.items()}
        path = f"{tops.get(event.worktree or '', '')}/{event.fields.get('path')}"
        return self._seen.shared(window) or path in self._seen.touched(window)

    def _remembered(self, session: str, found: list[Capture]) -> list[Capture]:
        edits = [capture.event.id for capture in found if capture.event.kind is Kind.EDIT]
        if edits:
            self._windows.tell(session, edits)
            self._known.pop(session, None)
        return found

    def _caught_up(self, sides: Mapping[str, Side], now: float) -> Spans:
        """The windows of the last day, with all assistants' in the journal: only all of them show which crossed."""
        spans = self._windows.spans()
        spans.abandon(now)
        if not sides:
            return spans
        for entry in self._journal.pending():
            name = f"{entry.path.name} {entry.t}"
            payload = None if name in spans.heard else self._journal.read(entry, now)
            if payload is not None and self.ready(payload):
                spans.heard.add(name)
                seen = sides.get(payload.name)
                _hear(spans, payload, seen)
                self._watch_time(payload, seen)
        return spans

    def _watch_time(self, payload: Payload, seen: Side | None) -> None:
        """Keeps the hook from holding up the agent again where it was slow, or was cut off by the client."""
        if shell_side(payload) is None:
            return
        if seen is None:
            self._windows.rest()
        elif seen.t - payload.t > _SLOW_SECONDS:
            self._windows.rest(seen.worktree)


def _hear(spans: Spans, payload: Payload, seen: Side | None) -> None:
    side = shell_side(payload)
    if side is not None and seen is not None and not seen.reads:
        (spans.begin if side.opens else spans.end)(side.session, side.tool_use, seen)
    elif side is not None and not side.opens and seen is None:
        spans.end(side.session, side.tool_use, Side("", None, payload.t))
    else:
        spans.touches += [Touch(path, tool_use, payload.t) for tool_use, path in written_files(payload)]


def _ended(payload: Payload, spans: Spans) -> Iterator[tuple[ShellSide, Window]]:
    side = shell_side(payload)
    window = spans.windows.get(f"{side.session} {side.tool_use}") if side and not side.opens else None
    if side and window:
        yield side, window


def _left(payload: Payload, spans: Spans) -> list[Window]:
    session = ends_turn(payload)
    return spans.leave(session, payload.t) if session else []
