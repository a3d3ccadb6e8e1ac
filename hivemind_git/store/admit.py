"""Looks at a store that came from somewhere else, before anything here rests on it. Changes nothing.

Only what this layout writes is let in: a plain file at each path that it knows, under the name of its own content, of a
length that it writes. So no path trick, no link, no submodule, no half of a store and no bomb of trees gets further. A
folder that the store here holds already is not looked into again.
"""

from __future__ import annotations

from typing import Final

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.git.trees import FILE, FOLDER
from hivemind_git.store import codec, layout
from hivemind_git.store.layout import Area
from hivemind_git.store.writer import check_format

MOST_ENTRIES: Final = 2_000_000
_TOMBSTONES: Final = {
    "sessions": layout.is_session_folder,
    "events": layout.is_event_id,
    "before": layout.is_month,
}
_SHOWN: Final = 120


class IncompleteStoreError(HivemindError):
    """Some of its objects are not here: cut off on the way, or left out by a partial clone."""


def admit(repo: Repository, tip: str, name: str, known: str | None = None) -> None:
    """Makes sure that a commit holds a store as this version writes it, whole.

    Args:
        repo: where it was fetched to.
        tip: the commit.
        name: how to call it in a sentence.
        known: a store that was looked at before; what it shares with this one is taken as it is.

    Raises:
        IncompleteStoreError: an object is missing.
        HivemindError: a newer version wrote it, or something in it is none of a store's.
    """
    if repo.commit(tip) is None:
        raise HivemindError(f"{name} is no commit, so no session store", "Name another: `git config hivemind.store`.")
    if not repo.list_folder(tip) or (
        repo.entry(tip, layout.FORMAT_PATH) and repo.read(tip, layout.FORMAT_PATH) is None
    ):
        raise _incomplete(name, layout.FORMAT_PATH)
    check_format(repo, tip, name)
    _Admission(repo, name).folder("", tip, known)


class _Admission:
    def __init__(self, repo: Repository, name: str) -> None:
        self._repo = repo
        self._name = name
        self._seen = 0

    def folder(self, path: str, tree: str, known: str | None) -> None:
        """Looks at one folder and all that is below it; as deep as the layout, which is five."""
        have = {entry: (mode, oid) for entry, mode, oid in self._repo.list_folder(known)} if known else {}
        entries = self._repo.list_folder(tree)
        if not entries:  # git and we write no empty folder, so its tree is missing
            raise _incomplete(self._name, path)
        for entry, mode, oid in entries:
            below = f"{path}/{entry}" if path else entry
            self._seen += 1
            if self._seen > MOST_ENTRIES:
                raise HivemindError(f"{self._name} has more than {MOST_ENTRIES} new entries", self._step)
            if have.get(entry) == (mode, oid):
                continue
            if mode == FOLDER and _is_folder(below):
                mine = have.get(entry, (0, ""))
                self.folder(below, oid, mine[1] if mine[0] == FOLDER else None)
            elif mode == FILE:
                self._file(below, oid)
            else:
                raise self._foreign(below)

    def _file(self, path: str, oid: str) -> None:
        segment = layout.parse(path)
        if segment is None and not _is_fixed(path):
            raise self._foreign(path)
        size = self._repo.size(oid)
        if size is None:
            raise _incomplete(self._name, path)
        if size > codec.MAX_SEGMENT:
            raise HivemindError(
                f"{self._name} holds {_shown(path)} of {size} bytes, longer than any that we write", self._step
            )
        data = self._repo.blob(oid) or b""
        fixed = layout.TOMBSTONE if path != layout.FORMAT_PATH else data
        if layout.segment_name(data) != segment.name if segment else data != fixed:
            raise HivemindError(f"{self._name} holds {_shown(path)} with a content that is not its own", self._step)

    def _foreign(self, path: str) -> HivemindError:
        return HivemindError(f"{self._name} holds {_shown(path)}, which has no place in a session store", self._step)

    @property
    def _step(self) -> str:
        return (
            "Nothing was changed here. See `git log` there for who put it, and take it out, or name another store: "
            "`git config hivemind.remote`."
        )


def _is_folder(path: str) -> bool:
    """Whether the layout has a folder of this name, as far as the name alone tells."""
    top, *rest = path.split("/")
    if top == layout.TOMBSTONES:
        return not rest or (len(rest) == 1 and rest[0] in _TOMBSTONES)
    if top not in list(Area):
        return False
    deepest = 3 if Area(top).by_session else 1
    return not rest or (len(rest) <= deepest and layout.is_month(rest[0]))


def _is_fixed(path: str) -> bool:
    if path == layout.FORMAT_PATH:
        return True
    top, _, rest = path.partition("/")
    kind, _, name = rest.partition("/")
    return top == layout.TOMBSTONES and kind in _TOMBSTONES and _TOMBSTONES[kind](name)


def _incomplete(name: str, path: str) -> IncompleteStoreError:
    return IncompleteStoreError(
        f"{name} is not whole: {_shown(path) if path else 'its tree'} is missing or empty",
        "Nothing was changed here. `git fsck` there says more.",
    )


def _shown(path: str) -> str:
    return repr(path if len(path) <= _SHOWN else f"{path[:_SHOWN]}…")
