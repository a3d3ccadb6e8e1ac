"""Rules → skill commits, each skill on a branch of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from hivemind_git.errors import HivemindError
from hivemind_git.model import Kind, RuleState
from hivemind_git.pipeline import deciding, mining, proposing
from hivemind_git.pipeline.mining import Mined
from hivemind_git.pipeline.pacing import Record
from hivemind_git.pipeline.progress import Progress, unseen
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import branches, codify, compose, folder, publish
from hivemind_git.skills.codify import Plan, Planned
from hivemind_git.skills.compose import Draft
from hivemind_git.skills.publish import MovedError, Publication
from hivemind_git.skills.rules_toml import SkillRule

_PROMPTS_A_SESSION = 3

# A session that ends codifies by itself, often in the second in which the person asks for it too.
_ATTEMPTS = 5


@dataclass(slots=True)
class Codified:
    """What was committed, and what could not be (skill → why).

    `standing` candidates are in open skill branches already; `skipped`: rule → why a model would leave it out; `note`
    says why a model that was asked for did not answer; `unlisted` are skills that assistants no longer list,
    because all of them together are longer than the listing.
    """

    mined: Mined
    published: list[Publication] = field(default_factory=list)
    refused: dict[str, HivemindError] = field(default_factory=dict)
    standing: int = 0
    skipped: Mapping[str, str] = field(default_factory=dict)
    note: str = ""
    unlisted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafted:
    """The candidates as a skill would carry them, worded by `drafter`; `skipped` and `note` as in `Codified`."""

    mined: Mined
    rules: tuple[SkillRule, ...]
    drafter: str
    skipped: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def run(
    space: Workspace,
    *,
    direct: bool = False,
    unattended: bool = False,
    beside: Sequence[str] = (),
    progress: Progress = unseen,
) -> Codified:
    """Commits every candidate to the skill it belongs to.

    Args:
        space: where.
        direct: commit on the branch that is checked out, and bring the skill's files into the worktree.
        unattended: nobody is there to answer a prompt.
        beside: paths of other repositories of this workspace, whose corrections count too.
        progress: told how far the derivation is.

    Raises:
        HivemindError: there is no commit to start from, or the store cannot be read or written.
    """
    found = draft(space, beside, progress)
    return commit(space, found, found.rules, direct=direct, unattended=unattended)


def draft(space: Workspace, beside: Sequence[str] = (), progress: Progress = unseen) -> Drafted:
    """Mines, with the repositories `beside` this one, and words the candidates. Nothing is committed.

    Raises:
        HivemindError: the store cannot be read or written.
    """
    mined = mining.mine(space, ask=True, beside=beside, progress=progress)
    candidates = [rule for rule in mined.rules if rule.state is RuleState.CANDIDATE]
    rules = tuple(compose.published(rule, mined.corrections) for rule in candidates)
    if not (proposing.wanted(space) and rules):
        return Drafted(mined, rules, proposing.TEMPLATE, note=mined.note)
    return _worded(space, mined, rules)


def plan(
    space: Workspace,
    drafted: Drafted,
    rules: Sequence[SkillRule],
    *,
    edited: Collection[str] = (),
    direct: bool = False,
) -> Plan:
    """What `commit` would commit.

    Raises:
        HivemindError: there is no commit to start from, or no branch for a direct commit.
    """
    return codify.plan(
        space.repository,
        rules,
        space.settings,
        dropped={one.rule.id for one in drafted.mined.dropped},
        rejected=drafted.mined.rejected,
        edited=edited,
        prompts=_prompts(space, rules),
        direct=direct,
    )


def commit(
    space: Workspace,
    drafted: Drafted,
    rules: Sequence[SkillRule],
    *,
    edited: Collection[str] = (),
    direct: bool = False,
    unattended: bool = False,
) -> Codified:
    """Commits those of the drafted rules that are given, each to the skill it belongs to.

    Args:
        space: where.
        drafted: what `draft` found.
        rules: some of its rules, or what a person made of them.
        edited: the ids of the latter.
        direct: as `run`.
        unattended: as `run`.

    Raises:
        HivemindError: as `run`.
    """
    mined = drafted.mined
    done = Codified(mined, skipped=drafted.skipped, note=drafted.note)
    if not (rules or mined.rejected):
        return done
    drafts: dict[str, Draft] = {}
    for _ in range(_ATTEMPTS):
        planned = plan(space, drafted, rules, edited=edited, direct=direct)
        drafts |= {one.draft.name: one.draft for one in planned.skills}
        if not _publish_all(space, planned, done, drafted.drafter, direct=direct, unattended=unattended):
            break
    if not direct:
        deciding.offer(space, done.published, {rule.id: rule for draft in drafts.values() for rule in draft.rules})
    trunk = branches.trunk(space.repository)
    done.unlisted = codify.listing_overflow(space.repository, trunk, list(drafts.values()), space.settings)
    if not unattended:
        Record(space.repository.state_dir).attended(done.refused.keys())
    touched = {rule for made in done.published for rule in made.rules}
    done.standing = 0 if done.refused else len({rule.id for rule in rules} - touched)
    return done


def _publish_all(
    space: Workspace, planned: Plan, done: Codified, drafter: str, *, direct: bool, unattended: bool
) -> bool:
    """Commits what is planned and adds it to `done`; whether a branch moved meanwhile, so that its plan is stale."""
    done.refused = dict(planned.refused)
    moved = False
    for one in planned.skills:
        try:
            made = _publish(space, one, drafter, direct=direct, unattended=unattended)
            done.published += [made] if made else []
        except HivemindError as error:
            done.refused[one.draft.name] = error
            moved |= isinstance(error, MovedError)
    return moved


def _publish(space: Workspace, one: Planned, drafter: str, *, direct: bool, unattended: bool) -> Publication | None:
    repository, settings = space.repository, space.settings
    if direct:
        return publish.publish_direct(repository, one.draft, one.base, settings, drafter=drafter)
    return publish.publish(repository, one.draft, one.base, settings, drafter=drafter, unattended=unattended)


def _worded(space: Workspace, mined: Mined, rules: Sequence[SkillRule]) -> Drafted:
    """The rules in a model's words; the template never waits for a model."""
    from hivemind_git.skills.draft.model import word  # noqa: PLC0415 - most repositories ask no model

    repository, settings = space.repository, space.settings
    caller = proposing.caller(space)
    live = folder.skills(repository, branches.trunk(repository), settings.skills_dir).ours.values()
    wording = word(rules, [rule for file in live for rule in file.rules], caller)
    proposals = proposing.kept(space)
    helped = any(proposals.helped(rule) for rule in mined.rules if rule.state is RuleState.CANDIDATE)
    notes = dict.fromkeys(filter(None, (mined.note, wording.note)))
    return Drafted(mined, wording.rules, caller.name if helped else wording.drafter, wording.skipped, "; ".join(notes))


def _prompts(space: Workspace, rules: Sequence[SkillRule]) -> tuple[str, ...]:
    store = space.store()
    found: list[str] = []
    for session in sorted({one for rule in rules for one in rule.sessions}):
        texts = (event.fields.get("text") for event in store.events(session) if event.kind is Kind.PROMPT)
        found += [text for text in texts if isinstance(text, str)][:_PROMPTS_A_SESSION]
    return tuple(found)
