"""What Codex's hooks told, as events.

Hooks miss a patch that is asked for through the shell, a command that outlives its time, what becomes of a patch that
does not fit, and the exit code of every command: the rollout tells these. Payloads of one session are given in order,
and may come in several batches.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hivemind_git.agents.codex import answers, items
from hivemind_git.agents.codex.answers import Answer
from hivemind_git.agents.codex.disk import AGENT
from hivemind_git.agents.codex.tools import PATCH, SHELL, Asked, asked_text, captures
from hivemind_git.agents.files import Files
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Tally, mapping, stands, text
from hivemind_git.agents.stamp import Place, Stamp, at_hook
from hivemind_git.capture.journal import Payload
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Capture, DiffFunction, Json, Kind


def hear(payloads: Sequence[Payload], place: Place, diff: DiffFunction = trimmed) -> Iterator[Capture]:
    """The events that these payloads tell, in order. What tells nothing gives nothing."""
    sessions: dict[str, _Session] = {}
    for payload in payloads:
        name = text(payload.data, "session_id")
        if name:
            heard = sessions.setdefault(name, _Session(name, Files(place, diff, Tally())))
            yield from heard.hear(payload)
    for heard in sessions.values():
        yield from heard.finish()


def logs(payloads: Sequence[Payload]) -> list[Path]:
    """The rollouts that the payloads name: of the session, and of its sub-agents."""
    keys = ("transcript_path", "agent_transcript_path")
    named = dict.fromkeys(Path(name) for payload in payloads for key in keys if stands(name := text(payload.data, key)))
    return [path for path in named if path.name.startswith("rollout-") and path.suffix == ".jsonl"]


@dataclass
class _Session:
    """One session as its payloads tell it."""

    name: str
    files: Files
    model: str | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)
    asked: dict[str, Asked] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def hear(self, payload: Payload) -> Iterator[Capture]:
        handlers: dict[str, Callable[[Payload, Stamp], Iterator[Capture]]] = {
            "SessionStart": self._session_start,
            "UserPromptSubmit": self._prompt,
            "PreToolUse": self._tool_asked,
            "PostToolUse": self._tool_done,
            "Stop": self._stop,
            "PostCompact": self._compaction,
            "Interrupt": self._interrupt,
            "SessionEnd": self._session_end,
        }
        handler = handlers.get(text(payload.data, "hook_event_name"))
        if handler is not None:
            yield from handler(payload, self._stamp(payload))

    def finish(self) -> Iterator[Capture]:
        """The tool uses of which no hook told the end."""
        for asked in self.asked.values():
            yield from captures(asked, None, asked.stamp, self.files)

    def _stamp(self, payload: Payload) -> Stamp:
        self.model = text(payload.data, "model") or self.model
        cwd = text(payload.data, "cwd")
        return at_hook(AGENT, self.name, payload.t, cwd, self.files.place, self.numbers, model=self.model)

    def _turn(self, payload: Payload, kind: Kind) -> str:
        key = text(payload.data, "turn_id")
        number = self.counts[(key, kind)]
        self.counts[(key, kind)] += 1
        return event_id(AGENT, self.name, key, kind, number)

    def _own(self, payload: Payload, kind: Kind) -> str:
        """The id of what the hooks alone tell: no key of the client's, so the journal's."""
        return event_id(AGENT, self.name, payload.name, round(payload.t * 1000), kind)

    def _session_start(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        how = text(payload.data, "source") or "startup"
        if how == "compact" or _by_subagent(payload):
            return
        again = how == "resume"
        identity = (
            self._own(payload, Kind.SESSION_START) if again else event_id(AGENT, self.name, None, Kind.SESSION_START)
        )
        yield Capture(stamp.event(identity, Kind.SESSION_START, {"how": how}))

    def _prompt(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        spoken = items.typed(text(payload.data, "prompt"))
        # A sub-agent's task is its parent's tool use.
        if not spoken.strip() or _by_subagent(payload):
            return
        key = text(payload.data, "turn_id")
        # A prompt of a headless run looks like a person's here; the rollout says which it was.
        fields: dict[str, Json] = {"text": spoken, "speaker": Speaker.UNKNOWN.value, "prompt": key or None}
        yield Capture(stamp.event(self._turn(payload, Kind.PROMPT), Kind.PROMPT, fields))

    def _tool_asked(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        asked = self._asked(payload, stamp)
        if asked.tool_use and asked.tool:
            self.asked.setdefault(asked.tool_use, asked)
        yield from ()

    def _tool_done(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        asked = self._asked(payload, stamp)
        if asked.tool_use and asked.tool:
            self.asked.pop(asked.tool_use, None)
            told = payload.data.get("tool_response")
            response = items.said(told) or asked_text(mapping(payload.data, "tool_response"))
            # Of a command the hook is told the output alone: whether it failed is in the rollout.
            answer = Answer("unknown", response) if asked.tool == SHELL else answers.read(response)
            yield from captures(asked, answer, stamp, self.files)

    def _asked(self, payload: Payload, stamp: Stamp) -> Asked:
        data = payload.data
        asked, tool = mapping(data, "tool_input"), text(data, "tool_name")
        what = text(asked, "command") if tool in {SHELL, PATCH} else asked_text(asked)
        return Asked(text(data, "tool_use_id"), tool, what, stamp, _by_subagent(payload))

    def _stop(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        # The rollout numbers the responses of a turn, and no payload does.
        spoken = text(payload.data, "last_assistant_message")
        if spoken and not stands(text(payload.data, "transcript_path")):
            yield Capture(stamp.event(self._own(payload, Kind.RESPONSE), Kind.RESPONSE, {"text": spoken}))

    def _compaction(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        if not _by_subagent(payload):
            fields: dict[str, Json] = {"trigger": text(payload.data, "trigger") or None}
            yield Capture(stamp.event(self._turn(payload, Kind.COMPACTION), Kind.COMPACTION, fields))

    def _interrupt(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        if not _by_subagent(payload):
            yield Capture(stamp.event(self._turn(payload, Kind.INTERRUPT), Kind.INTERRUPT, {}))

    def _session_end(self, payload: Payload, stamp: Stamp) -> Iterator[Capture]:
        fields: dict[str, Json] = {"why": text(payload.data, "reason") or "other"}
        yield Capture(stamp.event(self._own(payload, Kind.SESSION_END), Kind.SESSION_END, fields))


def _by_subagent(payload: Payload) -> bool:
    return bool(text(payload.data, "agent_id"))
