"""Where else what is forgotten stands: what people published of it, and what no forgetting of ours reaches."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from hivemind_git import agents
from hivemind_git.capture import erase
from hivemind_git.capture.erase import Sought
from hivemind_git.pipeline.workspace import Workspace, this_machine
from hivemind_git.skills import branches, folder
from hivemind_git.skills.layout import RULES_FILE, SKILL_FILE
from hivemind_git.skills.rules_toml import RuleFile
from hivemind_git.store import layout, union


@dataclass(frozen=True, slots=True, order=True)
class Trace:
    """A published skill that carries evidence of it: the branch, the file, and the rules that do."""

    branch: str
    path: str
    rules: tuple[str, ...]


def traces(
    space: Workspace, folders: Collection[str], corrections: Collection[str], sought: Sought
) -> tuple[Trace, ...]:
    """The skills here and on the branches that offer some, whose evidence is of these sessions or corrections.

    They are people's commits by now, so they are named and never rewritten.
    """
    found = set()
    for branch, tip in _tips(space).items():
        skills = folder.skills(space.repository, tip, space.settings.skills_dir)
        for name, rules in skills.ours.items():
            path = posixpath.join(space.settings.skills_dir, name)
            carrying = _carrying(rules, folders, corrections)
            texts = (space.repository.read(tip, f"{path}/{file}") or b"" for file in (RULES_FILE, SKILL_FILE))
            if carrying or any(needle in text for text in texts for needle in sought.needles):
                found.add(Trace(branch, f"{path}/{RULES_FILE}", carrying))
    return tuple(sorted(found))


def _carrying(rules: RuleFile, folders: Collection[str], corrections: Collection[str]) -> tuple[str, ...]:
    return tuple(
        rule.id
        for rule in rules.rules
        if any(proof.correction in corrections for proof in rule.evidence)
        or any(
            layout.named_folder(session) in folders
            for session in (*rule.sessions, *(proof.session for proof in rule.evidence))
        )
    )


def _tips(space: Workspace) -> dict[str, str]:
    """The branch that is checked out, the trunk, and the branches with offers."""
    repository = space.repository
    head, trunk = repository.head(), repository.trunk()
    tips = {repository.branch() or "HEAD": head} if head else {}
    if trunk and (tip := repository.ref(trunk)):
        tips[trunk.removeprefix("refs/heads/").removeprefix("refs/")] = tip
    offers = {branches.PREFIX + name: tip for name, tip in branches.offered(repository).items()}
    return {**tips, **offers}


def transcripts(space: Workspace, sought: Sought) -> Iterator[tuple[str, Path]]:
    """The assistants' own logs of this repository that are of one of the sessions, or hold one of the values.

    Each comes with the assistant's name.
    """
    for name, path in _logs(space):
        if any(session in str(path) for session in sought.sessions) or erase.holds(path, sought.needles):
            yield name, path


def _logs(space: Workspace) -> Iterator[tuple[str, Path]]:
    if space.repository.is_bare:
        return
    machine = this_machine()
    for name in agents.NAMES:
        yield from ((name, path) for path in agents.assistant(name).transcripts(space.checkout, machine))


def remotes(space: Workspace) -> tuple[str, ...]:
    """The remotes that were seen to hold the store, or are set to."""
    tail = f"/{space.branch}"
    seen = {
        name.removeprefix("refs/remotes/").removesuffix(tail) for name in union.tracking(space.repository, space.ref)
    }
    named = {space.settings.remote or "origin"} if space.settings.sync else set()
    return tuple(sorted(seen | named))
