"""Reads Claude Code's transcript: JSON lines, one record a message block, appended while it runs.

A fork copies the records of its root with their uuids and names the root in `requestSessionId`, on assistant records
only; prompts are given a new `promptId` in the copy. A rewind leaves the dropped branch in the file; only the next
prompt's `parentUuid` shows it. All this was measured with 1.0.128, 2.0.77, 2.1.112, 2.1.197 and 2.1.329.
"""

from __future__ import annotations

import itertools
import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from hivemind_git.agents.claude_code import speech
from hivemind_git.agents.claude_code.disk import AGENT
from hivemind_git.agents.claude_code.edits import file_of
from hivemind_git.agents.claude_code.history import History, Kept
from hivemind_git.agents.claude_code.tools import Answer, Asked, captures, said
from hivemind_git.agents.files import Files
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, Tally, mapping, objects, records, text
from hivemind_git.agents.stamp import Place, Stamp, utc
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Capture, DiffFunction, Json, Kind, Source

_SILENT = frozenset(
    {
        *("summary", "queue-operation", "last-prompt", "tools-used", "cost-state", "mode", "permission-mode"),
        *("atis-latch", "custom-title"),
        *("api-request", "api-request-blob", "api-request-shape"),
    }
)
_HELD = 512
_USAGE = {
    "input": "input_tokens",
    "output": "output_tokens",
    "cache_read": "cache_read_input_tokens",
    "cache_write": "cache_creation_input_tokens",
}


def read_transcript(
    lines: Iterable[bytes],
    place: Place,
    tally: Tally | None = None,
    diff: DiffFunction = trimmed,
    has_own: Callable[[str], bool] = lambda _: True,
    kept: Kept = lambda _: None,
) -> Iterator[Capture]:
    """The events of a transcript, in its order, with the file images that it lets us rebuild.

    Args:
        lines: the file's lines; they are read one at a time.
        place: where a file stands in the repository.
        tally: counts what was left out.
        diff: cuts the hunks of edit events.
        has_own: whether the transcript of the session that was forked is at hand. It alone has the ids of its
            prompts; without it they are given here, under others.
        kept: what the client kept of the session's files for a rewind.
    """
    tally = tally or Tally()
    files = Files(place, diff, tally)
    reader = _Reader(files, has_own, History(files, kept))
    for record, root in _rooted(records(lines, tally)):
        yield from reader.feed(record, root)
    yield from reader.finish()


def mentioned(lines: Iterable[bytes], tally: Tally | None = None) -> tuple[set[str], set[str]]:
    """The files that a transcript's file tools name, and the folders in which it worked, as it wrote them.

    A transcript from another machine must be surveyed before it can be placed.
    """
    paths: set[str] = set()
    folders: set[str] = set()
    for record in records(lines, tally or Tally()):
        folders.add(text(record, "cwd"))
        inner = mapping(mapping(record, "data"), "message") or record
        for block in objects(mapping(inner, "message"), "content"):
            if block.get("type") == "tool_use":
                paths.add(file_of(mapping(block, "input"), {}))
    return paths - {""}, folders - {""}


def _rooted(read: Iterable[Record]) -> Iterator[tuple[Record, str]]:
    """Each record with the session in which it was made: what the next assistant record names, else its own."""
    held: list[Record] = []
    for record in read:
        held.append(record)
        answered = record.get("type") == "assistant"
        if answered or len(held) >= _HELD:
            root = text(record, "requestSessionId") if answered else ""
            yield from ((each, root or text(each, "sessionId")) for each in held)
            held = []
    yield from ((each, text(each, "sessionId")) for each in held)


@dataclass
class _Turn:
    """The running turn of the main conversation: the key of its prompts and responses, and how many there were."""

    key: str = ""
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def identity(self, session: str, kind: Kind) -> str:
        number = self.counts[(self.key, kind)]
        self.counts[(self.key, kind)] += 1
        return event_id(AGENT, session, self.key, kind, number)


