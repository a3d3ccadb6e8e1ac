"""What agents wrote before a rule landed on the trunk and since, counted in the sessions of the store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hivemind_git.corrections.decisions import language, seconds
from hivemind_git.git.objects import Repository
from hivemind_git.model import Event, Kind, Rule, RuleKind
from hivemind_git.pipeline import checking, deriving, mining
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.rules import scope
from hivemind_git.rules.ahead import Ahead, ahead
from hivemind_git.rules.match import Pattern, compile_template
from hivemind_git.rules.tokens import family
from hivemind_git.skills import branches, effect, folder, lineage
from hivemind_git.skills.effect import Outcome, Tally


@dataclass(slots=True, kw_only=True)
class Measured:
    """A live rule: its skill, when it landed (POSIX seconds), and the tallies on both sides of that moment.

    A chance of a template is a line of an agent, as first written and in scope, that matches its before (violated) or
    its after (obeyed); of advice it is a person's prompt, violated where a correction says the same again.
    """

    rule: Rule
    skill: str
    landed: float
    before: Tally = field(default_factory=Tally)
    since: Tally = field(default_factory=Tally)

    @property
    def outcome(self) -> Outcome:
        """What the tallies say."""
        return effect.judge(self.before, self.since)

    def count(self, t: float, *, violated: int, chances: int) -> None:
        """Counts what happened at a moment."""
        tally = self.before if t < self.landed else self.since
        tally.violated += violated
        tally.chances += chances


def measure(space: Workspace, skill: str | None = None) -> list[Measured]:
    """The effect of each rule that is live on the trunk, of one skill if asked, in order of skill and rule.

    Raises:
        HivemindError: there is no commit yet, or the store cannot be read or written.
    """
    tip = branches.trunk(space.repository)
    mined = mining.mine(space)
    ours = folder.skills(space.repository, tip, space.settings.skills_dir).ours
    told = [(name, checking.as_rule(rule)) for name, file in ours.items() for rule in file.rules]
    landed = _landings(space.repository, tip, space.settings.skills_dir, {rule.id for _, rule in told})
    found = [
        Measured(rule=rule, skill=name, landed=landed[rule.id])
        for name, rule in sorted(told, key=lambda one: (one[0], one[1].id))
        if skill in {None, name}
    ]
    lines = [_Lines(one) for one in found if one.rule.kind is RuleKind.TEMPLATE]
    advice = [one for one in found if one.rule.kind is RuleKind.ADVICE]
    for event in _events(space):
        t = seconds(event.t)
        if event.kind is Kind.EDIT:
            for each in lines:
                each.count(t, event)
        elif event.kind is Kind.PROMPT and event.fields.get("speaker") != "program":
            for one in advice:
                one.count(t, violated=0, chances=1)
    again = {rule.id: rule.corrections for rule in mined.rules}
    for one in advice:
        for name in again.get(one.rule.id, ()):
            if name in mined.corrections:
                one.count(seconds(mined.corrections[name].t), violated=1, chances=0)
    return found


def foresee(space: Workspace) -> Ahead:
    """What rules known by then would have caught of the next corrections by hand, over the whole history.

    Raises:
        HivemindError: the store cannot be read or written.
    """
    return ahead(deriving.derive(space).corrections, mining.thresholds(space))


class _Lines:
    """One template's chances in agents' edits."""

    def __init__(self, measured: Measured) -> None:
        rule = measured.rule
        self._measured = measured
        self._family = family(rule.language)
        self._broken = compile_template(rule.before, rule.after, rule.language)
        self._kept = compile_template(rule.after, rule.before, rule.language) if rule.after.strip() else None

    def count(self, t: float, event: Event) -> None:
        """Counts the chances in what one edit wrote."""
        path, hunks = event.fields.get("path"), event.fields.get("hunks")
        if not isinstance(path, str) or not isinstance(hunks, list):
            return
        if family(language(path)) != self._family or not scope.within(self._measured.rule.scope, path):
            return
        for hunk in hunks:
            after = hunk.get("after") if isinstance(hunk, dict) else None
            if isinstance(after, str):
                broken, kept = _matches(self._broken, after), _matches(self._kept, after)
                self._measured.count(t, violated=broken, chances=broken + kept)


def _matches(pattern: Pattern | None, text: str) -> int:
    return 0 if pattern is None else sum(1 for _ in pattern.find(text))


def _events(space: Workspace) -> Iterator[Event]:
    """Each event once: a fork's copies tell nothing new."""
    store = space.store()
    seen: set[str] = set()
    for session in store.sessions():
        for event in store.events(session.folder):
            if event.id not in seen:
                seen.add(event.id)
                yield event


def _landings(repository: Repository, tip: str, skills_dir: str, rules: set[str]) -> dict[str, float]:
    """When each rule came to stand on the trunk for good: the time of the first commit of the run that has it.

    Only the trunk's own commits count (first parents): a rule on a branch reached no assistant elsewhere.
    """
    landed: dict[str, float] = {}
    open_rules = set(rules)
    trees: dict[str, Sequence[str]] = {}
    for info in repository.walk([tip], first_parent=True):
        entry = repository.entry(info.id, skills_dir)
        oid = entry[0] if entry else ""
        if oid not in trees:
            trees[oid] = tuple(lineage.live_at(repository, info.id, [skills_dir])) if oid else ()
        open_rules.intersection_update(trees[oid])
        if not open_rules:
            break
        landed.update(dict.fromkeys(open_rules, info.committed))
    return landed
