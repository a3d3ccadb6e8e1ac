"""What every edge starts from: a repository, its settings, and where its store is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hivemind_git import settings
from hivemind_git.git.objects import Repository
from hivemind_git.settings import Settings
from hivemind_git.store.reader import Store
from hivemind_git.store.writer import store_ref


@dataclass(frozen=True, slots=True)
class Workspace:
    """A repository with its settings. `ref` is the full name of the store's branch."""

    repository: Repository
    settings: Settings
    ref: str

    @property
    def branch(self) -> str:
        """The store's branch without `refs/heads/`."""
        return self.ref.removeprefix("refs/heads/")

    def store(self) -> Store:
        """The session store as it stands now."""
        return Store(self.repository, self.ref)


def open_workspace(folder: str | Path = ".") -> Workspace:
    """The workspace of the repository that git would use from this folder.

    Raises:
        HivemindError: there is no repository, it cannot be read, or a setting is wrong.
    """
    repository = Repository.discover(folder)
    loaded = settings.load(repository)
    return Workspace(repository, loaded, store_ref(repository, loaded.store))
