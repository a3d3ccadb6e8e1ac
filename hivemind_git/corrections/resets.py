"""Resets that left the files alone: `git reset --soft`, and the mixed one, before what they took back is made again.

The log of HEAD has the same line for a reset that throws the worktree's files away. What is committed next tells: it
holds lines that only the commit brought which was taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from hivemind_git.corrections.evidence import CommitRecord
from hivemind_git.corrections.lines import opaque, split
from hivemind_git.corrections.noise import INFORMATIVE


def left_alone(commits: Sequence[CommitRecord]) -> list[CommitRecord]:
    """The commits; those made after a reset that left the files alone as if they amended."""
    known = {commit.id: commit for commit in commits}
    return [_without(commit, known) for commit in commits]


def _without(commit: CommitRecord, known: Mapping[str, CommitRecord]) -> CommitRecord:
    made = commit.made
    undone = known.get(made.undone) if made and made.undone and not made.replayed else None
    if made is None or undone is None or not _holds(commit, undone):
        return commit
    return replace(commit, made=replace(made, since=made.earlier, instead=made.instead or made.undone))


def _holds(commit: CommitRecord, undone: CommitRecord) -> bool:
    """Whether a commit brought what another one had brought, in any file."""
    files = {change.path: change for change in commit.files}
    for theirs in undone.files:
        ours = files.get(theirs.path)
        if ours is None or any(map(opaque, (ours.before, ours.after, theirs.before, theirs.after))):
            continue
        had = set(split(theirs.before or b"")) | set(split(ours.before or b""))
        both = set(split(theirs.after or b"")) & set(split(ours.after or b""))
        if any(len(line.strip()) >= INFORMATIVE for line in both - had):
            return True
    return False
