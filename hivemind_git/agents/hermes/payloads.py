"""What Hermes's hooks told, as events.

Hooks alone tell tokens, and that a hook of somebody else's refused a tool use. They miss what is said while a tool
runs, uses of other tools, and what a killed agent did last: the session's own log tells these. Payloads of one session
are given in order, and may come in several batches.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from hivemind_git.agents.base import Machine
from hivemind_git.agents.files import Files
from hivemind_git.agents.hermes import answers, disk, talk
from hivemind_git.agents.hermes.answers import Answer
from hivemind_git.agents.hermes.disk import AGENT
from hivemind_git.agents.hermes.tools import Asked, Folder, captures
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, Tally, mapping, objects, text
from hivemind_git.agents.stamp import Place, Stamp, at_hook
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture, DiffFunction, Json, Kind

_TOKENS = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_tokens",
    "cache_write": "cache_write_tokens",
}


def hear(
    payloads: Sequence[Payload], place: Place, machine: Machine, diff: DiffFunction = trimmed
) -> Iterator[Capture]:
    """The events that these payloads tell, in order. What tells nothing gives nothing."""
    sessions: dict[str, _Session] = {}
    for payload in payloads:
        name = text(payload.data, "session_id")
        if name:
            if name not in sessions:
                parent = disk.log_of(name, machine).name
                sessions[name] = _Session(name, parent, Files(place, diff, Tally()))
            yield from sessions[name].hear(payload)
    for heard in sessions.values():
        yield from heard.finish()


@dataclass
class _Session:
    """One session as its payloads tell it. A sub-agent's `parent` is the session that it works for."""

    name: str
    parent: str
    files: Files
    model: str | None = None
    prompt: int = 0
    held: list[tuple[Record, Stamp]] = field(default_factory=list)
    folder: Folder | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)
    asked: dict[str, Asked] = field(default_factory=dict)

    @property
    def subagent(self) -> bool:
        return self.parent != self.name

    def hear(self, payload: Payload) -> Iterator[Capture]:
        """The events of a payload. What a sub-agent is told, and says, is its parent's tool use."""
        handlers: dict[str, Callable[[Payload, Stamp], Iterator[Capture]]] = {
            "on_session_start": self._session_start,
            "pre_llm_call": self._prompted,
            "pre_tool_call": self._tool_asked,
            "post_tool_call": self._tool_done,
            "post_api_request": self._answered,
            "post_llm_call": self._turn_done,
            "on_session_end": self._turn_end,
            "on_session_finalize": self._session_end,
        }
        event = text(payload.data, "hook_event_name")
        handler = handlers.get(event)
        if handler is not None and (not self.subagent or "tool" in event):
            yield from handler(payload, self._stamp(payload))

    def finish(self) -> Iterator[Capture]:
        """The answers of a turn that did not end, and the tool uses of which no hook told the end."""
        yield from self._released(self.prompt, 0)
        for asked in self.asked.values():
            yield from captures(asked, None, asked.stamp, self.files, self._folder(asked.stamp))

    def _stamp(self, payload: Payload) -> Stamp:
        self.model = text(_extra(payload), "model") or self.model
        cwd = text(payload.data, "cwd")
        return at_hook(AGENT, self.parent, payload.t, cwd, self.files.place, self.numbers, model=self.model)

    def _folder(self, stamp: Stamp) -> Folder:
        # A command of an earlier batch may have moved it.
        self.folder = self.folder or Folder(stamp.cwd, moved=not self.prompt)
        return self.folder

    def _session_start(self, _: Payload, stamp: Stamp) -> Iterator[Capture]:
        yield Capture(stamp.event(talk.start_id(self.name), Kind.SESSION_START, {"how": "startup"}))

    def _prompted(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        extra = _extra(payload)
        said = text(extra, "user_message")
        yield from self._released(self.prompt, 0)
        self.prompt = talk.prompts(objects(extra, "conversation_history"))
        if said.strip() and self.prompt and text(extra, "platform") != "subagent":
            fields = talk.prompt_fields(said, self.prompt, text(extra, "platform"))
            yield Capture(stamp.event(talk.prompt_id(self.name, self.prompt), Kind.PROMPT, fields))

    def _answered(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        extra = _extra(payload)
        if text(extra, "platform") == "subagent":
            return
        calls = objects(mapping(mapping(extra, "response"), "assistant_message"), "tool_calls")
        if calls:
            yield _response(extra, stamp, talk.response_id(self.name, 0, 0, text(calls[0], "id")))
        else:
            self.held.append((extra, stamp))

    def _turn_done(self, payload: Payload, _: Stamp) -> Iterator[Capture]:
        said = objects(_extra(payload), "conversation_history")
        last = max((at for at, message in enumerate(said) if talk.is_prompt(message)), default=0)
        alone = sum(text(each, "role") == "assistant" and not each.get("tool_calls") for each in said[last:])
        yield from self._released(talk.prompts(said), max(alone - len(self.held), 0))

    def _released(self, prompt: int, first: int) -> Iterator[Capture]:
        """The answers that ask for no tool: which prompt they are to, their own payloads do not tell."""
        for number, (extra, stamp) in enumerate(self.held if prompt else (), first):
            yield _response(extra, stamp, talk.response_id(self.name, prompt, number))
        self.held = []

    def _tool_asked(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        asked = self._asked(payload, stamp)
        if asked.tool_use and asked.tool:
            self.asked.setdefault(asked.tool_use, asked)
        yield from ()

    def _tool_done(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        asked = self._asked(payload, stamp)
        if asked.tool_use and asked.tool:
            self.asked.pop(asked.tool_use, None)
            yield from captures(asked, _answer(asked, payload), stamp, self.files, self._folder(stamp))

    def _asked(self, payload: Payload, stamp: Stamp) -> Asked:
        call, tool = text(_extra(payload), "tool_call_id"), text(payload.data, "tool_name")
        arguments = mapping(payload.data, "tool_input")
        return Asked(call, tool, arguments, stamp=stamp, root=self.name, subagent=self.subagent)

    def _turn_end(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        if _extra(payload).get("interrupted") is True:
            # Where a seal took the prompt before, a key of its own: the log may tell of none.
            turn = event_id(AGENT, self.name, text(_extra(payload), "turn_id"), Kind.INTERRUPT)
            identity = talk.interrupt_id(self.name, self.prompt) if self.prompt else turn
            yield Capture(stamp.event(identity, Kind.INTERRUPT, {}))

    def _session_end(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        # The log has no key for it.
        identity = event_id(AGENT, self.name, payload.name, round(payload.t * 1000), Kind.SESSION_END)
        fields: dict[str, Json] = {"why": text(_extra(payload), "reason") or "other"}
        yield Capture(stamp.event(identity, Kind.SESSION_END, fields))


def _extra(payload: Payload) -> Record:
    return mapping(payload.data, "extra")


def _response(extra: Record, stamp: Stamp, identity: str) -> Capture:
    usage = mapping(extra, "usage")
    tokens: dict[str, Json] = {name: usage[key] for name, key in _TOKENS.items() if isinstance(usage.get(key), int)}
    said = text(mapping(mapping(extra, "response"), "assistant_message"), "content")
    return Capture(stamp.event(identity, Kind.RESPONSE, {"text": said, "tokens": tokens or None}))


def _answer(asked: Asked, payload: Payload) -> Answer:
    """The result; only a hook is told whether another hook refused, or the tool failed."""
    extra = _extra(payload)
    answer = answers.read(asked.tool, text(extra, "result"))
    if text(extra, "status") == "blocked":
        return replace(answer, status="rejected", refused_by="hook", reason=text(extra, "error_message"))
    return answer if answer.status else replace(answer, status="failed")
