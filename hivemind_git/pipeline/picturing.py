"""Store, rules and skills → the report."""

from __future__ import annotations

from datetime import UTC, datetime

from hivemind_git.model import Correction, Kind, RuleState
from hivemind_git.pipeline import measuring, ruling
from hivemind_git.pipeline.measuring import Measured
from hivemind_git.pipeline.ruling import Known, Rules
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.report import figures, graph
from hivemind_git.report.graph import Traced
from hivemind_git.report.page import Effect, Report, Waiting
from hivemind_git.skills.rules_toml import Proof

_MOST_WAITING = 50


def report(space: Workspace, now: datetime) -> Report:
    """What there is to show of this repository.

    Raises:
        HivemindError: the store cannot be read or written.
    """
    rules = ruling.Rules(space)
    corrections = sorted(rules.mined.corrections.values(), key=lambda one: (one.t, one.id))
    effects = measuring.measure(space) if space.repository.head() else []
    landed: dict[str, list[str]] = {}
    for one in effects:
        names = landed.setdefault(_day(one.landed), [])
        if one.skill not in names:
            names.append(one.skill)
    traced = [found for one in rules.all if (found := _traced(rules, one)) is not None]
    return Report(
        name=(space.repository.workdir or space.repository.common_dir).name,
        made=now.strftime("%Y-%m-%d"),
        totals=_totals(space, rules, corrections),
        time=figures.over_time(corrections, landed),
        areas=figures.by_area(corrections),
        effects=tuple(map(_effect, effects)),
        graph=graph.draw(traced),
        waiting=tuple(_waiting(one) for one in rules.all if _waits(one))[:_MOST_WAITING],
    )


def _totals(space: Workspace, rules: Rules, corrections: list[Correction]) -> tuple[tuple[int, str], ...]:
    store = space.store()
    sessions = store.sessions()
    prompts = sum(event.kind is Kind.PROMPT for one in sessions for event in store.events(one.folder))
    said = figures.in_words(corrections)
    return (
        (len(sessions), "sessions"),
        (prompts, "prompts"),
        (len(corrections) - said, "corrections by hand"),
        (said, "corrections in words"),
        (sum(one.rule.state is RuleState.PUBLISHED for one in rules.all), "rules live"),
        (sum(one.rule.state is RuleState.CANDIDATE for one in rules.all), "rules waiting"),
    )


def _traced(rules: Rules, one: Known) -> Traced | None:
    if not one.skill:
        return None
    proofs: tuple[Proof, ...] = rules.evidence(one.rule)
    sessions = tuple(dict.fromkeys(filter(None, (proof.session for proof in proofs)))) or one.rule.sessions
    live = one.rule.state is RuleState.PUBLISHED
    return Traced(rule=one.rule.id, what=_what(one), skill=one.skill, live=live, sessions=sessions)


def _what(one: Known) -> str:
    return one.rule.advice or f"{one.rule.before.strip()} → {one.rule.after.strip() or '(nothing)'}"


def _waits(one: Known) -> bool:
    return one.rule.state in {RuleState.CANDIDATE, RuleState.HELD, RuleState.CONFLICT}


def _waiting(one: Known) -> Waiting:
    rule = one.rule
    return Waiting(
        rule=rule.id,
        state=rule.state.value,
        before=rule.before,
        after=rule.after,
        advice=rule.advice,
        scope=rule.scope,
        decisions=rule.decisions,
        why=rule.why,
    )


def _effect(one: Measured) -> Effect:
    rule = one.rule
    return Effect(
        skill=one.skill,
        rule=rule.id,
        what=rule.advice or f"{rule.before.strip()} → {rule.after.strip() or '(nothing)'}",
        landed=_day(one.landed),
        before=one.before,
        since=one.since,
        outcome=one.outcome.value,
    )


def _day(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).strftime("%Y-%m-%d")
