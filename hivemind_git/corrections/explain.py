"""Why a departure from the agent's text is no correction: each one is explained first, if it can be.

A firm explanation stands by itself (the text says it). A soft one says only that the place could have changed without a
person's decision; it yields when the same commit shows that a person edited by hand.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hivemind_git.corrections import noise
from hivemind_git.corrections.activity import Activity, Doing
from hivemind_git.corrections.evidence import CommitRecord, Evidence
from hivemind_git.corrections.lines import split
from hivemind_git.corrections.residual import Comparison, Residual
from hivemind_git.corrections.timeline import Timeline, Wrote
from hivemind_git.model import DiffFunction


class Why(StrEnum):
    """What a departure is, when it is no correction."""

    FORMATTER = "formatter"
    GENERATED = "generated"
    SHELL = "shell"
    SUBAGENT = "subagent"
    OTHER_SESSION = "other-session"
    OTHER_AUTHOR = "other-author"
    BASE = "base"
    GIT_OPERATION = "git-operation"
    RESTORED = "restored"
    AGENT_LATER = "agent-later"
    DUPLICATE = "duplicate"
    REDACTION = "redaction"
    MOVED = "moved"
    IMPORTS = "imports"
    PARTIAL_COMMIT = "partial-commit"
    ADDITION = "addition"
    UNSURE = "unsure"


FOREIGN = frozenset({Why.OTHER_SESSION, Why.AGENT_LATER, Why.RESTORED, Why.MOVED, Why.BASE, Why.GIT_OPERATION})
"""Explanations that tell of another writer than a correcting hand."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One explanation. `firm` false: it yields to evidence of hand work in the same commit."""

    why: Why
    detail: str
    firm: bool = True


@dataclass(frozen=True, slots=True)
class _Added:
    t: float
    session: str


