"""What every assistant answers, and the values in which it answers.

An assistant is one module or package here. Nothing outside knows one assistant from another.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from hivemind_git.agents.lines import Tally
from hivemind_git.agents.stamp import Place
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture, DiffFunction
from hivemind_git.wiring import FileChange


class Scope(StrEnum):
    """For whom an assistant is wired: one person in one repository, everybody in it, or one person everywhere."""

    LOCAL = "local"
    PROJECT = "project"
    USER = "user"


@dataclass(frozen=True, slots=True)
class Machine:
    """The person's side of this machine: the home folder and the environment."""

    home: Path
    environ: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Checkout:
    """A worktree of a repository. `worktrees` are the tops of all of the repository's worktrees, this one included."""

    top: Path
    common: Path
    worktrees: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An assistant that is on this machine: its program, if that is on the path, and its folder, if it has one."""

    program: Path | None
    folder: Path | None

    @classmethod
    def on(cls, machine: Machine, folder: Path | None, *programs: str) -> Found | None:
        """The first of its programs that is there, and its folder if that is; None where neither is."""
        path = machine.environ.get("PATH", "")
        program = next((found for name in programs if (found := shutil.which(name, path=path))), None)
        there = folder if folder and folder.is_dir() else None
        return cls(Path(program) if program else None, there) if program or there else None


@dataclass(frozen=True, slots=True)
class Wired:
    """Where an assistant is wired. `trusted` None: it asks for no trust, or does not say whether it has it."""

    files: tuple[Path, ...] = ()
    trusted: bool | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """How a client runs a hook of ours as it is configured: the program, the folder, and what it sets for it."""

    argv: tuple[str, ...]
    cwd: Path
    environ: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a wired assistant, in a sentence without a final stop, and what mends it."""

    what: str
    mend: str


@runtime_checkable
class Examinable(Protocol):
    """An assistant that tells more of its wiring than its files do, where somebody takes the time to ask."""

    def calls(self, checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
        """How it runs our hooks, once for each command that is configured."""

    def faults(self, checkout: Checkout, machine: Machine) -> tuple[Fault, ...]:
        """Why it would not run them. May start the assistant's own program, but never a session."""


@runtime_checkable
class Personal(Protocol):
    """An assistant that reads one person's skills from a folder of its own, and not from `~/.agents/skills`."""

    def own_skills(self, machine: Machine) -> Path | None:
        """That folder; None where the assistant is not on this machine."""


@runtime_checkable
class KeepsDatabase(Protocol):
    """An assistant whose logs are parts of a database: their paths continue the database's, `<file>/<session>`."""

    def measured(self, path: Path) -> tuple[int, int] | None:
        """How much such a log holds, in whatever only grows, and when that changed, in ns; None: it is not there."""


class Assistant(Protocol):
    """One coding assistant.

    Attributes:
        name: as in the configuration, the journal and the store.
        title: as people call it.
        scopes: for whom it can be wired, the default first.
        skill_folders: where it looks for skills, relative to the top of a worktree, the one it prefers first.
        logs_match: whether `read` gives events the ids that `hear` gives them. Where not, `logs` gives none, and import
            takes no session of which hooks told.
    """

    name: str
    title: str
    scopes: tuple[Scope, ...]
    skill_folders: tuple[str, ...]
    logs_match: bool

    def find(self, machine: Machine) -> Found | None:
        """Whether it is on this machine."""

    def wire(self, checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:
        """The changes that make it tell us its events; none where it does already.

        Raises:
            HivemindError: one of its files is malformed, or cannot be read. Nothing was changed.
        """

    def untangle(self, path: Path, content: bytes) -> bytes | None:
        """The file without our entries, all else byte for byte; None where it is none of its files, or malformed."""

    def wired(self, checkout: Checkout, machine: Machine) -> Wired:
        """Where it is wired for this worktree, in any scope. Files that cannot be read hold nothing."""

    def hear(self, payloads: Sequence[Payload], place: Place, diff: DiffFunction) -> Iterator[Capture]:
        """What its hooks told, in order. A payload that tells nothing gives nothing."""

    def logs(self, payloads: Sequence[Payload]) -> list[Path]:
        """Its own log files of the sessions that these payloads are from; one may not be there yet."""

    def transcripts(self, checkout: Checkout, machine: Machine) -> list[Path]:
        """All log files on this machine of sessions in this repository, oldest first."""

    def read(self, path: Path, place: Place, tally: Tally, diff: DiffFunction) -> Iterator[Capture]:
        """The events of one of its log files.

        Raises:
            OSError: the file cannot be read.
        """

    def mentions(self, path: Path) -> tuple[set[str], set[str]]:
        """The files that a log names and the folders in which it worked, as it wrote them.

        Raises:
            OSError: the file cannot be read.
        """
