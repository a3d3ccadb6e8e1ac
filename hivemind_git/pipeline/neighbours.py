"""Other stores on this machine that share this one's workspace id: what of theirs counts here, and what may be told.

Their text comes here only where both stores sync to the same host and owner: else this repository's remote would show
one organisation the work of another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from hivemind_git import settings
from hivemind_git.errors import HivemindError, UsageError
from hivemind_git.git import urls
from hivemind_git.git.objects import Repository
from hivemind_git.model import Correction
from hivemind_git.pipeline import deriving
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules.company import Company, elsewhere, without
from hivemind_git.store.reader import Store
from hivemind_git.store.writer import store_ref


def company(space: Workspace, paths: Sequence[str], own: Iterable[Correction]) -> Company:
    """What the stores of the repositories at these paths add to the corrections here.

    What was captured there is derived first, as any command there would: nobody else can.

    Raises:
        HivemindError: this repository has no workspace id, or one of the others is none or has no session of it.
    """
    label = space.settings.workspace
    if paths and label is None:
        raise HivemindError(
            "this repository has no workspace id to share",
            "Set HIVEMIND_WORKSPACE_ID, or `git config hivemind.workspace ID`.",
        )
    known = {one.id for one in own}
    told: list[Correction] = []
    counted: list[Correction] = []
    here = home(space)
    for path in paths:
        other = _at(path)
        if other.repository.common_dir == space.repository.common_dir:
            raise UsageError(f"{path} is this repository", "Name another one.")
        with suppress(HivemindError, OSError):  # what cannot be derived there now counts when it is
            deriving.derive(other)
        found = without(known, _labelled(other.store(), str(label), path))
        known |= {one.id for one in found}
        same = here is not None and here == home(other)
        (told if same else counted).extend(found)
    return Company(elsewhere(told), elsewhere(counted))


def home(space: Workspace) -> tuple[str, str] | None:
    """Host and owner of the remote that a store syncs with; None where there is none that tells."""
    from hivemind_git.pipeline import syncing  # noqa: PLC0415 - importing GitPython is for those who ask for neighbours

    try:
        url = syncing.remote_for(space).url
    except HivemindError:
        return None
    found = urls.parse(url, str(space.repository.workdir or space.repository.git_dir))
    return found.home if found else None


def _at(path: str) -> Workspace:
    repository = Repository.containing(Path(path))
    loaded = settings.load(repository)
    return Workspace(repository, loaded, store_ref(repository, loaded.store))


def _labelled(store: Store, label: str, path: str) -> list[Correction]:
    """The corrections of the sessions that were captured under a workspace id."""
    sessions = [
        one.folder for one in store.sessions() if any(event.workspace == label for event in store.events(one.folder))
    ]
    if not sessions:
        raise HivemindError(
            f"{path} has no session of the workspace {label}",
            "Sessions are labelled as they are captured: `git -C PATH config hivemind.workspace ID`.",
        )
    return [one for folder in sessions for one in store.corrections(folder)]
