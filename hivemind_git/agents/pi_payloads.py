"""What our extensions told of pi and OpenClaw (hooks/agent/pi, hooks/agent/openclaw), as events.

Entries of the session come with the payloads too, less what tools were asked and answered: their ids are those of the
client's own log, which may not be there yet, or never.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from hivemind_git.agents import pi_results as results
from hivemind_git.agents.files import Files
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, Tally, mapping, objects, text
from hivemind_git.agents.pi_entries import Entries
from hivemind_git.agents.pi_tools import SHELL, End, Images, Use, captures
from hivemind_git.agents.stamp import Place, Stamp, utc
from hivemind_git.capture.journal import Payload
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Capture, DiffFunction, Json, Kind, Source

_TOOLS = {"Edit": "edit", "Write": "write"}
_HOW = {"new": "startup", "startup": "startup", "fork": "fork", "resume": "resume"}


def hear(
    agent: str,
    payloads: Sequence[Payload],
    place: Place,
    diff: DiffFunction,
    end: Callable[[Use, Record], End],
) -> Iterator[Capture]:
    """The events that these payloads tell, in order. What tells nothing gives nothing.

    Args:
        agent: whose.
        payloads: as the journal has them.
        place: where a file stands in the repository.
        diff: cuts the hunks of edit events.
        end: how a tool use ended, by the payload that tells it.
    """
    sessions: dict[str, _Session] = {}
    for payload in payloads:
        name = text(payload.data, "session_id")
        if name:
            files = Files(place, diff, Tally())
            heard = sessions.setdefault(name, _Session(Entries(agent, Source.HOOK, files, name), end))
            yield from heard.hear(payload)
    for heard in sessions.values():
        yield from heard.finish()


@dataclass
class _Session:
    """One session as its payloads tell it."""

    entries: Entries
    end: Callable[[Use, Record], End]
    uses: dict[str, Use] = field(default_factory=dict)

    def hear(self, payload: Payload) -> Iterator[Capture]:
        data = payload.data
        self.entries.cwd = text(data, "cwd")
        self.entries.model = text(data, "model") or self.entries.model
        self.entries.version = text(data, "client_version") or None
        self.entries.speaker = _speaker(data)
        for entry in objects(data, "entries"):
            yield from self.entries.feed(entry)
        handlers: dict[str, Callable[[Payload, Stamp], Iterator[Capture]]] = {
            "SessionStart": self._session_start,
            "PreToolUse": self._tool_asked,
            "PostToolUse": self._tool_done,
            "PermissionDenied": self._tool_done,
            "PostCompact": self._compaction,
            "SessionEnd": self._session_end,
        }
        handler = handlers.get(text(data, "hook_event_name"))
        if handler is not None:
            self.entries.t = utc(data.get("at")) or utc(payload.t * 1000) or self.entries.t
            yield from handler(payload, self.entries.stamp())

    def finish(self) -> Iterator[Capture]:
        """The tool uses of which nothing told the end."""
        for use in self.uses.values():
            yield from captures(use, None, use.stamp, self.entries.files)

    def _own(self, payload: Payload, kind: Kind) -> str:
        """The id of what the extension alone tells: no key of the client's, so the journal's."""
        return event_id(self.entries.agent, self.entries.session, payload.name, round(payload.t * 1000), kind)

    def _session_start(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        how = _HOW.get(text(payload.data, "source"), "startup")
        new = event_id(self.entries.agent, self.entries.session, None, Kind.SESSION_START)
        identity = self._own(payload, Kind.SESSION_START) if how == "resume" else new
        yield Capture(stamp.event(identity, Kind.SESSION_START, {"how": how}))

    def _tool_asked(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        use = _use(payload.data, stamp)
        if use.tool_use and use.tool:
            self.uses.setdefault(use.tool_use, use)
        yield from ()

    def _tool_done(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        data = payload.data
        use = _use(data, stamp)
        if not use.tool_use or not use.tool:
            return
        self.uses.pop(use.tool_use, None)
        self._show(mapping(data, "stood"), stamp.cwd)
        yield from captures(use, self.end(use, data), stamp, self.entries.files)

    def _show(self, stood: Record, cwd: str) -> None:
        """Takes files as they stood before a tool wrote them."""
        for path in stood:
            where, content = self.entries.files.place(path, cwd), image(stood, path)
            if where and content is not None:
                self.entries.files.show(where, content)

    def _compaction(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        key = text(mapping(payload.data, "entry"), "id")
        fields: dict[str, Json] = {"trigger": text(payload.data, "trigger") or None}
        yield Capture(stamp.event(event_id(stamp.agent, stamp.session, key, Kind.COMPACTION), Kind.COMPACTION, fields))

    def _session_end(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        fields: dict[str, Json] = {"why": text(payload.data, "reason") or "other"}
        yield Capture(stamp.event(self._own(payload, Kind.SESSION_END), Kind.SESSION_END, fields))


def _speaker(data: Record) -> Speaker | None:
    """Who speaks: a person at pi's own screen; an extension is a program; of other doors nobody knows."""
    if text(data, "source") == "extension":
        return Speaker.PROGRAM
    return Speaker.PERSON if text(data, "mode") == "tui" else None


def _use(data: Record, stamp: Stamp) -> Use:
    name = text(data, "tool_name")
    return Use(text(data, "tool_use_id"), _TOOLS.get(name, name), mapping(data, "tool_input"), stamp)


def told_by_payload(use: Use, data: Record) -> End:
    """The end that a payload of pi tells."""
    refused = text(data, "refused")
    failed, shell = data.get("failed") is True, use.tool == SHELL
    result = results.read(text(data, "said"), failed=failed, shell=shell, ran=not refused, refused_by=refused)
    before, after = image(data, "before"), image(data, "after")
    known = after is not None and (before is not None or data.get("before", "") is None)
    return End(result, text(data, "patch"), Images(before, after) if known and after is not None else None)


def image(data: Record, key: str) -> bytes | None:
    """The bytes that stand under `key` in base64; None where there are none."""
    try:
        return base64.b64decode(data[key], validate=True) if isinstance(data.get(key), str) else None
    except (binascii.Error, ValueError):
        return None
