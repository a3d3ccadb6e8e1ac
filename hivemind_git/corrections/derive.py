"""From evidence to corrections: every departure from the agent's text is explained, or it is somebody's correction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import islice
from typing import TypeAlias

from hivemind_git.corrections import brought, decisions, spoken
from hivemind_git.corrections.across import Across, Beside, nothing_beside
from hivemind_git.corrections.activity import Activity, Doing
from hivemind_git.corrections.deleted import deletions
from hivemind_git.corrections.departures import Comparison, Residual, Walk
from hivemind_git.corrections.evidence import CommitRecord, Evidence
from hivemind_git.corrections.explain import Explainer
from hivemind_git.corrections.lines import split
from hivemind_git.corrections.outcomes import Commits, Outcomes, weighed
from hivemind_git.corrections.thrown import thrown_away
from hivemind_git.corrections.timeline import Timeline, former_names, timelines
from hivemind_git.corrections.walk import walk
from hivemind_git.corrections.weigh import REPORTED, Finding, Scales, together
from hivemind_git.corrections.why import Verdict, Why
from hivemind_git.model import Correction, CorrectionKind, DiffFunction, Reason, ReasonSource

_SOUGHT = 50  # commits of a file in which a correction that the agent met is looked for
_PAIRS = 512  # a pair of images is compared by the walk, by the explainer and across files, close together in time

_OLDER = frozenset({Why.AGENT_LATER, Why.DELETED, Why.OTHER_SESSION, Why.RESTORED})
"""What explains text that is older than the agent's: where somebody threw that away, it is no explanation."""

_BESIDE = Verdict(Why.ADDITION, "new text was put next to the agent's, which was left as it was")
_RESTORED = Verdict(Why.RESTORED, "an earlier image of the whole file came back")

Through: TypeAlias = Callable[[list[Timeline]], Iterator[Timeline]]

DERIVATION = 14
"""The version of the derivation. Of one session only the corrections of the highest one count."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A departure from the agent's text, or a person's words, that is no correction, and why.

    `detail` is a phrase for people; `confidence` how sure a correction it would have been. Of words only the session is
    known, and `before` is what was said.
    """

    path: str
    commit: str | None
    session: str
    tool_use: str
    before: str
    after: str
    why: Why
    detail: str
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Derivation:
    """What was derived. Corrections by hand come first, in order of path, then of time; then those in words.

    `commits` says what became of the commits that took each session's lines.
    """

    corrections: tuple[Correction, ...]
    explained: tuple[Explanation, ...]
    commits: Mapping[str, Commits] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Blind:
    """Mechanisms that a derivation does without, to measure their worth: explanations, and doubts of the rest."""

    explanations: frozenset[Why] = frozenset()
    doubts: bool = False


_SEEING = Blind()


def derive(
    evidence: Evidence,
    diff: DiffFunction,
    through: Through = iter,
    blind: Blind = _SEEING,
    beside: Beside = nothing_beside,
) -> Derivation:
    """All corrections that the evidence holds, and the explanation of every departure that is none.

    Args:
        evidence: what happened.
        diff: compares two file images.
        through: gives the files' timelines back one by one, so that a caller can count them.
        blind: what to do without.
        beside: what commits brought to files that no agent edited.
    """
    findings, walks = examine(evidence, diff, through, blind, beside)
    context = _Context(evidence)
    outcomes = Outcomes(evidence, walks, diff)
    corrections: dict[str, Correction] = {}
    explained = [
        _explained(lost, _RESTORED) for found in walks for one in found.restored for lost in one.comparison.residuals
    ]
    explained += [_explained(one, _BESIDE) for found in walks for one in found.beside]
    for finding in findings:
        if not finding.reported:
            explained.append(_explanation(finding, finding.verdict))
            continue
        correction = _joined(context.correction(finding), outcomes, finding.residual.comparison.until)
        if correction.id in corrections:
            explained.append(_explanation(finding, Verdict(Why.DUPLICATE, "a later version of the same correction")))
        else:
            corrections[correction.id] = correction
    words = spoken.find(evidence, diff)
    corrections.update((correction.id, _joined(correction, outcomes)) for correction in words.corrections)
    explained += [_passed(passed) for passed in words.passed]
    acts = decisions.in_one_go(tuple(corrections.values()))
    return Derivation(tuple(acts), tuple(explained), outcomes.of_sessions())


def _joined(correction: Correction, outcomes: Outcomes, accepted: float | None = None) -> Correction:
    """A correction with what became of it, and its confidence in that light.

    What was found before stays found: an outcome says how much a correction is worth, not whether it is one.
    """
    outcome = outcomes.of(correction, accepted)
    confidence = max(round(weighed(correction.confidence, outcome), 2), REPORTED)
    return replace(correction, outcome=outcome, confidence=confidence)