class Explainer:
    """Explains the residual hunks of one timeline."""

    def __init__(self, evidence: Evidence, timeline: Timeline, activity: Activity, diff: DiffFunction) -> None:
        self._activity = activity
        self._diff = diff
        self._added: dict[bytes, list[_Added]] = defaultdict(list)
        self._removed: dict[bytes, list[_Added]] = defaultdict(list)
        self._images: list[tuple[float, frozenset[bytes]]] = []
        self._imaged: set[bytes] = set()
        for step in timeline.steps:
            if isinstance(step, Wrote):
                self._index(step)
        self._across: dict[str, Counter[bytes]] = {}
        self._layout: dict[Comparison, tuple[frozenset[int], frozenset[int]]] = {}

    def _index(self, step: Wrote) -> None:
        before, after = step.edit.before or b"", step.edit.after or b""
        old, new = split(before), split(after)
        by = _Added(step.t, step.session.id)
        for hunk in self._diff(before, after):
            for line in new[hunk.after_start : hunk.after_end]:
                self._added[line.strip()].append(by)
            for line in old[hunk.before_start : hunk.before_end]:
                self._removed[line.strip()].append(by)
        for content, lines in ((before, old), (after, new)):
            if content not in self._imaged:
                self._imaged.add(content)
                self._images.append((step.t, frozenset(line.strip() for line in lines)))

    def explain(self, residual: Residual, doing: Doing) -> Verdict | None:
        """The first explanation that fits, or None."""
        return self._text(residual) or self._history(residual) or self._acts(residual, doing)

    def _text(self, residual: Residual) -> Verdict | None:
        """What the text alone says."""
        comparison = residual.comparison
        marked = comparison.commit.generated if comparison.commit else frozenset[str]()
        if noise.generated(comparison.path, marked, comparison.reference.lines):
            return Verdict(Why.GENERATED, "the file is made by a program")
        if noise.redacted(residual.before, residual.after):
            return Verdict(Why.REDACTION, "the record of the session masks this text")
        if noise.conflicted(comparison.accepted) or noise.conflicted(comparison.reference.lines):
            return Verdict(Why.GIT_OPERATION, "a merge conflict stood in the file")
        if comparison not in self._layout:
            parts = (comparison.reference, comparison.accepted, comparison.hunks)
            self._layout[comparison] = (noise.formatted(*parts), noise.moved(*parts))
        formatted, moved = self._layout[comparison]
        index = comparison.hunks.index(residual.hunk)
        if index in formatted:
            return Verdict(Why.FORMATTER, "only the layout differs")
        if index in moved:
            return Verdict(Why.MOVED, "the same lines stand elsewhere in the file")
        if noise.imports(residual.before, residual.after, comparison.reference.lines[: residual.hunk.before_start]):
            return Verdict(Why.IMPORTS, "only imports differ: they follow from other changes")
        if not residual.before and noise.whole_block(residual.after, _below(residual)):
            return Verdict(Why.ADDITION, "new text was put between the agent's; the agent's own was left as it was")
        return None

    def _history(self, residual: Residual) -> Verdict | None:
        """What other images of the file and other writers say."""
        comparison = residual.comparison
        commit = comparison.commit
        if commit is not None:
            if comparison.follow and comparison.adopter not in (None, commit.author):
                return Verdict(Why.OTHER_AUTHOR, "somebody else changed the lines in a later commit")
            if not _touched(residual):
                return Verdict(Why.BASE, "the commit left this place as its parent had it", firm=not comparison.base_seen)
            if self._moved_across(residual, commit):
                return Verdict(Why.MOVED, "the same lines stand in another file of the commit")
            if _from_base(residual):
                return Verdict(Why.BASE, "the text came with the commit's parent")
        return self._written_by_agent(residual)

    def _written_by_agent(self, residual: Residual) -> Verdict | None:
        comparison = residual.comparison
        session = residual.owner.session
        new = {line.strip() for line in residual.after if line.strip()} - {line.strip() for line in residual.before}
        old = {line.strip() for line in residual.before if line.strip()} - {line.strip() for line in residual.after}
        if new:
            if all(any(a.session != session for a in self._added.get(line, ())) for line in new):
                return Verdict(Why.OTHER_SESSION, "another session of an agent wrote this text")
            if comparison.commit and all(
                any(a.t > comparison.since for a in self._added.get(line, ())) for line in new
            ):
                return Verdict(Why.AGENT_LATER, "the agent itself wrote this text afterwards")
            if self._image_with(new, old, comparison.since):
                return Verdict(Why.RESTORED, "an earlier image of the file had this text", firm=False)
        elif old and comparison.commit:
            if all(any(a.t > comparison.since for a in self._removed.get(line, ())) for line in old):
                return Verdict(Why.AGENT_LATER, "the agent itself took these lines away afterwards")
        return None

    def _image_with(self, new: set[bytes], old: set[bytes], until: float) -> bool:
        return any(t <= until and new <= lines and not old & lines for t, lines in self._images)

    def _acts(self, residual: Residual, doing: Doing) -> Verdict | None:
        """What ran in between."""
        comparison = residual.comparison
        if doing.shell:
            return Verdict(Why.SHELL, "a shell command of the agent named this file")
        if comparison.commit is None and doing.moves:
            return Verdict(Why.GIT_OPERATION, "git " + ", ".join(sorted(doing.moves)) + " ran in between")
        if doing.brings:
            return Verdict(Why.GIT_OPERATION, "git " + ", ".join(sorted(doing.brings)) + " ran in between")
        return None

    def _moved_across(self, residual: Residual, commit: CommitRecord) -> bool:
        gone = [line.strip() for line in residual.before if len(line.strip()) > 3]
        if len(gone) < 3:
            return False
        if commit.id not in self._across:
            come: Counter[bytes] = Counter()
            for change in commit.files:
                if change.path == residual.comparison.path or change.after is None:
                    continue
                lines = split(change.after)
                for hunk in self._diff(change.before or b"", change.after):
                    come.update(line.strip() for line in lines[hunk.after_start : hunk.after_end])
            self._across[commit.id] = come
        come = self._across[commit.id]
        return sum(line in come for line in gone) * 2 > len(gone)


def _below(residual: Residual) -> Sequence[bytes]:
    return residual.comparison.reference.lines[residual.hunk.before_start :]


def _touched(residual: Residual) -> bool:
    """Whether the commit itself, against its parent, changed the place."""
    hunk, comparison = residual.hunk, residual.comparison
    base = comparison.base.lines if comparison.base else ()
    gone = {line.strip() for line in residual.before if line.strip()}
    for own in comparison.base_hunks:
        if hunk.after_start < hunk.after_end:
            if own.after_start < hunk.after_end and hunk.after_start < own.after_end:
                return True
            if own.after_start == own.after_end and hunk.after_start < own.after_start < hunk.after_end:
                return True
        elif own.after_start <= hunk.after_start <= own.after_end:
            if gone & {line.strip() for line in base[own.before_start : own.before_end]}:
                return True
    return False


def _from_base(residual: Residual) -> bool:
    """Whether all that is new in the hunk stood in the parent, apart from white space."""
    comparison = residual.comparison
    if comparison.base is None or comparison.follow:
        return False
    had = {noise.words((line,)) for line in residual.before}
    new = {noise.words((line,)) for line in residual.after if line.strip()} - had
    if not new:
        return False
    if new <= {noise.words((line,)) for line in comparison.base.lines}:
        return True
    if comparison.base_seen:
        return False
    # The agent worked from another image than the commit did (a rebase, a merge): where the words that make the difference
    # stand in what others had changed meanwhile, the hunk is the two changes put together.
    known = set(comparison.reference.lines)
    others = noise.tokens([line for line in comparison.base.lines if line not in known])
    novel = noise.tokens(residual.after) - noise.tokens(residual.before)
    return bool(novel) and novel <= others
