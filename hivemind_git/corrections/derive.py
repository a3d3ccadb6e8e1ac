"""From evidence to corrections: every departure from the agent's text is explained, or it is somebody's correction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hivemind_git.corrections import decisions
from hivemind_git.corrections.activity import Activity, Doing
from hivemind_git.corrections.evidence import CommitRecord, Evidence, Session
from hivemind_git.corrections.explain import FOREIGN, Explainer, Verdict, Why
from hivemind_git.corrections.residual import Comparison, Residual, Walk, Walker, residuals
from hivemind_git.corrections.timeline import Landed, timelines
from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin, DiffFunction, Reason, ReasonSource

DERIVATION = 1
"""The version of the derivation. Of one session only the corrections of the highest one count."""

REPORTED = 0.5
"""Confidence from which a departure is a correction; below it, it is an explanation that says how unsure it is."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A departure from the agent's text that is no correction, and why. `detail` is a phrase for people."""

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
    """What was derived. Corrections are in order of path, then of time."""

    corrections: tuple[Correction, ...]
    explained: tuple[Explanation, ...]


@dataclass(frozen=True, slots=True)
class _Finding:
    """A residual hunk with its explanation, if it has one, and with how sure we are that it is a correction."""

    residual: Residual
    doing: Doing
    verdict: Verdict | None
    confidence: float
    origin: CorrectionOrigin


def derive(evidence: Evidence, diff: DiffFunction) -> Derivation:
    """All corrections by hand that the evidence holds, and the explanation of every other departure."""
    activity = Activity(evidence)
    sessions = {session.id: session for session in evidence.sessions}
    findings: list[_Finding] = []
    explained: list[Explanation] = []
    landings: dict[str, list[Landed]] = defaultdict(list)
    for timeline in timelines(evidence):
        walk = Walker(diff).walk(timeline)
        explainer = Explainer(evidence, timeline, activity, diff)
        for comparison in walk.comparisons:
            doing = activity.between(comparison.worktree, comparison.path, comparison.since, comparison.until)
            for residual in residuals(comparison):
                findings.append(_judge(residual, doing, explainer.explain(residual, doing), sessions, activity))
        explained.extend(_restored(walk))
        for step in timeline.steps:
            if isinstance(step, Landed):
                landings[step.path].append(step)
    corrections: dict[str, Correction] = {}
    for finding in _overruled(findings):
        if finding.verdict is not None or finding.confidence < REPORTED:
            explained.append(_explanation(finding))
            continue
        correction = _correction(finding, sessions, landings)
        if correction.id in corrections:
            explained.append(_explanation(finding, Verdict(Why.DUPLICATE, "a later version of the same correction")))
        else:
            corrections[correction.id] = correction
    return Derivation(tuple(corrections.values()), tuple(explained))


def _judge(residual: Residual, doing: Doing, verdict: Verdict | None, sessions: dict[str, Session], activity: Activity) -> _Finding:
    comparison = residual.comparison
    linter = doing.linter and len(residual.before) + len(residual.after) <= 12
    origin = CorrectionOrigin.LINTER if linter else CorrectionOrigin.HUMAN
    confidence = 0.7 if comparison.follow else 0.9 if not doing.formatter else 0.8
    session = sessions.get(residual.owner.session)
    if session is None or not session.complete:
        confidence -= 0.25
    if comparison.commit is None and comparison.elsewhere > max(10, 2 * comparison.inside):
        confidence -= 0.45  # a file that changed all over came from another branch or another writer
    if comparison.follow and len(residual.before) > 40:
        confidence -= 0.3  # taking out whole functions later is rebuilding
    if comparison.follow and comparison.commit is not None and activity.committed(comparison.commit.t):
        confidence -= 0.25
    return _Finding(residual, doing, verdict, confidence, origin)


