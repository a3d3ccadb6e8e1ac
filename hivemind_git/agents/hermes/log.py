"""Reads Hermes's own log of a session: the rows of its messages.

A compaction writes a summary and copies of the messages around it behind the old ones, all at one time; a branch begins
with copies of what it continues. Copies tell nothing new. Messages that a person took back (`/undo`) stay: they
were said. Measured with 0.19.0.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hivemind_git.agents.files import Files
from hivemind_git.agents.hermes import answers, talk
from hivemind_git.agents.hermes.disk import AGENT, Session, tool_calls
from hivemind_git.agents.hermes.tools import Asked, Folder, captures
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, mapping, text
from hivemind_git.agents.stamp import Stamp, utc
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Capture, Json, Kind, Source


def read_session(session: Session, files: Files) -> Iterator[Capture]:
    """The events of a session, in its order, with the file images that it lets us rebuild.

    Args:
        session: its rows.
        files: the replayed files, brought up to date.
    """
    reader = _Reader(session, files)
    yield from reader.begin()
    for message in own_messages(session):
        yield from reader.feed(message)
    yield from reader.finish()


def own_messages(session: Session) -> list[Record]:
    """The messages of a session without copies of others; of a compaction its summary stands for all of it."""
    rows = list(session.messages)
    begin = _alike(rows, session.inherited)
    kept = [(at, row) for at, row in enumerate(rows) if at >= begin]
    generation = 0
    for at, row in enumerate(rows):
        if at < begin or not talk.is_summary(row):
            continue
        earlier = rows[generation:at] if at > begin else list(session.inherited)
        head = max((n for n in range(at - max(generation, begin) + 1) if _repeats(rows, at, n, earlier)), default=0)
        tail = _written_with(row, rows[at + 1 :])
        kept = [(n, each) for n, each in kept if not at - head <= n < at and not at < n <= at + tail]
        generation = at - head
    return [row for _, row in kept]


def _written_with(summary: Record, later: Sequence[Record]) -> int:
    """How many messages came with a summary: copies have its time, or their own, which is before."""
    return len(list(itertools.takewhile(lambda row: _time(row) <= _time(summary), later)))


def _repeats(rows: Sequence[Record], at: int, count: int, earlier: Sequence[Record]) -> bool:
    """Whether the messages right before a place are the first ones once more."""
    if count == 0 or len(earlier) < 2 * count:
        return count == 0
    return _alike(rows[at - count : at], earlier) == count


def _alike(rows: Sequence[Record], others: Sequence[Record]) -> int:
    """How many messages both begin with."""
    same = itertools.takewhile(lambda pair: _same(*pair), zip(rows, others, strict=False))
    return len(list(same))


def _same(one: Record, other: Record) -> bool:
    keys = ("role", "content", "tool_call_id", "tool_calls")
    return all(one.get(key) == other.get(key) for key in keys)


def _time(message: Record) -> float:
    t = message.get("timestamp")
    return float(t) if isinstance(t, int | float) else 0.0


@dataclass
class _Reader:
    """One session, read from its start."""

    session: Session
    files: Files
    numbers: Iterator[int] = field(default_factory=itertools.count)
    folder: Folder = field(init=False)
    asked: dict[str, Asked] = field(default_factory=dict)
    prompt: int = 0
    answered: int = 0
    compactions: int = 0

    def __post_init__(self) -> None:
        self.folder = Folder(text(self.session.row, "cwd"))
        self.root = self.session.name
        self.subagent = bool(self.session.delegated_by)
        self.prompt = talk.prompts(self.session.inherited[: _alike(self.session.messages, self.session.inherited)])

    def begin(self) -> Iterator[Capture]:
        """The session's start. A sub-agent's is its parent's tool use."""
        if self.subagent or not self.root:
            return
        parent = self.session.continues
        fields: dict[str, Json] = {"how": "fork" if parent else "startup", "root": parent or None}
        stamp = self._stamp(self.session.row.get("started_at"))
        yield Capture(stamp.event(talk.start_id(self.root), Kind.SESSION_START, fields))

    def feed(self, message: Record) -> Iterator[Capture]:
        """The events that a message tells."""
        stamp, role = self._stamp(message.get("timestamp")), text(message, "role")
        if talk.is_summary(message):
            yield from self._compacted(stamp)
        elif talk.is_prompt(message):
            yield from self._prompted(message, stamp)
        elif role == "assistant":
            yield from self._answered(message, stamp)
        elif role == "tool":
            yield from self._tool_done(message, stamp)
        elif role not in {"user", "system", "session_meta"}:
            self.files.tally.unknown[role] += 1

    def finish(self) -> Iterator[Capture]:
        """The tool uses whose end is not in the log."""
        for asked in self.asked.values():
            yield from captures(asked, None, asked.stamp, self.files, self.folder)

    def _stamp(self, t: object) -> Stamp:
        cwd = text(self.session.row, "cwd")
        here = self.files.place(f"{cwd}/file", cwd) if cwd else None
        return Stamp(
            agent=AGENT,
            source=Source.TRANSCRIPT,
            session=self.session.top or self.root,
            t=(utc(t * 1000) if isinstance(t, int | float) else None) or "1970-01-01T00:00:00.000Z",
            numbers=self.numbers,
            model=text(self.session.row, "model") or None,
            branch=text(self.session.row, "git_branch") or None,
            worktree=here[0] if here else None,
            cwd=cwd,
        )

    def _compacted(self, stamp: Stamp) -> Iterator[Capture]:
        self.compactions += 1
        if not self.subagent:
            identity = event_id(AGENT, self.root, None, Kind.COMPACTION, self.compactions)
            yield Capture(stamp.event(identity, Kind.COMPACTION, {}))

    def _prompted(self, message: Record, stamp: Stamp) -> Iterator[Capture]:
        self.prompt += 1
        self.answered = 0
        said = talk.spoken(message)
        if self.subagent or not said.strip():
            return
        fields = talk.prompt_fields(said, self.prompt, text(self.session.row, "source"))
        yield Capture(stamp.event(talk.prompt_id(self.root, self.prompt), Kind.PROMPT, fields))

    def _answered(self, message: Record, stamp: Stamp) -> Iterator[Capture]:
        calls = tool_calls(message)
        said = talk.spoken(message)
        if not self.subagent and talk.is_interrupt(message):
            yield Capture(stamp.event(talk.interrupt_id(self.root, self.prompt), Kind.INTERRUPT, {}))
        elif not self.subagent and (said or calls):
            first = text(calls[0], "id") if calls else ""
            identity = talk.response_id(self.root, self.prompt, self.answered, first)
            yield Capture(stamp.event(identity, Kind.RESPONSE, {"text": said}))
        self.answered += not calls
        for call in calls:
            asked = self._asked(text(call, "id"), text(call, "name"), mapping(call, "arguments"), stamp)
            self.asked[asked.tool_use] = asked

    def _tool_done(self, message: Record, stamp: Stamp) -> Iterator[Capture]:
        call, tool = text(message, "tool_call_id"), text(message, "tool_name")
        asked = self.asked.pop(call, None) or self._asked(call, tool, {}, stamp)
        if not (asked.tool_use and asked.tool):
            return
        answer = answers.read(asked.tool, talk.spoken(message))
        yield from captures(asked, answer, stamp, self.files, self.folder)
        for number, said in enumerate(answer.said):
            fields: dict[str, Json] = {"text": said, "speaker": Speaker.PERSON.value, "prompt": str(self.prompt)}
            yield Capture(stamp.event(talk.steer_id(self.root, call, number), Kind.PROMPT, fields))

    def _asked(self, call: str, tool: str, arguments: Record, stamp: Stamp) -> Asked:
        return Asked(call, tool, arguments, stamp=stamp, root=self.root, subagent=self.subagent)
