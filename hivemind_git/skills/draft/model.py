"""Asks a model for the wording of rules, through the Anthropic SDK: no tools, capped, distrusted, never needed.

Import this module only where a model is set up: the SDK alone costs seconds to import. Key and base URL come from the
SDK's own environment.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import anthropic

from hivemind_git.errors import HivemindError
from hivemind_git.skills.draft import proposal
from hivemind_git.skills.draft.ledger import Ledger
from hivemind_git.skills.draft.proposal import Decision, Judgement
from hivemind_git.skills.rules_toml import EVIDENCE_ENTRIES, SkillRule

RULES_PER_CALL = 12
_TOKENS_PER_RULE = 160
_CHARACTERS_PER_TOKEN = 2
"""Code and unusual scripts take more tokens a character than prose; a booking must not be too low."""
_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504, 529})


@dataclass(frozen=True, slots=True)
class Caller:
    """How a model is asked.

    All times are seconds: `pauses` before each retry, `silence` for which a server may say nothing, `deadline` for an
    attempt as a whole. A server that asks for a longer pause than that is not waited for.
    """

    model: str
    ledger: Ledger
    redact: Callable[[str], str]
    pauses: tuple[float, ...] = (2.0, 8.0)
    silence: float = 30.0
    deadline: float = 60.0
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True, slots=True)
class Wording:
    """Rules as a model worded, merged and left them. `skipped` are rule id → why; `note` says why the template drafts.

    `drafter` is for the commit's trailer: the model only where a word of it is used.
    """

    rules: tuple[SkillRule, ...]
    skipped: Mapping[str, str]
    drafter: str
    note: str = ""


class _UnusableError(Exception):
    """No answer, or none of any use; the message is for people."""


def word(rules: Sequence[SkillRule], standing: Sequence[SkillRule], caller: Caller) -> Wording:
    """Words rules by a model where it answers usefully, else leaves them to the template. Never raises.

    Args:
        rules: what is to be published.
        standing: the rules that are live, which a new one may turn out to repeat.
        caller: how to ask.
    """
    found: list[Judgement] = []
    notes: dict[str, None] = {}
    for start in range(0, len(rules), RULES_PER_CALL):
        batch = rules[start : start + RULES_PER_CALL]
        try:
            found += _judged(batch, standing, caller)
        except (_UnusableError, HivemindError) as error:
            notes[str(error)] = None
            found += [Judgement(rule.id, Decision.KEEP) for rule in batch]
    useful = any(one.headline or one.decision is not Decision.KEEP for one in found)
    return Wording(
        rules=_applied(rules, standing, found),
        skipped={one.rule: one.reason for one in found if one.decision is Decision.SKIP},
        drafter=f"anthropic/{caller.model}" if useful else "template",
        note="; ".join(notes),
    )


def _applied(
    rules: Sequence[SkillRule], standing: Sequence[SkillRule], found: Sequence[Judgement]
) -> tuple[SkillRule, ...]:
    by_id = {rule.id: rule for rule in (*standing, *rules)}
    kept = {one.rule: replace(by_id[one.rule], headline=one.headline) for one in found if one.decision is Decision.KEEP}
    for one in found:
        if one.decision is Decision.MERGE:
            kept[one.into] = _joined(kept.get(one.into, by_id[one.into]), by_id[one.rule])
    return tuple(kept.values())


def _joined(rule: SkillRule, other: SkillRule) -> SkillRule:
    known = {proof.correction for proof in rule.evidence}
    more = tuple(proof for proof in other.evidence if proof.correction not in known)
    return replace(
        rule,
        decisions=rule.decisions + other.decisions,
        corrections=rule.corrections + other.corrections,
        sessions=tuple(dict.fromkeys((*rule.sessions, *other.sessions))),
        evidence=(*rule.evidence, *more)[:EVIDENCE_ENTRIES],
    )


def _judged(rules: Sequence[SkillRule], standing: Sequence[SkillRule], caller: Caller) -> tuple[Judgement, ...]:
    question = proposal.question(rules, standing, caller.redact)
    booked = (
        (len(question) + len(proposal.SYSTEM)) // _CHARACTERS_PER_TOKEN + 500,
        200 + _TOKENS_PER_RULE * len(rules),
    )
    refused = caller.ledger.reserve(caller.model, *booked)
    if refused:
        raise _UnusableError(refused)
    try:
        answer, used = _answer(caller, question, booked[1])
        judged = proposal.judgements(answer, rules, standing)
    except ValueError as error:
        caller.ledger.failed()
        raise _UnusableError("the model answered nonsense") from error
    except _UnusableError:
        caller.ledger.failed()
        raise
    caller.ledger.settle(caller.model, booked, used)
    return judged


def _answer(caller: Caller, question: str, max_tokens: int) -> tuple[str, tuple[int, int]]:
    for pause in (*caller.pauses, None):
        try:
            return _attempt(caller, question, max_tokens)
        except anthropic.APIStatusError as error:
            wait = _wait(error, pause)
            if error.status_code not in _AGAIN or wait is None or wait > caller.deadline:
                raise _UnusableError(f"the model could not be asked: HTTP {error.status_code}") from error
        except anthropic.APIConnectionError as error:
            wait = pause
            if wait is None:
                raise _UnusableError("the model could not be reached") from error
        except (_UnusableError, ValueError):
            raise
        except Exception as error:  # the SDK raises whatever its HTTP library, its parser and its credentials raise
            raise _UnusableError(f"the model could not be asked: {type(error).__name__}") from error
        caller.sleep(wait)
    raise _UnusableError("the model could not be asked")


def _wait(error: anthropic.APIStatusError, pause: float | None) -> float | None:
    """Seconds before the next attempt: ours, or the server's if longer; the SDK by itself would wait for days."""
    if pause is None:
        return None
    try:
        return max(pause, float(error.response.headers.get("retry-after", "0")))
    except ValueError:
        return pause


def _attempt(caller: Caller, question: str, max_tokens: int) -> tuple[str, tuple[int, int]]:
    """One request, left at the deadline: timeouts of the SDK are a read's, and a server may drip for ever."""
    client = anthropic.Anthropic(max_retries=0, timeout=caller.silence)
    late = threading.Event()

    def leave() -> None:
        late.set()
        client.close()

    timer = threading.Timer(caller.deadline, leave)
    timer.start()
    try:
        return _streamed(client, caller.model, question, max_tokens)
    except Exception as error:
        if late.is_set():
            raise _UnusableError("the model took too long") from error
        raise
    finally:
        timer.cancel()
        client.close()


def _streamed(client: anthropic.Anthropic, model: str, question: str, max_tokens: int) -> tuple[str, tuple[int, int]]:
    with client.messages.stream(
        model=model,
        max_tokens=max_tokens,
        system=proposal.SYSTEM,
        messages=[{"role": "user", "content": question}],
        output_config={"format": {"type": "json_schema", "schema": dict(proposal.SCHEMA)}},
    ) as stream:
        message = stream.get_final_message()
    if message.stop_reason != "end_turn":
        raise _UnusableError(f"the model did not finish: {message.stop_reason}")
    text = "".join(block.text for block in message.content if block.type == "text")
    return text, (message.usage.input_tokens, message.usage.output_tokens)
