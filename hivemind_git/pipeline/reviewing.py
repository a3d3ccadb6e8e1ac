"""The candidates one by one, each with its evidence and its draft, and what a person makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from hivemind_git.capture.files import place
from hivemind_git.errors import HivemindError
from hivemind_git.git import editor
from hivemind_git.model import Rule, RuleKind, RuleState
from hivemind_git.pipeline import codifying, deciding, mining
from hivemind_git.pipeline.codifying import Codified, Drafted
from hivemind_git.pipeline.waiting import OpenSkill, open_skills
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules.guard import Figures, guard
from hivemind_git.skills import branches, document, editing, folder
from hivemind_git.skills.decisions import Decision, Verb, latest
from hivemind_git.skills.rules_toml import Proof, SkillRule

_FILE = "RULE_EDIT.toml"


@dataclass(frozen=True, slots=True)
class Item:
    """A candidate. `text` is what its skill will say of it, Markdown; `branch` has it already (empty: none does).

    `figures` are the guard's, of a template rule.
    """

    rule: Rule
    draft: SkillRule
    skill: str
    text: str
    branch: str
    figures: Figures | None

    @property
    def evidence(self) -> tuple[Proof, ...]:
        """What the rule rests on."""
        return self.draft.evidence


@dataclass(slots=True)
class Review:
    """A review at work. What is rejected is kept at once; what is accepted is committed by `finish`, all together."""

    space: Workspace
    drafted: Drafted
    items: tuple[Item, ...]
    accepted: dict[str, SkillRule] = field(default_factory=dict)
    edited: set[str] = field(default_factory=set)
    rejected: list[Item] = field(default_factory=list)

    def edit(self, item: Item) -> SkillRule | None:
        """The draft as the person leaves it in their editor; None where they left nothing.

        Raises:
            HivemindError: there is no editor, it failed, or what it left is no rule.
        """
        file = self.space.repository.git_dir / _FILE
        if not file.exists():
            place(file, editing.editable(self.accepted.get(item.rule.id, item.draft)).encode())
        editor.edit(self.space.repository, file)
        changed = editing.edited(item.draft, file.read_text(errors="replace"))
        self.forget_edit()
        return changed

    def forget_edit(self) -> None:
        """Throws away what a failed edit left."""
        Path(self.space.repository.git_dir / _FILE).unlink(missing_ok=True)

    def accept(self, item: Item, changed: SkillRule | None = None) -> None:
        """Takes a rule, or what the person made of it, into the commit to come."""
        self.accepted[item.rule.id] = changed or item.draft
        self.edited |= {item.rule.id} if changed and changed != item.draft else set()

    def reject(self, item: Item) -> None:
        """Turns a rule down for good, whatever evidence comes.

        Raises:
            HivemindError: the store cannot be written.
        """
        self._decide(item, Verb.REJECT)
        self.rejected.append(item)

    def finish(self) -> tuple[Codified | None, tuple[str, ...]]:
        """Commits what was accepted and takes what was rejected off its branches; those that hold nothing else go.

        Returns:
            What was committed, None where nothing was to be, and the branches that are gone.

        Raises:
            HivemindError: as `codifying.commit`.
        """
        if not (self.accepted or self.rejected):
            return None, ()
        drafted = self.drafted
        if self.rejected:
            drafted = replace(drafted, mined=mining.mine(self.space))
        done = codifying.commit(self.space, drafted, tuple(self.accepted.values()), edited=self.edited)
        refused = set(done.refused)
        for item in self.items:
            if item.rule.id in self.accepted and item.skill not in refused:
                self._decide(item, Verb.ACCEPT)
        return done, self._swept()

    def _swept(self) -> tuple[str, ...]:
        """The branches of rejected rules that held nothing else, and that nobody has checked out."""
        repository, gone = self.space.repository, []
        turned = {item.rule.id for item in self.rejected}
        for one in open_skills(self.space) if turned else ():
            ref = branches.local(repository)[one.name]
            alone = bool(one.rules) and all(rule.id in turned for rule in one.rules)
            if alone and branches.checked_out_in(repository, ref) is None and repository.delete_ref(ref, one.commit):
                gone.append(one.branch)
        return tuple(gone)

    def _decide(self, item: Item, verb: Verb) -> None:
        space = self.space
        evidence = item.rule.corrections or tuple(proof.correction for proof in item.draft.evidence)
        decision = Decision(
            verb=verb, rule=item.rule.id, t=deciding.now(), author=deciding.author(space), corrections=evidence
        )
        deciding.decide(space, decision)


def review(space: Workspace, starts: Sequence[str] = ()) -> Review:
    """The candidates that nobody decided on yet, or those that are named by the start of their id.

    Raises:
        HivemindError: no candidate has such an id, or the store cannot be read.
    """
    drafted = codifying.draft(space)
    rules = {rule.id: rule for rule in drafted.mined.rules if rule.state is RuleState.CANDIDATE}
    missing = [start for start in starts if not any(rule.startswith(start) for rule in rules)]
    if missing:
        raise HivemindError(f"no candidate starts with {missing[0]}", "`git hivemind review --json` lists them.")
    settled = _settled(space)
    chosen = [
        draft
        for draft in drafted.rules
        if draft.id in rules
        and (any(draft.id.startswith(start) for start in starts) if starts else draft.id not in settled)
    ]
    return Review(space, drafted, tuple(_items(space, drafted, chosen, rules)))


def _settled(space: Workspace) -> set[str]:
    last = latest(deciding.decisions(space))
    return {rule for rule, one in last.items() if one.verb is Verb.ACCEPT}


def _items(space: Workspace, drafted: Drafted, chosen: Sequence[SkillRule], rules: dict[str, Rule]) -> list[Item]:
    open_now = {rule.id: (one, rule) for one in open_skills(space) for rule in one.rules}
    planned = {
        rule: one.draft
        for one in codifying.plan(space, drafted, chosen).skills
        for rule in (*one.draft.added, *one.draft.changed)
    }
    figures = _figures(space, drafted, [rules[one.id] for one in chosen])
    items = []
    for one in chosen:
        offered = open_now.get(one.id)
        if one.id in planned:
            found = planned[one.id]
            draft = next(rule for rule in found.rules if rule.id == one.id)
            items.append(Item(rules[one.id], draft, found.name, _says(found.skill, one.id), "", figures.get(one.id)))
        elif offered:
            items.append(_standing(space, rules[one.id], offered, figures.get(one.id)))
    return items


def _standing(space: Workspace, rule: Rule, offered: tuple[OpenSkill, SkillRule], figures: Figures | None) -> Item:
    skill, draft = offered
    stands = folder.standing(space.repository, skill.commit, space.settings.skills_dir, skill.name).skill or b""
    return Item(rule, draft, skill.name, _says(stands.decode(errors="replace"), rule.id), skill.branch, figures)


def _figures(space: Workspace, drafted: Drafted, found: Sequence[Rule]) -> dict[str, Figures]:
    templates = [rule for rule in found if rule.kind is RuleKind.TEMPLATE]
    if not templates:
        return {}
    corrections = tuple(drafted.mined.corrections.values())
    kept = mining.kept_lines(space, corrections)
    return guard(templates, corrections, kept, ratio=space.settings.guard_ratio)[1]


def _says(skill: str, rule: str) -> str:
    """What a SKILL.md says of a rule: its block without the marks, else its row."""
    for part in document.parse(skill.encode(), "SKILL.md").parts:
        if part.rule == rule:
            return "".join(document.lines_of(part.text)[1:-1]).strip("\n")
    rows = (document.rows(part.text) for part in document.parse(skill.encode(), "SKILL.md").parts if part.table)
    return next((row[rule].strip() for row in rows if rule in row), "")
