"""What an agent only put elsewhere: text that it took out of another file, or another place, and had not written.

A file that is renamed by a shell command, or a module that is cut in two, comes as edits that write every line anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from hivemind_git.corrections.evidence import Edit, Evidence, Item, Session
from hivemind_git.corrections.lines import opaque
from hivemind_git.corrections.noise import INFORMATIVE
from hivemind_git.ends import common_lines

_BLOCK = 3
"""Telling lines that must have gone from one file before finding them in another is more than chance."""

_SPAN = 3600.0
"""Seconds between the two edits: longer ago, it is no one move."""


@dataclass(frozen=True, slots=True)
class _Act:
    """What an edit took out and put in between what its images begin and end with.

    `gone`: the lines that it took out, without white space around them; none of an edit that took out too few.
    """

    edit: Edit
    taken: bytes
    put: bytes
    gone: frozenset[bytes]

    @property
    def come(self) -> frozenset[bytes]:
        """The lines that it put in, without white space around them."""
        return _lines(self.put) - _lines(self.taken)


def known(evidence: Evidence) -> Evidence:
    """The evidence; each edit with what it brought from elsewhere, where no agent had written that."""
    sessions = [(one.id, [act for item in one.items if (act := _act(item)) is not None]) for one in evidence.sessions]
    places = {name: _places(acts) for name, acts in sessions}
    asked = {line for found in places.values() for line in found}
    own: set[tuple[str, bytes]] = set()
    brought: dict[str, frozenset[bytes]] = {}
    in_order = ((act, name) for name, acts in sessions for act in acts)
    for act, name in sorted(in_order, key=lambda one: one[0].edit.t) if asked else ():
        come = act.come
        lines = _brought(act, come, places[name], own)
        if lines:
            brought[act.edit.event] = lines
        own.update((act.edit.path, line) for line in (come - lines) & asked)
    if not brought:
        return evidence
    return replace(evidence, sessions=tuple(_with(session, brought) for session in evidence.sessions))


def _with(session: Session, brought: Mapping[str, frozenset[bytes]]) -> Session:
    def item(each: Item) -> Item:
        if isinstance(each, Edit) and each.event in brought:
            return replace(each, brought=brought[each.event])
        return each

    return replace(session, items=tuple(map(item, session.items)))


def _places(acts: Iterable[_Act]) -> dict[bytes, list[_Act]]:
    """The edits of one session that took out each line that says something."""
    found: dict[bytes, list[_Act]] = defaultdict(list)
    for act in acts:
        for line in act.gone:
            if len(line) >= INFORMATIVE:
                found[line].append(act)
    return found


def _brought(
    act: _Act, come: frozenset[bytes], places: Mapping[bytes, Sequence[_Act]], own: Collection[tuple[str, bytes]]
) -> frozenset[bytes]:
    """The lines of an edit that another one took out of where no agent had written them.

    `come`: what the edit put in. `own`: what agents wrote.
    """
    sources: dict[str, tuple[_Act, set[bytes]]] = {}
    for line in come & places.keys():
        for other in places[line]:
            near = other is not act and abs(act.edit.t - other.edit.t) <= _SPAN
            if near and (other.edit.path, line) not in own:
                sources.setdefault(other.edit.event, (other, set()))[1].add(line)
    found = set[bytes]()
    for other, lines in sources.values():
        if len(lines) >= _BLOCK:
            found |= lines
            found |= {line for line in come & other.gone if len(line) < INFORMATIVE}
    return frozenset(found)


def _act(item: Item) -> _Act | None:
    if not isinstance(item, Edit) or not item.before_known or opaque(item.before) or opaque(item.after):
        return None
    before, after = item.before or b"", item.after or b""
    start, _, end = common_lines(before, after)
    taken, put = before[start : len(before) - end], after[start : len(after) - end]
    much = taken.count(b"\n") >= _BLOCK - 1
    return _Act(item, taken, put, _lines(taken) - _lines(put) if much else frozenset())


def _lines(text: bytes) -> frozenset[bytes]:
    return frozenset(line.strip() for line in text.splitlines())
