"""What was derived from a planted history, against what its ledger says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from hivemind_git.corrections.attribution import attribute
from hivemind_git.corrections.derive import derive
from hivemind_git.corrections.evidence import Edit, Evidence
from hivemind_git.corrections.lines import Origin, Writer
from hivemind_git.corrections.new_files import NewFiles
from hivemind_git.eval.histories import doubts, texts
from hivemind_git.eval.histories.doubts import Moment
from hivemind_git.eval.histories.ledger import PERSON, TEAMMATE, Act, agent
from hivemind_git.eval.histories.world import File, World
from hivemind_git.git.diff import diff_lines, split_lines
from hivemind_git.git.history import Change
from hivemind_git.git.objects import Repository
from hivemind_git.model import Correction, CorrectionKind
from hivemind_git.pipeline import commits, sessions

_BY_HAND = frozenset({CorrectionKind.REPLACED, CorrectionKind.REMOVED, CorrectionKind.EXTENDED})


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that was derived wrongly: `what` is `false`, `missed`, `mistaken` (kind, origin, path), `origin`."""

    what: str
    text: str


@dataclass(slots=True)
class Score:
    """Counts of one history or of many. `aside` are acts left out, by reason; `named` lines have a right origin.

    `unknown` lines have none: that is no claim, so neither right nor wrong.
    """

    right: int = 0
    false: int = 0
    missed: int = 0
    lines: int = 0
    named: int = 0
    misnamed: int = 0
    unknown: int = 0
    aside: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)

    def add(self, other: Score) -> None:
        """Takes another history's counts in."""
        self.right += other.right
        self.false += other.false
        self.missed += other.missed
        self.lines += other.lines
        self.named += other.named
        self.misnamed += other.misnamed
        self.unknown += other.unknown
        self.aside.update(other.aside)
        self.wrong += other.wrong

    @property
    def precision(self) -> float:
        """The share of derived corrections that are right; 1.0 where none was derived."""
        return self.right / (self.right + self.false) if self.right + self.false else 1.0

    @property
    def recall(self) -> float:
        """The share of decidable corrections that were derived; 1.0 where there was none."""
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0


def judge(world: World) -> Score:
    """Derives the history's corrections as the product does, and counts."""
    repository = Repository.containing(world.trees["main"])
    starts = commits.tips(repository, "hivemind/sessions")
    starts += [one for one in world.hinted() if repository.commit(one) is not None]
    read = tuple(sessions.session(one.id, one.events, one.images) for one in world.sessions.values())
    paths = {item.path for session in read for item in session.items if isinstance(item, Edit)}
    since = min((item.t for session in read for item in session.items), default=0.0)
    made = commits.makings(repository)
    records = tuple(commits.records(repository, starts, paths, since, made=made, new=NewFiles(read)))
    evidence = Evidence(sessions=read, commits=records, logs=commits.logs(repository))
    score = Score()
    logged = [one for tree in world.trees for one in world.git(tree, "log", "-g", "--format=%H", "HEAD")[1].split()]
    moments = list(_moments(world, repository, [*starts, *logged]))
    _corrections(world, derive(evidence, diff_lines).corrections, moments, score)
    for (path, content), origins in attribute(evidence, diff_lines).images.items():
        _lines(world, path, split_lines(content), origins, score)
    return score


def _moments(world: World, repository: Repository, starts: Sequence[str]) -> Iterator[Moment]:
    for met in world.met:
        yield Moment(met.t, met.worktree, met.path, met.names)
    for commit in repository.walk(starts, oldest_first=True):
        for change in repository.changes(commit.id):
            content = repository.blob(change.after_oid) if change.after_oid else None
            if content is not None:
                names = world.ledger.names(File.parse(content).lines)
                previous = change.previous_path if change.previous_path != change.path else _former(world, change)
                yield Moment(commit.committed, "", change.path, names, commit.id, previous)


def _former(world: World, change: Change) -> str:
    """The name of a new file before it was committed under this one, if git would see that it is the same."""
    known = change.status == "added" and change.path in world.moved and change.after_oid
    return world.renamed[change.path][1] if known and world.alike(world.moved[change.path], known) else ""


def _corrections(world: World, found: Sequence[Correction], moments: Sequence[Moment], score: Score) -> None:
    derived = {(_named(world, one.before), _named(world, one.after)): one for one in found if one.kind in _BY_HAND}
    for act in world.ledger.acts:
        shown = [moment for moment in moments if moment.t >= int(act.t) and act.shows(moment.names)]
        if not shown:
            continue  # nobody but its author ever saw it
        match = derived.pop(act.key, None)
        doubt = doubts.of_act(world, act, shown, moments)
        told = f"{act.kind} {act.path}: {_told(act.gone, act.new)} ({act.origin})"
        if doubt:
            score.aside[doubt] += 1
        elif match is None:
            score.missed += 1
            score.wrong.append(Wrong("missed", told))
        elif _fits(world, act, match, shown):
            score.right += 1
        else:
            score.false += 1
            score.missed += 1
            score.wrong.append(Wrong("mistaken", f"{match.kind} {match.path} ({match.origin}) for {told}"))
    for (gone, new), one in derived.items():
        doubt = doubts.of_lines(world, gone, new) if gone or new else "only lines that stand everywhere"
        if doubt:
            score.aside[doubt] += 1
        else:
            score.false += 1
            told = f"{one.kind} {one.path}: {_told(gone, new)} ({one.origin} {one.session} {one.confidence})"
            score.wrong.append(Wrong("false", told))


def _fits(world: World, act: Act, match: Correction, shown: Iterable[Moment]) -> bool:
    origin = "linter" if act.origin == "linter" else "human"
    told = [line.strip() for line in (match.before + match.after).split("\n") if line.strip()]
    # A line that stands everywhere may be on one side by the diff's choice, and makes another kind of it.
    plain = act.key == (act.gone, act.new) and all(texts.telling((line,)) and world.ledger.wrote(line) for line in told)
    kinds = {act.kind} if plain else {act.kind, "replaced"}
    return match.kind in kinds and match.origin == origin and match.path in {moment.path for moment in shown}


def _lines(world: World, path: str, lines: Sequence[bytes], origins: Sequence[Origin], score: Score) -> None:
    for line, origin in zip(lines, origins, strict=True):
        text = line.decode()
        writers = world.ledger.wrote(text)
        if not writers:
            continue
        score.lines += 1
        if origin.writer is Writer.UNKNOWN:
            score.unknown += 1
            continue
        right = {agent(origin.session)} if origin.writer is Writer.AGENT else {PERSON, TEAMMATE}
        if right & writers:
            score.named += 1
        elif (doubt := world.ledger.doubts.get(world.ledger.name(text))) is not None:
            score.aside[f"line: {doubt}"] += 1
        else:
            score.misnamed += 1
            told = f"{path}: {text.strip()} is {origin.writer} {origin.session}, of {sorted(writers)}"
            score.wrong.append(Wrong("origin", told))


def _named(world: World, text: str) -> tuple[str, ...]:
    return texts.telling(world.ledger.names(text.split("\n")))


def _told(gone: Sequence[str], new: Sequence[str]) -> str:
    return f"{' | '.join(gone) or '-'} -> {' | '.join(new) or '-'}"