def examine(
    evidence: Evidence,
    diff: DiffFunction,
    through: Through = iter,
    blind: Blind = _SEEING,
    beside: Beside = nothing_beside,
    *,
    whole: bool = False,
) -> tuple[list[Finding], list[Walk]]:
    """Every residual hunk with its explanation and weight, and the walks that found them.

    The images that a walk met, and where it compared two of them, are forgotten after it unless the `whole` is wanted.
    """
    evidence = brought.known(evidence)
    activity = Activity(evidence)
    diff = lru_cache(_PAIRS)(diff)
    across = Across(diff, beside)
    judged: list[tuple[Residual, Doing, Verdict | None]] = []
    walks = []
    for timeline in through(timelines(evidence)):
        found = walk(timeline, diff, evidence.logs)
        gone = [one for one in found.restored if thrown_away(one, timeline, evidence, activity)]
        found.restored = [one for one in found.restored if one not in gone]
        found.beside = [one for comparison in found.comparisons for one in comparison.beside]
        walks.append(found if whole else replace(found, versions={}, comparisons=[]))
        thrown = (replace(one.comparison, thrown=True) for one in gone)
        compared = [*found.comparisons, *thrown, *deletions(timeline, found.versions)]
        departed = [residual for comparison in compared for residual in comparison.residuals]
        if not departed:
            continue
        explainer = Explainer(timeline, activity, diff, found.versions, across)
        renames = timeline.renames()
        for hunk in departed:
            comparison, looked = hunk.comparison, explainer.last_without(hunk)
            since = max(comparison.since, looked)
            names = former_names(comparison.path, renames, since, comparison.until)
            doing = activity.between(comparison.worktree, names, since, comparison.until)
            # What a linter had left unstaged may come with a later commit than the next.
            names = former_names(comparison.path, renames, looked, comparison.until)
            linter = activity.linted(comparison.worktree, names, looked, comparison.until)
            ignored = blind.explanations | (_OLDER if comparison.thrown else frozenset())
            judged.append((hunk, replace(doing, left=linter), explainer.explain(hunk, doing, ignored)))
    scales = Scales(evidence, activity, (taken for found in walks for taken in found.taken))
    findings = [_seen(scales.weigh(*one), blind) for one in judged]
    return findings if blind.doubts else together(findings), walks


def _seen(finding: Finding, blind: Blind) -> Finding:
    """A finding without what the derivation is blind to."""
    if finding.verdict is not None and finding.verdict.why in blind.explanations:
        finding = replace(finding, verdict=None)
    return replace(finding, confidence=1.0, doubts=()) if blind.doubts else finding


class _Context:
    """What a finding is completed with: its session, and the commit that first held it."""

    def __init__(self, evidence: Evidence) -> None:
        self._sessions = {session.id: session for session in evidence.sessions}
        self._images: dict[str, list[tuple[CommitRecord, bytes]]] = defaultdict(list)
        for commit in evidence.commits:
            for change in commit.files:
                if change.after is not None:
                    self._images[change.path].append((commit, change.after))
        self._lines = lru_cache(_SOUGHT)(lambda image: frozenset(split(image)))

    def correction(self, finding: Finding) -> Correction:
        """The correction that a finding is."""
        residual = finding.residual
        comparison, owner = residual.comparison, residual.owner
        before, after = decisions.text(residual.before), decisions.text(residual.after)
        kind = CorrectionKind.REMOVED if comparison.thrown else _kind(before, after)
        commit = None if comparison.thrown else comparison.commit or self._accepting(residual)
        session = self._sessions.get(owner.session)
        author = commit.author if commit else None
        source = commit.patch or commit.id if commit else comparison.event
        return Correction(
            id=decisions.correction_id(kind, owner.event, owner.number),
            session=owner.session,
            tool_use=owner.tool_use or None,
            agent=session.agent if session else "",
            model=session.model if session else None,
            path=comparison.path,
            language=decisions.language(comparison.path),
            kind=kind,
            origin=finding.origin,
            before=before,
            after=after,
            context=decisions.enclosing(comparison.reference.lines, residual.hunk.before_start),
            reason=_reason(comparison, before, after),
            commit=commit.id if commit else None,
            author=author,
            t=decisions.stamp(commit.t if commit else comparison.until),
            decision=decisions.decision_id(author or "", source, before, after),
            confidence=round(finding.confidence, 2),
            evidence=(owner.event, comparison.event),
            doubts=finding.doubts,
        )

    def _accepting(self, residual: Residual) -> CommitRecord | None:
        """The first commit, after the agent met the correction, in whose image it stands; it is not sought for ever."""
        old, new = ({line for line in lines if line.strip()} for lines in (residual.before, residual.after))
        until = residual.comparison.until
        later = (one for one in self._images[residual.comparison.path] if one[0].committed >= until)
        for commit, image in islice(later, _SOUGHT):
            lines = self._lines(image)
            if new <= lines and (new or not old & lines):
                return commit
        return None


def _kind(before: str, after: str) -> CorrectionKind:
    if not before:
        return CorrectionKind.EXTENDED
    return CorrectionKind.REPLACED if after.strip() else CorrectionKind.REMOVED


def _reason(comparison: Comparison, before: str, after: str) -> Reason | None:
    """The subject of a follow-up commit, where it speaks of what changed."""
    commit = comparison.commit
    if commit is None or not comparison.follow or not decisions.speaks(commit.subject, before, after):
        return None
    return Reason(commit.subject, ReasonSource.COMMIT)


def _explanation(finding: Finding, verdict: Verdict | None) -> Explanation:
    if verdict is not None:
        return _explained(finding.residual, verdict)
    confidence = round(max(finding.confidence, 0.0), 2)
    return _explained(finding.residual, Verdict(Why.UNSURE, "; ".join(finding.doubts)), confidence)


def _explained(residual: Residual, verdict: Verdict, confidence: float = 0.0) -> Explanation:
    comparison = residual.comparison
    return Explanation(
        path=comparison.path,
        commit=comparison.commit.id if comparison.commit else None,
        session=residual.owner.session,
        tool_use=residual.owner.tool_use,
        before=decisions.text(residual.before),
        after=decisions.text(residual.after),
        why=verdict.why,
        detail=verdict.detail,
        confidence=confidence,
    )


def _passed(passed: spoken.Passed) -> Explanation:
    return Explanation(
        path="",
        commit=None,
        session=passed.session,
        tool_use="",
        before=passed.text,
        after="",
        why=Why.WORDS,
        detail=passed.why,
        confidence=round(passed.confidence, 2),
    )
