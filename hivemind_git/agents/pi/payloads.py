"""What our extension told of pi (hooks/agent/pi.js), as events.

Entries of the session come with the payloads too, less what tools were asked and answered: their ids are those of the
session's file, which may not be there yet, or never.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hivemind_git.agents import pi_results as results
from hivemind_git.agents.files import Files
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, Tally, mapping, objects, text
from hivemind_git.agents.pi.disk import AGENT
from hivemind_git.agents.pi_entries import Entries
from hivemind_git.agents.pi_tools import SHELL, Images, Use, captures
from hivemind_git.agents.stamp import Place, Stamp, utc
from hivemind_git.capture.journal import Payload
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Capture, DiffFunction, Json, Kind, Source

_TOOLS = {"Edit": "edit", "Write": "write"}
_HOW = {"new": "startup", "startup": "startup", "fork": "fork", "resume": "resume"}


def hear(payloads: Sequence[Payload], place: Place, diff: DiffFunction = trimmed) -> Iterator[Capture]:
    """The events that these payloads tell, in order. What tells nothing gives nothing."""
    sessions: dict[str, _Session] = {}
    for payload in payloads:
        name = text(payload.data, "session_id")
        if name:
            files = Files(place, diff, Tally())
            heard = sessions.setdefault(name, _Session(Entries(AGENT, Source.HOOK, files, name)))
            yield from heard.hear(payload)
    for heard in sessions.values():
        yield from heard.finish()


def logs(payloads: Sequence[Payload]) -> list[Path]:
    """The session files that the payloads name. Pi makes one only when the model has answered."""
    named = dict.fromkeys(Path(text(payload.data, "transcript_path")) for payload in payloads)
    return [path for path in named if path.suffix == ".jsonl" and path.is_absolute()]


@dataclass
class _Session:
    """One session as its payloads tell it."""

    entries: Entries
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
        return event_id(AGENT, self.entries.session, payload.name, round(payload.t * 1000), kind)

    def _session_start(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        how = _HOW.get(text(payload.data, "source"), "startup")
        new = event_id(AGENT, self.entries.session, None, Kind.SESSION_START)
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
        refused = text(data, "refused")
        failed = data.get("failed") is True
        shell = use.tool == SHELL
        result = results.read(text(data, "said"), failed=failed, shell=shell, ran=not refused, refused_by=refused)
        yield from captures(use, result, stamp, self.entries.files, text(data, "patch"), _images(data))

    def _compaction(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        key = text(mapping(payload.data, "entry"), "id")
        fields: dict[str, Json] = {"trigger": text(payload.data, "trigger") or None}
        yield Capture(stamp.event(event_id(AGENT, stamp.session, key, Kind.COMPACTION), Kind.COMPACTION, fields))

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


def _images(data: Record) -> Images | None:
    """The file before and after; None where the extension could not see both for certain."""
    before, after = data.get("before", False), data.get("after")
    if not isinstance(after, str) or not (before is None or isinstance(before, str)):
        return None
    try:
        return Images(None if before is None else _bytes(before), _bytes(after))
    except (binascii.Error, ValueError):
        return None


def _bytes(told: str) -> bytes:
    return base64.b64decode(told, validate=True)
