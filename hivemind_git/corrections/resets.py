"""Resets that left the files alone: `git reset --soft`, and the mixed one, before what they took back is made again.

The log of HEAD has the same line for a reset that throws the worktree's files away. What is committed next tells: it
holds lines that only the commit brought which was taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from hivemind_git.corrections.evidence import CommitRecord
from hivemind_git.corrections.lines import opaque, split
from hivemind_git.corrections.noise import INFORMATIVE


def left_alone(commits: Sequence[CommitRecord]) -> list[CommitRecord]:
    """The commits; those made after a reset that left the files alone as if they amended, or were a part of it."""
    known = {commit.id: commit for commit in commits}
    following: dict[str, list[CommitRecord]] = defaultdict(list)
    for commit in commits:
        for parent in commit.parents:
            following[parent].append(commit)
    return [_without(commit, known, following[commit.id]) for commit in commits]


def _without(
    commit: CommitRecord, known: Mapping[str, CommitRecord], following: Sequence[CommitRecord]
) -> CommitRecord:
    made = commit.made
    undone = known.get(made.undone) if made and made.undone and not made.replayed else None
    if made is None or undone is None or not _again(undone, commit):
        return commit
    # What the next commit brings of it was not taken out: it is made again in parts.
    parts = any(_again(undone, other) for other in following)
    return replace(commit, made=replace(made, since=made.earlier, instead=made.instead or ("" if parts else undone.id)))


def _again(undone: CommitRecord, commit: CommitRecord) -> bool:
    """Whether a commit brought what another one had brought, in any file."""
    return any(len(line.strip()) >= INFORMATIVE for _, line in _brought(undone) & _brought(commit))


def _brought(commit: CommitRecord) -> set[tuple[str, bytes]]:
    """Paths and lines that were not there before."""
    files = (change for change in commit.files if not opaque(change.before) and not opaque(change.after))
    return {
        (file.path, line) for file in files for line in set(split(file.after or b"")) - set(split(file.before or b""))
    }
