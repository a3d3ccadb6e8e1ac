"""Where the store stands against its remote, as the last sync left it. Nothing here asks the network."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from hivemind_git.capture.files import place
from hivemind_git.git import urls
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.store import union
from hivemind_git.store.beyond import beyond

_RECORD = "synced.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSync:
    """The last exchanges of a repository: the remote and the time (RFC 3339) of the one that succeeded, its tip there.

    `problem` is why one failed since, empty where none did.
    """

    remote: str = ""
    t: str = ""
    commit: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """Whether each push syncs (`on`), with which remote (None: none is chosen), and how that went last.

    `ahead` and `behind` count segments, as far as the last sync or fetch knows; None where neither ever was.
    """

    on: bool
    remote: str | None
    last: LastSync
    ahead: int | None
    behind: int | None


def state(space: Workspace) -> SyncState:
    """How the store stands against its remote."""
    repository = space.repository
    last = load(repository.state_dir)
    tip = repository.ref(space.ref)
    remote = remote_name(space)
    same = remote is not None and last.remote == urls.shown(remote)
    seen = last.commit if same and last.commit and repository.commit(last.commit) else None
    tracked = union.tracking(repository, space.ref).get(f"refs/remotes/{remote}/{space.branch}")
    there = tracked or seen
    known = bool(there or (same and last.t))
    return SyncState(
        on=space.settings.sync,
        remote=remote,
        last=last,
        ahead=beyond(repository, tip, there) if known else None,
        behind=beyond(repository, there, tip) if known else None,
    )


def remote_name(space: Workspace) -> str | None:
    """The remote that the store is synced with where none is named: `hivemind.remote`, origin, or the only one."""
    if space.settings.remote:
        return space.settings.remote
    known = configured(space)
    if "origin" in known:
        return "origin"
    return next(iter(known)) if len(known) == 1 else None


def configured(space: Workspace) -> frozenset[str]:
    """The names of the remotes that git knows here."""
    return frozenset(
        value.key.split(".", 1)[1].rpartition(".")[0]
        for value in space.repository.configuration
        if value.key.startswith("remote.") and value.key.endswith(".url")
    )


def load(state_dir: Path) -> LastSync:
    """What is recorded; nothing where nothing is, or what is there is none."""
    try:
        data = json.loads((state_dir / _RECORD).read_bytes())
        return LastSync(**{name: str(data[name]) for name in LastSync.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError):
        return LastSync()


def keep(state_dir: Path, last: LastSync) -> None:
    """Records how a sync ended.

    Raises:
        OSError: it cannot be written.
    """
    place(state_dir / _RECORD, json.dumps(asdict(last)).encode())
