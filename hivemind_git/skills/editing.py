"""A rule as a person edits it before it is published: a few fields of TOML, named as in `rules.toml`."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from typing import Any

import tomlkit

from hivemind_git.errors import HivemindError
from hivemind_git.model import RuleKind
from hivemind_git.skills.rules_toml import SkillRule

_HOLE = re.compile(r"\$\d+")
_FIELDS = {
    RuleKind.TEMPLATE: ("headline", "before", "after", "scope"),
    RuleKind.ADVICE: ("headline", "advice", "scope"),
}
_HEAD = """\
# The rule {id}. What you write here stays as you write it: no later draft words it anew.
# headline: one sentence for people; left empty, the template words it.
"""
_HELP = {
    RuleKind.TEMPLATE: "# before, after: code; $0, $1 … stand for anything, and in after only for what before has.\n",
    RuleKind.ADVICE: "# advice: what the assistant is told.\n",
}
_TAIL = "# scope: globs as git's, [] for everywhere. An empty file leaves the rule for later.\n"


def editable(rule: SkillRule) -> str:
    """The text that a person is given to edit."""
    document = tomlkit.document()
    for name in _FIELDS[rule.kind]:
        value = getattr(rule, name)
        several = isinstance(value, str) and "\n" in value.strip("\n")
        document[name] = tomlkit.string(value, multiline=True) if several else value
    return _HEAD.format(id=rule.id) + _HELP[rule.kind] + _TAIL + tomlkit.dumps(document)


def edited(rule: SkillRule, text: str) -> SkillRule | None:
    """The rule as a person left it; None where they left nothing.

    Raises:
        HivemindError: it is not TOML, or no rule that could be published.
    """
    if not "".join(line for line in text.splitlines() if not line.startswith("#")).strip():
        return None
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise HivemindError(f"that is not TOML: {error}", "Edit it again.") from error
    unknown = data.keys() - set(_FIELDS[rule.kind])
    if unknown:
        raise HivemindError(f"nobody knows {min(unknown)} here", "Edit it again.")
    changed = replace(rule, **{name: _value(name, data, rule) for name in _FIELDS[rule.kind]})
    if not (changed.before if rule.kind is RuleKind.TEMPLATE else changed.advice).strip():
        raise HivemindError("a rule without words says nothing", "Edit it again.")
    free = set(_HOLE.findall(changed.after)) - set(_HOLE.findall(changed.before))
    if free:
        raise HivemindError(f"{min(free)} stands in after and not in before", "Edit it again.")
    return changed


def _value(name: str, data: dict[str, Any], rule: SkillRule) -> Any:
    value = data.get(name, getattr(rule, name))
    if name == "scope":
        if not isinstance(value, list | tuple) or not all(isinstance(one, str) and one.strip() for one in value):
            raise HivemindError("scope takes a list of globs", "Edit it again.")
        return tuple(value)
    if not isinstance(value, str):
        raise HivemindError(f"{name} takes text in quotes", "Edit it again.")
    return value
