"""Finds the place in this repository of a file that a transcript names by its path on some machine, on some day."""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Iterable, Mapping


class Placer:
    """Maps (absolute path, working folder) to (worktree, path in it).

    Tried in this order: a worktree of this repository that holds the path; a mapping the user gave; a root learnt from
    the transcript: the part of its paths that is left when the longest suffix known to the history is taken off. A
    neighbour's `README.md` must not make the neighbour a worktree of ours, so a root counts only if the agent worked in
    or below it, or if the known suffix names a folder too.

    Args:
        worktrees: absolute path of each worktree → its name.
        known: whether the history knows a path.
        mappings: folder in the transcripts → worktree name, as `--map OLD=NEW` gives them.
        foreign: whether a folder in a worktree is another repository's, a submodule or a nested clone.
        real: a path with its links followed: people work behind links, and git knows a worktree by its real place.
    """

    def __init__(
        self,
        worktrees: Mapping[str, str],
        known: Callable[[str], bool],
        mappings: Mapping[str, str] | None = None,
        foreign: Callable[[str], bool] = lambda _: False,
        real: Callable[[str], str] = lambda folder: folder,
    ) -> None:
        self._real = real
        self._foreign = foreign
        self._known = known
        self._missed: set[str] = set()
        self._roots = {_normal(path): name for path, name in {**worktrees, **(mappings or {})}.items()}

    def learn(self, paths: Iterable[str], folders: Iterable[str]) -> None:
        """Takes all paths and working folders of a transcript, and remembers the roots that they show."""
        working = {_normal(folder) for folder in folders}
        votes: Counter[str] = Counter()
        sure: set[str] = set()
        for path in {_normal(path) for path in paths}:
            if self._below(path) is None and (suffix := self._suffix(path)):
                root = path[: -len(suffix) - 1]
                votes[root] += 1
                if "/" in suffix or any(_inside(folder, root) for folder in working):
                    sure.add(root)
        for root in sorted(sure, key=lambda root: (-votes[root], root)):
            self._roots.setdefault(root, posixpath.basename(root))

    def belongs(self, paths: Iterable[str], folders: Iterable[str]) -> bool:
        """Whether any of these paths or working folders is in this repository."""
        return any(self.place(path, "/") for path in paths) or any(self.place(f"{folder}/x", "/") for folder in folders)

    def adopt(self, folder: str) -> None:
        """Takes a folder of the transcripts for a worktree of this repository, where nothing can say otherwise."""
        self._roots.setdefault(_normal(folder), posixpath.basename(_normal(folder)))

    def place(self, path: str, cwd: str) -> tuple[str, str] | None:
        """Worktree name and path in it, or None for a file outside this repository."""
        whole = _normal(path if _absolute(path) else f"{cwd}/{path}")
        found = self._here(whole) if _possible(whole) else None
        if found is not None and ".git" in found[1].lower().split("/"):
            return None  # git's own: no commit can hold it, however it is spelt
        if found is None:
            self._missed.add(posixpath.dirname(whole))
        return found

    def missed(self) -> frozenset[str]:
        """The folders outside of this repository that were asked for since this was asked last."""
        found, self._missed = frozenset(self._missed), set()
        return found

    def _here(self, path: str) -> tuple[str, str] | None:
        folder, name = posixpath.split(path)
        real = self._real(posixpath.join(self._real(folder), name))
        # Git holds nothing behind a link in the worktree either: what was written is where the link leads.
        return (self._below(real) if real != path else None) or self._below(path)

    def _below(self, path: str) -> tuple[str, str] | None:
        # The longest root wins: worktrees are nested in worktrees (.claude/worktrees/…).
        root = path
        while (cut := root.rfind("/")) > 0:
            root = root[:cut]
            if root in self._roots:
                return _nested(path[len(root) + 1 :]) or (self._roots[root], path[len(root) + 1 :])
            if self._foreign(root):
                return None
        return None

    def _suffix(self, path: str) -> str | None:
        parts = path.split("/")
        # Position 0 is empty, and a path of ours cannot be the whole of an absolute one.
        for start in range(2, len(parts)):
            suffix = "/".join(parts[start:])
            if self._known(suffix):
                return suffix
        return None


def _nested(path: str) -> tuple[str, str] | None:
    """Worktree and path in it, where a path leads into the folder in which Claude Code makes its own worktrees.

    One of them that was removed is known by nobody; its files are not files of the worktree around it.
    """
    parts = path.split("/", 3)
    return (parts[2], parts[3]) if parts[:2] == [".claude", "worktrees"] and len(parts) > 3 else None


def _possible(path: str) -> bool:
    """Whether a file can have this path: a log may name any, and git and the file system take only some."""
    try:
        return "\0" not in path and bool(path.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:
        return False


def _absolute(path: str) -> bool:
    return path.startswith(("/", "\\")) or path[1:3] in {":\\", ":/"}


def _normal(path: str) -> str:
    return posixpath.normpath(path.replace("\\", "/") if path[1:2] == ":" or "/" not in path else path)


def _inside(folder: str, root: str) -> bool:
    return folder == root or folder.startswith(f"{root}/")
