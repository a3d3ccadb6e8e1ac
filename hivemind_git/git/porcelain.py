"""What must go the way the user's own git goes, with progress: fetch, push and what a remote has, through GitPython.

Credentials, proxies, `insteadOf`, SSH commands and hooks are the user's. GitPython costs 130 ms to import, so this
module is imported where something is about to travel, and nowhere else.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePath
from typing import TypeAlias

from hivemind_git.errors import HivemindError
from hivemind_git.git import credentials, process, urls
from hivemind_git.git.objects import Repository

try:
    from git.cmd import Git, handle_process_output
    from git.exc import GitCommandError, GitCommandNotFound
    from git.util import RemoteProgress
except ImportError as error:  # GitPython looks for git when it is imported
    raise HivemindError("git was not found", "Install git, or put it on PATH.") from error

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Told the stage (`receiving`, `resolving`, …), how far it is, and of how much."""

_STAGES = {
    RemoteProgress.COUNTING: "counting",
    RemoteProgress.COMPRESSING: "compressing",
    RemoteProgress.WRITING: "writing",
    RemoteProgress.RECEIVING: "receiving",
    RemoteProgress.RESOLVING: "resolving",
}


class PushState(StrEnum):
    """How a push ended. STALE: the remote ref was not where the lease said, so fetch and do it again."""

    PUSHED = "pushed"
    CURRENT = "current"
    STALE = "stale"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Push:
    """The end of a push, and what git or the remote said about it."""

    state: PushState
    reason: str


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote (a configured name, a URL or a path) as one repository sees it.

    `unattended`: nothing may ask for anything, no terminal is there. `timeout` are seconds for the whole of a transfer.
    `by_token`: the token in the environment (HIVEMIND_TOKEN) stands for the user where `url` is HTTPS.
    """

    repository: Repository
    name: str
    unattended: bool = False
    timeout: float | None = None
    by_token: bool = False

    @property
    def title(self) -> str:
        """The name as it may be shown: without a password that a URL holds."""
        return urls.shown(self.name)

    @property
    def url(self) -> str:
        """Where a push goes, `insteadOf` and `pushInsteadOf` applied; the name itself where it is no configured one.

        Raises:
            HivemindError: git is missing.
        """
        return self.urls[0]

    @property
    def urls(self) -> tuple[str, ...]:
        """All places that a push goes to."""
        done = process.run([f"--git-dir={self.repository.git_dir}", "remote", "get-url", "--push", "--all", self.name])
        found = os.fsdecode(done.stdout).splitlines() if not done.returncode else []
        if found:
            return tuple(found)
        done = process.run([f"--git-dir={self.repository.git_dir}", "ls-remote", "--get-url", "--", self.name])
        return (os.fsdecode(done.stdout).rstrip("\n") or self.name,)

    def refs(self, *patterns: str) -> dict[str, str]:
        """Full name → object id of the remote's refs that match.

        Raises:
            HivemindError: the remote cannot be reached.
        """
        lines = self._run(["ls-remote", "--refs", "--", self.name, *patterns], None)
        return {name: oid for oid, _, name in (line.partition("\t") for line in lines)}

    def fetch(self, refspecs: Sequence[str], progress: Progress | None = None, *, again: bool = False) -> None:
        """Fetches, without touching tags, FETCH_HEAD or any ref but those of the refspecs.

        Each object is checked as `git fsck` would. In a partial clone too all objects come; `again`
        fetches also what the repository seems to have.

        Raises:
            HivemindError: the remote cannot be reached, or has no such ref.
        """
        options = [
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            "--progress",
            "--no-filter",
            "--no-prune",
            "--refmap=",
            *(["--refetch"] if again else []),
        ]
        checked = ["-c", "fetch.fsckObjects=true"]
        self._run([*checked, "fetch", *options, "--", self.name, *refspecs], progress)

    def push(
        self, source: str, target: str, *, expected: str | None, verify: bool = True, progress: Progress | None = None
    ) -> Push:
        """Pushes a commit (id; empty deletes) to a full ref name, if that ref still is at `expected` (None: not there).

        `verify` runs the user's pre-push hook. Git moves the tracking ref of a configured remote along.

        Raises:
            HivemindError: the remote cannot be reached.
        """
        options = ["--porcelain", "--progress", "--no-follow-tags", "--recurse-submodules=no", "--no-signed"]
        options += [f"--force-with-lease={target}:{expected or ''}", *(() if verify else ("--no-verify",))]
        lines = self._run(["push", *options, "--", self.name, f"{source}:{target}"], progress, allowed=True)
        for line in lines:
            flag, _, rest = line.partition("\t")
            place, _, summary = rest.partition("\t")
            if place.endswith(f":{target}"):
                return self._judged(flag, summary, target, expected)
        raise HivemindError(f"{self.title} did not say what became of the push", "Try `git push` by hand.")

    def _judged(self, flag: str, summary: str, target: str, expected: str | None) -> Push:
        if flag == "=":
            return Push(PushState.CURRENT, summary)
        if flag != "!":
            return Push(PushState.PUSHED, summary)
        # Why it was refused is told in words, some of them the remote's; where the ref stands now is a fact.
        moved = self.refs(target).get(target) != expected
        return Push(PushState.STALE if moved else PushState.REFUSED, summary)

    def _run(self, arguments: list[str], progress: Progress | None, *, allowed: bool = False) -> list[str]:
        """What git printed on standard output, line by line. `allowed`: it may fail once it has printed something."""
        lines: list[str] = []
        told = _Told(progress)
        git = Git(str(self.repository.workdir or self.repository.git_dir))
        try:
            running = git.execute(
                ["git", *arguments], as_process=True, env=self._environment(), start_new_session=self.unattended
            )
            handle_process_output(
                running,
                lambda line: lines.append(line.rstrip("\n")),
                told.hear,
                decode_streams=True,
                kill_after_timeout=self.timeout,
            )
            running.wait()
        except GitCommandNotFound as error:
            raise HivemindError("git was not found", "Install git, or put it on PATH.") from error
        except GitCommandError as error:
            if not (allowed and lines):
                said = (told.error_lines or told.other_lines or [str(error.status)])[-1]
                raise HivemindError(
                    f"{self.title} could not be reached: {said.removeprefix('fatal: ')}",
                    f"Try `git ls-remote {self.title}`.",
                ) from error
        return lines

    def _environment(self) -> dict[str, str]:
        """On top of ours, which GitPython hands down: what another repository's hook set must not count here."""
        own = {
            "GIT_DIR": str(self.repository.git_dir),
            "GIT_COMMON_DIR": str(self.repository.common_dir),
            "GIT_OBJECT_DIRECTORY": str(self.repository.common_dir / "objects"),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
            "GIT_NAMESPACE": "",
        }
        if self.repository.workdir is not None:
            own["GIT_WORK_TREE"] = str(self.repository.workdir)
        if self.by_token:
            own |= credentials.by_token(self.url)
        if not self.unattended:
            return own
        ssh = os.environ.get("GIT_SSH_COMMAND") or self.repository.config("core.sshCommand") or "ssh"
        words = shlex.split(ssh)
        if "GIT_SSH" not in os.environ and words and PurePath(words[0]).stem == "ssh":
            own["GIT_SSH_COMMAND"] = f"{ssh} -o BatchMode=yes"
        return {**own, **process.SILENT}


class _Told(RemoteProgress):
    """Hands GitPython's reading of git's progress on, in our words."""

    def __init__(self, progress: Progress | None) -> None:
        super().__init__()
        self._progress = progress

    def hear(self, text: str) -> None:
        """Takes what git wrote up to a line end: all steps of a stage, with a carriage return between them."""
        handle = self.new_message_handler()
        for line in text.split("\r"):
            handle(line)

    def update(
        self,
        op_code: int,
        cur_count: str | float,
        max_count: str | float | None = None,
        message: str = "",  # noqa: ARG002 - GitPython names it
    ) -> None:
        """Called by GitPython for every line of progress."""
        stage = _STAGES.get(op_code & RemoteProgress.OP_MASK)
        if self._progress is not None and stage is not None:
            self._progress(stage, int(cur_count), int(max_count) if max_count else None)
