"""What was offered and what people decided, kept in the session store and read back for mining."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from hivemind_git.capture.memory import Memory
from hivemind_git.corrections.decisions import seconds, stamp
from hivemind_git.errors import HivemindError
from hivemind_git.model import Rule
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules.verdict import Dropped
from hivemind_git.skills import branches, offers
from hivemind_git.skills.decisions import Decision, Verb, latest, stated
from hivemind_git.skills.lineage import DroppedRule, Lineage
from hivemind_git.skills.offers import Offer
from hivemind_git.skills.rules_toml import SkillRule
from hivemind_git.store import codec, layout, writer
from hivemind_git.store.layout import Area

if TYPE_CHECKING:
    from hivemind_git.skills.publish import Publication

_HEADS = "refs/heads/"


def decisions(space: Workspace) -> list[Decision]:
    """All decisions in the store. What is no decision is passed over."""
    found = []
    for record in space.store().raw(Area.DECISIONS):
        with suppress(ValueError):
            found.append(Decision.from_json(record))
    return found


def decide(space: Workspace, decision: Decision) -> None:
    """Keeps a decision.

    Raises:
        HivemindError: the store cannot be written.
    """
    words = {Verb.ADD: "State", Verb.ACCEPT: "Accept", Verb.REJECT: "Reject", Verb.RESTORE: "Restore"}
    _append(space, Area.DECISIONS, [codec.encode_record(decision.to_json())], decision.t,
            f"{words[decision.verb]} rule {decision.rule}")  # fmt: skip


def now() -> str:
    """This moment, as decisions and offers tell it."""
    return stamp(time.time())


def author(space: Workspace) -> str:
    """Who decides here.

    Raises:
        HivemindError: git does not know.
    """
    found = space.repository.identity()
    if found is None:
        raise HivemindError("git does not know who you are", "Set user.name and user.email with `git config`.")
    return f"{found[0]} <{found[1]}>"


def offer(space: Workspace, published: Sequence[Publication], rules: Mapping[str, SkillRule]) -> None:
    """Keeps what was put on branches, so that a branch that goes away unmerged is known to be declined.

    Args:
        space: where.
        published: the commits that were made.
        rules: the rules in them, by id.

    Raises:
        HivemindError: the store cannot be written.
    """
    t, machine = now(), _machine(space)
    made = [
        # One a rule, so that each carries the evidence by which that rule is known again.
        Offer(
            skill=one.skill,
            ref=one.ref,
            commit=one.commit,
            rules=(rule,),
            corrections=tuple(proof.correction for proof in rules[rule].evidence),
            t=t,
            machine=machine,
        )
        for one in published
        for rule in one.rules
        if rule in rules
    ]
    if made:
        names = ", ".join(dict.fromkeys(one.skill for one in made))
        _append(space, Area.OFFERS, [codec.encode_record(one.to_json()) for one in made], t, f"Offer {names}")


def explicit_rules(found: Sequence[Decision]) -> tuple[Rule, ...]:
    """The rules that people stated outright."""
    from hivemind_git.rules import explicit  # noqa: PLC0415 - status reads decisions, and no rules

    return tuple(
        replace(explicit.stated(one.advice, scope=one.scope, language=one.language), id=rule)
        for rule, one in sorted(stated(found).items())
    )


def reverted(space: Workspace, past: Lineage, found: Sequence[Decision]) -> tuple[DroppedRule, ...]:
    """The rules that the trunk had and dropped, less those that somebody restored since."""
    last = latest(found)
    return tuple(
        one for one in past.dropped if not _restored(last.get(one.rule.id), since=_committed(space, one.commit))
    )


def rejected(space: Workspace, known: Collection[str], found: Sequence[Decision]) -> tuple[Dropped, ...]:
    """The rules that people rejected: in a review, or by deleting, on this machine, the branch that offered them.

    Args:
        space: where.
        known: ids of rules that the trunk has, or had and dropped; of those it tells itself.
        found: all decisions.

    Raises:
        HivemindError: the trunk is not there.
    """
    last = latest(found)
    said = tuple(
        Dropped(rule, _said_where(one), one.corrections, rejected=True)
        for rule, one in sorted(last.items())
        if one.verb is Verb.REJECT and rule not in known
    )
    return said + tuple(
        Dropped(rule, f"{one.ref.removeprefix(_HEADS)}, which was deleted unmerged", one.corrections, rejected=True)
        for one in _declined(space, known)
        for rule in one.rules
        if not _restored(last.get(rule), since=seconds(one.t))
    )


def _said_where(one: Decision) -> str:
    return f"{one.where}, which was closed unmerged" if one.where else f"a review by {one.author}, {one.t[:10]}"


def turned_down(space: Workspace) -> set[str]:
    """The ids of rules whose latest decision is to reject them."""
    return {rule for rule, one in latest(decisions(space)).items() if one.verb is Verb.REJECT}


def _declined(space: Workspace, known: Collection[str]) -> tuple[Offer, ...]:
    made = tuple(_offers(space))
    if not made:
        return ()
    repository = space.repository
    here = set(repository.refs(_HEADS))
    for prefix in (branches.PREFIX, branches.FALLBACK_PREFIX):
        here |= {f"{_HEADS}{prefix}{name}" for name in branches.offered(repository)}
    trunk = repository.trunk()
    tip = repository.ref(trunk) if trunk else None

    def merged(commit: str) -> bool:
        return tip is not None and repository.is_ancestor(commit, tip)

    return offers.declined(made, _machine(space), here, merged, known)


def _offers(space: Workspace) -> Iterator[Offer]:
    for record in space.store().raw(Area.OFFERS):
        with suppress(ValueError):
            yield Offer.from_json(record)


def _restored(decision: Decision | None, *, since: float) -> bool:
    # What was restored may be accepted in a review since; that takes nothing back.
    back = {Verb.RESTORE, Verb.ACCEPT}
    return decision is not None and decision.verb in back and seconds(decision.t) >= since


def _committed(space: Workspace, commit: str) -> float:
    found = space.repository.commit(commit)
    return found.committed if found else 0.0


def _machine(space: Workspace) -> str:
    """The local id of this machine's clone: a digest of its key, which goes with the folder that holds the images.

    A copied folder is another clone, whose branches the original does not see.
    """
    from hivemind_git.pipeline import redaction  # noqa: PLC0415 - only where an offer is there

    redaction.redactor_for(space)
    key = (space.repository.state_dir / "key").read_bytes()
    return hashlib.sha256(b"machine\0" + key + Memory(space.repository.state_dir).salt()).hexdigest()[:16]


def _append(space: Workspace, area: Area, lines: Sequence[codec.Line], t: str, message: str) -> None:
    batch = writer.Batch(area=area, month=layout.month_of(t), session=None, lines=tuple(lines))
    writer.append(space.repository, space.ref, [batch], message)