def _overruled(findings: Sequence[_Finding]) -> list[_Finding]:
    """What the hunks of one moment say about each other.

    Where most of a moment's changes are hand work, those that only could be something else are hand work as well. Where
    most of a file went back to an earlier image, or came from another writer, the few lines that did not are no safe
    evidence of a hand.
    """
    by_hand: Counter[str] = Counter()
    doubtful: Counter[str] = Counter()
    foreign: Counter[Comparison] = Counter()
    own: Counter[Comparison] = Counter()
    for finding in findings:
        comparison, verdict = finding.residual.comparison, finding.verdict
        if verdict is None and finding.confidence >= REPORTED:
            by_hand[comparison.event] += 1
            own[comparison] += finding.residual.size
        elif verdict is not None and not verdict.firm:
            doubtful[comparison.event] += 1
        if verdict is not None and verdict.why in FOREIGN:
            foreign[comparison] += finding.residual.size
    result = []
    for finding in findings:
        comparison, verdict = finding.residual.comparison, finding.verdict
        hands, doubts = by_hand[comparison.event], doubtful[comparison.event]
        if verdict is not None and not verdict.firm and hands > doubts:
            finding = replace(finding, verdict=None, confidence=min(finding.confidence, 0.55))
        elif verdict is None and (doubts > hands or foreign[comparison] > own[comparison]):
            finding = replace(finding, confidence=finding.confidence - 0.45)
        result.append(finding)
    return result


def _correction(finding: _Finding, sessions: dict[str, Session], landings: dict[str, list[Landed]]) -> Correction:
    residual = finding.residual
    comparison, owner = residual.comparison, residual.owner
    before, after = decisions.text(residual.before), decisions.text(residual.after)
    kind = (
        CorrectionKind.EXTENDED if not residual.before
        else CorrectionKind.REMOVED if not after.strip()
        else CorrectionKind.REPLACED
    )  # fmt: skip
    commit = comparison.commit or _accepting(residual, landings[comparison.path])
    session = sessions.get(owner.session)
    source = commit.patch or commit.id if commit else comparison.event
    author = commit.author if commit else None
    return Correction(
        id=decisions.correction_id(kind.value, owner.event, owner.index),
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
    )


def _accepting(residual: Residual, landings: Sequence[Landed]) -> CommitRecord | None:
    """The first commit after the agent saw the correction in whose image it stands."""
    wanted = {line for line in residual.after if line.strip()}
    for step in landings:
        if step.t >= residual.comparison.until and step.change.after is not None:
            lines = set(step.change.after.splitlines(keepends=True))
            if wanted <= lines if wanted else not set(residual.before) & lines:
                return step.commit
    return None


def _reason(comparison: Comparison, before: str, after: str) -> Reason | None:
    """The subject of a follow-up commit, where it speaks of what changed."""
    commit = comparison.commit
    if commit is None or not comparison.follow or not decisions.speaks(commit.subject, before, after):
        return None
    return Reason(commit.subject, ReasonSource.COMMIT)


def _explanation(finding: _Finding, verdict: Verdict | None = None) -> Explanation:
    residual = finding.residual
    comparison = residual.comparison
    verdict = verdict or finding.verdict or Verdict(Why.UNSURE, "what happened in between is not known well enough")
    return Explanation(
        comparison.path,
        comparison.commit.id if comparison.commit else None,
        residual.owner.session,
        residual.owner.tool_use,
        decisions.text(residual.before),
        decisions.text(residual.after),
        verdict.why,
        verdict.detail,
        finding.confidence if finding.verdict is None else 0.0,
    )


def _restored(walk: Walk) -> list[Explanation]:
    found = []
    for restored in walk.restored:
        for hunk in restored.hunks:
            owner = restored.reference.origins[restored.reference.agent(hunk.before_start, hunk.before_end)[0]]
            found.append(
                Explanation(
                    restored.path,
                    None,
                    owner.session,
                    owner.tool_use,
                    decisions.text(restored.reference.lines[hunk.before_start : hunk.before_end]),
                    decisions.text(restored.accepted[hunk.after_start : hunk.after_end]),
                    Why.RESTORED,
                    "an earlier image of the whole file came back",
                )
            )
    return found
