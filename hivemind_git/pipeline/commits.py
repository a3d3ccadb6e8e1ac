"""The repository's history → the commits that a derivation reads: only those that touch what agents edited."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TypeAlias

from hivemind_git.agents import coauthors
from hivemind_git.corrections.evidence import CommitRecord, FileChange, HeadLog, Making
from hivemind_git.corrections.lines import split
from hivemind_git.corrections.new_files import NewFiles
from hivemind_git.git import trailers
from hivemind_git.git.candidates import candidates
from hivemind_git.git.diff import diff_lines
from hivemind_git.git.history import Change, CommitInfo
from hivemind_git.git.objects import Repository
from hivemind_git.model import DiffFunction
from hivemind_git.pipeline import moves

# Author clocks of a team differ; a commit that claims to be a day older than the first session may still hold its text.
_SKEW = 86400.0
# A generated 40 MB file is nobody's correction, and reading every version of one stalls a derivation.
_LARGEST = 4 << 20
_BLOBS = 512
_BESIDE = 200
# Of a filter (LFS, git-crypt) the committed bytes are its own.
_GENERATED = ("linguist-generated", "linguist-vendored", "filter")


def tips(repository: Repository, store: str) -> list[str]:
    """The commits from which history is read: HEAD and all branches, but not the store or those of skills."""
    found = {
        oid
        for prefix in ("refs/heads/", "refs/remotes/")
        for name, oid in repository.refs(prefix).items()
        if not name.endswith(f"/{store}") and "/hivemind/skill/" not in name and "/hivemind-skill/" not in name
    }
    head = repository.head()
    return sorted(found | ({head} if head else set()))


def makings(repository: Repository) -> dict[str, Making]:
    """Commit → where and when it was made, of those that were made in a worktree which is still here.

    Among them are commits that an amend, a rebase or a reset has taken from every branch, as long as git keeps them.
    """
    logs = repository.made()
    found: dict[str, Making] = {}
    for worktree, made in logs.items():
        others = frozenset(logs) - {worktree}
        for position, one in enumerate(made):
            how = Making(one.t, worktree, one.replayed, one.since, others, one.reverts, one.instead, position)
            how = replace(how, undone=one.undone, earlier=one.earlier)
            found.setdefault(one.commit, how)
    return found


def logs(repository: Repository) -> dict[str, HeadLog]:
    """What the logs of HEAD tell of when git itself may have changed files, by worktree."""
    moved = repository.moved().items()
    return {worktree: HeadLog(since, tuple(sorted(times)), aside) for worktree, (since, times, aside) in moved}


def records(
    repository: Repository,
    starts: Sequence[str],
    paths: Collection[str],
    since: float,
    gone: Sequence[str] = (),
    made: Mapping[str, Making] | None = None,
    diff: DiffFunction = diff_lines,
    known: Mapping[str, bytes] | None = None,
    new: NewFiles | None = None,
) -> Iterator[CommitRecord]:
    """The commits that touch one of the paths, parents first, from a day before `since` (POSIX seconds) on.

    A path that one of them was renamed to is looked for from there on; and one to which what an agent made was moved
    before any commit held it.

    Args:
        repository: where.
        starts: the commits from which history is read.
        paths: what agents edited.
        since: when the first of them did.
        gone: more such commits, which may have been amended or thrown away.
        made: where commits were made. History is read from them too, as from `gone`.
        diff: compares two file images.
        known: id of a blob → its content, of what is held already: most of what is committed an agent had left so.
        new: what agents made.
    """
    wanted = frozenset(paths)
    if not wanted:
        return
    known = known or {}

    @lru_cache(_BLOBS)
    def blob(oid: str) -> bytes | None:  # what one commit left is what the next one found
        return known[oid] if oid in known else repository.blob(oid)

    generated = lru_cache(None)(partial(_is_generated, repository))
    made = made or {}
    gone = [*gone, *(one for one, how in made.items() if how.t >= since - _SKEW)]
    lost = {commit.id for commit in repository.walk(gone, starts)}
    touching = _touching(repository, [*starts, *gone], wanted, since - _SKEW, blob)
    moved = moves.find(repository, new, touching, made, lost, blob) if new else {}
    if moved:
        touching = _touching(repository, [*starts, *gone], wanted | moves.paths(moved), since - _SKEW, blob)
        moved = moves.first(moved, touching, blob)
    for commit, changes in touching:
        names = moved.get(commit.id, {})
        files = tuple(file for change in changes if (file := _file(blob, change, names)) is not None)
        if files:
            marked = frozenset(file.path for file in files if generated(file.path))
            record = _record(commit, repository.patch_id(commit.id, blob, diff), files, marked)
            yield replace(record, gone=commit.id in lost, made=made.get(commit.id))


def beside(repository: Repository, commit: CommitRecord) -> frozenset[bytes]:
    """The lines, without white space around them, that a commit brought to files which no agent edited.

    Of a commit that changed very many files nothing is told: it brought what others had written.
    """
    known = {file.path for file in commit.files}
    changes = [one for one in repository.changes(commit.id) if one.path not in known and one.after_oid]
    found = set[bytes]()
    for change in changes if len(changes) <= _BESIDE else ():
        if (file := _file(repository.blob, change)) is not None:
            found |= {line.strip() for line in split(file.after or b"")} - {
                line.strip() for line in split(file.before or b"")
            }
    return frozenset(found)


_Blob: TypeAlias = Callable[[str], bytes | None]


def _touching(
    repository: Repository, tips: Sequence[str], paths: frozenset[str], since: float, blob: _Blob
) -> list[tuple[CommitInfo, tuple[Change, ...]]]:
    """The commits from a time on that touch one of the paths, and what they did to those, parents first."""
    asked = paths
    while True:
        found, wanted = [], paths
        named = candidates(repository, tips, asked)
        for commit in repository.walk(tips, oldest_first=True) if named is None else _infos(repository, named):
            if max(commit.committed, commit.t) >= since and (changes := repository.changes(commit.id, wanted)):
                found.append((commit, changes))
                wanted |= _renamed(changes, wanted, blob)
        if named is None or wanted <= asked:
            return found
        asked = wanted  # what was edited under one name is corrected under the next one


def _renamed(changes: Iterable[Change], wanted: frozenset[str], blob: _Blob) -> frozenset[str]:
    """The new names of paths."""
    new = (change for change in changes if change.previous_path in wanted and change.path not in wanted)
    return frozenset(change.path for change in new if _file(blob, change) is not None)


def _infos(repository: Repository, ids: Iterable[str]) -> Iterator[CommitInfo]:
    return (commit for one in ids if (commit := repository.commit(one)) is not None)


def signed(repository: Repository, found: Sequence[CommitRecord]) -> Iterator[CommitRecord]:
    """The commits, with the assistants that they name as authors.

    Raises:
        HivemindError: git is missing.
    """
    bearing = [commit.id for commit in found if coauthors.TRAILER in commit.body.lower()]
    read = trailers.of_commits(repository, bearing)
    for commit in found:
        names = coauthors.named(commit.author, read.get(commit.id, ()))
        yield replace(commit, assistants=names) if names else commit


def _record(commit: CommitInfo, patch: str, files: tuple[FileChange, ...], generated: frozenset[str]) -> CommitRecord:
    return CommitRecord(
        id=commit.id,
        parents=commit.parents,
        t=commit.t,
        committed=commit.committed,
        author=f"{commit.author} <{commit.author_email}>",
        subject=commit.subject,
        body=commit.body,
        patch=patch,
        files=files,
        generated=generated,
    )


def _file(blob: _Blob, change: Change, names: Mapping[str, str] = MappingProxyType({})) -> FileChange | None:
    if change.link:
        return None  # where a link leads is no text
    sides = [blob(oid) if oid else None for oid in (change.before_oid, change.after_oid)]
    if any(side is not None and (len(side) > _LARGEST or b"\0" in side[:8000]) for side in sides):
        return None
    previous = names.get(change.path, change.previous_path)
    return FileChange(path=change.path, previous_path=previous, before=sides[0], after=sides[1])


def _is_generated(repository: Repository, path: str) -> bool:
    return any(value not in {None, False} for value in repository.attributes(path, _GENERATED).values())
