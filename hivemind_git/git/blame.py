"""Who wrote each line of a committed file, as `git blame` says it."""

from __future__ import annotations

from dataclasses import dataclass

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.git.objects import Repository


@dataclass(frozen=True, slots=True)
class Wrote:
    """The commit that a line came with, and that commit's author."""

    commit: str
    author: str


def blame(repository: Repository, commit: str, path: str) -> tuple[Wrote, ...]:
    """For each line of a file at a commit who wrote it; what `blame.ignoreRevsFile` says counts.

    Format: git-blame(1), "The porcelain format".

    Raises:
        HivemindError: git is missing, or the file is not there.
    """
    where = [f"--git-dir={repository.git_dir}", *([f"--work-tree={repository.workdir}"] if repository.workdir else [])]
    done = process.run([*where, "blame", "--line-porcelain", commit, "--", path], cwd=repository.workdir)
    if done.returncode:
        raise HivemindError(f"git could not blame {path}: {process.last_words(done)}", "`git blame` says the same.")
    found: list[Wrote] = []
    oid = author = ""
    for line in done.stdout.decode("utf-8", "replace").split("\n"):
        if line.startswith("\t"):
            found.append(Wrote(oid, author))
            oid = ""
        elif not oid:
            oid = line.partition(" ")[0]
        elif line.startswith("author "):
            author = line.removeprefix("author ")
    return tuple(found)
