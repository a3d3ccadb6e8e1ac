"""Lineage for a question: what came of a session, a correction, a commit, or what a skill or path came from."""

from __future__ import annotations

from hivemind_git.pipeline.catching_up import catch_up
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import lineage
from hivemind_git.skills.lineage import Lineage, SkillChange

_SHORTEST = 7


def log(space: Workspace, what: str | None = None) -> tuple[SkillChange, ...]:
    """The skill changes on this branch that concern `what`, newest first; all of them where nothing is asked.

    Args:
        space: where.
        what: a skill, a path, or a commit, session or correction (at least the first seven characters of its id).

    Raises:
        HivemindError: git cannot walk the history.
    """
    catch_up(space)
    tip = space.repository.head()
    if tip is None:
        return ()
    found = lineage.history(space.repository, tip, (space.settings.skills_dir,))
    return _concerned(space, found, what) if what else found.changes


def _concerned(space: Workspace, found: Lineage, what: str) -> tuple[SkillChange, ...]:
    named = lineage.of_skill(found, what)
    if named:
        return named
    if len(what) >= _SHORTEST:
        for change in found.changes:
            for session in change.sessions:
                if session.startswith(what):
                    return lineage.of_session(found, session)
            for correction in change.corrections:
                if correction.startswith(what):
                    return lineage.of_correction(found, correction)
    # A path may be spelt like a revision; where a skill change concerns it, the path is meant.
    by_path = lineage.of_path(found, what.rstrip("/"))
    if by_path:
        return by_path
    commit = space.repository.resolve(what)
    return lineage.of_commit(found, commit) if commit else ()
