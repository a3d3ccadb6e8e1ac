"""Rules → skill commits, each skill on a branch of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hivemind_git.errors import HivemindError
from hivemind_git.model import Kind, Rule, RuleState
from hivemind_git.pipeline import mining
from hivemind_git.pipeline.mining import Mined
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import area, branches, compose, folder, publish
from hivemind_git.skills.branches import Base
from hivemind_git.skills.layout import Standing
from hivemind_git.skills.publish import Publication
from hivemind_git.skills.rules_toml import SkillRule

_PROMPTS_A_SESSION = 3


@dataclass(slots=True)
class Codified:
    """What was committed, what stands as it is, and what could not be done (skill → one sentence)."""

    mined: Mined
    published: list[Publication] = field(default_factory=list)
    unchanged: list[Base] = field(default_factory=list)
    refused: dict[str, HivemindError] = field(default_factory=dict)


def codify(space: Workspace, *, direct: bool = False, unattended: bool = False) -> Codified:
    """Commits every candidate to the skill it belongs to.

    Args:
        space: where.
        direct: commit on the branch that is checked out, and bring the skill's files into the worktree.
        unattended: nobody is there to answer a prompt.

    Raises:
        HivemindError: there is no commit to start from, or the store cannot be read or written.
    """
    mined = mining.mine(space)
    done = Codified(mined)
    candidates = [rule for rule in mined.rules if rule.state is RuleState.CANDIDATE]
    if not candidates:
        return done
    for name, rules in _homes(space, candidates, mined).items():
        try:
            _publish(space, done, name, rules, direct=direct, unattended=unattended)
        except HivemindError as error:
            done.refused[name] = error
    return done


def _homes(space: Workspace, candidates: Sequence[Rule], mined: Mined) -> dict[str, list[SkillRule]]:
    """Skill → the rules that go into it. Skills that wait on a branch count as standing: a rule keeps its home."""
    repository, skills_dir = space.repository, space.settings.skills_dir
    trees = [branches.trunk(repository), *branches.offered(repository).values()]
    found = [folder.skills(repository, tree, skills_dir) for tree in trees]
    standing = {name: file.rules for skills in reversed(found) for name, file in skills.ours.items()}
    taken = {name for skills in found for name in (*skills.foreign, *skills.broken)}
    rules = [compose.published(rule, mined.corrections) for rule in candidates]
    homes = area.assign(rules, standing, taken - standing.keys())
    grouped: dict[str, list[SkillRule]] = {}
    for rule in rules:
        grouped.setdefault(homes[rule.id], []).append(rule)
    return grouped


def _publish(
    space: Workspace, done: Codified, name: str, rules: Sequence[SkillRule], *, direct: bool, unattended: bool
) -> None:
    repository, settings = space.repository, space.settings
    dropped = {one.rule.id for one in done.mined.dropped}
    base = publish.direct_base(repository) if direct else branches.base(repository, name, settings.skills_dir, dropped)
    standing = folder.standing(repository, base.commit, settings.skills_dir, name) if base.commit else Standing()
    draft = compose.compose(name, rules, standing, _prompts(space, rules))
    made = (
        publish.publish_direct(repository, draft, base, settings)
        if direct
        else publish.publish(repository, draft, base, settings, unattended=unattended)
    )
    if made is None:
        done.unchanged.append(base)
    else:
        done.published.append(made)


def _prompts(space: Workspace, rules: Sequence[SkillRule]) -> tuple[str, ...]:
    store = space.store()
    found: list[str] = []
    for session in sorted({one for rule in rules for one in rule.sessions}):
        texts = (event.fields.get("text") for event in store.events(session) if event.kind is Kind.PROMPT)
        found += [text for text in texts if isinstance(text, str)][:_PROMPTS_A_SESSION]
    return tuple(found)
