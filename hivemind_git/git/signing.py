"""Commits that are signed as the user's own git signs them: libgit2 knows no signing."""

from __future__ import annotations

import shlex
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.git.objects import Repository

_TRUE = frozenset({"true", "yes", "on", "1"})


def signs(repository: Repository) -> bool:
    """Whether the user's git signs every commit (`commit.gpgSign`)."""
    return (repository.config("commit.gpgsign") or "").lower() in _TRUE


def commit_tree(
    repository: Repository, tree: str, parents: Sequence[str], message: str, *, unattended: bool = False
) -> str:
    """Writes a signed commit, without moving a ref, and returns its id.

    `unattended`: a key that would ask for its passphrase fails instead; nothing is shown to anybody.

    Raises:
        HivemindError: git is missing, or the commit could not be signed.
    """
    named = [word for parent in parents for word in ("-p", parent)]
    with _signer(repository, unattended) as options:
        command = [f"--git-dir={repository.git_dir}", *options, "commit-tree", "-S", tree, *named]
        done = process.run(command, stdin=message.encode(), unattended=unattended)
    if done.returncode:
        raise HivemindError(
            f"git could not sign the commit: {process.last_words(done)}", "`git commit -S` shows the same."
        )
    return done.stdout.decode().strip()


@contextmanager
def _signer(repository: Repository, unattended: bool) -> Iterator[list[str]]:
    """Options that keep GnuPG from asking. Its agent asks by itself, in a window of its own, so no environment stops
    it.
    """
    form = (repository.config("gpg.format") or "openpgp").lower()
    if not unattended or form not in {"openpgp", "x509"}:
        yield []
        return
    default = "gpgsm" if form == "x509" else repository.config("gpg.program") or "gpg"
    program = repository.config(f"gpg.{form}.program") or default
    with tempfile.TemporaryDirectory() as folder:
        wrapper = Path(folder, "gpg")
        wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(program)} --pinentry-mode error "$@"\n')
        wrapper.chmod(0o700)
        options = [f"gpg.{form}.program={wrapper}", *([f"gpg.program={wrapper}"] if form == "openpgp" else [])]
        yield [word for option in options for word in ("-c", option)]
