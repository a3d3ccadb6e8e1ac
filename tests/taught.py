"""Corrections as another machine derived them, put into a store by hand: no session of them is here to derive again."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from repos import Repo
from teams import REF, an_event

from hivemind_git.git.objects import Repository
from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin, Reason, ReasonSource
from hivemind_git.store import codec, layout
from hivemind_git.store.layout import Area
from hivemind_git.store.writer import Batch, append


def corrected(path: str, before: str, after: str, number: int, words: str = "") -> Correction:
    """A correction by hand of a session of its own; in words where there are no lines."""
    name = hashlib.sha256(f"{path} {before} {words} {number}".encode()).hexdigest()
    by_hand = bool(before)
    return Correction(
        id=name[:32],
        session=f"session-{name[:8]}",
        tool_use=None,
        agent="claude-code",
        model=None,
        path=path,
        language="python" if path.endswith(".py") else "",
        kind=CorrectionKind.REPLACED if by_hand else CorrectionKind.RESTATED,
        origin=CorrectionOrigin.HUMAN,
        before=before,
        after=after,
        context="",
        reason=Reason(words, ReasonSource.PROMPT) if words else None,
        commit=name[:40].ljust(40, "0") if by_hand else None,
        author="Ada <ada@example.com>",
        t=f"2026-01-{number % 27 + 1:02}T09:00:00.000Z",
        decision=name[:16],
        confidence=0.9,
    )


def teach(repo: Repo, *corrections: Correction, workspace: str | None = None) -> None:
    """Puts corrections into the store of a repository, each with a prompt of its session."""
    batches = []
    for one in corrections:
        event = replace(an_event(one.session, one.session, one.t), id=one.id[::-1], workspace=workspace)
        month = layout.month_of(one.t)
        batches.append(Batch(Area.SESSIONS, month, one.session, (codec.encode_event(event),)))
        header = codec.derivation_header(1, one.t)
        batches.append(Batch(Area.CORRECTIONS, month, one.session, (codec.encode_correction(one),), header=header))
    append(Repository.containing(repo.path), REF, batches, "Seal")
