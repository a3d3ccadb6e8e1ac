"""What Claude Code's hooks told, as events.

The payloads are those of 1.0.128 to 2.1.329. Up to 2.0 they name no tool use, and up to 2.1.112 no prompt: what such a
payload tells cannot be matched to the transcript, so it counts only where no transcript can be read. Payloads of one
session are given in order and may come in several batches.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hivemind_git.agents.claude_code import speech
from hivemind_git.agents.claude_code.disk import AGENT
from hivemind_git.agents.claude_code.tools import Answer, Asked, captures, said
from hivemind_git.agents.files import Files
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, Tally, mapping, objects, stands, text
from hivemind_git.agents.stamp import Place, Stamp, at_hook
from hivemind_git.capture.journal import Payload
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Capture, DiffFunction, Json, Kind

_TOOL_ERROR = "<tool_use_error>"


def hear(payloads: Sequence[Payload], place: Place, diff: DiffFunction = trimmed) -> Iterator[Capture]:
    """The events that these payloads tell, in order. What tells nothing gives nothing."""
    files = Files(place, diff, Tally())
    sessions: dict[str, _Session] = {}
    for payload in payloads:
        name = text(payload.data, "session_id")
        if name:
            heard = sessions.setdefault(name, _Session(name, files))
            yield from heard.hear(payload)
    for heard in sessions.values():
        yield from heard.finish()


def logs(payloads: Sequence[Payload]) -> list[Path]:
    """The transcripts that the payloads name, each followed by those of its sub-agents.

    One may not be there yet: the client makes it only after the hook of the first prompt has run.
    """
    named = dict.fromkeys(text(payload.data, "transcript_path") for payload in payloads)
    found: dict[Path, None] = {}
    for name in named:
        path = Path(name)
        if path.suffix == ".jsonl" and path.is_absolute():
            beside = sorted(path.with_suffix("").glob("subagents/agent-*.jsonl")) if stands(name) else []
            found.update(dict.fromkeys([path, *beside]))
    return list(found)


@dataclass
class _Session:
    """One session as its payloads tell it."""

    name: str
    files: Files
    model: str | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)
    asked: dict[str, Asked] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def hear(self, payload: Payload) -> Iterator[Capture]:
        data = payload.data
        handlers: dict[str, Callable[[Payload, Stamp], Iterator[Capture]]] = {
            "SessionStart": self._session_start,
            "UserPromptSubmit": self._prompt,
            "PreToolUse": self._tool_asked,
            "PostToolUse": self._tool_done,
            "PostToolUseFailure": self._tool_failed,
            "PostToolBatch": self._batch,
            "PermissionDenied": self._denied,
            "Stop": self._stop,
            "PreCompact": self._compaction,
            "SessionEnd": self._session_end,
        }
        handler = handlers.get(text(data, "hook_event_name"))
        if handler is not None:
            yield from handler(payload, self._stamp(payload))

    def finish(self) -> Iterator[Capture]:
        """The tool uses of which nobody told the end."""
        for asked in self.asked.values():
            yield from captures(asked, None, asked.stamp, self.files)

    def _stamp(self, payload: Payload) -> Stamp:
        self.model = text(payload.data, "model") or self.model
        cwd = text(payload.data, "cwd")
        return at_hook(AGENT, self.name, payload.t, cwd, self.files.place, self.numbers, model=self.model)

    def _turn(self, payload: Payload, kind: Kind) -> str:
        key = text(payload.data, "prompt_id")
        number = self.counts[(key, kind)]
        self.counts[(key, kind)] += 1
        return event_id(AGENT, self.name, key, kind, number) if key else self._own(payload, kind)

    def _own(self, payload: Payload, kind: Kind) -> str:
        """The id of what the hooks alone tell: no key of the client's, so the journal's."""
        return event_id(AGENT, self.name, payload.name, round(payload.t * 1000), kind)

    def _session_start(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        how = text(payload.data, "source") or "startup"
        if how == "compact":
            return
        new = how != "resume"
        identity = (
            event_id(AGENT, self.name, None, Kind.SESSION_START) if new else self._own(payload, Kind.SESSION_START)
        )
        yield Capture(stamp.event(identity, Kind.SESSION_START, {"how": how}))

    def _prompt(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        spoken, key = speech.typed(text(payload.data, "prompt")), text(payload.data, "prompt_id")
        if not spoken.strip() or not (key or _alone(payload)):
            return
        program = speech.by_program(spoken)
        # A prompt of a headless run looks like a person's here.
        speaker = Speaker.PROGRAM if program else Speaker.UNKNOWN
        fields: dict[str, Json] = {"text": spoken, "speaker": speaker.value, "prompt": key or None}
        yield Capture(stamp.event(self._turn(payload, Kind.PROMPT), Kind.PROMPT, fields))

    def _tool_asked(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        asked = self._asked(payload, stamp) if text(payload.data, "tool_use_id") else None
        if asked:
            self.asked.setdefault(asked.tool_use, asked)
        yield from ()

    def _tool_done(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        detail = mapping(payload.data, "tool_response")
        spoken = "\n".join(filter(None, [text(detail, "stdout"), text(detail, "stderr")]))
        yield from self._answered(payload, stamp, Answer(spoken, failed=False, detail=detail))

    def _tool_failed(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        detail: Record = {"interrupted": True} if payload.data.get("is_interrupt") is True else {}
        yield from self._answered(payload, stamp, Answer(text(payload.data, "error"), failed=True, detail=detail))

    def _denied(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        reason = text(payload.data, "reason")
        refusal = speech.RefusalWords("config", reason)
        yield from self._answered(payload, stamp, Answer(reason, failed=True, detail={}, refusal=refusal))

    def _batch(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        """Of refused and of invalid calls no other hook tells."""
        for call in objects(payload.data, "tool_calls"):
            spoken = said(call.get("tool_response"))
            refusal = speech.refusal({}, spoken)
            if text(call, "tool_use_id") in self.told or not (refusal or spoken.startswith(_TOOL_ERROR)):
                continue
            one = Payload(payload.name, payload.agent, payload.t, {**payload.data, **call})
            yield from self._answered(one, stamp, Answer(spoken, failed=True, detail={}, refusal=refusal))

    def _answered(self, payload: Payload, stamp: Stamp, answer: Answer) -> Iterator[Capture]:
        asked = self._asked(payload, stamp)
        if asked is not None:
            self.asked.pop(asked.tool_use, None)
            self.told.add(asked.tool_use)
            yield from captures(asked, answer, stamp, self.files)

    def _asked(self, payload: Payload, stamp: Stamp) -> Asked | None:
        data = payload.data
        key = text(data, "tool_use_id") or (payload.name if _alone(payload) else "")
        if not key or not text(data, "tool_name"):
            return None
        return Asked(key, text(data, "tool_name"), mapping(data, "tool_input"), stamp, bool(text(data, "agent_id")))

    def _stop(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        # The transcript names responses by the message, and no payload does.
        spoken = text(payload.data, "last_assistant_message")
        if spoken and _alone(payload):
            yield Capture(stamp.event(self._own(payload, Kind.RESPONSE), Kind.RESPONSE, {"text": spoken}))

    def _compaction(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        if text(payload.data, "prompt_id") or _alone(payload):
            fields: dict[str, Json] = {"trigger": text(payload.data, "trigger") or "unknown"}
            yield Capture(stamp.event(self._turn(payload, Kind.COMPACTION), Kind.COMPACTION, fields))

    def _session_end(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        fields: dict[str, Json] = {"why": text(payload.data, "reason") or "other"}
        yield Capture(stamp.event(self._turn(payload, Kind.SESSION_END), Kind.SESSION_END, fields))


def _alone(payload: Payload) -> bool:
    """Whether no transcript tells the same."""
    return not stands(text(payload.data, "transcript_path"))
