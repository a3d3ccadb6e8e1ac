"""Rules → skill commits, each skill on a branch of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from hivemind_git.errors import HivemindError
from hivemind_git.model import Kind, RuleState
from hivemind_git.pipeline import deciding, mining, redaction
from hivemind_git.pipeline.mining import Mined
from hivemind_git.pipeline.pacing import Record
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import branches, codify, compose, folder, publish
from hivemind_git.skills.publish import Publication
from hivemind_git.skills.rules_toml import SkillRule

_PROMPTS_A_SESSION = 3
_TEMPLATE = "template"


@dataclass(slots=True)
class Codified:
    """What was committed, and what could not be (skill → why).

    `standing` candidates are in open skill branches already; `skipped`: rule → why a model would leave it out; `note`
    says why the template drafts although a model was asked for.
    """

    mined: Mined
    published: list[Publication] = field(default_factory=list)
    refused: dict[str, HivemindError] = field(default_factory=dict)
    standing: int = 0
    skipped: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


def run(space: Workspace, *, direct: bool = False, unattended: bool = False) -> Codified:
    """Commits every candidate to the skill it belongs to.

    Args:
        space: where.
        direct: commit on the branch that is checked out, and bring the skill's files into the worktree.
        unattended: nobody is there to answer a prompt.

    Raises:
        HivemindError: there is no commit to start from, or the store cannot be read or written.
    """
    mined = mining.mine(space)
    done = Codified(mined)
    candidates = [rule for rule in mined.rules if rule.state is RuleState.CANDIDATE]
    if not candidates:
        return done
    rules, drafter = _worded(space, done, [compose.published(rule, mined.corrections) for rule in candidates])
    plan = codify.plan(
        space.repository,
        rules,
        space.settings,
        dropped={one.rule.id for one in mined.dropped},
        prompts=_prompts(space, rules),
        direct=direct,
    )
    done.refused.update(plan.refused)
    for planned in plan.skills:
        try:
            made = (
                publish.publish_direct(space.repository, planned.draft, planned.base, space.settings, drafter=drafter)
                if direct
                else publish.publish(
                    space.repository,
                    planned.draft,
                    planned.base,
                    space.settings,
                    drafter=drafter,
                    unattended=unattended,
                )
            )
        except HivemindError as error:
            done.refused[planned.draft.name] = error
            continue
        done.published += [made] if made else []
    if not direct:
        offered = [rule for planned in plan.skills for rule in planned.draft.rules]
        deciding.offer(space, done.published, {rule.id: rule for rule in offered})
    touched = {rule for made in done.published for rule in made.rules}
    if not unattended:
        Record(space.repository.state_dir).attended(done.refused.keys())
    done.standing = 0 if done.refused else len({rule.id for rule in rules} - touched)
    return done


def _worded(space: Workspace, done: Codified, rules: Sequence[SkillRule]) -> tuple[Sequence[SkillRule], str]:
    """The rules in a model's words where the settings ask for one; the template never waits for a model."""
    if space.settings.draft == _TEMPLATE:
        return rules, _TEMPLATE
    from hivemind_git.skills.draft.ledger import Ledger  # noqa: PLC0415 - the SDK alone takes seconds to import
    from hivemind_git.skills.draft.model import Caller, word  # noqa: PLC0415

    repository, settings = space.repository, space.settings
    redactor = redaction.redactor_for(space)("", {})
    caller = Caller(settings.draft_model, Ledger(repository.state_dir / "model.json"), redactor.text)
    live = folder.skills(repository, branches.trunk(repository), settings.skills_dir).ours.values()
    wording = word(rules, [rule for file in live for rule in file.rules], caller)
    done.skipped, done.note = wording.skipped, wording.note
    return wording.rules, wording.drafter


def _prompts(space: Workspace, rules: Sequence[SkillRule]) -> tuple[str, ...]:
    store = space.store()
    found: list[str] = []
    for session in sorted({one for rule in rules for one in rule.sessions}):
        texts = (event.fields.get("text") for event in store.events(session) if event.kind is Kind.PROMPT)
        found += [text for text in texts if isinstance(text, str)][:_PROMPTS_A_SESSION]
    return tuple(found)
