"""The fold: one event that stands in several segments, field by field (docs/data-model.md, "Fold"). Pure.

Each field's value travels with what decides between two of them: its source, its placeholders and its bytes. The better
one of two is a maximum in a total order, so the fold is commutative, associative and idempotent by construction. An
event that was folded has forgotten whence each field came: fold what segments hold, never what a fold returned.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Final, TypeAlias

from hivemind_git.model import Event, Json, Kind, Source

_RANK: Final = {source: place for place, source in enumerate(Source)}
PLACEHOLDER: Final = re.compile(r"<[a-z]+(?:-[a-z]+)*:[1-9][0-9]*>")
"""What stands in place of a secret."""
_SIGHT: Final = frozenset({"hunks", "op", "before_known"})
"""What an edit tells by the file that stood there before."""
_ATTRIBUTES: Final = tuple(item.name for item in fields(Event) if item.name != "fields")


@dataclass(frozen=True, slots=True)
class Ranked:
    """A value and its place in the order. `cut` are the lengths that its cut strings had."""

    order: tuple[int, int, bytes, bytes]
    value: Json
    cut: Mapping[str, Json]


Folded: TypeAlias = dict[str, Ranked]
"""The fields of one event. A field's own fields are marked with a leading dot, so that they never meet an attribute."""


def lift(event: Event) -> Folded:
    """An event as the fold's element."""
    rank = _RANK[event.source]
    cut = event.fields.get("cut")
    # Of two that tell an edit, one may not have seen the file before: a log without images, or a hook that came late.
    blind = event.fields.get("before_known") is False
    lengths = cut if isinstance(cut, dict) else {}
    folded = {name: _ranked(value, rank, {}) for name in _ATTRIBUTES if (value := getattr(event, name)) is not None}
    for name, value in event.fields.items():
        if value is not None and name != "cut":
            mine = {path: length for path, length in lengths.items() if path.split(".", 1)[0] == name}
            folded["." + name] = _ranked(value, rank + len(_RANK) * (blind and name in _SIGHT), mine)
    for name in {path.split(".", 1)[0] for path in lengths} - event.fields.keys():
        folded["." + name] = _dropped(name, rank, lengths)
    return folded


def join(one: Folded, other: Folded) -> Folded:
    """Both, field by field: the one that is there, else the one that comes first in the order."""
    joined = dict(one)
    for name, ranked in other.items():
        mine = joined.get(name)
        if mine is None or ranked.order < mine.order:
            joined[name] = ranked
    return joined


def lower(folded: Folded) -> Event:
    """The event of a fold's element."""
    values = {name: ranked.value for name, ranked in folded.items() if not name.startswith(".")}
    own = {name[1:]: ranked for name, ranked in folded.items() if name.startswith(".")}
    cut: dict[str, Json] = {path: own[name].cut[path] for name in sorted(own) for path in sorted(own[name].cut)}
    details: dict[str, Json] = {name: ranked.value for name, ranked in sorted(own.items()) if ranked.value is not None}
    if cut:
        details["cut"] = cut
    values["kind"] = Kind(str(values["kind"]))
    values["source"] = Source(str(values["source"]))
    return Event(**values, fields=details)  # type: ignore[arg-type]


def fold(events: Iterable[Event]) -> dict[str, Event]:
    """Each event once, by its id, folded from all that bear the id."""
    single: dict[str, Event] = {}
    folded: dict[str, Folded] = {}
    for event in events:
        first = single.setdefault(event.id, event)
        # Most events stand in one segment only: those are never taken apart.
        if first is not event:
            folded[event.id] = join(folded.get(event.id) or lift(first), lift(event))
    return single | {id_: lower(element) for id_, element in folded.items()}


def in_order(events: Iterable[Event]) -> list[Event]:
    """Events in the order in which they happened, as far as that was recorded."""
    return sorted(events, key=lambda event: (event.t, event.seq, event.id))


def _ranked(value: Json, rank: int, cut: Mapping[str, Json]) -> Ranked:
    data = _bytes(value)
    return Ranked((rank, -len(PLACEHOLDER.findall(data.decode())), data, _bytes(dict(cut))), value, cut)


def _dropped(name: str, rank: int, lengths: Mapping[str, Json]) -> Ranked:
    """A field that was cut away whole: it counts only where no segment has more of it, so it ranks last."""
    mine = {path: length for path, length in lengths.items() if path.split(".", 1)[0] == name}
    return Ranked((2 * len(_RANK) + rank, 0, b"", _bytes(dict(mine))), None, mine)


def _bytes(value: Json) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
