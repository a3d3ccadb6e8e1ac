"""The state of drafting: where skills go, what is wired, what waits, and when the background last ran and will run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from hivemind_git.agents.base import Machine
from hivemind_git.model import RuleState
from hivemind_git.pipeline import deciding, mining, notices, pacing, proposing, reporting, skillifying, waiting
from hivemind_git.pipeline.pacing import Pace, Record
from hivemind_git.pipeline.reporting import Status
from hivemind_git.pipeline.waiting import OpenSkill
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import folder
from hivemind_git.skills.draft.ledger import Caps, Spent


@dataclass(frozen=True, slots=True)
class Scope:
    """To what lessons apply, and where skills go: the workspace's label, the trunk's name and the folders."""

    repository: str
    workspace: str
    trunk: str
    skills_dir: str
    linked: bool


@dataclass(frozen=True, slots=True)
class Lessons:
    """Skills on the trunk with the number of their rules, how many rules are in each state, and what one needs."""

    live: Mapping[str, int]
    broken: tuple[str, ...]
    states: Mapping[RuleState, int]
    needed: str


@dataclass(frozen=True, slots=True)
class Worker:
    """Drafting by itself.

    `off` says why it never runs, or nothing. `running`: a run is at work now. `turns` ended since the last run began,
    and after `every` it runs whatever its rest. `idle`: nothing changed since the last run, so the next does nothing.
    Times are POSIX seconds: no run before `held`, after failures; from `rested` on the end of any turn is enough.
    """

    off: str
    running: bool
    pace: Pace
    turns: int
    every: int
    idle: bool
    held: float
    rested: float


@dataclass(frozen=True, slots=True)
class Model:
    """Who words the rules: the template, or a model with what it cost today and may cost a day."""

    drafter: str
    name: str
    spent: Spent
    caps: Caps


@dataclass(frozen=True, slots=True)
class Survey:
    """All of it. `notices` are what the person was not shown yet."""

    scope: Scope
    installed: Status
    lessons: Lessons
    waiting: tuple[OpenSkill, ...]
    notices: tuple[str, ...]
    worker: Worker
    model: Model


def survey(space: Workspace, machine: Machine) -> Survey:
    """Derives and mines what is new, and looks at everything else.

    Raises:
        HivemindError: the store, the trunk or git's configuration cannot be read.
    """
    installed = reporting.status(space, machine)
    mined = mining.mine(space)
    repository, settings = space.repository, space.settings
    trunk = repository.trunk()
    tip = repository.ref(trunk) if trunk else repository.head()
    skills = folder.skills(repository, tip, settings.skills_dir, evidence=False) if tip else None
    turned_down = mined.rejected | deciding.turned_down(space)
    ledger = proposing.ledger(space)
    return Survey(
        Scope(
            repository=str(repository.workdir or repository.common_dir),
            workspace=settings.workspace or "",
            trunk=(trunk or "").removeprefix("refs/heads/").removeprefix("refs/remotes/"),
            skills_dir=settings.skills_dir,
            linked=settings.agents_link,
        ),
        installed,
        Lessons(
            live={name: len(file.rules) for name, file in sorted(skills.ours.items())} if skills else {},
            broken=tuple(sorted(skills.broken)) if skills else (),
            states=Counter(rule.state for rule in mined.rules),
            needed=mined.needed,
        ),
        waiting.open_skills(space, without=turned_down),
        tuple(notices.pending(repository.state_dir)),
        _worker(space),
        Model(settings.draft, settings.draft_model, ledger.spent(), ledger.caps),
    )


def _worker(space: Workspace) -> Worker:
    record = Record(space.repository.state_dir)
    pace = record.pace()
    off = ""
    if not space.settings.capture:
        off = "capture is off"
    elif not space.settings.skillify_every:
        off = "hivemind.skillifyEvery is 0"
    return Worker(
        off=off,
        running=record.running(),
        pace=pace,
        turns=record.turns(),
        every=space.settings.skillify_every,
        idle=not pace.problem and pace.seen == skillifying.seen(space),
        held=pace.until,
        rested=pacing.rested(pace),
    )
