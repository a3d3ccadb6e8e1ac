"""Events, corrections, notes and records to the store's lines and back (docs/data-model.md). Pure.

What stands in a store was written by anybody: every line is checked, and one that is not as the data model says is
counted and skipped, never fatal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Generic, TypeVar

from hivemind_git.model import (
    Correction,
    CorrectionKind,
    CorrectionOrigin,
    CorrectionOutcome,
    Event,
    Json,
    Kind,
    Note,
    Reason,
    ReasonSource,
    Result,
    Source,
)
from hivemind_git.store import jsonline, layout
from hivemind_git.store.jsonline import BrokenLineError, NewerLineError

VERSION: Final = 1
MAX_SEGMENT: Final = 4 * 1024 * 1024
"""Bytes of a segment; what is longer was not written by us and is not even loaded."""

_TIME = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)\.[0-9]{3}Z"
)
_EVENT_TEXTS = ("agent_version", "model", "workspace", "worktree", "branch", "head")
_EVENT_KEEP = frozenset({"v", "id", "t", "session", "kind", "agent", "source", "seq"})
_EVENT_NEEDED = ("id", "t", "session", "kind", "agent", "source")
_EVENT_ATTRIBUTES = (*_EVENT_NEEDED, *_EVENT_TEXTS)
_EVENT_NAMES = _EVENT_KEEP | frozenset(_EVENT_TEXTS)
_NOTE_TEXTS = ("tool", "key", "text", "title", "who")
_NOTE_KEEP = frozenset({"v", "id", "t", "tool"})
_CORRECTION_KEEP = frozenset(
    {"v", "id", "session", "kind", "origin", "t", "decision", "confidence", "commit", "evidence"}
)

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Line:
    """One encoded line with its LF, and the ids whose tombstones forget it."""

    data: bytes
    ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Decoded(Generic[Value]):
    """What a segment held. `broken` and `newer` count lines that were skipped."""

    values: tuple[Value, ...]
    broken: int = 0
    newer: int = 0


@dataclass(frozen=True, slots=True)
class DerivedCorrections:
    """The corrections of one segment, the number of the derivation that made them, and the time of the newest event or
    commit that it had seen (RFC 3339, UTC)."""

    derivation: int
    as_of: str
    corrections: Decoded[Correction] = field(default_factory=lambda: Decoded(()))


def encode_event(event: Event) -> Line:
    """The line of an event.

    Raises:
        ValueError: it cannot stand in the store: an id or time out of form, a field that bears an attribute's name,
            values nested too deeply, or a session id longer than a line.
    """
    if not layout.is_event_id(event.id) or not _TIME.fullmatch(event.t):
        raise ValueError(f"event {event.id!r} at {event.t!r} is out of form")
    if clash := _EVENT_NAMES & event.fields.keys():
        raise ValueError(f"event {event.id} has fields named as attributes: {', '.join(sorted(clash))}")
    line: dict[str, Json] = {
        **{name: value for name, value in event.fields.items() if value is not None},
        "v": VERSION,
        "id": event.id,
        "t": event.t,
        "session": event.session,
        "kind": event.kind.value,
        "agent": event.agent,
        "source": event.source.value,
        "seq": event.seq,
    }
    line.update((name, text) for name in _EVENT_TEXTS if (text := getattr(event, name)) is not None)
    return Line(jsonline.dump_bounded(line, _EVENT_KEEP), frozenset({event.id}))


def decode_event(data: bytes) -> Event:
    """The event of a line.

    Raises:
        BrokenLineError: it is not as the data model says.
        NewerLineError: a later version wrote it.
    """
    line = _versioned(data)
    del line["v"]
    # A derivation decodes every event of a store: the own fields are what is left when the attributes are taken out.
    take = line.pop
    known: dict[str, Any] = {name: take(name, None) for name in _EVENT_ATTRIBUTES}
    for name in _EVENT_NEEDED:
        if not isinstance(known[name], str):
            raise BrokenLineError(f"{name} is not text")
    for name in _EVENT_TEXTS:
        if (value := known[name]) is not None and not isinstance(value, str):
            raise BrokenLineError(f"{name} is not text")
    if not layout.is_event_id(known["id"]) or not _TIME.fullmatch(known["t"]):
        raise BrokenLineError("the id or the time is out of form")
    known["kind"], known["source"] = _values(Kind).get(known["kind"]), _values(Source).get(known["source"])
    if known["kind"] is None or known["source"] is None:
        raise BrokenLineError("the kind or the source is unknown")
    known["seq"] = _count(line, "seq")
    line.pop("seq", None)
    known["fields"] = {key: one for key, one in line.items() if one is not None} if None in line.values() else line
    return Event(**known)


def encode_correction(correction: Correction) -> Line:
    """The line of a correction. It is forgotten with any event that it was derived from.

    Raises:
        ValueError: its id or time is out of form, or it is too long even cut.
    """
    if not layout.is_event_id(correction.id) or not _TIME.fullmatch(correction.t):
        raise ValueError(f"correction {correction.id!r} at {correction.t!r} is out of form")
    reason = correction.reason
    line: dict[str, Json] = {
        "v": VERSION,
        **{name: getattr(correction, name) for name in Correction.__dataclass_fields__},
        "kind": correction.kind.value,
        "origin": correction.origin.value,
        "evidence": list(correction.evidence),
        "doubts": list(correction.doubts) or None,
        "outcome": _outcome_line(correction.outcome) or None,
        "reason": None if reason is None else {"text": reason.text, "source": reason.source.value},
    }
    present = {key: value for key, value in line.items() if value is not None or key == "reason"}
    return Line(jsonline.dump_bounded(present, _CORRECTION_KEEP), _forgotten_with(line))


def decode_correction(data: bytes) -> Correction:
    """The correction of a line. Raises as `decode_event`."""
    line = _versioned(data)
    return Correction(
        id=_event_id(line),
        session=_text(line, "session"),
        tool_use=_optional(line, "tool_use"),
        agent=_text(line, "agent"),
        model=_optional(line, "model"),
        path=_text(line, "path"),
        language=_text(line, "language"),
        kind=_one_of(CorrectionKind, line, "kind"),
        origin=_one_of(CorrectionOrigin, line, "origin"),
        before=_text(line, "before"),
        after=_text(line, "after"),
        context=_text(line, "context"),
        reason=_reason(line),
        commit=_optional(line, "commit"),
        author=_optional(line, "author"),
        t=_time(line),
        decision=_text(line, "decision"),
        confidence=_confidence(line),
        evidence=_texts(line, "evidence"),
        doubts=_texts(line, "doubts"),
        outcome=_outcome(line),
    )


def encode_note(note: Note) -> Line:
    """The line of a note.

    Raises:
        ValueError: its id or time is out of form.
    """
    if not layout.is_event_id(note.id) or not _TIME.fullmatch(note.t):
        raise ValueError(f"note {note.id!r} at {note.t!r} is out of form")
    line: dict[str, Json] = {"v": VERSION, "id": note.id, "t": note.t}
    line.update((name, text) for name in _NOTE_TEXTS if (text := getattr(note, name)))
    return Line(jsonline.dump_bounded(line, _NOTE_KEEP), frozenset({note.id}))


def decode_note(data: bytes) -> Note:
    """The note of a line. Raises as `decode_event`."""
    line = _versioned(data)
    texts = {name: _optional(line, name) or "" for name in _NOTE_TEXTS}
    if not texts["tool"] or not texts["text"]:
        raise BrokenLineError("a note names no tool or says nothing")
    return Note(id=_event_id(line), t=_time(line), **texts)


def encode_record(record: Mapping[str, Json]) -> Line:
    """The line of an offer or a decision; its shape is its writer's.

    Raises:
        ValueError: it is longer than a line even cut.
    """
    line = jsonline.dump_bounded({**record, "v": VERSION}, frozenset({"v"}))
    return Line(line, frozenset({record_id(line)}))


def record_id(line: bytes) -> str:
    """The id of an offer or a decision, which names none: the first 32 hex digits of its line's SHA-256, no LF."""
    return hashlib.sha256(line.removesuffix(b"\n")).hexdigest()[:32]


