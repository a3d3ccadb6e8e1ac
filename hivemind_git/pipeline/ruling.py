"""Everything known of a rule here: mined, published, offered, dropped or muted; and what people decide of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hivemind_git.agents.base import Machine
from hivemind_git.errors import HivemindError
from hivemind_git.git import config
from hivemind_git.model import Correction, Rule, RuleKind, RuleState
from hivemind_git.pipeline import checking, choosing, deciding, mining, personal, redaction
from hivemind_git.pipeline.choosing import Wanted
from hivemind_git.pipeline.mining import Mined
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules import explicit
from hivemind_git.rules.guard import Figures, guard
from hivemind_git.skills import branches, codify, compose, folder, publish
from hivemind_git.skills.decisions import Decision, Verb
from hivemind_git.skills.lineage import DroppedRule
from hivemind_git.skills.publish import Publication
from hivemind_git.skills.rules_toml import Proof, SkillRule

_MUTE = "hivemind.mute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A rule with the skill that has it, or offers it (empty: none). `places` are phrases that say where it stands."""

    rule: Rule
    skill: str
    places: tuple[str, ...]
    muted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A rule with all its evidence, recorded or derived, and, of a template, the guard's figures."""

    known: Known
    evidence: tuple[Proof, ...]
    figures: Figures | None


def known(space: Workspace, state: RuleState | None = None, wanted: Wanted | None = None) -> list[Known]:
    """The rules, mined ones first as `mine` orders them, then those that only a skill or an older tree has.

    Args:
        space: where.
        state: only those in it.
        wanted: only those that a correction of this kind is evidence of.

    Raises:
        HivemindError: the store cannot be read or written, or git does not take a pathspec.
    """
    rules, asked = Rules(space), wanted or Wanted()
    found = [one for one in rules.all if state in {None, one.rule.state}]
    if asked.since or asked.until or asked.author or asked.agent:
        found = [one for one in found if any(map(asked.takes, rules.corrections(one.rule)))]
    chosen = choosing.by_path(found, lambda one: {proof.path for proof in rules.evidence(one.rule)} - {""}, asked)
    return chosen[: asked.most]


def show(space: Workspace, start: str) -> Shown:
    """The one rule whose id starts so.

    Raises:
        HivemindError: none does, or several do.
    """
    rules = Rules(space)
    return detail(space, rules, _only(rules.all, start))


def detail(space: Workspace, rules: Rules, one: Known) -> Shown:
    """A rule with its evidence; of a template, the guard is asked anew."""
    figures = None
    if one.rule.kind is RuleKind.TEMPLATE and one.rule.corrections:
        corrections = tuple(rules.mined.corrections.values())
        kept = mining.kept_lines(space, corrections)
        replayed = guard([one.rule], corrections, kept, ratio=space.settings.guard_ratio)[1]
        figures = replayed.get(one.rule.id, Figures())
    return Shown(known=one, evidence=rules.evidence(one.rule), figures=figures)


def add(space: Workspace, advice: str, paths: Sequence[str] = ()) -> Rule:
    """Keeps a rule that a person states, and returns it: it is a candidate at once.

    Raises:
        HivemindError: it says nothing, git does not know who speaks, or the store cannot be written.
    """
    redactor = redaction.redactor_for(space)("", {})
    words = " ".join(redactor.text(advice).split())
    if not words:
        raise HivemindError("a rule without words says nothing", 'Say it: git hivemind rules add "…".')
    rule = explicit.stated(words, scope=tuple(dict.fromkeys(paths)))
    _refuse_personal(advice)
    stated = Decision(
        verb=Verb.ADD, rule=rule.id, t=deciding.now(), author=deciding.author(space), advice=words, scope=rule.scope
    )
    deciding.decide(space, stated)
    return rule


def promote(space: Workspace, machine: Machine, start: str) -> Rule:
    """Makes a personal rule one of this repository, and returns it: a candidate at once, and personal no more.

    Raises:
        HivemindError: no personal rule, or more than one, is meant, or the store cannot be written.
    """
    rule = personal.forget(machine, start)
    try:
        return add(space, rule.advice, rule.scope)
    except BaseException:
        personal.add(machine, rule.advice, rule.scope)
        raise


def _refuse_personal(advice: str) -> None:
    own = explicit.stated(" ".join(advice.split())).id
    if any(one.id == own for one in personal.rules(Path.home())):
        raise HivemindError(f"{own} is your own rule", f"`git hivemind rules promote {own}` makes it the repository's.")


