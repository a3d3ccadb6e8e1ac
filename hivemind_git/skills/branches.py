"""The branches on which skills are offered: one a skill, never checked out by us."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.skills import folder, lineage

PREFIX = "hivemind/skill/"
FALLBACK_PREFIX = "hivemind-skill/"
"""Where a branch named `hivemind` makes `hivemind/…` impossible: git keeps a ref as a file, or its name as a folder."""

_HEADS = "refs/heads/"
_REMOTES = "refs/remotes/"
_REBASED = ("rebase-merge/head-name", "rebase-apply/head-name")


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
        return short(self.ref)


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
    start = trunk(repository)
    ref = _HEADS + _prefix(repository) + name
    tip = repository.ref(ref)
    candidate = tip or offered(repository).get(name)
    if candidate is not None and is_open(repository, name, (candidate, start), skills_dir, dropped):
        return Base(ref, tip, candidate)
    return Base(ref, tip, start)


def trunk(repository: Repository) -> str:
    """The commit that lessons start from.

    Raises:
        HivemindError: there is none.
    """
    ref = repository.trunk()
    commit = repository.ref(ref) if ref else repository.head()
    if commit is None:
        raise HivemindError("there is no commit yet that a skill could start from", "commit something first")
    return commit


def offered(repository: Repository) -> dict[str, str]:
    """Skill → tip of the branch on which it is offered, here or, where it is not here, in another clone."""
    found: dict[str, str] = {}
    for ref, tip in repository.refs(_REMOTES).items():
        rest = ref.removeprefix(_REMOTES).partition("/")[2]
        for prefix in (PREFIX, FALLBACK_PREFIX):
            if rest.startswith(prefix):
                found[rest.removeprefix(prefix)] = tip
    here = repository.refs(_HEADS)
    return found | {name: here[ref] for name, ref in local(repository).items()}


def local(repository: Repository) -> dict[str, str]:
    """Skill → full name of the branch on which it is offered here."""
    return {
        ref.removeprefix(_HEADS + prefix): ref
        for prefix in (FALLBACK_PREFIX, PREFIX)
        for ref in repository.refs(_HEADS + prefix)
    }


def short(ref: str) -> str:
    """A branch's full name without `refs/heads/`."""
    return ref.removeprefix(_HEADS)


def checked_out_in(repository: Repository, ref: str) -> Path | None:
    """The git directory of a worktree that has a branch checked out or is rebasing it, or None."""
    for place in [repository.common_dir, *sorted((repository.common_dir / "worktrees").glob("*"))]:
        bare = repository.is_bare and place == repository.common_dir
        if not bare and (f"ref: {ref}" == _line(place / "HEAD") or ref in {_line(place / one) for one in _REBASED}):
            return place
    return None


def _line(file: Path) -> str:
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""


def _prefix(repository: Repository) -> str:
    for prefix in (PREFIX, FALLBACK_PREFIX):
        parts = prefix.rstrip("/").split("/")
        blockers = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        if not any(repository.ref(_HEADS + blocker) for blocker in blockers):
            return prefix
    raise HivemindError("branches named hivemind and hivemind-skill leave no name for a skill's branch", "rename one")


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
