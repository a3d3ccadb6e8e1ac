"""The rules that hold for a file, named to an agent before it edits it: each once a session."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hivemind_git.agents.answer import Asked, Moment, reply
from hivemind_git.corrections.decisions import language
from hivemind_git.model import Json, RuleKind
from hivemind_git.pipeline import told
from hivemind_git.pipeline.checking import named
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules import scope
from hivemind_git.rules.tokens import family
from hivemind_git.skills import folder
from hivemind_git.skills.layout import SKILL_FILE
from hivemind_git.skills.rules_toml import SkillRule
from hivemind_git.skills.text import cut, flat
from hivemind_git.store.layout import named_folder

MOST: Final = 10
"""Rules in one answer, those of most decisions first."""
_WIDTH: Final = 160


@dataclass(frozen=True, slots=True)
class Named:
    """A published rule, and the skill that has it."""

    rule: SkillRule
    skill: str


def recall(space: Workspace, question: Asked) -> dict[str, Json] | None:
    """What the agent is told before its edit; None where no rule holds that it was not told yet.

    Where it cannot be remembered what was told, nothing is.

    Raises:
        HivemindError: the repository cannot be read.
    """
    paths = [path for one in question.paths if (path := _inside(space, one))]
    if not paths:
        return None
    file = space.repository.state_dir / "recalled" / named_folder(question.session)
    known = told.read(file)
    before = [one for one in known if isinstance(one, str)] if isinstance(known, list) else []
    found = [one for one in holding(space, paths) if one.rule.id not in before][:MOST]
    if not found or not told.keep(file, [*before, *(one.rule.id for one in found)]):
        return None
    return reply(Moment.BEFORE, _said(space, paths, found))


def holding(space: Workspace, paths: Sequence[str]) -> list[Named]:
    """The rules of HEAD in whose scope and language one of the paths is, those of most decisions first."""
    head = space.repository.head()
    if head is None:
        return []
    settings = space.settings
    checked = [path for path in paths if not (settings.check_ignore and scope.within(settings.check_ignore, path))]
    skills = folder.skills(space.repository, head, settings.skills_dir, evidence=False).ours
    found = [
        Named(rule, name)
        for name, file in skills.items()
        for rule in file.rules
        if not named(rule.id, name, settings.mute) and any(_holds(rule, path) for path in checked)
    ]
    return sorted(found, key=lambda one: (-one.rule.decisions, one.rule.id))


def _holds(rule: SkillRule, path: str) -> bool:
    spoken = not rule.language or rule.language == "unknown" or family(rule.language) == family(language(path))
    return spoken and scope.within(rule.scope, path)


def _inside(space: Workspace, path: str) -> str:
    """The path from the top of the worktree; empty where it is not below it."""
    top = space.repository.workdir
    if top is None:
        return ""
    full = os.path.normpath(Path.cwd() / path)
    for root in dict.fromkeys((str(top), os.path.realpath(top))):
        if Path(full).is_relative_to(root):
            return Path(full).relative_to(root).as_posix()
    return ""


def _said(space: Workspace, paths: Sequence[str], found: Sequence[Named]) -> str:
    shown = ", ".join(flat(path) for path in paths[:3]) + (", …" if len(paths) > 3 else "")
    lines = [f"People here corrected these things before; mind them in {shown}:", ""]
    lines += [f"- {_rule(one.rule)} (skill {one.skill})" for one in found]
    skills = dict.fromkeys(one.skill for one in found)
    where = ", ".join(f"{space.settings.skills_dir}/{skill}/{SKILL_FILE}" for skill in skills)
    return "\n".join([*lines, "", f"Why is in {where}. You are told once."])


def _rule(rule: SkillRule) -> str:
    if rule.headline or rule.kind is RuleKind.ADVICE:
        return cut(flat(rule.headline or rule.advice), _WIDTH)
    before, after = (cut(flat(side), _WIDTH) for side in (rule.before, rule.after))
    return f"write `{after}`, not `{before}`" if after else f"leave out `{before}`"
