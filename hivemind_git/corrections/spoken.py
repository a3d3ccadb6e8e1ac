"""Corrections in words: refused tool uses with a reason, and prompts after which the agent rewrote its own lines.

In real sessions these outnumber the corrections by hand ten to one. Every candidate is judged, and what was not taken
says why, so that it can be asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from hivemind_git.corrections import conversation, refused, restated, review, rewrites, words, words_table
from hivemind_git.corrections.evidence import Evidence, Prompt, Refusal, Session
from hivemind_git.corrections.refused import Refused
from hivemind_git.corrections.restated import Restatement
from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin, DiffFunction, Reason, ReasonSource

REPORTED = 0.5
_REASONS = {
    "words": "the words sound like a question, an answer or a go-on",
    "reply": "the agent answered and conceded nothing",
    "answer": "it answers what the agent had just asked",
    "asked": "it answers what the agent had just asked",
    "brief": "a few words that only let the agent go on",
    "late": "the agent came to its own lines only after other work",
    "detour": "the agent ran other commands before it touched its own lines",
    "failed": "a command had failed, and the agent repaired its own work",
    "grown": "next to nothing was replaced, much was added: a new requirement",
    "asks": "it asks, and does not object",
    "talked": "the agent only talked, and proposed nothing else",
    "kept": "the agent proposed the same again",
    "dropped": "the agent proposed nothing instead",
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
    for refusal in refused.candidates(session):
        yield _rejected(session, refusal), _why(refusal.features, words_table.REFUSED)
    turns = conversation.turns(session)
    for restatement in restated.candidates(turns, rewrites.works(turns, diff)):
        yield _restated(session, restatement), _why(restatement.features, words_table.RESTATED)


def _rejected(session: Session, candidate: Refused) -> Correction:
    refusal = candidate.refusal
    return _correction(
        session,
        refusal,
        CorrectionKind.REJECTED,
        reason=Reason(refusal.reason, ReasonSource.REJECTION),
        confidence=words.probability(candidate.features, words_table.REFUSED),
        tool_use=refusal.tool_use,
        path=refusal.path,
        before=refusal.proposed,
        after=candidate.instead,
        evidence=(refusal.event,),
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
        tool_use=run.source.tool_use,
        path=run.edit.path,
        before=_text(run.before),
        after=_text(run.after),
        evidence=(prompt.event, run.source.event, run.edit.event),
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
        id=_digest(kind.value, said.event)[:32],
        session=session.id,
        tool_use=tool_use or None,
        agent=session.agent,
        model=session.model,
        path=path,
        language="",
        kind=kind,
        origin=CorrectionOrigin.REVIEW if is_review else CorrectionOrigin.HUMAN,
        before=before,
        after=after,
        context="",
        reason=reason,
        commit=None,
        author=None,
        t=_stamp(said.t),
        decision=_digest("", said.event, *sorted(words.tokens(reason.text)))[:16],
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
    return _REASONS.get(against, "nothing in it speaks for a correction")


def _text(lines: tuple[bytes, ...]) -> str:
    return b"".join(lines).decode("utf-8", "replace")


def _stamp(t: float) -> str:
    """RFC 3339 in UTC with milliseconds; the epoch for a time that no calendar has."""
    try:
        return datetime.fromtimestamp(t, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return "1970-01-01T00:00:00.000Z"


def _digest(*key: str) -> str:
    return sha256(json.dumps(key, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()