def decode_record(data: bytes) -> dict[str, Json]:
    """The object of an offer's or a decision's line, without `v`. Raises as `decode_event`."""
    line = _versioned(data)
    return {key: value for key, value in line.items() if key != "v"}


def derivation_header(number: int, as_of: str) -> bytes:
    """The first line of a segment of corrections: the derivation's number, and the time of the newest it had seen."""
    return jsonline.dump({"as_of": as_of, "derivation": number}) + b"\n"


def decode_lines(data: bytes, decode: Callable[[bytes], Value]) -> Decoded[Value]:
    """All values of a segment's lines, good ones around broken ones kept."""
    values, broken, newer = [], 0, 0
    for line in lines_of(data):
        try:
            values.append(decode(line))
        except NewerLineError:
            newer += 1
        except BrokenLineError:
            broken += 1
    return Decoded(tuple(values), broken, newer)


def decode_corrections(data: bytes) -> DerivedCorrections | None:
    """The corrections of a segment; None if its first line does not say which derivation made it."""
    header, _, rest = data.partition(b"\n")
    try:
        first = jsonline.load(header)
    except BrokenLineError:
        return None
    number, as_of = first.get("derivation"), first.get("as_of")
    if not isinstance(number, int) or isinstance(number, bool) or number < 0 or not isinstance(as_of, str):
        return None
    return DerivedCorrections(number, as_of, decode_lines(rest, decode_correction))


