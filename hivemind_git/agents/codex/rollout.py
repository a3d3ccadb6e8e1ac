"""Reads Codex's rollout: JSON lines, one record a thing that happened, appended while it runs.

From about 0.150 on the client records what it did as completed items; before, as messages and patches alone, and up to
0.98 it does not even record patches: then they are replayed from what was asked. A fork's rollout begins at the ordinal
where it left its root and copies nothing. A sub-agent has a rollout of its own, which names the session of its root.
Measured with 0.98.0, 0.130.0 and 0.169.0.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from hivemind_git.agents.codex import answers, items
from hivemind_git.agents.codex.answers import Answer
from hivemind_git.agents.codex.disk import AGENT
from hivemind_git.agents.codex.items import Known
from hivemind_git.agents.codex.tools import PATCH, SHELL, Asked, asked_text, captures
from hivemind_git.agents.files import Files
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, Tally, mapping, objects, records, text
from hivemind_git.agents.stamp import Place, Stamp, utc
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Capture, DiffFunction, Json, Kind, Source

_SILENT = frozenset({"world_state", "inter_agent_communication"})
_SHELLS = frozenset({"exec_command", "shell", "shell_command", "local_shell", "container.exec"})
_SCRIPT = "exec"
_USAGE = {
    "output": "output_tokens",
    "cache_read": "cached_input_tokens",
    "cache_write": "cache_write_input_tokens",
}


def read_rollout(
    lines: Iterable[bytes], place: Place, session: str, tally: Tally | None = None, diff: DiffFunction = trimmed
) -> Iterator[Capture]:
    """The events of a rollout, in its order, with the file images that it lets us rebuild.

    Args:
        lines: the file's lines; they are read one at a time.
        place: where a file stands in the repository.
        session: the session, where the rollout does not name it.
        tally: counts what was left out.
        diff: cuts the hunks of edit events.
    """
    tally = tally or Tally()
    reader = _Reader(Files(place, diff, tally), session)
    for record in records(lines, tally):
        yield from reader.feed(record)
    yield from reader.finish()


@dataclass
class _Open:
    """A tool use that the model was told of before it ended. `stamp` is of that moment."""

    asked: Asked
    stamp: Stamp
    answer: Answer


@dataclass
class _Reader:
    """One rollout, read from its start."""

    files: Files
    session: str
    version: str | None = None
    subagent: bool = False
    speaker: Speaker = Speaker.UNKNOWN
    begun: bool = False
    cwd: str = ""
    model: str | None = None
    turn: str = ""
    t: str = "1970-01-01T00:00:00.000Z"
    numbers: Iterator[int] = field(default_factory=itertools.count)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    asked: dict[str, Asked] = field(default_factory=dict)
    done: set[str] = field(default_factory=set)
    open: dict[str, _Open] = field(default_factory=dict)
    scripts: dict[str, bool] = field(default_factory=dict)
    held: Capture | None = None
    tokens: Counter[str] = field(default_factory=Counter)
    totals: Counter[str] | None = field(default_factory=Counter)

    def feed(self, record: Record) -> Iterator[Capture]:
        """The events that a record tells. A response waits for the tokens that it cost."""
        kind, payload = text(record, "type"), mapping(record, "payload")
        self.t = utc(record.get("timestamp")) or self.t
        handlers: dict[str, Callable[[Record], Iterator[Capture]]] = {
            "session_meta": self._session,
            "turn_context": self._context,
            "response_item": self._response_item,
            "event_msg": self._event,
            "token_usage_record": self._usage,
            "compacted": self._compacted,
        }
        handler = handlers.get(kind)
        if handler is None:
            self.files.tally.unknown[kind] += kind not in _SILENT
            return
        for capture in handler(payload):
            yield from self._release()
            yield capture

    def finish(self) -> Iterator[Capture]:
        """The response and the tool uses whose end is not in the rollout. A script's own use tells nothing yet."""
        yield from self._release()
        for waiting in self.open.values():
            yield from captures(waiting.asked, waiting.answer, waiting.stamp, self.files)
        for asked in self.asked.values():
            if asked.tool_use not in self.scripts:
                yield from captures(asked, None, asked.stamp, self.files)

    def _stamp(self, cwd: str = "") -> Stamp:
        here = self.files.place(f"{cwd or self.cwd}/file", cwd or self.cwd) if cwd or self.cwd else None
        return Stamp(
            agent=AGENT,
            source=Source.TRANSCRIPT,
            session=self.session,
            t=self.t,
            numbers=self.numbers,
            version=self.version,
            model=self.model,
            worktree=here[0] if here else None,
            cwd=cwd or self.cwd,
        )

    def _identity(self, kind: Kind, turn: str = "") -> str:
        key = turn or self.turn
        number = self.counts[(key, kind)]
        self.counts[(key, kind)] += 1
        return event_id(AGENT, self.session, key, kind, number)

    def _session(self, payload: Record) -> Iterator[Capture]:
        if self.begun:
            return
        self.begun = True
        self.session = text(payload, "session_id") or items.parent(payload) or text(payload, "id") or self.session
        self.version = text(payload, "cli_version") or None
        self.cwd = text(payload, "cwd")
        self.subagent = text(payload, "thread_source") == "subagent" or "subagent" in mapping(payload, "source")
        self.speaker = items.speaker(payload)
        if self.subagent:
            return
        root = text(payload, "forked_from_id")
        fields: dict[str, Json] = {"how": "fork" if root else "startup", "root": root or None}
        identity = event_id(AGENT, self.session, None, Kind.SESSION_START)
        git = mapping(payload, "git")
        event = self._stamp().event(identity, Kind.SESSION_START, fields)
        # What was checked out is recorded at the start alone.
        yield Capture(replace(event, branch=text(git, "branch") or None, head=text(git, "commit_hash") or None))

    def _context(self, payload: Record) -> Iterator[Capture]:
        self.model = text(payload, "model") or self.model
        self.cwd = text(payload, "cwd") or self.cwd
        self.turn = text(payload, "turn_id") or self.turn
        yield from ()

    def _compacted(self, _: Record) -> Iterator[Capture]:
        if not self.subagent:
            yield Capture(self._stamp().event(self._identity(Kind.COMPACTION), Kind.COMPACTION, {}))

    def _usage(self, payload: Record) -> Iterator[Capture]:
        self.totals = None
        yield from self._count(mapping(payload, "usage"))

    def _counted(self, payload: Record) -> Iterator[Capture]:
        """What older versions count: the sum so far, told again whenever a limit changes."""
        told = mapping(mapping(payload, "info"), "total_token_usage")
        if self.totals is None or not told:
            return
        now = Counter({key: value for key, value in told.items() if isinstance(value, int)})
        grown = {key: value - self.totals[key] for key, value in now.items() if value > self.totals[key]}
        self.totals = now
        if grown:
            yield from self._count(grown)

    def _count(self, usage: Record) -> Iterator[Capture]:
        if self.subagent:
            return
        spent = {name: value for name, key in _USAGE.items() if isinstance(value := usage.get(key), int) and value > 0}
        whole = usage.get("input_tokens")
        if isinstance(whole, int):
            # What came from a cache, or went there, is part of the input here.
            spent["input"] = max(whole - spent.get("cache_read", 0) - spent.get("cache_write", 0), 0)
        self.tokens.update(spent)
        yield from self._release()

    def _release(self) -> Iterator[Capture]:
        """The response that waits, with the tokens that it and the tool uses before it cost."""
        if self.held is None:
            return
        event, self.held = self.held.event, None
        tokens: dict[str, Json] = {name: count for name, count in self.tokens.items() if count}
        self.tokens.clear()
        yield Capture(replace(event, fields={**event.fields, "tokens": tokens} if tokens else event.fields))

    def _event(self, payload: Record) -> Iterator[Capture]:
        kind = text(payload, "type")
        if kind in {"task_started", "turn_started"}:
            self.turn = text(payload, "turn_id") or self.turn
        elif kind == "item_completed":
            yield from self._item(mapping(payload, "item"), text(payload, "turn_id"))
        elif kind == "turn_aborted" and payload.get("reason") == "interrupted" and not self.subagent:
            identity = self._identity(Kind.INTERRUPT, text(payload, "turn_id"))
            yield Capture(self._stamp().event(identity, Kind.INTERRUPT, {}))
        elif kind == "token_count":
            yield from self._counted(payload)
        elif legacy := items.of_legacy(payload):
            yield from self._item(legacy, text(payload, "turn_id"))

    def _item(self, item: Record, turn: str) -> Iterator[Capture]:
        kind = text(item, "type")
        if kind == "UserMessage":
            yield from self._prompt(items.typed(items.words(item)), turn)
        elif kind == "AgentMessage":
            yield from self._said(items.words(item), self._identity(Kind.RESPONSE, turn))
        elif kind == "Plan":
            yield from self._said(text(item, "text"), event_id(AGENT, text(item, "id")))
        elif kind == "HookPrompt" and not self.subagent:
            spoken = "\n".join(text(each, "text") for each in objects(item, "fragments"))
            fields: dict[str, Json] = {"text": spoken, "speaker": Speaker.PROGRAM.value, "prompt": turn or None}
            yield Capture(self._stamp().event(event_id(AGENT, text(item, "id")), Kind.PROMPT, fields))
        elif known := items.known(item):
            yield from self._ended(known)

    def _prompt(self, spoken: str, turn: str) -> Iterator[Capture]:
        yield from self._refusals()
        if self.subagent or not spoken.strip():
            return
        key = turn or self.turn
        fields: dict[str, Json] = {"text": spoken, "speaker": self.speaker.value, "prompt": key or None}
        yield Capture(self._stamp().event(self._identity(Kind.PROMPT, turn), Kind.PROMPT, fields))

    def _said(self, spoken: str, identity: str) -> Iterator[Capture]:
        # A sub-agent speaks to its parent, as in the other clients' logs.
        if self.subagent or not spoken.strip():
            return
        yield from self._release()
        self.held = Capture(self._stamp().event(identity, Kind.RESPONSE, {"text": spoken}))

    def _response_item(self, payload: Record) -> Iterator[Capture]:
        kind = text(payload, "type")
        if kind in {"function_call", "custom_tool_call", "local_shell_call"}:
            asked = self._asked(payload)
            if asked.tool_use and asked.tool_use not in self.done:
                self.asked.setdefault(asked.tool_use, asked)
        elif kind in {"function_call_output", "custom_tool_call_output"}:
            yield from self._answered(text(payload, "call_id"), items.said(payload.get("output")))

    def _asked(self, payload: Record) -> Asked:
        name, call = text(payload, "name"), text(payload, "call_id") or text(payload, "id")
        if text(payload, "type") == "local_shell_call":
            command = items.command(mapping(payload, "action").get("command"))
            return Asked(call, SHELL, command, self._stamp(), self.subagent)
        arguments = _json(text(payload, "arguments"))
        if name in _SHELLS:
            folder = text(arguments, "workdir")
            stamp = self._stamp(folder if folder.startswith("/") else f"{self.cwd}/{folder}" if folder else "")
            command = text(arguments, "cmd") or items.command(arguments.get("command"))
            escalated = arguments.get("sandbox_permissions") not in {None, "use_default"}
            return Asked(call, SHELL, command, stamp, self.subagent, escalated)
        said = text(payload, "input") or asked_text(arguments) or text(payload, "arguments")
        if name == _SCRIPT:
            self.scripts.setdefault(call, False)
        tool = PATCH if name == PATCH else items.named(text(payload, "namespace"), name)
        return Asked(call, tool, said, self._stamp(), self.subagent)

    def _answered(self, call: str, said: str) -> Iterator[Capture]:
        asked = self.asked.pop(call, None)
        if asked is None or self.scripts.get(call):
            # An item told it all, or those of the script did.
            return
        answer, stamp = answers.read(said), self._stamp(asked.stamp.cwd)
        if answer.status == "interrupted" and asked.patch:
            # A patch is applied at once: it is stopped only at the question whether it may be.
            answer = replace(answer, status="rejected", refused_by="person")
        if answer.status == "interrupted" or answer.background:
            answer = replace(answer, status="unknown") if asked.escalated and not answer.background else answer
            self.open[call] = _Open(asked, stamp, answer)
            return
        yield from captures(asked, answer, stamp, self.files)

    def _ended(self, known: Known) -> Iterator[Capture]:
        if known.tool_use in self.done:
            return
        self.done.add(known.tool_use)
        waiting = self.open.pop(known.tool_use, None)
        asked = self.asked.pop(known.tool_use, None) or (waiting.asked if waiting else None)
        if asked is None:
            asked = Asked(known.tool_use, known.tool, known.said, self._stamp(known.cwd), self.subagent)
            self.scripts = dict.fromkeys(self.scripts, True)
        answer = replace(known.answer, background=bool(waiting and waiting.answer.background))
        yield from captures(asked, answer, self._stamp(asked.stamp.cwd), self.files)

    def _refusals(self) -> Iterator[Capture]:
        """The commands that a person was asked about and stopped.

        The rollout does not tell whether it was at the question or later; but one that ran has nearly always ended by
        the next prompt, and what ended has an item.
        """
        for call, waiting in list(self.open.items()):
            if waiting.answer.status == "unknown" and not waiting.answer.background:
                del self.open[call]
                answer = replace(waiting.answer, status="rejected", refused_by="person")
                yield from captures(waiting.asked, answer, waiting.stamp, self.files)


def _json(arguments: str) -> Record:
    try:
        found = json.loads(arguments)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def mentioned(lines: Iterable[bytes], tally: Tally | None = None) -> tuple[set[str], set[str]]:
    """The files that a rollout's file tools name, and the folders in which it worked, as it wrote them.

    A rollout from another machine must be surveyed before it can be placed.
    """
    paths: set[str] = set()
    folders: set[str] = set()
    for record in records(lines, tally or Tally()):
        payload = mapping(record, "payload")
        folders.add(text(payload, "cwd"))
        item = mapping(payload, "item") or items.of_legacy(payload) or {}
        folders.add(items.folder(item))
        paths.update(mapping(item, "changes"))
    return paths - {""}, folders - {""}
