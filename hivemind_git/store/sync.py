"""Exchanges a store with a remote's: fetch, union, push with a lease on what was fetched; refused, all of it again.

Never a merge commit (`union`). The old local tip goes once the remote has taken the new one. A seal that writes
meanwhile is joined in the next round.
"""

from __future__ import annotations

import os
import random
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.git.porcelain import Progress, PushState, Remote
from hivemind_git.store import writer
from hivemind_git.store.admit import IncompleteStoreError, admit
from hivemind_git.store.beyond import beyond
from hivemind_git.store.union import adopt, union

_INCOMING: Final = "refs/hivemind/incoming/"
_FIRST_WAIT: Final = 0.2
_LONGEST_WAIT: Final = 6.0
_REFUSALS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What an exchange did, or would do.

    `target` is the store's ref there, `there` its tip, `before` and `commit` the tips here (None: no store). `pushed`
    tells whether the remote got a new tip. Segments: `received` are new here, `sent` new there, `gone` here because
    they were forgotten.
    """

    target: str
    there: str | None
    before: str | None
    commit: str | None
    pushed: bool
    received: int
    sent: int
    gone: int
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How far an exchange may go.

    `permit` is asked once, before the first push, whether the remote holds a store already; it raises to refuse.
    `patience` are seconds after which a remote that others keep moving is given up.
    """

    permit: Callable[[bool], None]
    patience: float
    push: bool = True
    dry_run: bool = False
    progress: Progress | None = None


def sync(repo: Repository, ref: str, branch: str, remote: Remote, terms: Terms) -> Synced:
    """Brings the store here and the one at a remote to the union of both.

    Args:
        repo: where.
        ref: the full name of the store here.
        branch: its name as it is set, by which it is known at the remote.
        remote: where to.
        terms: how far to go.

    Raises:
        HivemindError: the remote cannot be reached or refuses, its store is none or of a newer version, `terms` do not
            permit the push, or a ref cannot be written. The store here is as it was.
    """
    return _Exchange(repo, ref, remote, terms, *_at(remote, branch)).run()


def _at(remote: Remote, branch: str) -> tuple[str, str | None]:
    """Where the store stands at the remote, or would, and its tip."""
    full, beside = writer.names(branch)
    patterns = [full, *((beside, writer.in_the_way(full)) if beside else ())]
    there = remote.refs(*patterns)
    if beside and full not in there and (beside in there or writer.in_the_way(full) in there):
        return beside, there.get(beside)
    return full, there.get(full)


class _Exchange:
    def __init__(
        self, repo: Repository, ref: str, remote: Remote, terms: Terms, target: str, theirs: str | None
    ) -> None:
        self._repo = repo
        self._ref = ref
        self._remote = remote
        self._terms = terms
        self._target = target
        self._theirs = theirs
        self._first = theirs
        self._permitted = False
        self._refusals = 0

    def run(self) -> Synced:
        started = self._repo.ref(self._ref)
        until = time.monotonic() + self._terms.patience
        wait, rounds = _FIRST_WAIT, 0
        while True:
            rounds += 1
            done = self._round(started, rounds)
            if done is not None:
                return done
            if time.monotonic() > until:
                raise HivemindError(
                    f"{self._remote.title} moves too fast to be written", "Try again when fewer others sync with it."
                )
            time.sleep(random.uniform(0, wait))  # noqa: S311 - jitter, nothing secret
            wait = min(1.5 * wait, _LONGEST_WAIT)

    def _round(self, started: str | None, rounds: int) -> Synced | None:
        """One try; None: somebody was faster, here or there."""
        local = self._repo.ref(self._ref)
        with self._incoming(local) as theirs:
            tip = union(self._repo, local, theirs)
            pushing = self._terms.push and tip != theirs
            told = self._told(started, tip, theirs, pushed=pushing, rounds=rounds)
            if tip is None or self._terms.dry_run:
                return told
            if pushing and not self._pushed(tip, theirs):
                return None
            self._theirs = tip if pushing else theirs
            return told if adopt(self._repo, self._ref, tip, local, f"Sync with {self._remote.title}") else None

    @contextmanager
    def _incoming(self, local: str | None) -> Iterator[str | None]:
        """The remote's tip, with all of its objects here and looked at. A ref of ours holds it for as long."""
        if self._theirs is None or self._theirs == local:
            yield self._theirs
            return
        place = f"{_INCOMING}{os.getpid()}-{secrets.token_hex(4)}"
        try:
            yield self._fetched(place, local)
        finally:
            tip = self._repo.ref(place)
            if tip is not None:
                self._repo.delete_ref(place, tip)

    def _fetched(self, place: str, local: str | None) -> str:
        name = f"{self._target.removeprefix('refs/heads/')} at {self._remote.title}"
        for again in (False, True):
            self._remote.fetch([f"+{self._target}:{place}"], self._terms.progress, again=again)
            tip = self._repo.ref(place) or ""
            try:
                admit(self._repo, tip, name, local)
            except IncompleteStoreError:
                if again:
                    raise
            else:
                break
        return tip

    def _pushed(self, tip: str, theirs: str | None) -> bool:
        if not self._permitted:
            self._terms.permit(theirs is not None)
            self._permitted = True
        # The user's pre-push hook is about the user's branches (tests, linters), and ours would call us again.
        push = self._remote.push(tip, self._target, expected=theirs, verify=False, progress=self._terms.progress)
        if push.state in (PushState.PUSHED, PushState.CURRENT):
            return True
        if push.state is PushState.REFUSED:
            # Another push that holds the ref's lock there looks just so; a real refusal lasts.
            self._refusals += 1
            if self._refusals >= _REFUSALS:
                raise self._refused(tip, theirs, push.reason)
        self._theirs = self._remote.refs(self._target).get(self._target)
        return False

    def _refused(self, tip: str, theirs: str | None, reason: str) -> HivemindError:
        name = self._target.removeprefix("refs/heads/")
        step = "`git hivemind sync --fetch-only` takes what is there and pushes nothing."
        if theirs is not None and not self._repo.is_ancestor(theirs, tip):
            step = f"What was forgotten goes only if the branch may be rewritten: allow forced pushes to {name} there."
        return HivemindError(f"{self._remote.title} refused {name}: {reason}", step)

    def _told(self, started: str | None, tip: str | None, theirs: str | None, *, pushed: bool, rounds: int) -> Synced:
        return Synced(
            target=self._target,
            there=tip if pushed else theirs,
            before=started,
            commit=tip,
            pushed=pushed,
            received=beyond(self._repo, tip, started),
            sent=beyond(self._repo, tip, self._first_seen()) if pushed else 0,
            gone=beyond(self._repo, started, tip),
            rounds=rounds,
        )

    def _first_seen(self) -> str | None:
        return self._first if self._first and self._repo.commit(self._first) else None
