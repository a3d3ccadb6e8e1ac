"""Whether a push may carry the session store: only where the person turned sync on, and only to where it syncs."""

from __future__ import annotations

from hivemind_git.errors import HivemindError
from hivemind_git.git import credentials, urls
from hivemind_git.pipeline.workspace import Workspace

_BY_NAME = "Push branches by name, as `git push {remote} main`; all of it once: `git push --no-verify`."


def refusal(space: Workspace, remote: str, url: str) -> HivemindError | None:
    """Why a push with the store in it to a remote must not go on; None where it may.

    Args:
        space: where.
        remote: the remote's name, or its URL where it has none, as git gives it to pre-push.
        url: where the push goes.
    """
    shown = urls.shown(remote)
    if not space.settings.sync:
        return HivemindError(
            f"this push would carry your sessions ({space.branch}) to {shown}, and sync is off; nothing was pushed",
            f"{_BY_NAME.format(remote=shown)} To share sessions: `git config hivemind.sync true`.",
        )
    if not _meant(space, remote, url):
        meant = urls.shown(space.settings.remote or "origin")
        return HivemindError(
            f"this push would carry your sessions ({space.branch}) to {shown}, and they sync with {meant}; "
            "nothing was pushed",
            _BY_NAME.format(remote=shown),
        )
    if not space.settings.allow_public and credentials.is_public(url):
        return HivemindError(
            f"this push would carry your sessions ({space.branch}) to {shown}, which anybody can read; "
            "nothing was pushed",
            f"{_BY_NAME.format(remote=shown)} If it is meant: `git config hivemind.allowPublic true`.",
        )
    return None


def _meant(space: Workspace, remote: str, url: str) -> bool:
    """Whether it is the remote that the store syncs with, however that is spelt."""
    meant = space.settings.remote or "origin"
    base = str(space.repository.workdir or space.repository.git_dir)
    places = [space.repository.config(f"remote.{meant}.{key}") for key in ("url", "pushurl")]
    return remote == meant or any(_same(place, url, base) for place in (meant, *filter(None, places)))


def _same(one: str, other: str, base: str) -> bool:
    if one == other:
        return True
    here, there = urls.parse(one, base), urls.parse(other, base)
    return here is not None and there is not None and (here.home, here.path) == (there.home, there.path)
