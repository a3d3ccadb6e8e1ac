"""Wires git's hooks and the assistants here, and takes every byte of it out again."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hivemind_git import agents, resources, wiring
from hivemind_git.agents import exclude
from hivemind_git.agents.base import Assistant, Machine, Scope
from hivemind_git.capture import pauses
from hivemind_git.capture.files import owner_alone, place
from hivemind_git.errors import HivemindError
from hivemind_git.git import hooks
from hivemind_git.git.objects import Repository
from hivemind_git.pipeline import notices, teaching
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.wiring import FileChange, files

SCRIPTS: Final = ("hook", "window")
"""What the assistants' hooks source, beside the journal."""
SEALER: Final = "sealer"
"""The file that names the program which they start."""
_NOTICED = "noticed"
_LOST = "lost"


@dataclass(frozen=True, slots=True)
class Plan:
    """What install would do: change files, wire assistants. `obstacles`: git hook → why it cannot be wired."""

    changes: tuple[FileChange, ...]
    assistants: tuple[str, ...]
    obstacles: dict[str, str] = field(default_factory=dict)


def plan(
    space: Workspace,
    machine: Machine,
    names: Sequence[str] = (),
    scope: Scope | None = None,
    *,
    skill: bool = False,
) -> Plan:
    """The changes that wire git's hooks and assistants.

    Args:
        space: the repository.
        machine: the person's side.
        names: the assistants; all that are found here where none is named.
        scope: for whom; each assistant's own default where None.
        skill: whether to put the skill there by which they look up what is known; for this person here where no scope
            is given.

    Raises:
        HivemindError: no assistant is found, one cannot be wired for that scope, or a file of theirs is malformed.
    """
    chosen = _chosen(names, machine)
    changes = [*hooks.plan_install(space.repository), *_ours(space.repository)]
    for assistant in chosen:
        if scope is not None and scope not in assistant.scopes:
            known = ", ".join(f"--{one.value}" for one in assistant.scopes)
            raise HivemindError(f"{assistant.title} cannot be wired for --{scope.value}", f"Known are {known}.")
        changes += assistant.wire(space.checkout, machine, scope) if scope else _by_default(space, machine, assistant)
    if skill:
        changes += teaching.changes(space, machine, chosen, scope or Scope.LOCAL)
    real = tuple(change for change in exclude.joined(changes) if not change.empty)
    return Plan(real, tuple(one.title for one in chosen), hooks.obstacles(space.repository))


def _by_default(space: Workspace, machine: Machine, assistant: Assistant) -> list[FileChange]:
    """The changes for the assistant's own default; for the person alone where the team has committed its file.

    None where that file registers our hooks: the team was wired with --project.

    Raises:
        HivemindError: as `Assistant.wire`.
    """
    try:
        return assistant.wire(space.checkout, machine, assistant.scopes[0])
    except exclude.CommittedError:
        if assistant.wired(space.checkout, machine).files:
            return []
        if Scope.USER not in assistant.scopes:
            raise
        return assistant.wire(space.checkout, machine, Scope.USER)


def install(space: Workspace, machine: Machine, planned: Plan) -> list[Path]:
    """Makes the planned changes, all or none, and returns the files that were written.

    Raises:
        HivemindError: a file cannot be written, or changed since the plan was made.
    """
    roots = [path for path in (space.repository.workdir, machine.home) if path]
    written = wiring.apply(planned.changes, _record(space.repository), roots=roots, untangle=_untangle)
    # Wiring makes folders as the umask has them, for others are in the worktree.
    owner_alone(space.repository.state_dir)
    # On a full disk a line can still be added where a new file cannot be made.
    (space.repository.state_dir / _LOST).touch(mode=0o600)
    with suppress(OSError):
        pauses.end(space.repository.state_dir, time.time())
    _announce(space)
    return written


