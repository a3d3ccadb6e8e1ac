"""The report as one HTML page that loads nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hivemind_git import resources
from hivemind_git.report.figures import Chart
from hivemind_git.report.graph import Graph
from hivemind_git.skills.effect import Tally
from hivemind_git.skills.text import visible


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """A live rule before and since its skill landed (`YYYY-MM-DD`)."""

    skill: str
    rule: str
    what: str
    landed: str
    before: Tally
    since: Tally
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A rule that no skill has: a candidate, or one that is held back, and why."""

    rule: str
    state: str
    before: str
    after: str
    advice: str
    scope: tuple[str, ...]
    decisions: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that the page shows. `made` is a day; `totals` are (number, what it counts)."""

    name: str
    made: str
    totals: tuple[tuple[int, str], ...]
    time: Chart
    areas: Chart
    effects: tuple[Effect, ...]
    graph: Graph
    waiting: tuple[Waiting, ...]


def render(report: Report) -> str:
    """The page. Foreign text is escaped, and characters that hide or turn text are spelled out."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - only a page is worth it

    environment = Environment(
        loader=FileSystemLoader(resources.find("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(visible=_visible, percent=_percent)
    return environment.get_template("report.html.j2").render(report=report)


def _visible(value: object) -> str:
    return visible(str(value))


def _percent(share: Any) -> str:
    return f"{100 * float(share):.4g}%"
