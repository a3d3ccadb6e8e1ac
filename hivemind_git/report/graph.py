"""The lineage as a picture: sessions on the left, rules in the middle, skills on the right, a curve for each link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_ROW = 26
_TOP = 14
_LEFT, _MIDDLE, _RIGHT = 70, 180, 620
_WIDE = 340
"""Width of a rule's box, in the picture's own units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """A rule with the skill that holds it and the sessions that it was learned in."""

    rule: str
    what: str
    skill: str
    live: bool
    sessions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """A text at a place; `whole` is what it stands for, `kind` is `session`, `rule`, `dropped` or `skill`."""

    kind: str
    text: str
    whole: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Graph:
    """A picture of that many units. `curves` are SVG path data. `hidden` rules did not fit."""

    width: int
    height: int
    nodes: tuple[Node, ...]
    curves: tuple[str, ...]
    hidden: int


def draw(traced: Sequence[Traced], most: int = 40) -> Graph:
    """The lineage of the first `most` rules; nodes of a column stand below each other in order of first mention."""
    shown = sorted(traced, key=lambda one: (one.skill, not one.live, one.rule))[:most]
    sessions = list(dict.fromkeys(session for one in shown for session in one.sessions))
    skills = list(dict.fromkeys(one.skill for one in shown))
    height = _TOP * 2 + _ROW * max(len(shown), len(sessions), len(skills), 1)
    rows = {kind: _rows(count, height) for kind, count in (("s", len(sessions)), ("r", len(shown)), ("k", len(skills)))}
    at = {session: rows["s"][number] for number, session in enumerate(sessions)}
    home = {skill: rows["k"][number] for number, skill in enumerate(skills)}
    nodes = [Node("session", session[:8], session, _LEFT, at[session]) for session in sessions]
    nodes += [Node("skill", skill, skill, _RIGHT, home[skill]) for skill in skills]
    curves = []
    for number, one in enumerate(shown):
        y = rows["r"][number]
        nodes.append(Node("rule" if one.live else "dropped", one.rule[:8], one.what, _MIDDLE, y))
        curves += [_curve(_LEFT, at[session], _MIDDLE, y) for session in one.sessions]
        curves.append(_curve(_MIDDLE + _WIDE, y, _RIGHT, home[one.skill]))
    return Graph(_RIGHT + 200, height, tuple(nodes), tuple(curves), len(traced) - len(shown))


def _rows(count: int, height: int) -> list[int]:
    """The middles of `count` rows spread evenly over the height."""
    room = (height - 2 * _TOP) / max(count, 1)
    return [round(_TOP + room * (number + 0.5)) for number in range(count)]


def _curve(x: int, y: int, to_x: int, to_y: int) -> str:
    middle = (x + to_x) // 2
    return f"M{x + 4} {y}C{middle} {y} {middle} {to_y} {to_x - 4} {to_y}"
