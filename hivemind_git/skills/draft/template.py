"""Renders what people read out of `templates/`: the skill, the commit message, the body of a pull request."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hivemind_git import resources
from hivemind_git.skills.area import title
from hivemind_git.skills.draft.views import description, view
from hivemind_git.skills.rules_toml import SkillRule


def skill(name: str, rules: Sequence[SkillRule], details: Sequence[int], prompts: Sequence[str] = ()) -> str:
    """A whole SKILL.md, all of it generated, each rule at its level of detail (`views.FULL`, `BRIEF` or `ROW`)."""
    views = [view(rule, detail) for rule, detail in zip(rules, details, strict=True)]
    heading = title(name)
    return render(
        "SKILL.md.j2", name=name, description=description(rules, heading, prompts), title=heading, rules=views
    )


def render(template: str, **values: Any) -> str:
    """One of the texts in `templates/`, by file name."""
    return _environment().get_template(template).render(values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(resources.find("templates")),
        autoescape=False,  # noqa: S701 - Markdown, made safe piece by piece in views
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
