"""What Cursor's hooks told, as events, in the editor and on the command line.

The payloads are those of 2.7 to 3.15 and of the command line 2026.02 to 2026.09. Nearly all there is to know comes from
here: the transcripts hold no ids, no results and no times. An event that several of our hooks tell, because a person
wired two files, is one: it is named by the client's own keys, and a payload that says the very same at once is dropped.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from hivemind_git.agents.cursor.disk import AGENT
from hivemind_git.agents.cursor.told import OF_ONE_KIND, Changes, of_one_kind, own_id, unnamed, use, what
from hivemind_git.agents.cursor.tools import SHELL, Answer, Asked, captures, edited, ended, replacements
from hivemind_git.agents.files import Files
from hivemind_git.agents.hunks import stored, trimmed
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, Tally, text
from hivemind_git.agents.stamp import Place, Stamp, at_hook
from hivemind_git.capture.journal import Payload
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Capture, DiffFunction, Json, Kind

_AT_ONCE_SECONDS = 5.0
_TOKENS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
}
_NO_MODEL = frozenset({"", "default", "unknown"})
_GOES_ON = frozenset({"beforeSubmitPrompt", "beforeReadFile", "preToolUse", "afterAgentResponse", "stop", "sessionEnd"})
"""What tells that an edit is over, whether or not its use is told."""
_FAILURES = {"permission_denied": "rejected", "error": "failed", "timeout": "interrupted"}


def hear(payloads: Sequence[Payload], place: Place, diff: DiffFunction = trimmed) -> Iterator[Capture]:
    """The events that these payloads tell, in order. What tells nothing gives nothing."""
    sessions: dict[str, _Session] = {}
    for payload in _once(payloads):
        name = session_of(payload.data)
        if name:
            heard = sessions.setdefault(name, _Session(name, Files(place, diff, Tally())))
            yield from heard.hear(payload)
    for heard in sessions.values():
        yield from heard.finish()


def session_of(data: Record) -> str:
    """The session that a payload is from: all versions have the one, those since 3.0 the other too."""
    return text(data, "conversation_id") or text(data, "session_id")


def _once(payloads: Sequence[Payload]) -> Iterator[Payload]:
    said: list[Payload] = []
    for payload in payloads:
        said = [one for one in said if abs(payload.t - one.t) < _AT_ONCE_SECONDS]
        if not any(one.data == payload.data for one in said):
            said.append(payload)
            yield payload


@dataclass
class _Session:
    """One session as its payloads tell it."""

    name: str
    files: Files
    numbers: Iterator[int] = field(default_factory=itertools.count)
    asked: dict[str, Asked] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    changes: Changes = field(default_factory=Changes)

    def hear(self, payload: Payload) -> Iterator[Capture]:
        handlers: dict[str, Callable[[Payload, Stamp], Iterator[Capture]]] = {
            "sessionStart": self._session_start,
            "beforeSubmitPrompt": self._prompt,
            "preToolUse": self._tool_asked,
            "postToolUse": self._tool_done,
            "postToolUseFailure": self._tool_failed,
            "beforeReadFile": self._file_shown,
            "afterFileEdit": self._file_changed,
            "afterAgentResponse": self._response,
            "preCompact": self._compaction,
            "stop": self._stop,
            "sessionEnd": self._session_end,
        }
        event = text(payload.data, "hook_event_name")
        if event in _GOES_ON:
            yield from self._left()
        if event in handlers:
            yield from handlers[event](payload, self._stamp(payload))
        elif event in OF_ONE_KIND:
            yield from self._of_one_kind(payload, self._stamp(payload))

    def finish(self) -> Iterator[Capture]:
        """The edits of which no tool use was told, and the tool uses of which nobody told the end."""
        yield from self._left()
        for asked in self.asked.values():
            yield from captures(asked, None, asked.stamp, self.files)

    def _left(self) -> Iterator[Capture]:
        for asked, answer in self.changes.left():
            yield from captures(asked, answer, asked.stamp, self.files)

    def _stamp(self, payload: Payload) -> Stamp:
        data = payload.data
        roots = data.get("workspace_roots")
        root = next((one for one in roots if isinstance(one, str)), "") if isinstance(roots, list) else ""
        cwd = text(data, "cwd") or root
        model = text(data, "model")
        return at_hook(
            AGENT,
            self.name,
            payload.t,
            cwd,
            self.files.place,
            self.numbers,
            model=None if model in _NO_MODEL else model,
            version=text(data, "cursor_version") or None,
        )

    def _turn(self, payload: Payload, kind: Kind) -> str:
        """The id of what happens once a turn."""
        return event_id(AGENT, self.name, text(payload.data, "generation_id"), kind, 0)

    def _session_start(self, _: Payload, stamp: Stamp) -> Iterator[Capture]:
        identity = event_id(AGENT, self.name, None, Kind.SESSION_START)
        yield Capture(stamp.event(identity, Kind.SESSION_START, {"how": "startup"}))

    def _prompt(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        spoken = text(payload.data, "prompt")
        if not spoken.strip():
            return
        # It comes "right after the user hits send" and not in a run without a screen, so it is a person's.
        fields: dict[str, Json] = {
            "text": spoken,
            "speaker": Speaker.PERSON.value,
            "prompt": text(payload.data, "generation_id") or None,
        }
        yield Capture(stamp.event(self._turn(payload, Kind.PROMPT), Kind.PROMPT, fields))

    def _tool_asked(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        asked = use(payload, stamp)
        if asked:
            self.asked.setdefault(asked.tool_use, asked)
        yield from ()

    def _tool_done(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        asked = use(payload, stamp)
        if asked:
            answer = ended(text(payload.data, "tool_output"))
            yield from self._ended(
                asked, replace(answer, replacements=self.changes.of(asked, text(payload.data, "generation_id"))), stamp
            )

    def _tool_failed(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        asked = use(payload, stamp)
        if asked:
            why = _FAILURES.get(text(payload.data, "failure_type"), "failed")
            status = "interrupted" if payload.data.get("is_interrupt") is True else why
            yield from self._ended(asked, Answer(status, text(payload.data, "error_message")), stamp)

    def _ended(self, asked: Asked, answer: Answer, stamp: Stamp) -> Iterator[Capture]:
        self.asked.pop(asked.tool_use, None)
        self.told.add(what(asked))
        yield from captures(asked, answer, stamp, self.files)

    def _of_one_kind(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        """A hook of one kind of tool, mostly without an id of the use: it counts only where no other hook told it."""
        asked, answer = of_one_kind(payload, stamp)
        same = next((one for one in self.asked.values() if what(one) == what(asked)), None)
        if answer is None:
            if same is None and what(asked) not in self.told:
                self.asked[asked.tool_use] = asked
        elif same is not None and same.tool == SHELL and not unnamed(same):
            return  # the hook of all tools tells its end, with its exit code
        elif same is not None or what(asked) not in self.told:
            yield from self._ended(same or asked, answer, stamp)

    def _file_shown(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        path, content = text(payload.data, "file_path"), payload.data.get("content")
        where = self.files.locate(path, stamp.cwd)
        if where is None or not isinstance(content, str):
            return
        image = stored(content)
        self.files.show(where, image)
        tool_use = own_id(payload)
        fields: dict[str, Json] = {
            "tool_use": tool_use,
            "tool": "Read",
            "input": where[1],
            "status": "ok",
            "path": where[1],
        }
        identity = event_id(AGENT, self.name, tool_use, Kind.TOOL_USE)
        yield Capture(stamp.event(identity, Kind.TOOL_USE, fields, where[0]), after=image)

    def _file_changed(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        change = Asked(own_id(payload), "Edit", payload.data, stamp)
        late = self.changes.keep(change, text(payload.data, "generation_id"))
        if late is not None:
            yield from edited(late, Answer("ok", replacements=replacements(payload.data)), stamp, self.files)

    def _response(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        spoken = text(payload.data, "text")
        if spoken.strip():
            counted = {name: payload.data.get(key) for name, key in _TOKENS.items()}
            tokens: dict[str, Json] = {name: count for name, count in counted.items() if isinstance(count, int)}
            identity = event_id(AGENT, self.name, own_id(payload), Kind.RESPONSE)
            yield Capture(stamp.event(identity, Kind.RESPONSE, {"text": spoken, "tokens": tokens or None}))

    def _compaction(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        identity = event_id(AGENT, self.name, own_id(payload), Kind.COMPACTION)
        yield Capture(stamp.event(identity, Kind.COMPACTION, {"trigger": text(payload.data, "trigger") or "unknown"}))

    def _stop(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        if text(payload.data, "status") == "aborted":
            yield Capture(stamp.event(self._turn(payload, Kind.INTERRUPT), Kind.INTERRUPT, {}))

    def _session_end(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        fields: dict[str, Json] = {"why": text(payload.data, "reason") or "other"}
        yield Capture(stamp.event(self._turn(payload, Kind.SESSION_END), Kind.SESSION_END, fields))
