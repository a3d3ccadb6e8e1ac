"""Finds the repository that git itself would use, or says in one sentence why there is none."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pygit2
from pygit2.enums import RepositoryOpenFlag

from hivemind_git.errors import GitUnusableError, HivemindError
from hivemind_git.git import process

# libgit2 refuses an extension that it does not know, and does not know this one; all it means for a reader is that
# objects may be missing, which every walk of ours survives.
_EXTENSIONS = ["preciousobjects", "worktreeconfig", "relativeworktrees", "noop", "partialclone"]

pygit2.settings.set_extensions(_EXTENSIONS)
# libgit2 checks the hash of each object that it reads by a SHA-1 that takes as long as to unpack it (it looks for
# collisions); of blobs `blobs` does so by the processor's own. Trees and commits have a form that they must keep.
pygit2.settings.enable_strict_hash_verification(False)


MAIN = "main"


def find(start: Path) -> Path:
    """The git directory for `start`: `GIT_DIR` where it is set, as git does, else the nearest one at or above `start`.

    Raises:
        HivemindError: there is none.
    """
    inherited = os.environ.get("GIT_DIR")
    return Path(inherited).absolute() if inherited else search(start)


def search(start: Path) -> Path:
    """The nearest git directory at or above `start`, whatever `GIT_DIR` says.

    Honours `GIT_CEILING_DIRECTORIES` and `GIT_DISCOVERY_ACROSS_FILESYSTEM`.

    Raises:
        HivemindError: there is none.
    """
    across = os.environ.get("GIT_DISCOVERY_ACROSS_FILESYSTEM", "").lower() in {"1", "true", "yes", "on"}
    ceiling = os.environ.get("GIT_CEILING_DIRECTORIES", "")
    try:
        found = pygit2.discover_repository(str(start), across, ceiling)
    except (KeyError, ValueError, pygit2.GitError):
        found = None
    if found is None:
        raise _none(start)
    return Path(found)


def open_at(git_dir: Path, start: Path) -> pygit2.Repository:
    """Opens a git directory.

    Raises:
        HivemindError: it is none, it belongs to somebody else, or it is of a kind that libgit2 cannot read (SHA-256,
        reftable).
    """
    try:
        return _open(git_dir)
    except (KeyError, ValueError, pygit2.GitError) as error:
        if _foreign_owner(git_dir) and _trusted(start):
            return _open_of_another(git_dir, start)
        raise _refusal(git_dir, start, str(error)) from error


def _open(git_dir: Path) -> pygit2.Repository:
    return pygit2.Repository(str(git_dir), RepositoryOpenFlag.NO_SEARCH | RepositoryOpenFlag.CROSS_FS)


def _trusted(start: Path) -> bool:
    """Whether git itself works here. libgit2 reads `safe.directory` in fewer places: a container may set it in the
    environment (`GIT_CONFIG_COUNT`, `GIT_CONFIG_GLOBAL`), and git learns new spellings of it.
    """
    # From inside `.git` git takes it for a bare repository, and asks for another path to be named safe.
    folder = start if start.is_dir() and start.name != ".git" else start.parent
    return process.run(["rev-parse", "--git-dir"], cwd=folder).returncode == 0


def _open_of_another(git_dir: Path, start: Path) -> pygit2.Repository:
    pygit2.settings.owner_validation = False
    try:
        return _open(git_dir)
    except (KeyError, ValueError, pygit2.GitError) as error:
        raise _refusal(git_dir, start, str(error)) from error
    finally:
        pygit2.settings.owner_validation = True


def common_dir(git_dir: Path) -> Path:
    """What all worktrees of a repository share: `GIT_COMMON_DIR`, the `commondir` file of a linked worktree, else
    `git_dir`.
    """
    inherited = os.environ.get("GIT_COMMON_DIR")
    if inherited and os.environ.get("GIT_DIR"):
        return Path(inherited).absolute()
    try:
        named = os.fsdecode((git_dir / "commondir").read_bytes()).removesuffix("\n")
    except OSError:
        return git_dir
    return Path(os.path.normpath(git_dir / named))


def worktrees(common: Path) -> dict[Path, str]:
    """Top folder → name of the main worktree and of every linked one, also of those that were removed without `prune`.

    The linked ones stand in `worktrees/<name>/gitdir`, gitrepository-layout(5).
    """
    found: dict[Path, str] = {}
    if common.name == ".git":
        found[common.parent] = MAIN
    for place in sorted((common / "worktrees").glob("*/gitdir")):
        try:
            link = Path(os.fsdecode(place.read_bytes()).removesuffix("\n"))
        except OSError:
            continue
        top = Path(os.path.normpath(place.parent / link)).parent
        found.setdefault(top, worktree_name(place.parent.name))
    return found


def worktree_name(folder: str) -> str:
    """The name of a linked worktree by its folder in the common dir; `main` is that of the main one."""
    return f"worktrees/{MAIN}" if folder == MAIN else folder


def _none(start: Path) -> HivemindError:
    return HivemindError(
        f"not a git repository: {start.absolute()}", "Run this inside a repository, or make one with `git init`."
    )


def _refusal(git_dir: Path, start: Path, reason: str) -> HivemindError:
    """Why libgit2 would not open it, told by what stands there and not by the wording of its message."""
    if not (git_dir / "HEAD").is_file() and not (git_dir / "HEAD").is_symlink():
        return _none(start)
    extensions = _extensions(common_dir(git_dir))
    hashing = extensions.get("extensions.objectformat", "sha1")
    if hashing.lower() != "sha1":
        return HivemindError(
            f"this repository names its objects by {hashing.upper()}, which libgit2 cannot read",
            "Only SHA-1 repositories work; nothing was changed.",
        )
    if extensions.get("extensions.refstorage", "files").lower() != "files":
        return HivemindError(
            f"this repository keeps its refs as {extensions['extensions.refstorage']}, which libgit2 cannot read",
            "Convert them with `git refs migrate --ref-format=files`.",
        )
    if _foreign_owner(git_dir):
        top = git_dir.parent if git_dir.name == ".git" else git_dir
        return GitUnusableError(
            f"this repository belongs to another user: {top}",
            f"If you trust it, run `git config --global --add safe.directory {top}`.",
        )
    return HivemindError(f"this repository cannot be opened: {reason}", "`git fsck` and `git status` may say more.")


def _extensions(common: Path) -> dict[str, str]:
    try:
        return {entry.name: entry.value or "" for entry in pygit2.Config(str(common / "config"))}
    except (OSError, KeyError, ValueError, pygit2.GitError):
        return {}


def _foreign_owner(git_dir: Path) -> bool:
    if sys.platform == "win32":
        return False
    places = [git_dir, git_dir.parent] if git_dir.name == ".git" else [git_dir]
    try:
        return any(place.stat().st_uid != os.geteuid() for place in places)
    except OSError:
        return False
