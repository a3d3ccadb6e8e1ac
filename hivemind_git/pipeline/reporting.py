"""What is wired, what came last, what waits and what was lost: the truth about an installation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hivemind_git import agents
from hivemind_git.agents.base import Machine
from hivemind_git.capture.journal import Journal
from hivemind_git.capture.memory import Memory
from hivemind_git.git import hooks
from hivemind_git.pipeline import synced
from hivemind_git.pipeline.catching_up import catch_up
from hivemind_git.pipeline.pacing import Record
from hivemind_git.pipeline.synced import SyncState
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.skills import branches
from hivemind_git.store.reader import Store

if TYPE_CHECKING:
    from hivemind_git.pipeline.waiting import OpenSkill


@dataclass(frozen=True, slots=True)
class AgentStatus:
    """One assistant: on this machine, wired here, trusted (None: it asks for none), its last event (RFC 3339)."""

    name: str
    title: str
    found: bool
    wired: bool
    trusted: bool | None
    last_event: str | None


@dataclass(frozen=True, slots=True)
class Status:
    """The whole state. `hooks`: git hook → wired; `obstacles`: git hook → why it cannot be.

    `full`: the journal was not sealed for 14 days and takes no more. `waiting`: skills on open branches. `needs`: skill
    → why the background could not commit its draft; `problem`: why its last run failed, empty where it did not.
    """

    repository: str
    capture: bool
    agents: tuple[AgentStatus, ...]
    hooks: dict[str, bool]
    obstacles: dict[str, str]
    pending: int
    lost: int
    full: bool
    store: str
    sessions: int
    warnings: tuple[str, ...]
    waiting: tuple[OpenSkill, ...]
    needs: Mapping[str, str]
    problem: str
    sync: SyncState


def status(space: Workspace, machine: Machine) -> Status:
    """Looks at everything, once what agents that were killed left behind is in the store.

    Raises:
        HivemindError: git's configuration or the store cannot be read.
    """
    catch_up(space)
    repository = space.repository
    journal = Journal(repository.state_dir)
    store = space.store()
    last = _last_events(store, Memory(repository.state_dir))
    pace = Record(repository.state_dir).pace()
    off = (repository.state_dir / "off").exists() or not space.settings.capture
    return Status(
        repository=str(repository.workdir or repository.common_dir),
        capture=not off,
        agents=tuple(_agent(space, machine, name, last.get(name)) for name in agents.NAMES),
        hooks=hooks.wired(repository),
        obstacles=hooks.obstacles(repository),
        pending=len(journal.pending()),
        lost=journal.lost(),
        full=journal.is_full(),
        store=space.branch,
        sessions=len(store.sessions()),
        warnings=(*space.settings.warnings, *_wrong_patterns(space)),
        waiting=_waiting(space),
        needs=pace.waiting,
        problem=pace.problem,
        sync=synced.state(space),
    )


def _waiting(space: Workspace) -> tuple[OpenSkill, ...]:
    if not branches.unmerged(space.repository):
        return ()
    from hivemind_git.pipeline import deciding, waiting  # noqa: PLC0415 - what reads skills and rules takes 40 ms to load

    return waiting.open_skills(space, without=deciding.turned_down(space))


def _wrong_patterns(space: Workspace) -> tuple[str, ...]:
    if not space.settings.redact:
        return ()
    from hivemind_git.pipeline import redaction  # noqa: PLC0415 - its own patterns take 40 ms to compile

    return redaction.wrong_patterns(space)


def _agent(space: Workspace, machine: Machine, name: str, last: str | None) -> AgentStatus:
    assistant = agents.assistant(name)
    wired = assistant.wired(space.checkout, machine)
    return AgentStatus(
        name=name,
        title=assistant.title,
        found=assistant.find(machine) is not None,
        wired=bool(wired.files),
        trusted=wired.trusted,
        last_event=last,
    )


def _last_events(store: Store, memory: Memory) -> dict[str, str]:
    """Assistant → time of its last event, looked up in the few sessions that were sealed last."""
    last: dict[str, str] = {}
    for folder in memory.latest(limit=20):
        for event in store.events(folder):
            last[event.agent] = max(last.get(event.agent, ""), event.t)
    return last
