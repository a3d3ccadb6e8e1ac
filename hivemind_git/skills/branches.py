"""The branches on which skills are offered: one a skill, never checked out by us."""

from __future__ import annotations

from pathlib import Path

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository

PREFIX = "hivemind/skill/"
FALLBACK_PREFIX = "hivemind-skill/"
"""Where a branch named `hivemind` makes `hivemind/…` impossible: git keeps a ref as a file, or its name as a folder."""

_HEADS = "refs/heads/"
_REMOTES = "refs/remotes/"
_REBASED = ("rebase-merge/head-name", "rebase-apply/head-name")


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


def unmerged(repository: Repository) -> dict[str, str]:
    """Skill → full name of its branch here, of those whose tip the trunk has not taken in.

    Raises:
        HivemindError: there are such branches, and no trunk.
    """
    here = local(repository)
    if not here or repository.head() is None:
        return {}
    start = trunk(repository)
    tips = {name: repository.ref(ref) for name, ref in here.items()}
    return {name: here[name] for name, tip in tips.items() if tip and not repository.is_ancestor(tip, start)}


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


def prefix(repository: Repository) -> str:
    """What a new branch's name begins with.

    Raises:
        HivemindError: branches that stand leave none.
    """
    for one in (PREFIX, FALLBACK_PREFIX):
        parts = one.rstrip("/").split("/")
        blockers = ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
        if not any(repository.ref(_HEADS + blocker) for blocker in blockers):
            return one
    raise HivemindError("branches named hivemind and hivemind-skill leave no name for a skill's branch", "rename one")
