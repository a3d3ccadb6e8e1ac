"""One thing with all that led to it and came of it: skill, rule, correction or session; and a skill line by line."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from hivemind_git.errors import HivemindError
from hivemind_git.git import blame as git_blame
from hivemind_git.model import Correction, Event, Kind
from hivemind_git.pipeline import ruling
from hivemind_git.pipeline.mining import skill_dirs
from hivemind_git.pipeline.ruling import Rules, Shown
from hivemind_git.pipeline.tracing import starting_at
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import blame, branches, folder, lineage
from hivemind_git.skills.blame import BlamedLine
from hivemind_git.skills.layout import SKILL_FILE
from hivemind_git.skills.lineage import Lineage, SkillChange
from hivemind_git.skills.rules_toml import SkillRule

_SHORTEST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSkill:
    """A skill as it stands at `commit`: on this branch, or (`offered`) on the branch that offers it."""

    name: str
    path: str
    commit: str
    offered: bool
    text: str
    rules: tuple[SkillRule, ...]
    changes: tuple[SkillChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCorrection:
    """A correction, the rule that it is evidence of, and the skill that has that rule; empty where there is none.

    `prompt` is what the person had asked for when the agent wrote what was corrected.
    """

    correction: Correction
    prompt: str
    rule: str
    skill: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSession:
    """A session with its events in order, what was corrected of it, and the skill changes that rest on it."""

    session: str
    events: tuple[Event, ...]
    corrections: tuple[Correction, ...]
    changes: tuple[SkillChange, ...]


def show(space: Workspace, what: str, rev: str = "HEAD") -> ShownSkill | Shown | ShownCorrection | ShownSession:
    """The thing that a name, or the start of an id (four characters at least), means.

    Args:
        space: where.
        what: the name or id.
        rev: where skills are looked for, and from where history is looked back on.

    Raises:
        HivemindError: nothing is meant, or several things are, or there is no such revision.
    """
    tip = starting_at(space, rev)
    past = _history(space, tip)
    found = _skill(space, past, what, tip)
    if found:
        return found
    rules = Rules(space)
    store = space.store()
    named = what if len(what) >= _SHORTEST else "\0"
    sessions = [one.folder for one in store.sessions() if one.folder.startswith(named)]
    known = [one for one in rules.all if one.rule.id.startswith(named)]
    corrections = [one for one in rules.mined.corrections.values() if one.id.startswith(named)]
    if len(sessions) + len(known) + len(corrections) != 1:
        many = (
            "several things start" if sessions or known or corrections else "no skill, rule, correction or session is"
        )
        raise HivemindError(
            f"{many} {'with ' if sessions or known or corrections else ''}{what}",
            "`git hivemind rules`, `corrections` and `sessions` list them.",
        )
    if known:
        return ruling.detail(space, rules, known[0])
    if corrections:
        return _correction(rules, corrections[0], store.events(corrections[0].session))
    events = tuple(store.events(sessions[0]))
    session = events[0].session if events else sessions[0]
    return ShownSession(
        session=session,
        events=events,
        corrections=tuple(store.corrections(sessions[0])),
        changes=lineage.of_session(past, session),
    )


def blamed(space: Workspace, name: str, rev: str = "HEAD") -> tuple[BlamedLine, ...]:
    """The lines of a skill at a revision, each with the rule that it says and the commit that brought that rule.

    Args:
        space: where.
        name: the skill, or the path of its folder or SKILL.md.
        rev: the branch or commit that has it.

    Raises:
        HivemindError: there is no such skill or revision, or it cannot be read.
    """
    tip = starting_at(space, rev)
    skill = posixpath.basename(name.rstrip("/").removesuffix(f"/{SKILL_FILE}"))
    standing = folder.standing(space.repository, tip, space.settings.skills_dir, skill) if tip else None
    if tip is None or standing is None or standing.skill is None:
        raise HivemindError(f"no skill {skill} stands in {rev}", "`git hivemind log` lists them.")
    ours = folder.skills(space.repository, tip, space.settings.skills_dir)
    if skill in ours.broken:
        raise ours.broken[skill]
    rules = {rule.id: rule for rule in ours.ours[skill].rules} if skill in ours.ours else {}
    written = git_blame.blame(space.repository, tip, f"{space.settings.skills_dir}/{skill}/{SKILL_FILE}")
    return blame.blame(standing.skill, rules, _history(space, tip), written)


def _history(space: Workspace, tip: str | None) -> Lineage:
    return lineage.history(space.repository, tip, skill_dirs(space)) if tip else Lineage((), {}, ())


def _skill(space: Workspace, past: Lineage, name: str, tip: str | None) -> ShownSkill | None:
    repository, skills_dir = space.repository, space.settings.skills_dir
    offer = branches.offered(repository).get(name)
    for commit, offered in ((tip, False), (offer, True)):
        file = folder.skills(repository, commit, skills_dir).ours.get(name) if commit else None
        if commit and file:
            text = folder.standing(repository, commit, skills_dir, name).skill or b""
            there = lineage.history(repository, commit, [skills_dir]) if offered else past
            return ShownSkill(
                name=name,
                path=f"{skills_dir}/{name}",
                commit=commit,
                offered=offered,
                text=text.decode("utf-8", "replace"),
                rules=file.rules,
                changes=lineage.of_skill(there, name),
            )
    return None


def _correction(rules: Rules, correction: Correction, events: Iterable[Event]) -> ShownCorrection:
    owner = next((one for one in rules.all if correction.id in one.rule.corrections), None)
    return ShownCorrection(
        correction=correction,
        prompt=_asked(correction, events),
        rule=owner.rule.id if owner else "",
        skill=owner.skill if owner else "",
    )


def _asked(correction: Correction, events: Iterable[Event]) -> str:
    """The last prompt before what was corrected; empty where the store does not hold it."""
    text = ""
    for event in events:
        if event.id in correction.evidence:
            return text
        if event.kind is Kind.PROMPT:
            text = str(event.fields.get("text", ""))
    return ""