def restore(space: Workspace, start: str) -> tuple[str, Publication | None]:
    """Takes back that a rule was dropped or rejected. What the trunk had comes back on its skill's branch.

    Returns:
        The rule's id, and the commit that was made; None where there is none to make: the next codify offers the rule.

    Raises:
        HivemindError: no such rule was dropped or rejected, or its branch cannot be written.
    """
    rules = Rules(space)
    one = _only(rules.all, start)
    dropped = next((each for each in rules.dropped if each.rule.id == one.rule.id), None)
    if dropped is None and one.rule.state is not RuleState.REJECTED:
        raise HivemindError(
            f"rule {one.rule.id} was neither dropped nor rejected", "`git hivemind rules` lists where each stands."
        )
    made = None
    if dropped is not None:
        planned = codify.restore(space.repository, dropped, space.settings)
        made = publish.publish(space.repository, planned.draft, planned.base, space.settings)
    taken_back = Decision(verb=Verb.RESTORE, rule=one.rule.id, t=deciding.now(), author=deciding.author(space))
    deciding.decide(space, taken_back)
    if made and dropped:
        deciding.offer(space, [made], {dropped.rule.id: dropped.rule})
    return one.rule.id, made


def mute(space: Workspace, name: str) -> str:
    """Keeps `check` from running a rule, or all of a skill, in this clone; returns the id or name.

    Raises:
        HivemindError: there is none, or git's configuration cannot be written.
    """
    rules = Rules(space)
    full = name if any(one.skill == name for one in rules.all) else _only(rules.all, name).rule.id
    if full not in space.settings.mute:
        config.add(space.repository.git_dir, _MUTE, full)
    return full


def unmute(space: Workspace, name: str) -> str:
    """Lets `check` run a rule or skill again that was muted in this clone; returns the id or name.

    Raises:
        HivemindError: it is not muted here, or git's configuration cannot be written.
    """
    full = next((one for one in space.settings.mute if one == name or (len(name) >= 7 and one.startswith(name))), name)
    if not config.remove(space.repository.git_dir, _MUTE, full):
        raise HivemindError(f"{name} is not muted in this clone", "`git config --show-origin --get-all hivemind.mute`.")
    return full


class Rules:
    """The rules of one workspace, and where each stands; of all corrections up to now, where none were mined before."""

    def __init__(self, space: Workspace, mined: Mined | None = None) -> None:
        self.mined: Mined = mined or mining.mine(space)
        past = mining.history(space)
        self.dropped: tuple[DroppedRule, ...] = past.dropped
        self._space = space
        self._live = self._standing(branches.trunk(space.repository)) if space.repository.head() else {}
        self._offered = {
            rule: (skill, each)
            for skill, tip in branches.offered(space.repository).items()
            for rule, (home, each) in self._standing(tip).items()
            if home == skill
        }
        recorded = {one.rule.id: one.rule for one in past.dropped}
        recorded |= {rule: each for rule, (_, each) in (self._offered | self._live).items()}
        self._recorded: dict[str, SkillRule] = recorded
        found = {rule.id for rule in self.mined.rules}
        others = [self._unmined(rule) for name, rule in recorded.items() if name not in found]
        self.all = [self._known(rule) for rule in [*self.mined.rules, *others]]

    def corrections(self, rule: Rule) -> list[Correction]:
        """The corrections that a rule rests on, as far as they are in this store."""
        return [self.mined.corrections[one] for one in rule.corrections if one in self.mined.corrections]

    def evidence(self, rule: Rule) -> tuple[Proof, ...]:
        """What a rule rests on: as its skill has it, then what was derived here since."""
        told = self._recorded[rule.id].evidence if rule.id in self._recorded else ()
        names = {proof.correction for proof in told}
        return (*told, *(compose.proof(one) for one in self.corrections(rule) if one.id not in names))

    def _standing(self, treeish: str) -> dict[str, tuple[str, SkillRule]]:
        found = folder.skills(self._space.repository, treeish, self._space.settings.skills_dir).ours
        return {rule.id: (name, rule) for name, file in found.items() for rule in file.rules}

    def _unmined(self, rule: SkillRule) -> Rule:
        """A rule of which this store has no corrections."""
        if rule.id in self._live:
            return replace(checking.as_rule(rule), why="stands in a skill of this tree")
        gone = next((one.commit for one in self.dropped if one.rule.id == rule.id), "")
        why = f"reverted in {gone}" if gone else "offered on a branch"
        return replace(checking.as_rule(rule), state=RuleState.HELD if gone else RuleState.CANDIDATE, why=why)

    def _known(self, rule: Rule) -> Known:
        skill, places = "", []
        if rule.id in self._live:
            skill = self._live[rule.id][0]
            places.append(f"live in {skill}")
        elif rule.id in self._offered:
            skill = self._offered[rule.id][0]
            places.append(f"offered on the branch of {skill}")
        for one in self.dropped:
            if one.rule.id == rule.id:
                skill = skill or one.skill
                places.append(f"dropped from {one.skill} in {one.commit[:9]}")
        muted = checking.named(rule.id, skill, self._space.settings.mute)
        return Known(rule=rule, skill=skill, places=tuple(places), muted=muted)


def _only(found: Sequence[Known], start: str) -> Known:
    matching = [one for one in found if one.rule.id.startswith(start)]
    if len(matching) != 1:
        many = "several rules start" if matching else "no rule starts"
        raise HivemindError(f"{many} with {start}", "`git hivemind rules` lists them.")
    return matching[0]
