"""How sure it is that a departure which nothing explains is somebody's correction.

Each doubt takes off a part; what is left is the confidence. The doubts are about the record: what else changed at the
same moment, how long nobody looked, who committed it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from hivemind_git.corrections import noise
from hivemind_git.corrections.activity import Activity, Doing
from hivemind_git.corrections.departures import Comparison, Residual, Taken
from hivemind_git.corrections.evidence import SILENT, Evidence, Hole
from hivemind_git.corrections.why import FOREIGN, Verdict, Why
from hivemind_git.model import CorrectionOrigin

REPORTED = 0.5
"""Confidence from which a departure is a correction; below it, it is an explanation that says how unsure it is."""

_CERTAIN = 0.9
_HEAVY = 0.45
_OVERRULED = 0.55
_MUCH_ADDED = 20
_MUCH_REMOVED = 40
_REBUILT = 60
_MENDED = 12
_SINGLE = 2
_HOUR = 3600.0
_UNHEARD = Hole(what="nothing of it is known")


@dataclass(frozen=True, slots=True)
class Finding:
    """A residual hunk with its explanation, if it has one, and with how sure we are that it is a correction.

    `by_hand` false: a linter ran meanwhile, or the record has a hole, so that nobody can say who wrote the new lines.
    """

    residual: Residual
    verdict: Verdict | None
    confidence: float
    doubts: tuple[str, ...]
    origin: CorrectionOrigin
    by_hand: bool = True

    @property
    def reported(self) -> bool:
        """Whether it is a correction."""
        return self.verdict is None and self.confidence >= REPORTED


class Scales:
    """Weighs single residual hunks; what hunks of one moment say about each other is `together`'s."""

    def __init__(self, evidence: Evidence, activity: Activity, taken: Iterable[Taken]) -> None:
        self._holes = {session.id: (*session.holes, *evidence.holes) for session in evidence.sessions}
        self._agents = {session.agent for session in evidence.sessions}
        self._activity, self._logs = activity, evidence.logs
        exact, near = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
        for one in taken:
            (exact if one.exact else near)[one.session].update(_names(one.author))
        self._exact, self._near = dict(exact), dict(near)
        self._anybody = set[str]().union(*exact.values())

    def weigh(self, residual: Residual, doing: Doing, verdict: Verdict | None) -> Finding:
        """The finding for one hunk. A stranger's commit is explained here: who is one, only all files together tell."""
        if verdict is None and self._stranger(residual):
            verdict = Verdict(Why.OTHER_AUTHOR, "the commit is not by the person who commits this session's work")
        doubts = list(self._doubts(residual, doing))
        return Finding(
            residual,
            verdict,
            _CERTAIN - sum(weight for weight, _ in doubts),
            tuple(phrase for _, phrase in doubts),
            CorrectionOrigin.LINTER if _mended(residual, doing) else CorrectionOrigin.HUMAN,
            by_hand=not doing.linter and not doing.left and self._hole(residual) is None,
        )

    def _hole(self, residual: Residual) -> str | None:
        """What is missing in the record of the time in which a departure arose; None where nothing is."""
        comparison = residual.comparison
        unheard = comparison.commit.assistants - self._agents if comparison.commit else frozenset[str]()
        if unheard:
            return f"{min(unheard)} signed the commit, and no session of it was recorded"
        for hole in self._holes.get(residual.owner.session, (_UNHEARD,)):
            if hole.since < comparison.until and comparison.since < hole.until:
                return hole.what
        return None

    def _stranger(self, residual: Residual) -> bool:
        comparison, session = residual.comparison, residual.owner.session
        if comparison.commit is None or comparison.amends:
            return False  # who amends somebody's commit in a worktree that is here leaves that one's name on it
        # Who changed the work before its first commit is the person as well; but a stranger's rebase looks the same.
        persons = self._exact.get(session) or self._anybody or self._near.get(session)
        return persons is not None and not persons & _names(comparison.commit.author)

    def _doubts(self, residual: Residual, doing: Doing) -> Iterable[tuple[float, str]]:
        comparison = residual.comparison
        hole = self._hole(residual)
        if hole is not None:
            yield 0.25, f"the session's record has a hole: {hole}"
        if comparison.thrown:
            yield 0.2, "the whole file went back: that it was not wanted is known, not what was wrong with it"
        hours = (comparison.until - comparison.since) / _HOUR
        if hours > 12 and not comparison.follow:
            # A commit shows who made it; of what an agent finds days later, not even that is known.
            late = 0.2 if comparison.commit else _HEAVY
            yield 0.1 if hours < 36 else late, "nobody looked for a long time"
        elsewhere = 0 if comparison.follow else comparison.elsewhere_than(residual)
        if elsewhere > max(10, 2 * comparison.inside):
            weight = 0.2 if self._alone(comparison, doing) else _HEAVY
            yield weight, "the file changed more elsewhere, as another branch or writer would change it"
        if comparison.follow:
            yield 0.2, "a later commit changed what an earlier one had accepted"
            if len(residual.before) > _MUCH_REMOVED or _much(
                comparison, comparison.inside, _REBUILT, lambda one: one.size
            ):
                yield 0.3, "so much of it changed later that it was rebuilt, more likely"
            if noise.released(residual.before, residual.after):
                yield 0.25, "only a version or a date went up, as with each release"
            commit = comparison.commit
            if commit and self._activity.committed(commit.t, commit.subject):
                yield 0.25, "an agent made the later commit"

    def _alone(self, comparison: Comparison, doing: Doing) -> bool:
        """Whether neither git nor a command of an agent can have changed the worktree's files meanwhile."""
        log = self._logs.get(comparison.worktree, SILENT)
        quiet = comparison.staged or log.quiet(comparison.since, comparison.until)
        return quiet and not doing.unseen


