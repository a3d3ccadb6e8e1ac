"""The skill by which assistants look up what a repository knows: a file of ours in their folders, on request only."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from hivemind_git import resources
from hivemind_git.agents import exclude
from hivemind_git.agents.base import Assistant, Machine, Personal, Scope
from hivemind_git.errors import HivemindError
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills.layout import AGENTS_DIR, SKILL_FILE
from hivemind_git.wiring import FileChange

NAME: Final = "hivemind"
MARK: Final = b"tool: git-hivemind"
"""Stands in the frontmatter of the skill; a skill of that name without it is somebody else's."""


def skill() -> bytes:
    """The skill's text."""
    return (resources.find("templates") / "skill" / SKILL_FILE).read_bytes()


def changes(space: Workspace, machine: Machine, chosen: Iterable[Assistant], scope: Scope) -> list[FileChange]:
    """The changes that put the skill where these assistants look for skills.

    Args:
        space: the repository.
        machine: the person's side.
        chosen: the assistants.
        scope: in the worktree for one person (git does not show it) or for all (a file to commit), or in the home.

    Raises:
        HivemindError: a skill of that name is there and is not ours, or cannot be read.
    """
    found: dict[Path, FileChange] = {}
    hidden: list[FileChange] = []
    for assistant in chosen:
        folder = _folder(space, machine, assistant, scope)
        path = folder / NAME / SKILL_FILE
        if path in found:
            continue
        found[path] = _change(path)
        if scope is Scope.LOCAL:
            name = path.parent.relative_to(space.checkout.top).as_posix()
            change = exclude.hide(space.checkout, f"{name}/", "the skill that looks up what is known, yours alone")
            hidden += [change] if change else []
    return [*found.values(), *hidden]


def _folder(space: Workspace, machine: Machine, assistant: Assistant, scope: Scope) -> Path:
    if scope is not Scope.USER:
        return space.checkout.top / assistant.skill_folders[0]
    own = assistant.own_skills(machine) if isinstance(assistant, Personal) else None
    return own or machine.home / AGENTS_DIR


def _change(path: Path) -> FileChange:
    change = FileChange.to(path, skill())
    if change.before is not None and MARK not in change.before:
        raise HivemindError(
            f"{path} is not hivemind's and stays as it is", "Rename that skill, or install without --skill."
        )
    return change
