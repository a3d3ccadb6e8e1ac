"""The skills that wait for a person: drafted on a branch, and neither merged nor thrown away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import branches, folder, lineage
from hivemind_git.skills.base import is_open
from hivemind_git.skills.rules_toml import SkillRule


@dataclass(frozen=True, slots=True)
class OpenSkill:
    """A skill on an open branch of this clone. `rules` are those of it that the trunk does not have."""

    name: str
    branch: str
    commit: str
    rules: tuple[SkillRule, ...]


def open_skills(space: Workspace, without: Collection[str] = ()) -> tuple[OpenSkill, ...]:
    """The open skill branches of this clone, by name.

    Args:
        space: where.
        without: ids of rules that were turned down; a branch that offers no other is not open.

    Raises:
        HivemindError: `hivemind.trunk` names nothing here.
    """
    repository, where = space.repository, space.settings.skills_dir
    here = branches.unmerged(repository)
    if not here:
        return ()
    start = branches.trunk(repository)
    live = lineage.live_at(repository, start, [where])
    found = []
    for name, ref in sorted(here.items()):
        tip = repository.ref(ref)
        if tip is None or not is_open(repository, name, (tip, start), where, without):
            continue
        file = folder.skills(repository, tip, where, evidence=True).ours.get(name)
        rules = tuple(rule for rule in file.rules if rule.id not in live and rule.id not in without) if file else ()
        found.append(OpenSkill(name, branches.short(ref), tip, rules))
    return tuple(found)