def _mended(residual: Residual, doing: Doing) -> bool:
    """Whether a linter's autofix, or a word to a linter, is the likely author of a change.

    Between two touches a linter that ran is; before a commit a person had time as well, and only a file in which
    nothing but single lines changed looks like an autofix.
    """
    if noise.directive(residual.before) != noise.directive(residual.after):
        return True
    if residual.index in residual.comparison.swept:
        return True
    commit = residual.comparison.commit
    # What a commit of a part left out, an agent finds in the worktree later: the linter ran before the span begins.
    before = doing.left and commit is None and not doing.linter
    if not before and (not doing.linter or (residual.comparison.follow and not doing.linted)):
        return False
    if commit is None and not before:
        return residual.size <= _MENDED
    formatted = residual.comparison.formatted
    others = [one for one in residual.comparison.residuals if one.index not in formatted]
    return noise.related(residual.before, residual.after) and all(
        max(len(one.before), len(one.after)) <= _SINGLE or noise.repeated(one.before, one.after) for one in others
    )


def _names(author: str) -> set[str]:
    """Name and address of an author: one person often has two addresses, or two spellings of a name."""
    name, _, address = author.rpartition("<")
    return {part for part in (name.strip().casefold(), address.rstrip(">").strip().casefold()) if part}


@dataclass(slots=True)
class _Company:
    """What changed at the same moment: by hand, doubtfully, by other writers (lines of the file), and lines added."""

    by_hand: Counter[str] = field(default_factory=Counter)
    doubtful: Counter[str] = field(default_factory=Counter)
    own: Counter[Comparison] = field(default_factory=Counter)
    foreign: Counter[Comparison] = field(default_factory=Counter)
    added: Counter[Comparison] = field(default_factory=Counter)

    def count(self, finding: Finding) -> None:
        """Takes one finding into account."""
        comparison, verdict = finding.residual.comparison, finding.verdict
        if verdict is None:
            # Older text that came back is nobody's new work.
            self.added[comparison] += 0 if comparison.thrown else len(finding.residual.after)
            if finding.confidence >= REPORTED:
                self.by_hand[comparison.event] += 1
                self.own[comparison] += finding.residual.size
        else:
            self.doubtful[comparison.event] += not verdict.firm
            if verdict.why in FOREIGN and not verdict.by_hand:
                self.foreign[comparison] += finding.residual.size

    def settle(self, finding: Finding) -> Finding:
        """The finding in the light of the others."""
        comparison, verdict = finding.residual.comparison, finding.verdict
        hands, doubts = self.by_hand[comparison.event], self.doubtful[comparison.event]
        if verdict is not None:
            if verdict.firm or hands <= doubts:
                return finding
            return replace(finding, verdict=None, confidence=min(finding.confidence, _OVERRULED))
        if comparison.reverts:
            return finding  # all that it changed was taken back by one act
        if doubts > hands or self.foreign[comparison] > self.own[comparison]:
            return _doubted(finding, "most of what changed with it was not made by hand")
        if _much(comparison, self.added[comparison], _MUCH_ADDED, lambda one: len(one.after)):
            return _doubted(finding, "dozens of new lines came with it: another writer's work, more likely")
        return finding


def _much(comparison: Comparison, lines: int, most: int, of: Callable[[Residual], int]) -> bool:
    """Whether so many lines changed that it is no hand's work: what one act changed all over the file counts once."""
    return lines > most and (len(comparison.residuals) == 1 or sum(map(of, comparison.acts)) > most)


def together(findings: Sequence[Finding]) -> list[Finding]:
    """What the hunks of one moment say about each other.

    Where most of a moment's changes are hand work, those that only could be something else are hand work as well. Where
    most of a file went back to an earlier image, or came from another writer, the few lines that did not are no safe
    evidence of a hand; and nobody corrects by hand what makes dozens of new lines.
    """
    company = _Company()
    for finding in findings:
        company.count(finding)
    return [company.settle(finding) for finding in findings]


def _doubted(finding: Finding, phrase: str) -> Finding:
    return replace(finding, confidence=finding.confidence - _HEAVY, doubts=(*finding.doubts, phrase))