@dataclass
class _Reader:
    files: Files
    has_own: Callable[[str], bool]
    history: History
    numbers: Iterator[int] = field(default_factory=itertools.count)
    asked: dict[str, Asked] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    followed: set[str] = field(default_factory=set)
    turn: _Turn = field(default_factory=_Turn)
    tokens: Counter[str] = field(default_factory=Counter)
    message: tuple[str, Counter[str]] = ("", Counter())
    last: Stamp | None = None
    started: set[str] = field(default_factory=set)
    compacting: str | None = None
    model: str | None = None
    copied: bool = False
    folders: dict[str, tuple[str, str] | None] = field(default_factory=dict)

    def feed(self, record: Record, root: str) -> Iterator[Capture]:
        kind, uuid = text(record, "type"), text(record, "uuid")
        if kind in _SILENT:
            return
        if kind in {"file-history-snapshot", "file-history-delta"}:
            yield from self._restored(record)
            return
        if uuid and uuid in self.seen:
            self.files.tally.repeated += 1
            return
        self.seen.add(uuid)
        handler = {
            "user": self._user,
            "assistant": self._assistant,
            "attachment": self._attachment,
            "system": self._system,
            "progress": self._progress,
        }.get(kind)
        if handler is None:
            self.files.tally.unknown[kind] += 1
            return
        t = utc(record.get("timestamp")) or (self.last.t if self.last else None)
        if not (root and text(record, "sessionId") and t):
            self.files.tally.nowhere += 1
            return
        stamp = self._stamp(record, root, t)
        self.copied = root != text(record, "sessionId")
        yield from self._start(record, stamp)
        yield from handler(record, stamp)
        self.last = stamp

    def finish(self) -> Iterator[Capture]:
        """The tool uses that have no result, and a compaction that nothing followed."""
        if self.last:
            yield from self._compacted(self.last)
        for asked in self.asked.values():
            yield from captures(asked, None, asked.stamp, self.files)

    def _stamp(self, record: Record, root: str, t: str) -> Stamp:
        cwd = text(record, "cwd") or (self.last.cwd if self.last else "")
        here = self._folder(cwd)
        return Stamp(
            agent=AGENT,
            source=Source.TRANSCRIPT,
            session=root,
            t=t,
            numbers=self.numbers,
            version=text(record, "version") or None,
            model=self.model,
            branch=text(record, "gitBranch") or None,
            worktree=here[0] if here else None,
            cwd=cwd,
        )

    def _folder(self, cwd: str) -> tuple[str, str] | None:
        """The worktree of a folder: that of a file in it."""
        if cwd not in self.folders:
            self.folders[cwd] = self.files.place(posixpath.join(cwd, "file"), cwd) if cwd else None
        return self.folders[cwd]

    def _start(self, record: Record, stamp: Stamp) -> Iterator[Capture]:
        own, side = text(record, "sessionId"), record.get("isSidechain") is True
        if side or record.get("isMeta") is True or text(record, "type") not in {"user", "assistant"}:
            return
        if stamp.session != own or own in self.started:
            self.started.add(stamp.session)
            return
        root = next(iter(self.started), None)
        self.started.add(own)
        cleared = speech.clears(said(mapping(record, "message").get("content")))
        fields: dict[str, Json] = {"how": "fork" if root else "clear" if cleared else "startup", "root": root}
        yield Capture(stamp.event(event_id(AGENT, own, None, Kind.SESSION_START), Kind.SESSION_START, fields))

    def _assistant(self, record: Record, stamp: Stamp) -> Iterator[Capture]:
        message = mapping(record, "message")
        side = record.get("isSidechain") is True
        if text(message, "model") not in {"", "<synthetic>"}:
            self.model = text(message, "model")
        stamp = replace(stamp, model=self.model)
        self.followed.add(text(record, "parentUuid"))
        if not side:
            self._count(message)
        for block in objects(message, "content"):
            if block.get("type") == "tool_use" and text(block, "id"):
                use = Asked(text(block, "id"), text(block, "name"), mapping(block, "input"), stamp, side)
                self.asked.setdefault(use.tool_use, use)
            elif block.get("type") == "text" and not side and text(message, "model") != "<synthetic>":
                yield self._response(message, text(block, "text"), stamp)

    def _response(self, message: Record, spoken: str, stamp: Stamp) -> Capture:
        # By the message, not by the prompt: a fork's copies keep the one and not the other.
        key = text(message, "id")
        identity = event_id(AGENT, stamp.session, key, Kind.RESPONSE, self.turn.counts[(key, Kind.RESPONSE)])
        self.turn.counts[(key, Kind.RESPONSE)] += 1
        tokens: dict[str, Json] = dict(self.tokens)
        self.tokens.clear()
        return Capture(stamp.event(identity, Kind.RESPONSE, {"text": spoken, "tokens": tokens or None}))

    def _count(self, message: Record) -> None:
        """Adds up tokens: each block of a message repeats the message's usage, later blocks with more output."""
        identity, counted = self.message
        if identity != text(message, "id"):
            counted = Counter()
            self.message = (text(message, "id"), counted)
        usage = mapping(message, "usage")
        for name, key in _USAGE.items():
            value = usage.get(key)
            if isinstance(value, int) and value > counted[name]:
                self.tokens[name] += value - counted[name]
                counted[name] = value

    def _user(self, record: Record, stamp: Stamp) -> Iterator[Capture]:
        side = record.get("isSidechain") is True
        content = mapping(record, "message").get("content")
        if not side and not self.copied and text(record, "promptId"):
            self.turn.key = text(record, "promptId")
        if record.get("isCompactSummary") is True:
            yield from self._compacted(stamp)
            return
        blocks = objects(mapping(record, "message"), "content")
        results = [block for block in blocks if block.get("type") == "tool_result"]
        for block in results:
            yield from self._result(record, block, stamp)
        # What a person typed while a tool ran may come as a text block beside the tool's result (sessions of 2026).
        spoken = said([block for block in blocks if block.get("type") == "text"] if results else content)
        if spoken and not side:
            yield from self._prompt(record, spoken, stamp)

    def _result(self, record: Record, block: Record, stamp: Stamp) -> Iterator[Capture]:
        asked = self.asked.pop(text(block, "tool_use_id"), None)
        if asked is None:
            return
        spoken, failed = said(block.get("content")), block.get("is_error") is True
        refusal = speech.refusal(record, spoken) if failed else None
        answer = Answer(spoken, failed, mapping(record, "toolUseResult"), refusal)
        # A result belongs to the session of its tool use: in a fork's copy it does not name the root itself.
        yield from captures(
            asked, answer, replace(stamp, session=asked.stamp.session, model=asked.stamp.model), self.files
        )

    def _prompt(self, record: Record, spoken: str, stamp: Stamp) -> Iterator[Capture]:
        if spoken.startswith(speech.INTERRUPTED):
            yield Capture(stamp.event(event_id(AGENT, text(record, "uuid")), Kind.INTERRUPT, {}))
            return
        if speech.ends_session(spoken):
            identity = self.turn.identity(stamp.session, Kind.SESSION_END)
            yield Capture(stamp.event(identity, Kind.SESSION_END, {"why": "prompt_input_exit"}))
            return
        words = speech.words_of(record, spoken)
        if words is None:
            return
        if record.get("isMeta") is True:
            # No hook tells of it, so it must not take a number from those that hooks tell of.
            identity = event_id(AGENT, text(record, "uuid"))
            yield Capture(stamp.event(identity, Kind.PROMPT, {"text": words.text, "speaker": words.speaker.value}))
            return
        yield from self._rewound(record, stamp)
        if self.copied or not text(record, "promptId"):
            self.turn.key = text(record, "uuid")
        yield from self._spoken(words, stamp)

    def _spoken(self, words: speech.Words, stamp: Stamp) -> Iterator[Capture]:
        if self.copied and self.has_own(stamp.session):
            return
        identity = self.turn.identity(stamp.session, Kind.PROMPT)
        fields: dict[str, Json] = {"text": words.text, "speaker": words.speaker.value, "prompt": self.turn.key or None}
        yield Capture(stamp.event(identity, Kind.PROMPT, fields))

    def _rewound(self, record: Record, stamp: Stamp) -> Iterator[Capture]:
        parent = text(record, "parentUuid")
        if parent and parent in self.followed:
            # Whether files went back too only their history tells, which may be gone: what they hold is not known.
            self.files.doubt()
            identity = event_id(AGENT, text(record, "uuid"), "rewind")
            yield Capture(stamp.event(identity, Kind.SESSION_START, {"how": "rewind"}))
        self.followed.add(parent)

    def _restored(self, record: Record) -> Iterator[Capture]:
        """The files that a person brought back, as seen at the next prompt."""
        if text(record, "type") == "file-history-delta":
            self.history.note(record)
            return
        prompt = text(record, "messageId")
        for where, content in self.history.restored(record):
            if self.last is None or self.copied:
                continue
            stamp = replace(self.last, t=utc(mapping(record, "snapshot").get("timestamp")) or self.last.t)
            identity = event_id(AGENT, stamp.session, prompt, Kind.TOOL_USE, where[1])
            fields: dict[str, Json] = {"tool_use": prompt, "tool": "rewind", "status": "ok", "path": where[1]}
            if content is None:
                fields["op"] = "delete"
            yield Capture(stamp.event(identity, Kind.TOOL_USE, fields, where[0]), after=content or b"")

    def _attachment(self, record: Record, stamp: Stamp) -> Iterator[Capture]:
        attached = mapping(record, "attachment")
        if attached.get("type") != "queued_command" or record.get("isSidechain") is True:
            return
        spoken = attached.get("prompt")
        spoken = spoken if isinstance(spoken, str) else said(spoken)
        if not spoken.strip():
            return
        human = text(mapping(attached, "origin"), "kind") == "human" or attached.get("humanTurn") is True
        words = speech.Words(spoken, Speaker.PERSON if human else Speaker.PROGRAM)
        if not human and attached.get("commandMode") == "prompt" and "origin" not in attached:
            words = speech.words_of({}, spoken) or words
        yield from self._spoken(words, stamp)

    def _system(self, record: Record, stamp: Stamp) -> Iterator[Capture]:
        if record.get("subtype") == "compact_boundary":
            yield from self._compacted(stamp)
            self.compacting = text(mapping(record, "compactMetadata"), "trigger") or "unknown"

    def _compacted(self, stamp: Stamp) -> Iterator[Capture]:
        """Gives the compaction once the summary's record has told which turn it belongs to."""
        if self.compacting is not None and not (self.copied and self.has_own(stamp.session)):
            identity = self.turn.identity(stamp.session, Kind.COMPACTION)
            yield Capture(stamp.event(identity, Kind.COMPACTION, {"trigger": self.compacting}))
        self.compacting = None

    def _progress(self, record: Record, stamp: Stamp) -> Iterator[Capture]:
        """Older versions log a sub-agent's messages in the main transcript, each wrapped in a `progress` record."""
        inner = mapping(mapping(record, "data"), "message")
        if inner.get("type") == "assistant":
            yield from self._assistant({**inner, "isSidechain": True}, stamp)
        elif inner.get("type") == "user":
            yield from self._user({**inner, "isSidechain": True}, stamp)
