"""Commits: walks, what each changed, and an id of the change that survives a rebase."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeAlias

import pygit2
from pygit2.enums import SortMode

from hivemind_git.git import blobs, compare, renames
from hivemind_git.git.compare import Difference, Entry
from hivemind_git.git.diff import split_lines
from hivemind_git.model import DiffFunction

_LINK = b"120000"


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
    The ids are those of blobs (or of a submodule's commit), None on the side where the path does not exist. `link`: it
    is a symbolic link on one of them.
    """

    path: str
    previous_path: str
    before_oid: str | None
    after_oid: str | None
    status: str
    link: bool = False


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

    What a partial clone lacks has not changed. With `paths` only changes of content that come from or go to one of
    them; a commit that touches none costs a few look-ups.
    """
    parent, tree = _parent_tree(repository, commit), str(commit.tree_id)
    if paths is None:
        return tuple(_changes(repository, parent, tree))
    touched = compare.differences(repository, parent, tree, compare.wanted(frozenset(paths)))
    # A path that came or went may be one end of a rename, and then the other end is somewhere in the rest.
    if parent is None or all(one.before is not None and one.after is not None for one in touched):
        return tuple(_change(one, one.path) for one in touched)
    wanted = set(paths)
    return tuple(
        change
        for change in _changes(repository, parent, tree)
        if (change.path in wanted or change.previous_path in wanted)
        and (change.before_oid != change.after_oid or change.status == "renamed")
    )


Read: TypeAlias = Callable[[str], bytes | None]
"""The content of a blob by its id; None where it is none, or not here."""


def patch_id(repository: pygit2.Repository, commit: pygit2.Commit, read: Read, diff: DiffFunction) -> str:
    """An id of what a commit changed, equal wherever a rebase or a cherry-pick put the change; empty if it changed
    nothing.

    Hashes paths and changed lines, without line numbers, context, time or message: git's own patch id includes three
    lines of context, and so changes when a neighbour does.
    """
    digest = hashlib.sha1(usedforsecurity=False)
    found = _changes(repository, _parent_tree(repository, commit), str(commit.tree_id))
    for change in found:
        header = f"{change.status}\0{change.previous_path}\0{change.path}\0"
        digest.update(header.encode("utf-8", "surrogateescape"))
        _hash_change(digest, change, read, diff)
    return digest.hexdigest() if found else ""


# What one commit left of a file is what the next one found.
_cut = lru_cache(32)(split_lines)


def _hash_change(digest: hashlib._Hash, change: Change, read: Read, diff: DiffFunction) -> None:
    before = after = None
    if change.before_oid and change.after_oid:
        before, after = read(change.before_oid), read(change.after_oid)
    if before is None or after is None:
        digest.update(f"{change.before_oid}\0{change.after_oid}\0".encode())
        return
    old, new = _cut(before), _cut(after)
    for hunk in diff(before, after):
        digest.update(b"-" + b"".join(old[hunk.before_start : hunk.before_end]))
        digest.update(b"+" + b"".join(new[hunk.after_start : hunk.after_end]))


def _parent_tree(repository: pygit2.Repository, commit: pygit2.Commit) -> str | None:
    """None for a root, and at the edge of a shallow clone, where the parent is named but not there."""
    if not commit.parent_ids:
        return None
    parent = repository.get(commit.parent_ids[0])
    return str(parent.tree_id) if isinstance(parent, pygit2.Commit) else None


def _changes(repository: pygit2.Repository, parent: str | None, tree: str) -> list[Change]:
    found = compare.differences(repository, parent, tree)
    previous = renames.find(found, partial(blobs.content, repository))
    sources = {one.path: one for one in found}
    moved = set(previous.values())
    return [
        _change(
            one, previous.get(one.path, one.path), sources[previous[one.path]].before if one.path in previous else None
        )
        for one in found
        if one.path not in moved or one.after is not None
    ]


def _change(one: Difference, previous: str, source: Entry | None = None) -> Change:
    before = source or one.before
    if source is not None:
        status = "renamed"
    elif one.before is None:
        status = "added"
    else:
        status = "deleted" if one.after is None else "modified"
    link = _LINK in {side[0] for side in (before, one.after) if side}
    return Change(one.path, previous, before[1] if before else None, one.after[1] if one.after else None, status, link)


def _text(raw: bytes, encoding: str | None) -> str:
    try:
        return raw.decode(encoding or "utf-8", "replace")
    except LookupError:
        return raw.decode("utf-8", "replace")
