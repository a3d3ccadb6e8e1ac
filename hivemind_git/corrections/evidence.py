"""What derivation reads: sessions as they went, and the commits that followed, as plain values.

The edge (`pipeline/deriving`) fills these in from the store, the local images and the repository; the tests write them
by hand. `t` is a POSIX time in seconds everywhere here. `path` is relative to the top of the worktree, with `/`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias


class Speaker(StrEnum):
    """Who wrote a prompt: a person, a program (a task notification, a hook, a sub-agent's task), or nobody can tell."""

    PERSON = "person"
    PROGRAM = "program"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """Words that started or joined a turn."""

    event: str
    t: float
    text: str
    speaker: Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the agent said, without its tool uses."""

    event: str
    t: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A file the agent wrote. `after` None: deleted. `before_known` false: `before` could not be rebuilt.

    `created`: its client calls the file new, which does not mean that nothing stood there (`creations.settled`).
    `brought`: lines, without white space around them, that it only put elsewhere (`brought.known`).
    """

    event: str
    t: float
    tool_use: str
    worktree: str
    path: str
    before: bytes | None
    after: bytes | None
    before_known: bool = True
    created: bool = False
    subagent: bool = False
    brought: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """The agent saw the whole file (a read, or an edit's own view of what it changed). Empty: none may stand there.

    `brought_back`: a person had its client bring this image back (`/rewind`).
    """

    event: str
    t: float
    worktree: str
    path: str
    content: bytes
    brought_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A shell command of the agent. `ok` None: no result was recorded.

    `closed`: its worktree was looked at before and after it, so all that it wrote there is among the edits.
    """

    event: str
    t: float
    tool_use: str
    worktree: str
    text: str
    ok: bool | None
    output: str = ""
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """Any other tool use: a question to the person, a plan, a search, a sub-agent."""

    event: str
    t: float
    tool_use: str
    tool: str
    text: str
    ok: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A tool use that was refused. `by_person` false: a hook or the configuration refused it.

    For an edit `path`, `before` and `after` are the file as it was and as it would have become; `proposed` is what the
    tool use would have written or run (new text, command, plan).
    """

    event: str
    t: float
    tool_use: str
    tool: str
    reason: str
    by_person: bool
    worktree: str
    path: str
    replaced: str
    proposed: str
    before: bytes | None = None
    after: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupt:
    """The person stopped the turn."""

    event: str
    t: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The conversation was compacted, cleared, rewound or resumed; `what` says which."""

    event: str
    t: float
    what: str


Item: TypeAlias = Prompt | Response | Edit | Sight | Command | ToolUse | Refusal | Interrupt | Break


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRun:
    """Tests that the agent ran, where their result is known."""

    __test__ = False  # pytest takes the name for a test

    t: float
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """What is in no record: from `since` to `until`. `what` is a phrase for people."""

    what: str
    since: float = -math.inf
    until: float = math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A whole run of an agent, items in the order in which they happened, and what is missing among them."""

    id: str
    agent: str
    model: str | None
    items: tuple[Item, ...]
    tests: tuple[TestRun, ...] = ()
    holes: tuple[Hole, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """One file of a commit against its first parent. None: not there on that side. Binary files are left out.

    `previous_path`: another name that it had there; or, where `before` is None, in the worktree, before any commit.
    """

    path: str
    previous_path: str
    before: bytes | None
    after: bytes | None

    @property
    def renamed(self) -> bool:
        """Whether it had another name."""
        return self.previous_path not in {"", self.path}


@dataclass(frozen=True, slots=True)
class Making:
    """Where and when a commit was made, as that worktree's log of HEAD tells.

    `replayed`: git made its files out of other commits (rebase, cherry-pick, revert, merge); else it holds what
    somebody had staged there. `reverts`: it took back what another one had done. `others` are worktrees in which it
    surely was not made, because they keep a log too. Of folders that sessions from elsewhere call a worktree, neither
    is known. `since`: when that HEAD was moved or reset before, and with it, perhaps, what stood in the worktree.
    `instead`: the commit that it amended, empty where none. `undone`: the one from which HEAD was reset away just
    before, and `earlier` what `since` was without that. `position`: the how-manieth commit of that log it is;
    several are made in a second.
    """

    t: float
    worktree: str
    replayed: bool = False
    since: float = float("-inf")
    others: frozenset[str] = frozenset()
    reverts: bool = False
    instead: str = ""
    position: int = 0
    undone: str = ""
    earlier: float = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitRecord:
    """A commit and what it did to the paths that agents edited.

    `t` is the author time; `committed` the committer time. `patch` is the patch id, equal for the same change wherever
    a rebase or cherry-pick put it. `generated` are paths that the repository's attributes mark as generated or
    vendored. `gone`: no branch holds it any more. `assistants` are the names of those that it says it is of. `made`
    None: no log tells in which worktree it was made, or whether on this machine.
    """

    id: str
    parents: tuple[str, ...]
    t: float
    committed: float
    author: str
    subject: str
    body: str
    patch: str
    files: tuple[FileChange, ...]
    generated: frozenset[str] = frozenset()
    gone: bool = False
    assistants: frozenset[str] = frozenset()
    made: Making | None = None


@dataclass(frozen=True, slots=True)
class HeadLog:
    """When git itself may have changed a worktree's files: HEAD was moved or reset there, or something was stashed.

    `since`: from when on that is known. `aside`: when all that was not committed was stashed, of what still is in the
    stash. The times are whole seconds, as git keeps them.
    """

    since: float
    moved: tuple[float, ...] = ()
    aside: tuple[float, ...] = ()

    def quiet(self, since: float, until: float) -> bool:
        """Whether git surely left the worktree's files alone for a span, but for what brings single files back."""
        return self.since <= since and not self.went(since, until)

    def went(self, since: float, until: float) -> bool:
        """Whether HEAD was moved or reset in a span, or something stashed, as far as the log goes back."""
        return any(math.floor(since) <= t <= until for t in self.moved)

    def cleared(self, since: float, until: float) -> bool:
        """Whether what stood in the worktree at the begin of a span was put aside in it, and is so still."""
        return any(since <= t <= until for t in self.aside)


SILENT = HeadLog(math.inf)
"""What is told of a worktree that keeps no log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A file that stands in a worktree as HEAD has it (`blob`), and not as an agent left it; `t`: last written."""

    t: float
    worktree: str
    path: str
    content: bytes
    blob: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a derivation may use. Commits are in topological order, parents first.

    `holes` are spans in which nothing of any session was recorded here. `logs` are those of the worktrees that are
    here and keep one, by name. `present`: the files that agents wrote lately as they stand now, by worktree and path.
    """

    sessions: tuple[Session, ...]
    commits: tuple[CommitRecord, ...]
    holes: tuple[Hole, ...] = ()
    logs: Mapping[str, HeadLog] = field(default_factory=dict)
    standing: tuple[Standing, ...] = ()
    present: Mapping[tuple[str, str], bytes] = field(default_factory=dict)
