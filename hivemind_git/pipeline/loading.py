"""Which assistant loads which skill by itself, and what an agent is told of skills where the setting asks for it."""

from __future__ import annotations

import os
import posixpath
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hivemind_git.agents.base import Assistant
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import document, folder
from hivemind_git.skills.layout import AGENTS_DIR, SKILL_FILE
from hivemind_git.skills.text import cut, flat

MOST: Final = 10
"""Skills in the list at a session's start."""
_WIDTH: Final = 160


@dataclass(frozen=True, slots=True)
class Unloaded:
    """A skill that an assistant does not load as it should: the words for it, and a command that mends it."""

    skill: str
    text: str
    mend: str


def listed(space: Workspace) -> str:
    """The skills of HEAD, a line each; empty where it has none. What is not committed is never told.

    Raises:
        HivemindError: the repository cannot be read.
    """
    head = space.repository.head()
    if head is None:
        return ""
    names = sorted(folder.skills(space.repository, head, space.settings.skills_dir, evidence=False).ours)
    if not names:
        return ""
    lines = ["Skills of this repository, from corrections that people made here. Read one before work that it covers:"]
    lines += [_line(space, head, name) for name in names[:MOST]]
    if len(names) > MOST:
        lines.append(f"- and {len(names) - MOST} more in {space.settings.skills_dir}")
    return "\n".join(lines)


def _line(space: Workspace, head: str, name: str) -> str:
    where = posixpath.join(space.settings.skills_dir, name, SKILL_FILE)
    skill = folder.standing(space.repository, head, space.settings.skills_dir, name).skill or b""
    described = flat(document.parse(skill, where).description)
    return f"- {name} ({where}): {cut(described, _WIDTH)}"


def unloaded(space: Workspace, one: Assistant) -> list[Unloaded]:
    """The skills here that an assistant loads from none of its folders, or loads twice with different texts.

    An assistant without folders in a repository, as Hermes, says itself what it misses.
    """
    head, top = space.repository.head(), space.repository.workdir
    if not head or not top or not one.skill_folders:
        return []
    found = []
    for name in folder.skills(space.repository, head, space.settings.skills_dir, evidence=False).ours:
        home = posixpath.join(space.settings.skills_dir, name)
        if not (top / home / SKILL_FILE).is_file():
            continue  # a sparse checkout, or taken out of the worktree: nobody loads it here
        places = [path for each in one.skill_folders if (path := top / each / name / SKILL_FILE).is_file()]
        if not places:
            found.append(_missing(name, home, one))
        elif len({path.read_bytes() for path in places}) > 1:
            found.append(_twice(name, top, places))
    return found


def _missing(name: str, home: str, one: Assistant) -> Unloaded:
    where = AGENTS_DIR if AGENTS_DIR in one.skill_folders else one.skill_folders[0]
    text = f"skill {name} is not loaded: it stands in {home}, and {one.title} reads {', '.join(one.skill_folders)}"
    return Unloaded(name, text, f"mkdir -p {where} && ln -s {os.path.relpath(home, where)} {where}/{name}")


def _twice(name: str, top: Path, places: list[Path]) -> Unloaded:
    first, *others = (str(path.parent.relative_to(top)) for path in places)
    text = f"skill {name} is loaded from {first} and, with another text, from {', '.join(others)}"
    return Unloaded(
        name, text, f"rm -r {first} && ln -s {os.path.relpath(others[-1], posixpath.dirname(first))} {first}"
    )
