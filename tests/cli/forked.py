"""Commands as processes that need not start: each is forked from one that has loaded the whole product.

Half of what a command costs is its start, and as much again where what it covers is measured. Run as a program with
the number of a socket: takes one command a line, and gives its exit status.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import coverage

import hivemind_git

_HEAVY = "hivemind_git.skills.draft.sdk"
"""Loads Anthropic's SDK, which takes seconds, and is for a command that asks a model."""


class Forking:
    """The process that forks, at work until `close`."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        ours, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(
                command, cwd=folder, env=environment, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
            )
        self._socket, self._stream = ours, ours.makefile("rw")

    def run(self, folder: Path, arguments: tuple[str, ...], environment: Mapping[str, str]) -> tuple[int, str, str]:
        """Exit status and both outputs of `git hivemind ARGUMENTS` in a folder."""
        out, err = self._folder / "out", self._folder / "err"
        asked = [str(folder), [*arguments], {**environment}, str(out), str(err)]
        self._stream.write(json.dumps(asked) + "\n")
        self._stream.flush()
        return int(self._stream.readline()), out.read_text(), err.read_text()

    def close(self) -> None:
        """Ends it."""
        self._stream.close()
        self._socket.close()
        assert self._process.wait() == 0


def _load() -> None:
    for module in pkgutil.walk_packages(hivemind_git.__path__, "hivemind_git."):
        if module.name not in {_HEAVY, "hivemind_git.__main__"}:
            importlib.import_module(module.name)
    gc.freeze()


def _become(folder: str, arguments: list[str], environment: dict[str, str], out: str, err: str) -> None:
    """What a new process finds of itself, libgit2's view of the home folder included."""
    import pygit2  # noqa: PLC0415 - loaded with the product

    for number, path in enumerate((os.devnull, out, err)):
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC if number else os.O_RDONLY
        os.dup2(os.open(path, flags, 0o600), number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    pygit2.settings.search_path[pygit2.enums.ConfigLevel.GLOBAL] = environment.get("HOME", "")
    coverage.process_startup(force=True)  # as in a process that starts; what was loaded before counts for nothing
    sys.argv = ["git-hivemind", *arguments]
    runpy.run_module("hivemind_git", run_name="__main__", alter_sys=True)


def _serve(number: int) -> None:
    with socket.socket(fileno=number) as told, told.makefile("rw") as stream:
        for line in stream:
            if not (child := os.fork()):
                _become(*json.loads(line))
                return
            stream.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
            stream.flush()


if __name__ == "__main__":
    _load()
    _serve(int(sys.argv[1]))
