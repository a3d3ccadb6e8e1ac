"""The skills of a tree: which folders are ours, what rules they hold, and what is not ours to touch."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.skills import document, rules_toml
from hivemind_git.skills.layout import FOLDER, RULES_FILE, SKILL_FILE, Standing
from hivemind_git.skills.rules_toml import RuleFile


@dataclass(frozen=True, slots=True)
class Skills:
    """The skills of a tree. `ours` carry our mark; `broken` do too, but cannot be read; `foreign` are not ours."""

    ours: Mapping[str, RuleFile]
    broken: Mapping[str, HivemindError]
    foreign: frozenset[str]


def standing(repository: Repository, treeish: str, skills_dir: str, name: str) -> Standing:
    """The files of one skill in a commit or tree."""
    folder = posixpath.join(skills_dir, name)
    return Standing(
        repository.read(treeish, f"{folder}/{SKILL_FILE}"), repository.read(treeish, f"{folder}/{RULES_FILE}")
    )


def skills(repository: Repository, treeish: str, skills_dir: str, *, evidence: bool = True) -> Skills:
    """All skills of a commit or tree, the evidence of their rules left out where it is not asked for."""
    ours: dict[str, RuleFile] = {}
    broken: dict[str, HivemindError] = {}
    foreign = set()
    for name, mode, _ in repository.list_folder(treeish, skills_dir):
        found = standing(repository, treeish, skills_dir, name)
        if mode != FOLDER or not is_ours(found.skill):
            foreign.add(name)
            continue
        try:
            ours[name] = _rules(found, name, evidence=evidence)
        except HivemindError as error:
            broken[name] = error
    return Skills(ours, broken, frozenset(foreign))


def is_ours(skill: bytes | None) -> bool:
    """Whether a SKILL.md carries our mark. What cannot be read carries none."""
    if skill is None:
        return False
    try:
        return document.parse(skill, SKILL_FILE).ours
    except HivemindError:
        return False


def _rules(found: Standing, name: str, *, evidence: bool) -> RuleFile:
    where = f"{name}/{RULES_FILE}"
    return RuleFile() if found.rules is None else rules_toml.parse(found.rules, where, evidence=evidence)
