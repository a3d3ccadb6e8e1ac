"""Commits a skill change: on a branch of its own that is never checked out, or, if asked, where the person stands."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hivemind_git.errors import HivemindError
from hivemind_git.git import signing, worktree
from hivemind_git.git.objects import Repository, TreeChange
from hivemind_git.settings import Settings
from hivemind_git.skills import branches, dialect, folder, message
from hivemind_git.skills.base import Base
from hivemind_git.skills.compose import Draft
from hivemind_git.skills.layout import AGENTS_DIR, FILE, FOLDER, LINK, RULES_FILE, SKILL_FILE

_IN_PROGRESS = ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply", "BISECT_LOG")


class MovedError(HivemindError):
    """Somebody else committed where a skill change was about to go: what was drafted no longer fits what stands."""

    def __init__(self, base: Base) -> None:
        super().__init__(f"{base.branch} moved while the skill was drafted", "run the command again")


@dataclass(frozen=True, slots=True)
class Publication:
    """A skill commit that was made. `notes` are sentences about what was left alone."""

    skill: str
    ref: str
    commit: str
    parent: str | None
    rules: tuple[str, ...]
    created: bool
    notes: tuple[str, ...] = ()


def publish(
    repository: Repository,
    draft: Draft,
    base: Base,
    settings: Settings,
    *,
    drafter: str = "template",
    unattended: bool = False,
) -> Publication | None:
    """Commits a draft on its branch. Working tree, index and HEAD are not touched.

    Args:
        repository: where.
        draft: composed from what stands in `base.commit`.
        base: where it goes, from `skills.base`.
        settings: the skills folder, and whether the link for other assistants is made.
        drafter: for the trailer, `template` or `anthropic/<model>`.
        unattended: nobody is there to answer a prompt.

    Returns:
        None where there is nothing to commit.

    Raises:
        MovedError: the branch moved meanwhile.
        HivemindError: something that is not ours stands in the way, the branch is checked out, nobody ever told git
            who commits, or signing failed or would ask.
    """
    if not draft.worth_a_commit:
        return None
    place = branches.checked_out_in(repository, base.ref)
    if place is not None:
        raise HivemindError(
            f"{base.branch} is checked out in the worktree of {place}",
            "switch away from it, or use codify --direct there",
        )
    changes, notes = plan(repository, base.commit, draft, settings)
    commit = _commit(repository, base.commit, changes, draft, drafter, unattended=unattended)
    if not repository.update_ref(base.ref, commit, base.tip, f"hivemind: codify {draft.name}"):
        raise MovedError(base)
    return Publication(
        draft.name, base.ref, commit, base.commit, (*draft.added, *draft.changed), base.tip is None, tuple(notes)
    )


def direct_base(repository: Repository) -> Base:
    """The branch that is checked out, as the place of a direct commit.

    Raises:
        HivemindError: there is no worktree, HEAD is detached, or an operation of git waits to be finished.
    """
    branch = repository.branch()
    if repository.is_bare or branch is None:
        where = "this repository is bare" if repository.is_bare else "HEAD is detached"
        raise HivemindError(f"{where}: there is no branch to commit on", "leave out --direct, or check out a branch")
    for name in _IN_PROGRESS:
        if (repository.git_dir / name).exists():
            raise HivemindError(
                "git waits for an operation to be finished (see git status)", "finish or abort it first"
            )
    return Base(f"refs/heads/{branch}", repository.head(), repository.head())


def publish_direct(
    repository: Repository, draft: Draft, base: Base, settings: Settings, *, drafter: str = "template"
) -> Publication | None:
    """Commits a draft on the branch that is checked out, and updates working tree and index at the skill's paths alone.

    Returns:
        None where there is nothing to commit.

    Raises:
        HivemindError: as `publish`, or one of those paths has changes that are not committed.
    """
    if not draft.worth_a_commit:
        return None
    changes, notes = plan(repository, base.commit, draft, settings)
    dirty = worktree.dirty(repository, list(changes))
    if dirty:
        raise HivemindError(
            f"{dirty[0]} has changes that are not committed", "commit or stash them, or leave out --direct"
        )
    commit = _commit(repository, base.commit, changes, draft, drafter, unattended=False)
    if not repository.update_ref(base.ref, commit, base.tip, f"hivemind: codify {draft.name}"):
        raise MovedError(base)
    worktree.restore(repository, commit, list(changes))
    return Publication(draft.name, base.ref, commit, base.commit, (*draft.added, *draft.changed), False, tuple(notes))


def plan(
    repository: Repository, commit: str | None, draft: Draft, settings: Settings
) -> tuple[dict[str, TreeChange], list[str]]:
    """The paths that a draft changes in a tree, and sentences about what is left alone.

    Raises:
        HivemindError: the skill's own path is not ours, or is no folder.
    """
    home = posixpath.join(settings.skills_dir, draft.name)
    _check_home(repository, commit, home)
    if settings.skill_paths:
        draft = replace(draft, skill=dialect.with_paths(draft.skill, draft.rules))
    changes: dict[str, TreeChange] = {
        f"{home}/{SKILL_FILE}": (draft.skill.encode(), FILE),
        f"{home}/{RULES_FILE}": (draft.rules_file.encode(), FILE),
    }
    notes: list[str] = []
    if settings.cursor_rules:
        rule, notes = _cursor_rule(repository, commit, draft)
        changes |= rule
    if not settings.agents_link or posixpath.normpath(settings.skills_dir) == AGENTS_DIR:
        return changes, notes
    link, more = _link(repository, commit, home, draft)
    return {**changes, **link}, [*notes, *more]


def _cursor_rule(repository: Repository, commit: str | None, draft: Draft) -> tuple[dict[str, TreeChange], list[str]]:
    """The skill once more as a rule of Cursor; a file there without our mark stays as it is."""
    path = posixpath.join(dialect.CURSOR_DIR, f"{draft.name}.mdc")
    parts = path.split("/")
    for above in ("/".join(parts[:depth]) for depth in range(1, len(parts))):
        found = repository.entry(commit, above) if commit else None
        if found is not None and found[1] != FOLDER:
            return {}, [f"{above} is no folder: Cursor does not see the skill"]
    standing = repository.read(commit, path) if commit and repository.entry(commit, path) else None
    if standing is not None and dialect.MARK.encode() not in standing:
        return {}, [f"{path} is not hivemind's and stays as it is"]
    return {path: (dialect.cursor_rule(draft.skill, draft.rules).encode(), FILE)}, []


def _check_home(repository: Repository, commit: str | None, home: str) -> None:
    if commit is None:
        return
    parts = home.split("/")
    for depth in range(1, len(parts) + 1):
        path = "/".join(parts[:depth])
        found = repository.entry(commit, path)
        if found is not None and found[1] == LINK:
            raise HivemindError(f"{path} is a link", "set hivemind.skillsDir to the folder that it leads to")
        if found is not None and found[1] != FOLDER:
            raise HivemindError(f"{path} is no folder", "move it away, or set hivemind.skillsDir to another folder")
    if repository.entry(commit, home) and not folder.is_ours(repository.read(commit, f"{home}/{SKILL_FILE}")):
        raise HivemindError(
            f"{home} is not a skill of hivemind's and stays as it is", "rename it, or reject this draft"
        )


def _link(
    repository: Repository, commit: str | None, home: str, draft: Draft
) -> tuple[Mapping[str, TreeChange], list[str]]:
    """The link for assistants that read the common folder; a copy where links do not work."""
    path = posixpath.join(AGENTS_DIR, draft.name)
    target = posixpath.relpath(home, AGENTS_DIR).encode()
    for above in (posixpath.dirname(AGENTS_DIR), AGENTS_DIR):
        found = repository.entry(commit, above) if commit else None
        if found is not None and found[1] != FOLDER:
            linked = found[1] == LINK and _leads_to(repository, found[0], above, posixpath.dirname(home))
            return {}, [] if linked else [f"{above} is no folder: assistants that read it do not see the skill"]
    found = repository.entry(commit, path) if commit else None
    copied = found is not None and found[1] == FOLDER and _is_copy(repository, str(commit), path)
    if found is not None and found[1] == LINK and repository.blob(found[0]) == target:
        return {}, []
    if found is not None and not copied:
        return {}, [f"{path} is not hivemind's and stays as it is"]
    if copied or not _links_work(repository):
        return {f"{path}/{SKILL_FILE}": (draft.skill.encode(), FILE)}, []
    return {path: (target, LINK)}, []


def _leads_to(repository: Repository, blob: str, path: str, wanted: str) -> bool:
    target = (repository.blob(blob) or b"").decode(errors="replace")
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return wanted == resolved + AGENTS_DIR.removeprefix(path)


def _is_copy(repository: Repository, commit: str, path: str) -> bool:
    return folder.is_ours(repository.read(commit, f"{path}/{SKILL_FILE}"))


def _links_work(repository: Repository) -> bool:
    return (repository.config("core.symlinks") or "true").lower() not in {"false", "no", "off", "0"}


def _commit(
    repository: Repository,
    parent: str | None,
    changes: Mapping[str, TreeChange],
    draft: Draft,
    drafter: str,
    *,
    unattended: bool,
) -> str:
    author, committer = repository.identity("author"), repository.identity("committer")
    if author is None or committer is None:
        raise HivemindError("git does not know who commits", "set it with git config user.name and user.email")
    tree = repository.write_tree(parent, changes)
    text = message.commit_message(draft, drafter)
    parents = [parent] if parent else []
    if not signing.signs(repository):
        return repository.write_commit(tree, parents, text, author, committer)
    return signing.commit_tree(repository, tree, parents, text, unattended=unattended)
