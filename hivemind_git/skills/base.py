"""What the next change of a skill starts from: its open branch, or the trunk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from hivemind_git.git.objects import Repository
from hivemind_git.skills import branches, folder, lineage

_HEADS = "refs/heads/"


@dataclass(frozen=True, slots=True)
class Base:
    """What a skill change starts from.

    `ref` is the branch that it will stand on and `tip` where that branch is now (None: it does not exist yet); `commit`
    is the parent to be: the tip of a branch that is still open, else the trunk (None: no commit at all, on an unborn
    branch).
    """

    ref: str
    tip: str | None
    commit: str | None

    @property
    def branch(self) -> str:
        """The short name."""
        return branches.short(self.ref)


def base(repository: Repository, name: str, skills_dir: str, dropped: Collection[str] = ()) -> Base:
    """Where the next change of a skill goes: onto its open branch, or onto a new one that starts at the trunk.

    A branch is open until the trunk has it, or has every rule of it (squash, rebase) or dropped it. The branch may be
    another clone's: then the local one is made from it.

    Args:
        repository: where.
        name: the skill.
        skills_dir: the skills folder in the tree.
        dropped: ids of rules that the trunk had and dropped.

    Raises:
        HivemindError: there is no trunk or no commit on it, or branches that stand leave no name.
    """
    start = branches.trunk(repository)
    ref = _HEADS + branches.prefix(repository) + name
    tip = repository.ref(ref)
    candidate = tip or branches.offered(repository).get(name)
    if candidate is not None and is_open(repository, name, (candidate, start), skills_dir, dropped):
        return Base(ref, tip, candidate)
    return Base(ref, tip, start)


def is_open(
    repository: Repository, name: str, commits: tuple[str, str], skills_dir: str, dropped: Collection[str] = ()
) -> bool:
    """Whether what a skill's branch offers is undecided: the trunk neither has it nor dropped it.

    `commits` are the branch's tip and the trunk's.
    """
    tip, start = commits
    if repository.is_ancestor(tip, start):
        return False
    there = folder.skills(repository, tip, skills_dir)
    if name not in there.ours:
        return name in there.broken
    ids = {rule.id for rule in there.ours[name].rules}
    return bool(ids.difference(lineage.live_at(repository, start, [skills_dir]), dropped))
