"""Commits: walks, what each changed, and an id of the change that survives a rebase."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pygit2
from pygit2.enums import DeltaStatus, DiffFind, DiffOption, SortMode

from hivemind_git.git.diff import diff_lines, split_lines

_RENAME_LIMIT = 400
_STATUS = {
    DeltaStatus.ADDED: "added",
    DeltaStatus.DELETED: "deleted",
    DeltaStatus.MODIFIED: "modified",
    DeltaStatus.RENAMED: "renamed",
    DeltaStatus.TYPECHANGE: "modified",
}


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """A commit. `t` and `committed` are author and committer time in POSIX seconds; `subject` ends at the first
    empty line.
    """

    id: str
    parents: tuple[str, ...]
    author: str
    author_email: str
    t: float
    committed: float
    subject: str
    body: str
    tree: str

    @property
    def message(self) -> str:
        """Subject and body as one text."""
        return f"{self.subject}\n\n{self.body}" if self.body else self.subject


@dataclass(frozen=True, slots=True)
class Change:
    """One path of a commit against its first parent.

    `status` is `added`, `deleted`, `modified` or `renamed`; `previous_path` differs from `path` only for a rename.
    The ids are those of blobs (or of a submodule's commit), None on the side where the path does not exist.
    """

    path: str
    previous_path: str
    before_oid: str | None
    after_oid: str | None
    status: str


def info(commit: pygit2.Commit) -> CommitInfo:
    """A commit as a value. Text that is not in the encoding it claims is replaced, never refused."""
    message = _text(commit.raw_message, commit.message_encoding)
    subject, _, body = message.lstrip("\n").partition("\n\n")
    return CommitInfo(
        id=str(commit.id),
        parents=tuple(map(str, commit.parent_ids)),
        author=_text(commit.author.raw_name, commit.message_encoding),
        author_email=_text(commit.author.raw_email, commit.message_encoding),
        t=float(commit.author.time),
        committed=float(commit.commit_time),
        subject=" ".join(subject.split("\n")).strip(),
        body=body.strip("\n"),
        tree=str(commit.tree_id),
    )


def walk(
    repository: pygit2.Repository, tips: Sequence[str], hide: Sequence[str], *, first_parent: bool, oldest_first: bool
) -> Iterator[CommitInfo]:
    """The commits reachable from `tips` and not from `hide`, in topological order. Ids that are not here are passed
    over.
    """
    order = SortMode.TOPOLOGICAL | SortMode.TIME
    walker = repository.walk(None, order | SortMode.REVERSE if oldest_first else order)
    for tip in tips:
        if tip in repository:
            walker.push(tip)
    for tip in hide:
        if tip in repository:
            walker.hide(tip)
    if first_parent:
        walker.simplify_first_parent()
    for commit in walker:
        yield info(commit)


def changes(repository: pygit2.Repository, commit: pygit2.Commit, paths: Collection[str] | None) -> tuple[Change, ...]:
    """What a commit did against its first parent, renames with edits found, by path.

    What a partial clone lacks has not changed. With `paths` only those that come from or go to one of them; a commit
    that touches none costs a few look-ups.
    """
    parent, tree = _parent_tree(repository, commit), _tree(repository, commit)
    if paths is not None:
        touched = _touched(parent, tree, paths)
        if all(before is not None and after is not None for before, after in touched.values()):
            return tuple(
                Change(path, path, before, after, "modified") for path, (before, after) in sorted(touched.items())
            )
    found = _diff(parent, tree)
    wanted = None if paths is None else set(paths)
    return tuple(
        change for change in found if wanted is None or change.path in wanted or change.previous_path in wanted
    )


def patch_id(repository: pygit2.Repository, commit: pygit2.Commit) -> str:
    """An id of what a commit changed, equal wherever a rebase or a cherry-pick put the change; empty if it changed
    nothing.

    Hashes paths and changed lines, without line numbers, context, time or message: git's own patch id includes three
    lines of context, and so changes when a neighbour does.
    """
    digest = hashlib.sha1(usedforsecurity=False)
    found = sorted(_diff(_parent_tree(repository, commit), _tree(repository, commit)), key=lambda change: change.path)
    for change in found:
        header = f"{change.status}\0{change.previous_path}\0{change.path}\0"
        digest.update(header.encode("utf-8", "surrogateescape"))
        _hash_change(digest, repository, change)
    return digest.hexdigest() if found else ""


def _hash_change(digest: hashlib._Hash, repository: pygit2.Repository, change: Change) -> None:
    before = _blob(repository, change.before_oid)
    after = _blob(repository, change.after_oid)
    if before is None or after is None:
        digest.update(f"{change.before_oid}\0{change.after_oid}\0".encode())
        return
    old, new = split_lines(before), split_lines(after)
    for hunk in diff_lines(before, after):
        digest.update(b"-" + b"".join(old[hunk.before_start : hunk.before_end]))
        digest.update(b"+" + b"".join(new[hunk.after_start : hunk.after_end]))


def _blob(repository: pygit2.Repository, oid: str | None) -> bytes | None:
    found = repository.get(oid) if oid is not None else None
    return found.data if isinstance(found, pygit2.Blob) else None


def _parent_tree(repository: pygit2.Repository, commit: pygit2.Commit) -> pygit2.Tree | None:
    """None for a root, and at the edge of a shallow clone, where the parent is named but not there."""
    if not commit.parent_ids:
        return None
    parent = repository.get(commit.parent_ids[0])
    return _tree(repository, parent) if isinstance(parent, pygit2.Commit) else None


def _tree(repository: pygit2.Repository, commit: pygit2.Commit) -> pygit2.Tree | None:
    """None where a partial clone lacks it."""
    found = repository.get(commit.tree_id)
    return found if isinstance(found, pygit2.Tree) else None


def _touched(
    parent: pygit2.Tree | None, tree: pygit2.Tree | None, paths: Collection[str]
) -> dict[str, tuple[str | None, str | None]]:
    found = {path: (_oid(parent, path), _oid(tree, path)) for path in paths}
    return {path: (before, after) for path, (before, after) in found.items() if before != after}


def _oid(tree: pygit2.Tree | None, path: str) -> str | None:
    try:
        return None if tree is None else str(tree[path].id)
    except (KeyError, ValueError, pygit2.GitError):
        return None


def _diff(parent: pygit2.Tree | None, tree: pygit2.Tree | None) -> list[Change]:
    if tree is None:
        return []
    try:
        if parent is None:
            diff = tree.diff_to_tree(flags=DiffOption.INCLUDE_TYPECHANGE, swap=True)
        else:
            diff = parent.diff_to_tree(tree, flags=DiffOption.INCLUDE_TYPECHANGE)
            _find_renames(diff)
    except (KeyError, pygit2.GitError):
        return []  # a folder on the way is missing
    return [_change(delta) for delta in diff.deltas if delta.status in _STATUS]


def _find_renames(diff: pygit2.Diff) -> None:
    """Explicit flags, since the user's `diff.renames` must not change what is derived."""
    try:
        diff.find_similar(flags=DiffFind.FIND_RENAMES, rename_limit=_RENAME_LIMIT)
    except (KeyError, pygit2.GitError):
        # A partial clone lacks the blobs that similarity needs; equal ids need none.
        diff.find_similar(flags=DiffFind.FIND_RENAMES | DiffFind.FIND_EXACT_MATCH_ONLY, rename_limit=_RENAME_LIMIT)


def _change(delta: pygit2.DiffDelta) -> Change:
    added, deleted = delta.status == DeltaStatus.ADDED, delta.status == DeltaStatus.DELETED
    return Change(
        path=os.fsdecode(delta.new_file.raw_path),
        previous_path=os.fsdecode(delta.old_file.raw_path),
        before_oid=None if added else str(delta.old_file.id),
        after_oid=None if deleted else str(delta.new_file.id),
        status=_STATUS[delta.status],
    )


def _text(raw: bytes, encoding: str | None) -> str:
    try:
        return raw.decode(encoding or "utf-8", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")
