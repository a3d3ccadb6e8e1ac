"""Rules → planned skill changes: each rule to its skill, each skill onto its branch."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from hivemind_git.errors import HivemindError
from hivemind_git.git.objects import Repository
from hivemind_git.settings import Settings
from hivemind_git.skills import area, branches, document, folder, publish
from hivemind_git.skills.base import Base, base, is_open
from hivemind_git.skills.compose import Draft, compose
from hivemind_git.skills.layout import AGENTS_DIR, SKILL_FILE, Standing
from hivemind_git.skills.lineage import DroppedRule
from hivemind_git.skills.rules_toml import SkillRule


@dataclass(frozen=True, slots=True)
class Planned:
    """A skill change that is worth a commit, and where it goes."""

    base: Base
    draft: Draft


@dataclass(frozen=True, slots=True)
class Plan:
    """What codify would commit. `refused` says, skill by skill, why nothing can be planned for it."""

    skills: tuple[Planned, ...]
    refused: Mapping[str, HivemindError]


def plan(
    repository: Repository,
    rules: Sequence[SkillRule],
    settings: Settings,
    *,
    dropped: Collection[str] = (),
    rejected: Collection[str] = (),
    edited: Collection[str] = (),
    prompts: Sequence[str] = (),
    direct: bool = False,
) -> Plan:
    """Drafts every skill that the rules change. Nothing is written.

    Args:
        repository: where.
        rules: rules to publish; those that stand already are drafted again only if they changed.
        settings: the skills folder.
        dropped: ids of rules that the trunk had and dropped.
        rejected: ids of rules that people rejected before they got there; open branches lose them.
        edited: ids of rules that a person worded.
        prompts: redacted prompts in which the mistakes were made.
        direct: plan for the branch that is checked out.

    Raises:
        HivemindError: there is no commit to start from, or no branch for a direct commit.
    """
    onto = publish.direct_base(repository) if direct else None
    start = onto.commit if onto else branches.trunk(repository)
    over = None if direct else frozenset({*dropped, *rejected})
    homes = _homes(repository, rules, start, settings, over)
    planned: list[Planned] = []
    refused: dict[str, HivemindError] = {}
    losing = () if direct else _offering(repository, rejected, settings.skills_dir)
    for name in sorted({*homes.values(), *losing}):
        try:
            where = onto or base(repository, name, settings.skills_dir, over or ())
            draft = compose(
                name,
                [rule for rule in rules if homes[rule.id] == name],
                folder.standing(repository, where.commit, settings.skills_dir, name) if where.commit else Standing(),
                prompts,
                edited=edited,
                without=() if direct else rejected,
            )
        except HivemindError as error:
            refused[name] = error
            continue
        if draft.worth_a_commit:
            planned.append(Planned(where, draft))
    return Plan(tuple(planned), refused)


def restore(repository: Repository, rule: DroppedRule, settings: Settings) -> Planned:
    """Plans the return of a dropped rule, onto the skill that had it, from what the trunk is now.

    The branch that once offered it may still be here, merged as a squash and with the rule in it; it starts anew.

    Raises:
        HivemindError: there is no commit to start from, or the skill's files cannot be read.
    """
    onto = base(repository, rule.skill, settings.skills_dir)
    start = branches.trunk(repository)
    stands = folder.standing(repository, start, settings.skills_dir, rule.skill)
    return Planned(Base(onto.ref, onto.tip, start), compose(rule.skill, [rule.rule], stands))


def listing_overflow(
    repository: Repository, commit: str | None, drafts: Sequence[Draft], settings: Settings
) -> tuple[str, ...]:
    """The skills that an assistant would no longer list with these drafts in a tree, people's own skills counted."""
    texts: dict[str, bytes] = {}
    if commit is not None:
        for name, _, _ in repository.list_folder(commit, settings.skills_dir):
            skill = folder.standing(repository, commit, settings.skills_dir, name).skill
            if skill is not None:
                texts[name] = skill
    texts |= {draft.name: draft.skill.encode() for draft in drafts}
    return document.listing_overflow(tuple(_parsed(text) for text in texts.values()))


def _offering(repository: Repository, rules: Collection[str], skills_dir: str) -> set[str]:
    """The skills whose branch here has one of these rules."""
    found = set()
    for name, ref in branches.local(repository).items() if rules else ():
        file = folder.skills(repository, repository.ref(ref) or "", skills_dir, evidence=False).ours.get(name)
        found |= {name} if file and any(rule.id in rules for rule in file.rules) else set()
    return found


def _homes(
    repository: Repository,
    rules: Sequence[SkillRule],
    start: str | None,
    settings: Settings,
    dropped: Collection[str] | None,
) -> dict[str, str]:
    """Rule id → skill, among the skills of a commit and, unless `dropped` is None, those on offer on branches."""
    if start is None:
        return area.assign(rules, {}, folders=settings.workspaces)
    skills_dir = settings.skills_dir
    here = folder.skills(repository, start, skills_dir)
    standing = dict(here.ours)
    for name, tip in branches.offered(repository).items() if dropped is not None else ():
        if is_open(repository, name, (tip, start), skills_dir, dropped or ()):
            offered = folder.skills(repository, tip, skills_dir).ours.get(name)
            standing |= {name: offered} if offered else {}
    taken = {*here.foreign, *here.broken, *folder.skills(repository, start, AGENTS_DIR).foreign}
    standing_rules = {name: file.rules for name, file in standing.items()}
    return area.assign(rules, standing_rules, taken, settings.workspaces)


def _parsed(text: bytes) -> document.Document:
    return document.parse(text.decode(errors="replace").removeprefix("\ufeff").encode(), SKILL_FILE)
