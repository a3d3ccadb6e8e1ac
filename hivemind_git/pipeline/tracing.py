"""Lineage for a question: what came of a session, a correction, a commit, or what a skill or path came from."""

from __future__ import annotations

from collections.abc import Sequence

from hivemind_git.errors import HivemindError
from hivemind_git.git.graph import Node, draw
from hivemind_git.pipeline.catching_up import catch_up
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import lineage
from hivemind_git.skills.lineage import Lineage, SkillChange

_SHORTEST = 7


def log(space: Workspace, what: str | None = None, rev: str = "HEAD") -> tuple[SkillChange, ...]:
    """The skill changes up to a revision that concern `what`, newest first; all of them where nothing is asked.

    Args:
        space: where.
        what: a skill, a path, or a commit, session or correction (at least the first seven characters of its id).
        rev: from where to look back.

    Raises:
        HivemindError: there is no such revision, or git cannot walk the history.
    """
    catch_up(space)
    tip = starting_at(space, rev)
    if tip is None:
        return ()
    found = lineage.history(space.repository, tip, (space.settings.skills_dir,))
    return _concerned(space, found, what) if what else found.changes


def graph(space: Workspace, rev: str, changes: Sequence[SkillChange], *, colour: bool) -> list[Node]:
    """The history of the skills that changes are of, as git draws it.

    Raises:
        HivemindError: as `log`.
    """
    tip = starting_at(space, rev)
    paths = sorted({change.path for change in changes})
    return draw(space.repository, tip, paths, colour=colour) if tip and paths else []


def starting_at(space: Workspace, rev: str) -> str | None:
    """The commit that a revision names; None on a branch without a commit.

    Raises:
        HivemindError: it names none.
    """
    tip = space.repository.resolve(rev)
    if tip is None and rev != "HEAD":
        raise HivemindError(f"{rev} is no revision here", "`git branch --all` and `git log --all` list them.")
    return tip


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
