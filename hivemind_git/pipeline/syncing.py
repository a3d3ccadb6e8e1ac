"""The session store here and at a remote, brought to the union of both; then what was forgotten there goes here too."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from hivemind_git.capture import erase
from hivemind_git.capture.files import exclusive, note
from hivemind_git.capture.seal import lock_path
from hivemind_git.corrections.decisions import stamp
from hivemind_git.errors import HivemindError
from hivemind_git.git import credentials, urls
from hivemind_git.git.porcelain import Progress, Remote
from hivemind_git.pipeline import deriving, synced
from hivemind_git.pipeline.synced import LastSync
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.store import sync as store_sync
from hivemind_git.store.reader import Store
from hivemind_git.store.sync import Synced, Terms

_PATIENCE_SECONDS = 60.0
_BACKGROUND_SECONDS = 300.0
_LOCK = "sync.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """How a person wants it. `allow_empty` and `allow_public` permit what is refused by itself."""

    push: bool = True
    dry_run: bool = False
    allow_empty: bool = False
    allow_public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An exchange: with which remote, at which URL (without credentials), and what it did.

    `sessions_gone` are folders of sessions that were forgotten elsewhere and went here.
    """

    remote: str
    url: str
    branch: str
    synced: Synced
    sessions_gone: tuple[str, ...]


def sync(space: Workspace, name: str | None, wishes: Wishes, progress: Progress | None = None) -> Report:
    """Syncs the store with a remote: the one named, else `hivemind.remote`, else origin.

    Raises:
        HivemindError: there is no remote, it cannot be reached or refuses, its store is not as ours, or it is empty or
            public and nobody said that this is meant.
    """
    with exclusive(space.repository.state_dir / _LOCK, _PATIENCE_SECONDS) as mine:
        if not mine:
            raise HivemindError("another sync of this repository is at work", "Run it again when that is done.")
        return _recorded(space, name, wishes, progress, unattended=False)


def in_background(space: Workspace) -> None:
    """Syncs with nobody there: nothing asks, nothing is printed, what goes wrong is in the log. Only while sync is on.

    Where a sync is at work already nothing happens: what it may miss goes with the next one.
    """
    if not space.settings.sync:
        return
    with exclusive(space.repository.state_dir / _LOCK) as mine:
        if not mine:
            return
        try:
            _recorded(space, None, Wishes(), None, unattended=True)
        except (HivemindError, OSError) as error:
            note(space.repository.state_dir / "log", f"sync: {error}")


def remote_for(space: Workspace, name: str | None = None, *, unattended: bool = False) -> Remote:
    """The remote that the store is synced with.

    Where a configured remote is fetched from one place and pushed to another, both happen at the latter: a lease on
    what stands elsewhere would never hold.

    Raises:
        HivemindError: none is named and there is no origin, or the one meant pushes to several places.
    """
    chosen = name or synced.remote_name(space)
    if chosen is None:
        raise HivemindError(
            "no remote is named, and there is no origin",
            "Name one: `git hivemind sync REMOTE`, or `git config hivemind.remote NAME|URL|PATH`.",
        )
    timeout = _BACKGROUND_SECONDS if unattended else None
    remote = Remote(space.repository, chosen, unattended=unattended, timeout=timeout, by_token=True)
    if chosen not in synced.configured(space):
        return remote
    places = remote.urls
    if len(places) > 1:
        raise HivemindError(
            f"{chosen} pushes to {len(places)} places", "Name one: `git config hivemind.remote NAME|URL|PATH`."
        )
    apart = space.repository.config(f"remote.{chosen}.pushurl") is not None
    return Remote(space.repository, places[0], unattended, timeout, by_token=True) if apart else remote


def _recorded(
    space: Workspace, name: str | None, wishes: Wishes, progress: Progress | None, *, unattended: bool
) -> Report:
    """Syncs, and leaves a record of how it went for `status`."""
    state_dir = space.repository.state_dir
    try:
        report = _sync(space, name, wishes, progress, unattended=unattended)
    except HivemindError as error:
        synced.keep(state_dir, replace(synced.load(state_dir), problem=error.sentence))
        raise
    if not wishes.dry_run and report.synced.commit:
        ended = LastSync(remote=report.remote, t=stamp(time.time()), commit=report.synced.there or "")
        synced.keep(state_dir, ended)
    return report


def _sync(space: Workspace, name: str | None, wishes: Wishes, progress: Progress | None, *, unattended: bool) -> Report:
    _derive(space)
    remote = remote_for(space, name, unattended=unattended)
    terms = Terms(
        permit=_permit(space, remote, wishes),
        push=wishes.push,
        dry_run=wishes.dry_run,
        patience=_BACKGROUND_SECONDS if unattended else _PATIENCE_SECONDS * 3,
        progress=progress,
    )
    before = {one.folder for one in space.store().sessions()}
    done = store_sync.sync(space.repository, space.ref, space.settings.store, remote, terms)
    gone: tuple[str, ...] = ()
    if done.gone or done.before != done.commit:
        gone = tuple(sorted(before - _sessions_in(space, done)))
    if not wishes.dry_run:
        _erase(space, gone)
    target = done.target.removeprefix("refs/heads/")
    return Report(remote=remote.title, url=urls.shown(remote.url), branch=target, synced=done,
                  sessions_gone=gone)  # fmt: skip


def _derive(space: Workspace) -> None:
    """Only this machine can tell the corrections of its sessions, so they go with them. That they cannot be told now
    keeps no session from going.
    """
    try:
        deriving.derive(space)
    except (HivemindError, OSError) as error:
        note(space.repository.state_dir / "log", f"sync: {error}")


def _permit(space: Workspace, remote: Remote, wishes: Wishes) -> Callable[[bool], None]:
    def permit(holds_store: bool) -> None:
        if not (holds_store or wishes.allow_empty) and not remote.refs("refs/heads/*"):
            raise HivemindError(
                f"{remote.title} is empty, and its host may show the store as the default branch",
                "Push your own branch first, or say that it is meant: `git hivemind sync --allow-empty`.",
            )
        allowed = wishes.allow_public or space.settings.allow_public
        if not allowed and credentials.is_public(remote.url):
            raise HivemindError(
                f"anybody can read {urls.shown(remote.url)}, and with the store your sessions",
                "Name a private remote: `git config hivemind.remote NAME|URL`. If it is meant: `git hivemind sync "
                "--allow-public`, for ever: `git config hivemind.allowPublic true`.",
            )

    return permit


def _sessions_in(space: Workspace, synced: Synced) -> set[str]:
    """The sessions of the new tip; in a dry run no ref stands there."""
    return {one.folder for one in Store.at(space.repository, synced.commit).sessions()}


def _erase(space: Workspace, gone: tuple[str, ...]) -> None:
    """Removes here what any machine forgot. It is looked at each time: a kill may have left it undone."""
    state = space.repository.state_dir
    tombstones = space.store().tombstones()
    if not tombstones:
        return
    with exclusive(lock_path(space.repository), _PATIENCE_SECONDS):
        try:
            erase.erase_sessions(state, gone)
            erase.sweep(state, tombstones)
            if gone:
                erase.drop_caches(state, gone)
        except OSError as error:
            raise HivemindError(
                f"the store has forgotten it, but {error.filename} could not be removed: {error.strerror}",
                "Correct that, and run the same command again.",
            ) from error
