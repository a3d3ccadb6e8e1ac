"""Reads the entries of a session of pi's agent core, on which OpenClaw is built too.

They are a tree, kept in the order in which it grew. A fork copies the entries of its root with their ids and times, so
the time of an entry tells in which session of the fork's line it was made. Version 3, measured with pi 0.87.1.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from hivemind_git.agents.files import Files
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, mapping, objects, text
from hivemind_git.agents.pi_forks import Ancestor
from hivemind_git.agents.pi_tools import End, Use, captures, told_by_text, tool_name, words
from hivemind_git.agents.stamp import Stamp, utc
from hivemind_git.corrections.commands import effects
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Capture, Json, Kind, Source

_SILENT = frozenset(
    {
        *("thinking_level_change", "usage", "label", "session_info", "custom", "custom_message", "context_edit"),
        "branch_summary",
    }
)
_USAGE = {"input": "input", "output": "output", "cache_read": "cacheRead", "cache_write": "cacheWrite"}
_SKILL = re.compile(r'<skill name="([^"\n]+)" location="[^"\n]*">\n.*?\n</skill>(?:\n\n(.*))?', re.DOTALL)


@dataclass
class Entries:
    """The entries of one session, read one by one.

    Attributes:
        agent: whose session.
        source: through which door the entries come.
        files: the replayed files.
        session: the session's id.
        cwd: the folder in which it works.
        line: the sessions that it was forked from, the first one first, and itself.
        speaker: who says the prompts; None where that is not known here and may be known elsewhere.
        version: of the client.
        model: that answers.
        ended: how a tool use ended, by the message of its result.
    """

    agent: str
    source: Source
    files: Files
    session: str
    cwd: str = ""
    line: Sequence[Ancestor] = ()
    speaker: Speaker | None = None
    version: str | None = None
    model: str | None = None
    ended: Callable[[Use, Record], End] = told_by_text
    t: str = "1970-01-01T00:00:00.000Z"
    last: str | None = None
    numbers: Iterator[int] = field(default_factory=itertools.count)
    uses: dict[str, Use] = field(default_factory=dict)
    tokens: Counter[str] = field(default_factory=Counter)

    def feed(self, entry: Record) -> Iterator[Capture]:
        """The events that an entry tells."""
        kind = text(entry, "type")
        self.t = utc(entry.get("timestamp")) or self.t
        if kind == "session":
            yield from self._began(entry)
            return
        if not text(entry, "id"):
            self.files.tally.unknown[kind] += 1
            return
        yield from self._rewound(entry)
        handlers: dict[str, Callable[[Record], Iterator[Capture]]] = {
            "message": self._message,
            "model_change": self._model,
            "compaction": self._compacted,
        }
        handler = handlers.get(kind)
        if handler is not None:
            yield from handler(entry)
        else:
            self.files.tally.unknown[kind] += kind not in _SILENT

    def finish(self) -> Iterator[Capture]:
        """The tool uses that have no result."""
        for use in self.uses.values():
            yield from captures(use, None, use.stamp, self.files)

    def stamp(self, session: str | None = None) -> Stamp:
        """What the events of the current entry have in common."""
        here = self.files.place(f"{self.cwd}/file", self.cwd) if self.cwd else None
        return Stamp(
            agent=self.agent,
            source=self.source,
            session=session or self.session,
            t=self.t,
            numbers=self.numbers,
            version=self.version,
            model=self.model,
            worktree=here[0] if here else None,
            cwd=self.cwd,
        )

    def _root(self, entry: Record) -> str:
        """The session in which an entry was made."""
        made = text(entry, "timestamp")
        older = [one.session for one in self.line if one.began <= made]
        return older[-1] if older else self.line[0].session if self.line else self.session

    def _identity(self, entry: Record, kind: Kind) -> str:
        return event_id(self.agent, self._root(entry), key_of(entry), kind)

    def _began(self, header: Record) -> Iterator[Capture]:
        self.session = text(header, "id") or self.session
        self.cwd = text(header, "cwd") or self.cwd
        root = self.line[-2].session if len(self.line) > 1 else None
        fields: dict[str, Json] = {"how": "fork" if root else "startup", "root": root}
        identity = event_id(self.agent, self.session, None, Kind.SESSION_START)
        yield Capture(self.stamp().event(identity, Kind.SESSION_START, fields))

    def _rewound(self, entry: Record) -> Iterator[Capture]:
        """A new branch of the tree: the conversation went back. Whether the files did is in no entry."""
        parent, last = entry.get("parentId"), self.last
        self.last = text(entry, "id")
        if last is None or parent == last or self.source is not Source.TRANSCRIPT:
            return
        self.files.doubt()
        identity = event_id(self.agent, self._root(entry), text(entry, "id"), "rewind")
        yield Capture(self.stamp(self._root(entry)).event(identity, Kind.SESSION_START, {"how": "rewind"}))

    def _model(self, entry: Record) -> Iterator[Capture]:
        self.model = text(entry, "modelId") or self.model
        yield from ()

    def _compacted(self, entry: Record) -> Iterator[Capture]:
        yield Capture(self.stamp(self._root(entry)).event(self._identity(entry, Kind.COMPACTION), Kind.COMPACTION, {}))

    def _message(self, entry: Record) -> Iterator[Capture]:
        message = mapping(entry, "message")
        role = text(message, "role")
        if role == "user":
            yield from self._prompt(entry, message)
        elif role == "assistant":
            yield from self._response(entry, message)
        elif role == "toolResult":
            yield from self._ended(message)
        elif role == "bashExecution":
            # A command of the person's own: what it wrote is not the agent's.
            self.files.doubt(effects(text(message, "command"), self.cwd))

    def _prompt(self, entry: Record, message: Record) -> Iterator[Capture]:
        spoken = asked(words(message))
        if not spoken.strip():
            return
        speaker = self.speaker.value if self.speaker else None
        fields: dict[str, Json] = {"text": spoken, "speaker": speaker, "prompt": key_of(entry)}
        stamp = self.stamp(self._root(entry))
        yield Capture(stamp.event(self._identity(entry, Kind.PROMPT), Kind.PROMPT, fields))

    def _response(self, entry: Record, message: Record) -> Iterator[Capture]:
        self.model = text(message, "model") or self.model
        stamp = self.stamp(self._root(entry))
        usage = mapping(message, "usage")
        self.tokens.update({ours: n for ours, key in _USAGE.items() if isinstance(n := usage.get(key), int) and n > 0})
        spoken = words(message)
        if spoken.strip():
            tokens: dict[str, Json] = dict(self.tokens)
            self.tokens.clear()
            fields: dict[str, Json] = {"text": spoken, "tokens": tokens or None}
            yield Capture(stamp.event(self._identity(entry, Kind.RESPONSE), Kind.RESPONSE, fields))
        for block in objects(message, "content"):
            if block.get("type") == "toolCall" and text(block, "id"):
                tool = tool_name(text(block, "name"))
                use = Use(text(block, "id"), tool, mapping(block, "arguments"), stamp)
                self.uses.setdefault(use.tool_use, use)
        if stopped(message):
            yield Capture(stamp.event(self._identity(entry, Kind.INTERRUPT), Kind.INTERRUPT, {}))

    def _ended(self, message: Record) -> Iterator[Capture]:
        use = self.uses.pop(text(message, "toolCallId"), None)
        if use is None:
            return
        end = self.ended(use, message)
        yield from captures(use, end, self.stamp(use.stamp.session), self.files)


def key_of(entry: Record) -> str:
    """What names an entry to hooks and logs alike: its id, where both have it."""
    return text(entry, "key") or text(entry, "id")


def asked(spoken: str) -> str:
    """A prompt as the person said it: a skill that was called for by name stands before it with its whole text."""
    found = _SKILL.fullmatch(spoken)
    return f"/skill:{found[1]} {found[2] or ''}".rstrip() if found else spoken


def stopped(message: Record) -> bool:
    """Whether a person stopped the answer: where it had not begun, the client takes that for an error."""
    reason = text(message, "stopReason")
    return reason == "aborted" or (reason == "error" and "aborted" in text(message, "errorMessage"))
