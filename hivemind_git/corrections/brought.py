"""What an agent only put elsewhere: text that it took out of another file, or another place, and had not written.

A file that is renamed by a shell command, or a module that is cut in two, comes as edits that write every line anew.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeGuard

from hivemind_git.corrections.evidence import Edit, Evidence, Item, Session
from hivemind_git.corrections.lines import opaque
from hivemind_git.corrections.noise import BLOCK, INFORMATIVE
from hivemind_git.ends import common_lines

_OFTEN = 16
"""Edits that take a line out: where it went more often, it says nothing of where it came from."""

_SPAN = 3600.0
"""Seconds between the two edits: longer ago, it is no one move."""


@dataclass(frozen=True, slots=True)
class _Act:
    """An edit that took out a block, and its lines without white space around them."""

    edit: Edit
    gone: frozenset[bytes]


def known(evidence: Evidence) -> Evidence:
    """The evidence; each edit with what it brought from elsewhere, where no agent had written that."""
    sessions = [(one.id, [item for item in one.items if _compared(item)]) for one in evidence.sessions]
    places = {name: _places(edits) for name, edits in sessions}
    took = {act.edit.event: act for found in places.values() for acts in found.values() for act in acts}
    asked = frozenset[bytes]().union(*(act.gone for act in took.values()))
    own: set[tuple[str, bytes]] = set()
    brought: dict[str, frozenset[bytes]] = {}
    in_order = ((edit, name) for name, edits in sessions for edit in edits)
    for edit, name in sorted(in_order, key=lambda one: one[0].t) if asked else ():
        gone, come = _apart(edit)
        lines = _brought(edit, come - gone, places[name], own)
        if lines:
            brought[edit.event] = lines
        own.update((edit.path, line) for line in (come & asked) - gone - lines)
    if not brought:
        return evidence
    return replace(evidence, sessions=tuple(_with(session, brought) for session in evidence.sessions))


def _with(session: Session, brought: Mapping[str, frozenset[bytes]]) -> Session:
    def item(each: Item) -> Item:
        if isinstance(each, Edit) and each.event in brought:
            return replace(each, brought=brought[each.event])
        return each

    return replace(session, items=tuple(map(item, session.items)))


def _places(edits: Iterable[Edit]) -> dict[bytes, list[_Act]]:
    """The edits of one session that took out each line that says something.

    Who puts a block elsewhere leaves less than it there; most edits do not, and need no comparison.
    """
    found: dict[bytes, list[_Act]] = defaultdict(list)
    for edit in edits:
        if len(edit.before or b"") - len(edit.after or b"") < BLOCK * INFORMATIVE:
            continue
        gone, come = _apart(edit)
        act = _Act(edit, gone - come)
        for line in act.gone:
            if len(line) >= INFORMATIVE:
                found[line].append(act)
    return {line: took for line, took in found.items() if len(took) <= _OFTEN}


def _brought(
    edit: Edit, come: frozenset[bytes], places: Mapping[bytes, Sequence[_Act]], own: Collection[tuple[str, bytes]]
) -> frozenset[bytes]:
    """The lines of an edit that another one took out of where no agent had written them.

    `come`: what the edit put in. `own`: what agents wrote.
    """
    took = [other for line in come & places.keys() for other in places[line] if _one_move(edit, other.edit)]
    told = Counter(other.edit.event for other in took)
    sources = {other.edit.event: other for other in took if told[other.edit.event] >= BLOCK}
    return frozenset(
        line for other in sources.values() for line in come & other.gone if (other.edit.path, line) not in own
    )


def _one_move(put: Edit, took: Edit) -> bool:
    """Whether two edits may be one move: what was put in a file and then taken out of it came from nowhere."""
    later = took.t > put.t or took is put
    return abs(put.t - took.t) <= _SPAN and not (later and took.path == put.path)


def _compared(item: Item) -> TypeGuard[Edit]:
    return isinstance(item, Edit) and item.before_known and not (opaque(item.before) or opaque(item.after))


def _apart(edit: Edit) -> tuple[frozenset[bytes], frozenset[bytes]]:
    """The lines of an edit's two images between what both begin and end with, without white space around them."""
    before, after = edit.before or b"", edit.after or b""
    start, _, end = common_lines(before, after)
    return _lines(before[start : len(before) - end]), _lines(after[start : len(after) - end])


def _lines(text: bytes) -> frozenset[bytes]:
    return frozenset(line.strip() for line in text.splitlines())
