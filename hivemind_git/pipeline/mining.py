"""Corrections → rules: what the store holds, guarded by the agent lines that people kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from hivemind_git.corrections.decisions import language
from hivemind_git.model import Correction, Event, Kind, Rule, RuleKind
from hivemind_git.pipeline import deciding, deriving, proposing, remembering, written_rules
from hivemind_git.pipeline.progress import Progress, unseen
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules import mine as rules
from hivemind_git.rules import workspaces
from hivemind_git.rules.company import ALONE, Company, told_here
from hivemind_git.rules.guard import KeptLine
from hivemind_git.rules.verdict import Dropped, Thresholds
from hivemind_git.skills import branches, folder, lineage
from hivemind_git.skills.decisions import Decision
from hivemind_git.skills.lineage import DroppedRule, Lineage


@dataclass(frozen=True, slots=True)
class Mined:
    """Rules with the corrections they are made of, by id.

    `dropped` are the rules that the trunk had and has no more, and that nobody restored; `rejected` are ids of those
    that people turned down before they got there; `needed` says in words what makes a candidate; `note` why a
    model that was to be asked did not answer.
    """

    rules: tuple[Rule, ...]
    corrections: Mapping[str, Correction]
    dropped: tuple[DroppedRule, ...]
    rejected: frozenset[str]
    needed: str
    note: str = ""


def mine(space: Workspace, *, ask: bool = False, beside: Sequence[str] = (), progress: Progress = unseen) -> Mined:
    """Derives what is new, and mines all corrections of the store.

    Args:
        space: where.
        ask: ask the model, where one is set up, which of the lessons that are new say the same.
        beside: paths of other repositories of this workspace, whose corrections count too.
        progress: told how far the derivation is.

    Raises:
        HivemindError: the store cannot be read or written, or one of the others is not of this workspace.
    """
    corrections = deriving.derive(space, progress).corrections
    company = _company(space, beside, corrections)
    found = of(space, corrections, company)
    if not (ask and proposing.wanted(space)):
        return found
    before = proposing.kept(space)
    why = proposing.propose(space, found.rules, found.corrections)
    again = proposing.kept(space).same != before.same
    return replace(of(space, corrections, company) if again else found, note=why)


def _company(space: Workspace, paths: Sequence[str], own: Sequence[Correction]) -> Company:
    if not paths:
        return ALONE
    from hivemind_git.pipeline import neighbours  # noqa: PLC0415 - for those who name some

    return neighbours.company(space, paths, own)


def of(space: Workspace, corrections: tuple[Correction, ...], company: Company = ALONE) -> Mined:
    """Mines these corrections, and with them those of a company.

    Raises:
        HivemindError: the store cannot be read.
    """
    limits = thresholds(space)
    past, decisions = history(space), deciding.decisions(space)
    reverted = deciding.reverted(space, past, decisions)
    known = {*past.live, *(one.rule.id for one in reverted)}
    dropped = [Dropped(one.rule.id, one.commit, one.corrections) for one in reverted]
    rejected = deciding.rejected(space, known, decisions)
    judged = partial(
        rules.mine,
        thresholds=limits,
        dropped=[*dropped, *rejected],
        previous=_advised(space, past),
        written=tuple(written_rules.statements(space))
        if space.settings.workspaces
        else written_rules.statements(space),
        alike=proposing.kept(space).same,
    )
    everything = (*corrections, *company.all)
    explicit, kept = _explicit(space, decisions), kept_lines(space, corrections)
    if space.settings.workspaces:
        found = workspaces.mine(
            space.settings.workspaces,
            everything,
            kept,
            _scopes(space, past),
            # What people state outright holds where they say, whatever the workspaces are.
            lambda folder, own, lines, live: judged(own, lines, published=live, explicit=() if folder else explicit),
        )
    else:
        found = judged(everything, kept, published=past.live, explicit=explicit)
    needed = f"a rule needs {limits.decisions} decisions that agree, from {limits.sessions} sessions"
    turned_down = frozenset(one.id for one in rejected)
    found = told_here(found, corrections, company) if company else found
    return Mined(found, {one.id: one for one in (*corrections, *company.told)}, reverted, turned_down, needed)


def _advised(space: Workspace, past: Lineage) -> dict[str, tuple[str, ...]]:
    """Advice that stands, is on offer or was dropped, with its recorded evidence: its id stays as its group grows."""
    trees = [tip for tip in (_trunk(space), *branches.offered(space.repository).values()) if tip]
    standing = [
        rule
        for tree in trees
        for file in folder.skills(space.repository, tree, space.settings.skills_dir).ours.values()
        for rule in file.rules
    ]
    told = [*(one.rule for one in past.dropped), *reversed(standing)]
    return {
        rule.id: tuple(proof.correction for proof in rule.evidence) for rule in told if rule.kind is RuleKind.ADVICE
    }


def _scopes(space: Workspace, past: Lineage) -> dict[str, tuple[str, ...]]:
    """Rule id → the scope with which each live rule stands on the trunk."""
    tip = _trunk(space)
    ours = folder.skills(space.repository, tip, space.settings.skills_dir, evidence=False).ours if tip else {}
    standing = {rule.id: rule.scope for file in ours.values() for rule in file.rules}
    return {rule: standing.get(rule, ()) for rule in past.live}


def _explicit(space: Workspace, decisions: Sequence[Decision]) -> tuple[Rule, ...]:
    """What people stated: by `rules add`, or in a prompt that asks to remember it. Said twice it is one rule."""
    told = {rule.id: _at_home(space, rule) for rule in remembering.remembered(space)}
    return tuple((told | {rule.id: rule for rule in deciding.explicit_rules(decisions)}).values())


def _at_home(space: Workspace, rule: Rule) -> Rule:
    """A remembered rule; said where only one sub-tree was worked in, and that a workspace, it holds in that one."""
    folders = space.settings.workspaces
    if not folders:
        return rule
    edits = (event for name in rule.sessions for event in space.store().events(name) if event.kind is Kind.EDIT)
    homes = {workspaces.home(str(event.fields.get("path", "")), folders) for event in edits}
    return replace(rule, scope=workspaces.inside((), homes.pop())) if len(homes) == 1 else rule


def _trunk(space: Workspace) -> str | None:
    name = space.repository.trunk()
    return space.repository.ref(name) if name else space.repository.head()


def thresholds(space: Workspace) -> Thresholds:
    """What the settings ask of a rule."""
    return Thresholds(
        decisions=space.settings.min_decisions,
        sessions=space.settings.min_sessions,
        guard_ratio=space.settings.guard_ratio,
    )


def history(space: Workspace) -> Lineage:
    """The lineage of the trunk.

    Raises:
        HivemindError: git cannot walk the history.
    """
    tip = _trunk(space)
    if tip is None:
        return Lineage((), {}, ())
    return lineage.history(space.repository, tip, skill_dirs(space))


def skill_dirs(space: Workspace) -> tuple[str, ...]:
    """The folder in which skills of ours stand."""
    return (space.settings.skills_dir,)


def kept_lines(space: Workspace, corrections: tuple[Correction, ...]) -> Iterator[KeptLine]:
    """The agent lines that stand in the file at the tip of the trunk, as the agent wrote them.

    A line that was corrected is not kept, even where an equal one stands elsewhere in the file.
    """
    trunk = space.repository.trunk()
    tip = space.repository.ref(trunk) if trunk else None
    if tip is None:
        return
    corrected = {(one.session, one.path, line.strip()) for one in corrections for line in one.before.splitlines()}
    standing: dict[str, frozenset[str]] = {}
    store = space.store()
    for session in store.sessions():
        for event in store.events(session.folder):
            if event.kind is Kind.EDIT:
                yield from _kept(space, tip, event, corrected, standing)


def _kept(
    space: Workspace, tip: str, event: Event, corrected: set[tuple[str, str, str]], standing: dict[str, frozenset[str]]
) -> Iterator[KeptLine]:
    path = event.fields.get("path")
    hunks = event.fields.get("hunks")
    if not isinstance(path, str) or not isinstance(hunks, list):
        return
    if path not in standing:
        content = space.repository.read(tip, path) or b""
        standing[path] = frozenset(line.strip() for line in content.decode("utf-8", "replace").splitlines())
    for hunk in hunks:
        after = hunk.get("after") if isinstance(hunk, dict) else None
        for line in after.splitlines() if isinstance(after, str) else ():
            text = line.strip()
            if text and text in standing[path] and (event.session, path, text) not in corrected:
                yield KeptLine(path=path, language=language(path), text=line, t=event.t, session=event.session)
