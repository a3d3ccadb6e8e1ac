"""The values that travel between the stages, and nothing that acts on them.

The lines of the session store are these values as JSON; `docs/data-model.md` describes every field and is kept in step.
Everything here is frozen, and free of foreign types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple, TypeAlias

Json: TypeAlias = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


class Kind(StrEnum):
    """What an event tells."""

    SESSION_START = "session_start"
    PROMPT = "prompt"
    RESPONSE = "response"
    TOOL_USE = "tool_use"
    EDIT = "edit"
    REJECTION = "rejection"
    INTERRUPT = "interrupt"
    COMPACTION = "compaction"
    SESSION_END = "session_end"
    ACCEPTED = "accepted"
    COMMIT = "commit"
    REWRITE = "rewrite"
    OUTCOME = "outcome"


class Source(StrEnum):
    """Through which door an event came. The reader's fold prefers them in this order."""

    TRANSCRIPT = "transcript"
    IMPORT = "import"
    HOOK = "hook"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened in an agent's session, as its hook or its transcript reported it.

    `t` is RFC 3339 in UTC with milliseconds and a `Z`. `fields` are the kind's own (docs/data-model.md); no name of an
    attribute of this class is among them.
    """

    id: str
    t: str
    session: str
    kind: Kind
    agent: str
    source: Source
    seq: int = 0
    agent_version: str | None = None
    model: str | None = None
    workspace: str | None = None
    worktree: str | None = None
    branch: str | None = None
    head: str | None = None
    fields: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Capture:
    """An event with the file images it came with. Images are unredacted and never reach git.

    For an edit: the whole file before and after (`before` None: the file was new, or `before_known` is false; `after`
    None: the edit deleted it). For a refused edit: before, and what it would have become. For a read of the whole file:
    `after` alone.
    """

    event: Event
    before: bytes | None = None
    after: bytes | None = None
    before_known: bool = True


class Hunk(NamedTuple):
    """A maximal run of changed lines, without context: half-open ranges of 0-based line numbers."""

    before_start: int
    before_end: int
    after_start: int
    after_end: int


DiffFunction: TypeAlias = Callable[[bytes, bytes], Sequence[Hunk]]
"""Line diff of two file images. Lines end after each LF; what follows the last LF is a line too."""


class CorrectionKind(StrEnum):
    """How a person corrected: three by hand, two in words."""

    REPLACED = "replaced"
    REMOVED = "removed"
    EXTENDED = "extended"
    REJECTED = "rejected"
    RESTATED = "restated"


class CorrectionOrigin(StrEnum):
    """Whose opinion a correction is."""

    HUMAN = "human"
    REVIEW = "review"
    LINTER = "linter"


class ReasonSource(StrEnum):
    """Where the words of a reason were found."""

    PROMPT = "prompt"
    REJECTION = "rejection"
    COMMIT = "commit"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, in the person's own words."""

    text: str
    source: ReasonSource


class Result(StrEnum):
    """How tests ended, or what became of a commit."""

    PASSED = "passed"
    FAILED = "failed"
    KEPT = "kept"
    REVERTED = "reverted"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionOutcome:
    """What followed, as far as anything tells.

    `agent_tests`: what tests last said of the agent's text before it was corrected. `tests`: what they last said in the
    turn in which other text had come in its place. `commit`: what became of the commit that took the latter.
    """

    agent_tests: Result | None = None
    tests: Result | None = None
    commit: Result | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The agent's hunk and the accepted hunk, with the reason where there is one.

    `before` and `after` hold the changed lines only. `id` hashes the agent's side alone, so that it survives later
    versions of the accepted text. `decision` groups what one act of a person made. `confidence` is a probability in
    [0, 1]; `doubts` are phrases for people that say what takes it down. `evidence` names the events and commits it was
    derived from. `author` and `t` are those of the accepting commit, or of the person's words.
    """

    id: str
    session: str
    tool_use: str | None
    agent: str
    model: str | None
    path: str
    language: str
    kind: CorrectionKind
    origin: CorrectionOrigin
    before: str
    after: str
    context: str
    reason: Reason | None
    commit: str | None
    author: str | None
    t: str
    decision: str
    confidence: float
    evidence: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    outcome: CorrectionOutcome = CorrectionOutcome()


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What another tool remembered of how people work: found by a search, and never a rule by itself.

    `tool` is the format it came in, `key` that tool's own id of it, `who` the person or agent it is about. `t` is when
    it was last changed there, RFC 3339 in UTC; where that is unknown, when it was imported.
    """

    id: str
    t: str
    tool: str
    key: str
    text: str
    title: str = ""
    who: str = ""


class RuleKind(StrEnum):
    """A before→after template with holes, or recurring advice in the users' words."""

    TEMPLATE = "template"
    ADVICE = "advice"


class RuleState(StrEnum):
    """Where a rule stands."""

    CANDIDATE = "candidate"
    HELD = "held"
    PUBLISHED = "published"
    REJECTED = "rejected"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What three or more corrections have in common.

    `before` and `after` are templates whose holes are written `$0`, `$1`…; empty for advice, which speaks in `advice`.
    `scope` are git glob patterns; empty means the whole workspace. `why` is one sentence for the state.
    """

    id: str
    kind: RuleKind
    before: str
    after: str
    advice: str
    scope: tuple[str, ...]
    language: str
    corrections: tuple[str, ...]
    sessions: tuple[str, ...]
    decisions: int
    origin: CorrectionOrigin
    state: RuleState
    why: str
