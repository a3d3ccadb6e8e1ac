"""A repository through libgit2: objects, trees, refs and history, without a process an object.

Nothing of pygit2 leaves this package: what comes out are strings, bytes and frozen values. Paths are text with `/`,
relative to the top of the worktree; bytes that are not UTF-8 stand as surrogate escapes, as `os.fsdecode` makes them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import pygit2
from pygit2.enums import ObjectType

from hivemind_git import settings
from hivemind_git.errors import HivemindError
from hivemind_git.git import blobs, config, discovery, history, indexed, reflog, refs, trees
from hivemind_git.git.diff import diff_lines
from hivemind_git.git.history import Change, CommitInfo
from hivemind_git.git.reflog import Made
from hivemind_git.git.trees import TreeChange
from hivemind_git.model import DiffFunction
from hivemind_git.settings import ConfigValue

__all__ = ["Change", "CommitInfo", "Repository", "TreeChange", "diff_lines"]

_BRANCHES = "refs/heads/"


class Repository:
    """One repository, seen from one of its worktrees."""

    def __init__(self, git_dir: Path, start: Path) -> None:
        self._git = discovery.open_at(git_dir, start)
        self.git_dir: Path = Path(self._git.path)
        self.common_dir: Path = discovery.common_dir(self.git_dir)
        self.workdir: Path | None = Path(self._git.workdir) if self._git.workdir else None

    @classmethod
    def discover(cls, start: Path | str = ".") -> Repository:
        """The repository that git would use from `start`: `GIT_DIR` and `GIT_WORK_TREE` count.

        Raises:
            HivemindError: there is none, it belongs to another user, or it is SHA-256 or reftable.
        """
        found = cls(discovery.find(Path(start)), Path(start))
        tree = os.environ.get("GIT_WORK_TREE")
        if tree:
            found.workdir = Path(tree).absolute()
        elif os.environ.get("GIT_DIR") and found.workdir is None and not found._git.is_bare:
            found.workdir = Path.cwd()
        return found

    @classmethod
    def containing(cls, path: Path | str) -> Repository:
        """The repository that holds a path, whatever the environment says about another one.

        Raises:
            HivemindError: as `discover`.
        """
        return cls(discovery.search(Path(path)), Path(path))

    @property
    def is_bare(self) -> bool:
        """Whether there is no worktree here."""
        return self.workdir is None

    @property
    def worktree(self) -> str:
        """`main`, or the linked worktree's name; one whose name is `main` too is `worktrees/main`."""
        if self.git_dir == self.common_dir:
            return discovery.MAIN
        return discovery.worktree_name(self.git_dir.name)

    @property
    def worktrees(self) -> dict[Path, str]:
        """Top folder → name, of the main worktree and of all linked ones that git knows."""
        found = discovery.worktrees(self.common_dir)
        if self.workdir is not None:
            found.setdefault(self.workdir, self.worktree)
        return found

    @property
    def state_dir(self) -> Path:
        """Where everything local of hivemind's is kept, shared by all worktrees."""
        return self.common_dir / "hivemind"

    def resolve(self, rev: str) -> str | None:
        """The commit that a revision names, or None."""
        try:
            return str(self._git.revparse_single(rev).peel(pygit2.Commit).id)
        except (KeyError, ValueError, pygit2.GitError):
            return None

    def ref(self, name: str) -> str | None:
        """The object id at a full ref name, or None."""
        return refs.read(self._git, name)

    def refs(self, prefix: str = "refs/") -> dict[str, str]:
        """Full name → object id of the refs below a prefix, by name."""
        return refs.listing(self._git, prefix)

    def update_ref(self, name: str, new: str, expected: str | None, message: str) -> bool:
        """Moves a ref by compare-and-swap; `expected` None: it must not exist. False: another process was faster.

        Raises:
            HivemindError: the ref cannot be written at all.
        """
        return refs.update(self._git, self.common_dir, name, new, expected, message=message)

    def delete_ref(self, name: str, expected: str) -> bool:
        """Deletes a ref, with its reflog, if it stands at `expected`. False: it does not.

        Raises:
            HivemindError: the ref cannot be written at all.
        """
        return refs.update(self._git, self.common_dir, name, None, expected, message="")

    def drop_reflog(self, name: str) -> None:
        """Forgets where a ref stood before, so that what only its reflog holds can be collected.

        Raises:
            HivemindError: the reflog cannot be removed.
        """
        refs.drop_reflog(self.common_dir, name)

    def break_lock(self, name: str, age: float) -> bool:
        """Removes a ref's lock that a killed process left more than `age` seconds ago; whether there was one.

        Only for refs that are ours: another program may hold a lock of its own for as long as it likes.
        """
        return refs.break_lock(self.common_dir, name, age)

    def made(self) -> dict[str, tuple[Made, ...]]:
        """Worktree → the commits that were made in it, as its log of HEAD tells; of those worktrees that have one."""
        return reflog.made(self.common_dir)

    def moved(self) -> dict[str, tuple[float, tuple[float, ...], tuple[float, ...]]]:
        """Worktree → since when its log of HEAD tells, and when git may have changed or stashed files there."""
        return reflog.moved(self.common_dir)

    def head(self) -> str | None:
        """The commit that is checked out here; None on an unborn branch."""
        return self.resolve("HEAD")

    def branch(self) -> str | None:
        """The short name of the branch that is checked out, born or not; None if HEAD is detached."""
        target = self._git.lookup_reference("HEAD").raw_target
        return os.fsdecode(target).removeprefix(_BRANCHES) if isinstance(target, bytes) else None

    def trunk(self) -> str | None:
        """The full name of the ref that lessons start from: `hivemind.trunk`, else origin/HEAD, else the current
        branch.

        Raises:
            HivemindError: `hivemind.trunk` names nothing here.
        """
        named = settings.load(self).trunk
        if named:
            for full in (named, f"{_BRANCHES}{named}", f"refs/remotes/{named}"):
                if full.startswith("refs/") and self.ref(full):
                    return full
            raise HivemindError(
                f"hivemind.trunk names no branch here: {named}", "Set it with `git config hivemind.trunk`."
            )
        try:
            remote = self._git.lookup_reference("refs/remotes/origin/HEAD").raw_target
        except (KeyError, ValueError, pygit2.GitError):
            remote = None
        if isinstance(remote, bytes) and self.ref(os.fsdecode(remote)):
            return os.fsdecode(remote)
        branch = self.branch()
        return f"{_BRANCHES}{branch}" if branch is not None else None

    @cached_property
    def configuration(self) -> tuple[ConfigValue, ...]:
        """All of git's configuration that applies here, read once; of equal keys the last one counts.

        Raises:
            HivemindError: git is missing, or a configuration file is malformed.
        """
        return config.read(self.git_dir)

    def config(self, key: str) -> str | None:
        """One value of git's configuration, `-c` and includes counted; section and last word in any case.

        Raises:
            HivemindError: as `configuration`.
        """
        section, _, rest = key.partition(".")
        middle, dot, last = rest.rpartition(".")
        wanted = f"{section.lower()}.{middle}{dot}{last.lower()}"
        return next((found.value for found in reversed(self.configuration) if found.key == wanted), None)

    def identity(self, role: str = "author") -> tuple[str, str] | None:
        """Name and e-mail as git takes them for an `author` or a `committer`; None where nobody ever said.

        Who is known as a committer by the environment alone is the author too: what git's hooks start cannot take the
        author from it, for there it is that of one commit.
        """
        name = os.environ.get(f"GIT_{role.upper()}_NAME") or self.config(f"{role}.name") or self.config("user.name")
        email = os.environ.get(f"GIT_{role.upper()}_EMAIL") or self.config(f"{role}.email") or self.config("user.email")
        name = name or os.environ.get("GIT_COMMITTER_NAME")
        email = email or os.environ.get("GIT_COMMITTER_EMAIL") or os.environ.get("EMAIL")
        return (name, email) if name and email else None

    def blob(self, oid: str) -> bytes | None:
        """The content of a blob; None if there is none of that id here."""
        return blobs.content(self._git, oid)

    def size(self, oid: str) -> int | None:
        """The length of a blob in bytes, told by its header alone; None if there is no blob of that id here."""
        try:
            kind, length = self._git.odb.read_header(oid)
        except (KeyError, ValueError, pygit2.GitError):
            return None
        return int(length) if kind == ObjectType.BLOB else None

    def entry(self, treeish: str, path: str) -> tuple[str, int] | None:
        """Id and mode of what stands at a path of a commit or tree; None where nothing does."""
        tree = trees.tree_of(self._git, treeish)
        return trees.entry(tree, path) if tree is not None and path else None

    def read(self, treeish: str, path: str) -> bytes | None:
        """The content of a file in a commit or tree; None where there is no file, or its blob is not here."""
        found = self.entry(treeish, path)
        return self.blob(found[0]) if found else None

    def walk_tree(self, treeish: str, prefix: str = "") -> Iterator[tuple[str, int, str]]:
        """Path, mode and id of each file, link and submodule below a folder, its files before its sub-folders.

        What a partial or shallow clone lacks is passed over.
        """
        tree = trees.tree_of(self._git, treeish)
        if tree is not None and prefix:
            found = trees.entry(tree, prefix)
            tree = trees.tree_of(self._git, found[0]) if found and found[1] == trees.FOLDER else None
        return trees.walk(self._git, tree, prefix) if tree is not None else iter(())

    def list_folder(self, treeish: str, path: str = "") -> tuple[tuple[str, int, str], ...]:
        """Name, mode and id of what stands in one folder, folders included, in git's order; empty where it is none."""
        tree = trees.tree_of(self._git, treeish)
        if tree is not None and path:
            found = trees.entry(tree, path)
            tree = trees.tree_of(self._git, found[0]) if found and found[1] == trees.FOLDER else None
        return trees.listing(tree) if tree is not None else ()

    def write_blob(self, content: bytes) -> str:
        """Writes a blob and returns its id.

        Raises:
            HivemindError: it cannot be written.
        """
        try:
            return str(self._git.create_blob(content))
        except (OSError, pygit2.GitError) as error:
            raise HivemindError(f"an object cannot be written: {error}", "Check permissions and disk space.") from error

    def write_tree(self, base: str | None, changes: Mapping[str, TreeChange]) -> str:
        """Writes `base` (a commit or tree; None: the empty tree) with changes made, and returns the tree's id.

        A change is (content, mode), the content being bytes or the id of an object; None removes, and folders that
        become empty go too. Only folders that change are read and written.

        Raises:
            HivemindError: git allows no such path in a tree, the base is not here, or an object cannot be written.
        """
        tree = trees.tree_of(self._git, base) if base is not None else None
        if base is not None and tree is None:
            raise HivemindError(f"{base} is not in this repository", "Fetch it, or run `git fsck`.")
        return trees.write(self._git, tree, changes)

    def write_commit(
        self,
        tree: str,
        parents: Sequence[str],
        message: str,
        author: tuple[str, str],
        committer: tuple[str, str] | None = None,
        *,
        when: float | None = None,
        committed: float | None = None,
    ) -> str:
        """Writes a commit, unsigned, without moving a ref, and returns its id.

        `when` and `committed` are POSIX seconds, now where absent, in the local time zone.

        Raises:
            HivemindError: name or e-mail is none that git accepts, or the object cannot be written.
        """
        now = time.time()
        try:
            made = self._git.create_commit(
                None,
                _signature(author, now if when is None else when),
                _signature(committer or author, now if committed is None else committed),
                message.replace("\0", ""),
                tree,
                list(parents),
            )
        except (ValueError, KeyError, OSError, pygit2.GitError) as error:
            raise HivemindError(
                f"a commit cannot be written: {error}", "Check user.name, user.email and disk space."
            ) from error
        # On a full disk libgit2 (1.9) reports a commit as written that is not there; a ref must never name one.
        if made not in self._git:
            raise HivemindError("a commit cannot be written", "Check permissions and disk space.")
        return str(made)

    def commit(self, rev: str) -> CommitInfo | None:
        """One commit, or None."""
        found = self._commit(rev)
        return history.info(found) if found is not None else None

    def walk(
        self, tips: Sequence[str], hide: Sequence[str] = (), *, first_parent: bool = False, oldest_first: bool = False
    ) -> Iterator[CommitInfo]:
        """The commits reachable from `tips` (ids) and not from `hide`; children come first unless `oldest_first`."""
        return history.walk(self._git, tips, hide, first_parent=first_parent, oldest_first=oldest_first)

    def changes(self, commit: str, paths: Collection[str] | None = None) -> tuple[Change, ...]:
        """What a commit did against its first parent, renames with edits found, by path.

        With `paths`, only changes that come from or go to one of them; a commit that touches none is cheap.
        """
        found = self._commit(commit)
        return history.changes(self._git, found, paths) if found is not None else ()

    def patch_id(
        self, commit: str, blob: Callable[[str], bytes | None] | None = None, diff: DiffFunction = diff_lines
    ) -> str:
        """An id of what a commit changed, the same wherever a rebase or cherry-pick put it; empty if it changed
        nothing.

        `blob` and `diff` are for callers that hold what they have read and compared.
        """
        found = self._commit(commit)
        return history.patch_id(self._git, found, blob or self.blob, diff) if found is not None else ""

    def is_ancestor(self, ancestor: str, descendant: str) -> bool:
        """Whether a commit is another, or among its ancestors."""
        return ancestor == descendant or self.merge_base(ancestor, descendant) == ancestor

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor of two commits (ids), or None."""
        try:
            found = self._git.merge_base(one, other)
        except (KeyError, ValueError, pygit2.GitError):
            return None
        return str(found) if found is not None else None

    def attributes(self, path: str, names: Sequence[str]) -> dict[str, str | bool | None]:
        """The git attributes of a path: True set, False unset, None unspecified, else the value.

        Raises:
            HivemindError: the index cannot be read.
        """
        return indexed.attributes(self._git, self.workdir, path, names)

    def tracks(self, path: Path) -> bool:
        """Whether a file of the worktree is git's: in the index, or not ignored, so that `git status` shows it.

        Raises:
            HivemindError: the index cannot be read.
        """
        if self.workdir is None or path.is_relative_to(self.common_dir) or not path.is_relative_to(self.workdir):
            return False
        name = path.relative_to(self.workdir).as_posix()
        return indexed.holds(self._git, self.workdir, name) or not self._git.path_is_ignored(name)

    def _commit(self, rev: str) -> pygit2.Commit | None:
        try:
            found = self._git[rev] if len(rev) == 40 else self._git.revparse_single(rev)
            return found.peel(pygit2.Commit)
        except (KeyError, ValueError, pygit2.GitError):
            return None


def _signature(who: tuple[str, str], when: float) -> pygit2.Signature:
    offset = time.localtime(when).tm_gmtoff // 60
    return pygit2.Signature(who[0], who[1], int(when), offset)