def uninstall(space: Workspace, machine: Machine, names: Sequence[str] = ()) -> list[Path]:
    """Takes out what install wrote, and returns the files in which our part must be taken out by hand.

    Sessions, images and what waits in the journal stay.

    Args:
        space: the repository.
        machine: the person's side.
        names: assistants whose hooks alone go; everything where none is named.

    Raises:
        HivemindError: a file cannot be written, the record is damaged, or an assistant is not known.
    """
    roots = [path for path in (space.repository.workdir, machine.home) if path]
    record = _record(space.repository)
    if names:
        only = _written_for([agents.assistant(name) for name in names], space, machine)
        return wiring.restore(record, roots=roots, untangle=_untangle, only=only)
    notices.withdraw(space.repository.state_dir)
    if space.repository.state_dir.is_dir():
        with suppress(OSError):
            pauses.begin(space.repository.state_dir, time.time(), pauses.UNINSTALLED)
    lost = hooks.uninstall(space.repository)
    return [*lost, *wiring.restore(record, roots=roots, untangle=_untangle)]


def recorded(space: Workspace) -> dict[Path, bytes | None]:
    """The files that install wrote, with what it made of each.

    Raises:
        HivemindError: the record is damaged.
    """
    return wiring.recorded(_record(space.repository))


def _written_for(chosen: Sequence[Assistant], space: Workspace, machine: Machine) -> set[Path]:
    """The files that were written for these assistants and for none beside them."""
    contents = {path: content for path in recorded(space) if (content := files.content(path)) is not None}
    mine, others = set[Path](), set[Path]()
    for one in map(agents.assistant, agents.NAMES):
        wired = set(one.wired(space.checkout, machine).files)
        if one in chosen or wired:
            owned = mine if one in chosen else others
            owned |= wired | {path for path, content in contents.items() if one.untangle(path, content) is not None}
    return mine - others


def _announce(space: Workspace) -> None:
    """Leaves what the next session's start tells the person, never the model: where traces go. Once a repository."""
    state = space.repository.state_dir
    if (state / _NOTICED).exists():
        return
    text = (
        f"hivemind-git records this repository's sessions, secrets redacted, on the branch {space.branch}, and "
        "unredacted file images in .git/hivemind. Nothing is pushed unless you turn sync on. "
        "`git hivemind status` shows it all, `git config hivemind.capture false` stops it."
    )
    notices.leave(state, text)
    place(state / _NOTICED, b"")


def _chosen(names: Sequence[str], machine: Machine) -> list[Assistant]:
    if names:
        return [agents.assistant(name) for name in names]
    found = [one for one in map(agents.assistant, agents.NAMES) if one.find(machine) is not None]
    if not found:
        raise HivemindError(
            "no assistant is found on this machine",
            f"Name one all the same: `git hivemind install {agents.NAMES[0]}`.",
        )
    return found


def _ours(repository: Repository) -> list[FileChange]:
    """The capture scripts, and where they find us: a desktop application has no virtual environment on its PATH."""
    folder = resources.find("hooks") / "agent"
    return [
        *(FileChange.to(repository.state_dir / name, (folder / name).read_bytes(), 0o600) for name in SCRIPTS),
        FileChange.to(repository.state_dir / SEALER, f"{_executable()}\n".encode(), 0o600),
    ]


def _executable() -> Path:
    """The installed `git-hivemind`: the one beside this interpreter, else the one on the PATH.

    Raises:
        HivemindError: there is none.
    """
    beside = Path(sys.executable).with_name("git-hivemind")
    found = beside if beside.is_file() else shutil.which("git-hivemind")
    if found is None:
        raise HivemindError("git-hivemind is neither beside this Python nor on the PATH", "Install the package first.")
    return Path(found).absolute()


def _untangle(path: Path, content: bytes) -> bytes | None:
    for take in (hooks.untangle, *(agents.assistant(name).untangle for name in agents.NAMES)):
        clean = take(path, content)
        if clean is not None:
            return clean
    return None


def _record(repository: Repository) -> Path:
    return repository.state_dir / "installed.json"
