"""What every edge starts from: a repository, its settings, and where its store is."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hivemind_git import settings
from hivemind_git.capture import pauses
from hivemind_git.capture.files import place
from hivemind_git.capture.ignored import pathspecs
from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.settings import Settings
from hivemind_git.store.reader import Skipped, Store
from hivemind_git.store.writer import store_ref

if TYPE_CHECKING:
    from hivemind_git.agents.base import Checkout, Machine


@dataclass(frozen=True, slots=True)
class Workspace:
    """A repository with its settings. `ref` is the full name of the store's branch.

    `skipped` counts what all reads of the store passed over so far.
    """

    repository: Repository
    settings: Settings
    ref: str
    skipped: Skipped = field(default_factory=Skipped, compare=False)

    @property
    def branch(self) -> str:
        """The store's branch without `refs/heads/`."""
        return self.ref.removeprefix("refs/heads/")

    @property
    def checkout(self) -> Checkout:
        """The repository as an assistant sees it.

        Raises:
            HivemindError: it is bare, and no assistant can work in it.
        """
        if self.repository.workdir is None:
            raise HivemindError("a bare repository has no worktree for an assistant", "Run this in a clone of it.")
        from hivemind_git.agents.base import Checkout  # noqa: PLC0415 - 10 ms that most commands have no use for

        return Checkout(self.repository.workdir, self.repository.common_dir, tuple(self.repository.worktrees))

    def store(self) -> Store:
        """The session store as it stands now."""
        return Store(self.repository, self.ref, self.skipped)


def open_workspace(folder: str | Path = ".") -> Workspace:
    """The workspace of the repository that git would use from this folder.

    Raises:
        HivemindError: there is no repository, it cannot be read, or a setting is wrong.
    """
    repository = Repository.discover(folder)
    loaded = settings.load(repository)
    _mirror(repository, loaded)
    return Workspace(repository, loaded, store_ref(repository, loaded.store))


def _mirror(repository: Repository, loaded: Settings) -> None:
    """Shows the hooks what they must not record: a script cannot afford to ask git for settings at each event."""
    if not repository.state_dir.is_dir():
        return
    marker, listed = repository.state_dir / "off", repository.state_dir / "ignored"
    with contextlib.suppress(OSError):
        if _show(listed, pathspecs(loaded.capture_ignore).encode("utf-8", "surrogateescape")):
            _let_go_of_worktrees(repository)
        _show(repository.state_dir / "answers", _moments(loaded))
        if "HIVEMIND_CAPTURE" in os.environ:
            return  # what holds for one session is not the repository's setting
        if loaded.capture and marker.exists():
            marker.unlink()
            pauses.end(repository.state_dir, time.time())
        elif not loaded.capture and not marker.exists():
            marker.touch(mode=0o600)
            pauses.begin(repository.state_dir, time.time(), pauses.OFF)


def _moments(loaded: Settings) -> bytes:
    """When a hook answers an agent, in a line for the hook: `stop` or `edit`, `recall`, `start`; or nothing."""
    moments = [loaded.check_agent] if loaded.check_agent != "off" else []
    moments += ["recall"] if loaded.recall != "off" else []
    moments += ["start"] if loaded.list_skills else []
    return f"{' '.join(moments)}\n".encode() if moments else b""


def _let_go_of_worktrees(repository: Repository) -> None:
    """Forgets what windows saw before the ignored paths changed: a file that is ignored now may be in it."""
    if (repository.state_dir / "windows").is_dir():
        from hivemind_git.capture.windows import Windows  # noqa: PLC0415 - the setting hardly ever changes

        Windows(repository.state_dir).let_go()


def _show(path: Path, content: bytes) -> bool:
    """Puts a setting where a script reads it, empty where it is not set; true where that changed."""
    if content == (path.read_bytes() if path.exists() else b""):
        return False
    place(path, content)
    return True


def this_machine() -> Machine:
    """The person's side of this machine."""
    from hivemind_git.agents.base import Machine  # noqa: PLC0415 - as above

    return Machine(Path.home(), dict(os.environ))
