"""The person's editor, found and started as git does it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.git.objects import Repository


def edit(repository: Repository, file: Path) -> None:
    """Lets the person edit a file, and waits. The editor has our terminal.

    Raises:
        HivemindError: git knows no editor (`git var GIT_EDITOR`), or it failed.
    """
    asked = process.run([f"--git-dir={repository.git_dir}", "var", "GIT_EDITOR"])
    if asked.returncode:
        raise HivemindError(f"git knows no editor: {process.last_words(asked)}", "Set core.editor with `git config`.")
    command = asked.stdout.decode(errors="surrogateescape").rstrip("\n")
    # As git does: a shell, for the command may have arguments and variables; `:` means the file is fine as it is.
    words = ["sh", "-c", f'{command} "$@"', command, str(file)]
    done = subprocess.run(words, cwd=repository.workdir, env=process.environment(), check=False)
    if done.returncode:
        raise HivemindError(f"the editor failed: {command}", "Set core.editor with `git config`, and try again.")
