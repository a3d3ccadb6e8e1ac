"""The index of a repository, brought up to date and asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from hivemind_git.errors import HivemindError
from hivemind_git.exchange import rule_files
from hivemind_git.pipeline import mining, ruling
from hivemind_git.pipeline.catching_up import catch_up
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import branches, document, folder, lineage
from hivemind_git.skills.layout import SKILL_FILE
from hivemind_git.skills.lineage import SkillChange
from hivemind_git.store.index import database, query, refresh
from hivemind_git.store.index.rows import IndexedSkill

if TYPE_CHECKING:
    from hivemind_git.skills.rules_toml import RuleFile
    from hivemind_git.store.index.query import Answer, Hit, Wanted
    from hivemind_git.store.reader import Store

_LESSONS = "lessons"
_TAUGHT_BY = ("corrections", "decisions", "offers")


def search(space: Workspace, wanted: Wanted, advance: Callable[[int, int], None]) -> list[Hit]:
    """What in sessions, corrections, rules and skills holds these words, best first.

    Corrections are those that were last derived: a search never derives.

    Args:
        space: where.
        wanted: the words, and what limits the search.
        advance: is told how many of how many changed sessions are indexed.

    Raises:
        HivemindError: the index cannot be written, or the question says nothing.
    """
    update(space, advance)
    with database.reading(space.repository.state_dir) as connection:
        return query.search(connection, wanted)


def sql(space: Workspace, question: str, advance: Callable[[int, int], None], limit: int | None = None) -> Answer:
    """The answer to a SQL query that reads; as `search`.

    Raises:
        HivemindError: the index cannot be written, or SQLite does not take the query.
    """
    update(space, advance)
    with database.reading(space.repository.state_dir) as connection:
        return query.sql(connection, question, limit)


def update(space: Workspace, advance: Callable[[int, int], None]) -> int:
    """Brings the index up to date with store, skills and branches, and returns how many sessions were read.

    Raises:
        HivemindError: it cannot be written.
    """
    catch_up(space)
    store, state = space.store(), space.repository.state_dir
    taught = _taught(space, store)
    if _is_current(state, store, taught):
        return 0
    with database.writing(state) as connection:
        count = refresh.sessions(connection, space.repository, store, advance)
        if refresh.mark(connection, _LESSONS) != taught:
            rules = ruling.Rules(space, mining.of(space, tuple(store.corrections())))
            refresh.lessons(connection, ((one.rule, one.skill) for one in rules.all), _skills(space))
            refresh.note(connection, _LESSONS, taught)
        return count


def _is_current(state: Path, store: Store, taught: str) -> bool:
    if not database.path(state).exists():
        return False
    try:
        with database.reading(state) as connection:
            return refresh.is_current(connection, store, {_LESSONS: taught})
    except HivemindError:
        return False  # a damaged index is made anew


def _taught(space: Workspace, store: Store) -> str:
    """Changes with everything that rules and skills are made of, but for the kept lines that the guard counts."""
    repository = space.repository
    head = repository.head()
    entries = [repository.entry(store.tip, area) if store.tip else None for area in _TAUGHT_BY]
    entries += [repository.entry(tip, space.settings.skills_dir) for tip in {head, _trunk(space)} - {None} if tip]
    # Those in folders below are looked for when rules are mined: that takes a walk through the whole tree.
    entries += [repository.entry(head, name) for name in rule_files.TOPS] if head else []
    limits = (space.settings.min_decisions, space.settings.min_sessions, space.settings.guard_ratio)
    read = [entries, limits, sorted(branches.offered(repository).items()) if head else []]
    return sha256(json.dumps(read).encode()).hexdigest()


def _trunk(space: Workspace) -> str | None:
    name = space.repository.trunk()
    return space.repository.ref(name) if name else None


def _skills(space: Workspace) -> list[IndexedSkill]:
    """The skills of ours on this branch, each with the last change of it."""
    head = space.repository.head()
    if head is None:
        return []
    latest: dict[str, SkillChange] = {}
    for change in lineage.history(space.repository, head, mining.skill_dirs(space)).changes:
        latest.setdefault(change.skill, change)
    standing = folder.skills(space.repository, head, space.settings.skills_dir).ours
    return [_skill(space, head, change, standing.get(name)) for name, change in latest.items()]


def _skill(space: Workspace, head: str, change: SkillChange, rules: RuleFile | None) -> IndexedSkill:
    """A skill as it stands; one that stands no more as its last change left it."""
    text = folder.standing(space.repository, head, space.settings.skills_dir, change.skill).skill if rules else None
    parsed = document.parse(text, SKILL_FILE) if text else None
    held = rules.rules if rules else change.rules
    return IndexedSkill(
        name=change.skill,
        path=change.path,
        state="live" if rules else "reverted",
        commit=change.commit,
        author=change.author,
        t=datetime.fromtimestamp(change.t, UTC).isoformat().replace("+00:00", "Z"),
        rules=tuple(rule.id for rule in held),
        corrections=tuple(dict.fromkeys(proof.correction for rule in held for proof in rule.evidence)),
        description=parsed.description if parsed else "",
        body="".join(part.text for part in parsed.parts) if parsed else "",
    )