def ids_of(data: bytes) -> frozenset[str]:
    """The ids whose tombstones forget this line; none for a line that cannot be read."""
    try:
        return _forgotten_with(jsonline.load(data))
    except BrokenLineError:
        return frozenset()


def own_id_of(data: bytes) -> str | None:
    """The id of what a line tells; None for a line that cannot be read, or tells nothing that has one."""
    try:
        own = jsonline.load(data).get("id")
    except BrokenLineError:
        return None
    return own if isinstance(own, str) and layout.is_event_id(own) else None


def lines_of(data: bytes) -> Iterator[bytes]:
    """The lines of a segment without their LF, empty ones left out. Only LF ends a line."""
    return (line for line in data.split(b"\n") if line)


def pack(lines: Iterable[bytes], header: bytes = b"") -> list[bytes]:
    """Lines put together to segments of at most 4 MiB, in order, each beginning with `header`.

    A header without lines is a segment too: a derivation that withdraws all it had found must say so.
    """
    segments: list[bytes] = []
    pending, size = [header], len(header)
    for line in lines:
        if size + len(line) > MAX_SEGMENT:
            segments.append(b"".join(pending))
            pending, size = [header], len(header)
        pending.append(line)
        size += len(line)
    if size > len(header) or (header and not segments):
        segments.append(b"".join(pending))
    return segments


def _forgotten_with(line: Mapping[str, Json]) -> frozenset[str]:
    evidence = line.get("evidence")
    named = [line.get("id"), *(evidence if isinstance(evidence, list) else ())]
    return frozenset(item for item in named if isinstance(item, str) and layout.is_event_id(item))


def _versioned(data: bytes) -> dict[str, Json]:
    line = jsonline.load(data)
    version = line.get("v")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BrokenLineError("no version")
    if version > VERSION:
        raise NewerLineError(f"version {version}")
    return line


def _event_id(line: Mapping[str, Json]) -> str:
    value = _text(line, "id")
    if not layout.is_event_id(value):
        raise BrokenLineError("the id is out of form")
    return value


def _time(line: Mapping[str, Json]) -> str:
    value = _text(line, "t")
    if not _TIME.fullmatch(value):
        raise BrokenLineError("the time is out of form")
    return value


def _text(line: Mapping[str, Json], name: str) -> str:
    value = line.get(name)
    if not isinstance(value, str):
        raise BrokenLineError(f"{name} is not text")
    return value


def _optional(line: Mapping[str, Json], name: str) -> str | None:
    return None if line.get(name) is None else _text(line, name)


def _count(line: Mapping[str, Json], name: str) -> int:
    value = line.get(name, 0)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise BrokenLineError(f"{name} is not a count")
    return value


def _confidence(line: Mapping[str, Json]) -> float:
    value = line.get("confidence")
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
        raise BrokenLineError("confidence is not a probability")
    return float(value)


def _reason(line: Mapping[str, Json]) -> Reason | None:
    value = line.get("reason")
    if value is None:
        return None
    if not isinstance(value, dict):
        raise BrokenLineError("reason is not an object")
    return Reason(_text(value, "text"), _one_of(ReasonSource, value, "source"))


def _texts(line: Mapping[str, Json], name: str) -> tuple[str, ...]:
    value = line.get(name, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise BrokenLineError(f"{name} is not a list of texts")
    return tuple(str(item) for item in value)


def _outcome_line(outcome: CorrectionOutcome) -> dict[str, Json]:
    results = ((name, getattr(outcome, name)) for name in CorrectionOutcome.__dataclass_fields__)
    return {name: result.value for name, result in results if result is not None}


def _outcome(line: Mapping[str, Json]) -> CorrectionOutcome:
    value = line.get("outcome", {})
    if not isinstance(value, dict):
        raise BrokenLineError("outcome is not an object")
    known = [name for name in CorrectionOutcome.__dataclass_fields__ if value.get(name) is not None]
    return CorrectionOutcome(**{name: _one_of(Result, value, name) for name in known})


Choice = TypeVar("Choice", Kind, Source, CorrectionKind, CorrectionOrigin, ReasonSource, Result)


def _one_of(choices: type[Choice], line: Mapping[str, Json], name: str) -> Choice:
    known: Choice | None = _values(choices).get(_text(line, name))
    if known is None:
        raise BrokenLineError(f"{name} is unknown")
    return known


@cache
def _values(choices: type[Choice]) -> dict[str, Choice]:
    return {str(choice): choice for choice in choices}
