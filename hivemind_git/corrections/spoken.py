"""Corrections in words: refused tool uses with a reason, and prompts after which the agent rewrote its own lines.

In real sessions these outnumber the corrections by hand ten to one. Every candidate is judged, and what was not taken
says why, so that it can be asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hivemind_git.corrections import conversation, decisions, refused, restated, review, rewrites, words, words_table
from hivemind_git.corrections.evidence import Evidence, Prompt, Refusal, Session
from hivemind_git.corrections.refused import Refused
from hivemind_git.corrections.restated import Restatement
from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin, DiffFunction, Reason, ReasonSource

REPORTED = 0.5
REASONS = {
    "words": "the words sound like a question, an answer or a go-on",
    "reply": "the agent answered and conceded nothing",
    "answer": "it answers what the agent had just asked",
    "asked": "it answers what the agent had just asked",
    "brief": "a few words that only let the agent go on",
    "late": "the agent came to its own lines only after other work",
    "detour": "the agent ran other commands before it touched its own lines",
    "failed": "a command had failed, and the agent repaired its own work",
    "grown": "next to nothing was replaced, much was added: a new requirement",
    "long": "a long text, more likely a plan than an objection",
    "unowned": "nobody knows whether the rewritten lines were the agent's",
    "asked_back": "the agent asked back before it did anything else",
}


@dataclass(frozen=True, slots=True)
class Passed:
    """Words that were looked at and are not taken for a correction."""

    session: str
    event: str
    kind: CorrectionKind
    text: str
    confidence: float
    why: str


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a person corrected in words, and what only looked like it."""

    corrections: tuple[Correction, ...]
    passed: tuple[Passed, ...]


def find(evidence: Evidence, diff: DiffFunction) -> Spoken:
    """The corrections in words of all sessions, those of `REPORTED` confidence or more; the others are explained."""
    found: dict[str, Correction] = {}
    passed: dict[str, Passed] = {}
    for session in evidence.sessions:
        for correction, why in _session(session, diff):
            if correction.confidence >= REPORTED:
                found.setdefault(correction.id, correction)
            else:
                passed.setdefault(correction.id, _passed(correction, why))
    return Spoken(tuple(found.values()), tuple(passed.values()))


def _session(session: Session, diff: DiffFunction) -> Iterator[tuple[Correction, str]]:
    told: set[str] = set()
    turns = conversation.turns(session)
    for restatement in restated.candidates(turns, rewrites.works(turns, diff)):
        correction = _restated(session, restatement)
        if correction.confidence >= REPORTED:
            told.add(restatement.prompt.event)
        yield correction, _why(restatement.features, words_table.RESTATED)
    for refusal in refused.candidates(session):
        # Words that came after a silent refusal, and made the agent rewrite its lines, are heard already.
        if refusal.prompt is None or refusal.prompt.event not in told:
            yield _rejected(session, refusal), _why(refusal.features, words_table.REFUSED)


def _rejected(session: Session, candidate: Refused) -> Correction:
    refusal, prompt = candidate.refusal, candidate.prompt
    return _correction(
        session,
        refusal,
        CorrectionKind.REJECTED,
        reason=Reason(candidate.reason, ReasonSource.PROMPT if prompt else ReasonSource.REJECTION),
        confidence=words.probability(candidate.features, words_table.REFUSED),
        tool_use=refusal.tool_use,
        path=refusal.path,
        before=refusal.proposed,
        after=candidate.instead,
        evidence=(refusal.event, prompt.event) if prompt else (refusal.event,),
    )


def _restated(session: Session, candidate: Restatement) -> Correction:
    prompt, run = candidate.prompt, candidate.main
    source = ReasonSource.REVIEW if review.forwarded(prompt.text) else ReasonSource.PROMPT
    return _correction(
        session,
        prompt,
        CorrectionKind.RESTATED,
        reason=Reason(prompt.text, source),
        confidence=words.probability(candidate.features, words_table.RESTATED),
        tool_use=run.source.tool_use if run.source else "",
        path=run.edit.path,
        before=decisions.text(run.before),
        after=decisions.text(run.after),
        evidence=tuple(item.event for item in (prompt, run.source, run.edit) if item is not None),
    )


def _correction(
    session: Session,
    said: Prompt | Refusal,
    kind: CorrectionKind,
    *,
    reason: Reason,
    confidence: float,
    tool_use: str,
    path: str,
    before: str,
    after: str,
    evidence: tuple[str, ...],
) -> Correction:
    is_review = reason.source is ReasonSource.REVIEW
    return Correction(
        id=decisions.correction_id(kind.value, said.event),
        session=session.id,
        tool_use=tool_use or None,
        agent=session.agent,
        model=session.model,
        path=path,
        language=decisions.language(path),
        kind=kind,
        origin=CorrectionOrigin.REVIEW if is_review else CorrectionOrigin.HUMAN,
        before=before,
        after=after,
        context="",
        reason=reason,
        commit=None,
        author=None,
        t=decisions.stamp(said.t),
        decision=decisions.decision_id("", said.event, before, after),
        confidence=confidence,
        evidence=evidence,
    )


def _passed(correction: Correction, why: str) -> Passed:
    event = correction.evidence[0]
    text = correction.reason.text if correction.reason else ""
    return Passed(correction.session, event, correction.kind, text, correction.confidence, why)


def _why(features: Mapping[str, float], weights: Mapping[str, float]) -> str:
    """What spoke most against a correction, in words a person can check."""
    against = min(features, key=lambda name: features[name] * weights.get(name, 0.0), default="")
    return REASONS.get(against, "nothing in it speaks for a correction")
