"""Refs that move by compare-and-swap, under the same lock files that git uses."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pygit2

from hivemind_git.errors import HivemindError

_PATIENCE_SECONDS = 3.0


def read(repository: pygit2.Repository, name: str) -> str | None:
    """The object id at a full ref name, symbolic refs followed; None where there is no such ref."""
    try:
        target = repository.lookup_reference(name).resolve().target
    except (KeyError, ValueError, pygit2.GitError):
        return None
    return str(target)


def listing(repository: pygit2.Repository, prefix: str) -> dict[str, str]:
    """Full name → object id of every ref whose name starts with `prefix`, by name."""
    names = sorted(name for name in repository.listall_references() if name.startswith(prefix))
    found = ((name, read(repository, name)) for name in names)
    return {name: target for name, target in found if target is not None}


def update(
    repository: pygit2.Repository, common: Path, name: str, new: str | None, expected: str | None, *, message: str
) -> bool:
    """Moves a ref from `expected` (None: it must not exist) to `new` (None: deletes it). False: it stood elsewhere.

    A lock that another process holds is waited for; both then see each other's move, as with `git update-ref`.

    Raises:
        HivemindError: the ref cannot be written (permissions, full disk, a name in the way, a lock that nobody lets
        go).
    """

    def attempt() -> bool:
        with repository.transaction() as held:
            held.lock_ref(name)
            if read(repository, name) != expected:
                return False
            if new is None:
                held.remove(name)
            else:
                held.set_target(name, new, message=message)
        return True

    if read(repository, name) != expected:
        return False
    moved = _patiently(attempt, common / f"{name}.lock", name)
    if moved and new is None:
        drop_reflog(common, name)
    return moved


def drop_reflog(common: Path, name: str) -> None:
    """Forgets where a ref has been. Git does so when a branch is deleted; libgit2's transactions do not.

    Raises:
        HivemindError: the reflog cannot be removed.
    """
    try:
        (common / "logs" / name).unlink(missing_ok=True)
    except OSError as error:
        raise HivemindError(
            f"the reflog of {name} cannot be removed: {error.strerror}", "Check permissions."
        ) from error


def break_lock(common: Path, name: str, age: float) -> bool:
    """Removes a ref's lock that is older than `age` seconds; whether there was one.

    Git holds such a lock for milliseconds and leaves it for ever when it is killed meanwhile.
    """
    lock = common / f"{name}.lock"
    try:
        if time.time() - lock.stat().st_mtime <= age:
            return False
        lock.unlink()
    except OSError:
        return False
    return True


def _patiently(attempt: Callable[[], bool], lock: Path, name: str) -> bool:
    until = time.monotonic() + _PATIENCE_SECONDS
    failures = 0
    while True:
        try:
            return attempt()
        except ValueError as error:
            raise HivemindError(f"{name} is no name for a ref: {error}", "Choose another name.") from error
        except (KeyError, pygit2.GitError) as error:
            held = lock.exists()
            failures += not held
            if time.monotonic() > until and held:
                raise HivemindError(
                    f"{name} is locked by another git process", f"If none is running, remove {lock} and try again."
                ) from error
            # A lock may be gone again before it is looked for, and git removes empty folders under our feet.
            if failures > 5:
                raise HivemindError(
                    f"{name} cannot be written: {error}", "Check permissions and disk space."
                ) from error
        time.sleep(random.uniform(0.001, 0.02))  # noqa: S311 - jitter, nothing secret
