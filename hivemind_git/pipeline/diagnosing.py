"""What keeps an installation from recording: each thing in a line, with the command that mends it."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from hivemind_git import agents, resources
from hivemind_git.agents.base import Assistant, Call, Examinable, Fault, Machine, Wired
from hivemind_git.agents.command import command_line
from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.journal import Journal
from hivemind_git.errors import HivemindError
from hivemind_git.git import hooks
from hivemind_git.pipeline import installing, loading, probing
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.store.verify import verify

_INSTALL: Final = "git hivemind install"
_SCRIPT_SECONDS: Final = 30.0
_SHOWN: Final = 5
"""Problems of the store that are told one by one."""
_WAITING_SECONDS: Final = 3600.0


class State(StrEnum):
    """How a thing is. A note breaks nothing."""

    OK = "ok"
    NOTE = "note"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what is so, in a sentence without a final stop, and what mends it (or empty).

    `name` is the assistant's, or `capture`, `scripts`, `git-hooks`, `journal`, `store`, `images`; `title` as people
    call it.
    """

    name: str
    title: str
    state: State
    text: str
    mend: str = ""


def diagnose(space: Workspace, machine: Machine, now: float) -> list[Check]:
    """Looks at everything, and sends an event through each hook that is wired.

    Args:
        space: the repository.
        machine: the person's side.
        now: POSIX seconds.

    Raises:
        HivemindError: the repository is bare, or the record of the installation is damaged.
    """
    state = space.repository.state_dir
    if not (state / "hook").exists():
        nothing = Check("scripts", "scripts", State.BROKEN, "nothing is installed in this repository", _INSTALL)
        return [nothing, *_store(space), *_images(state)]
    off, blocked = list(_capture(space)), _unreadable(state)
    found = [*off, *_scripts(state)]
    for name in agents.NAMES:
        found += _assistant(space, machine, agents.assistant(name), live=not (off or blocked))
    return [*found, *_git_hooks(space), *(blocked or _journal(space, now)), *_store(space), *_images(state)]


def _capture(space: Workspace) -> Iterator[Check]:
    """That nothing is to be recorded, which is no fault, and why no event arrives."""
    off = "HIVEMIND_CAPTURE is off in this shell" if _switched_off() else ""
    if (space.repository.state_dir / "off").exists() or not space.settings.capture:
        off = off or "hivemind.capture is false, so nothing is recorded"
    if off:
        mend = "unset HIVEMIND_CAPTURE" if _switched_off() else "git config hivemind.capture true"
        yield Check("capture", "capture", State.NOTE, off, mend)


def _unreadable(state: Path) -> list[Check]:
    """That the journal is none, so that no event can be found in it."""
    try:
        Journal(state).pending()
    except OSError as error:
        text = f"{state / 'journal'} cannot be read: {error.strerror}"
        return [Check("journal", "journal", State.BROKEN, text, f"mv {state / 'journal'} {state / 'journal.old'}")]
    return []


def _switched_off() -> bool:
    return os.environ.get("HIVEMIND_CAPTURE", "").lower() in {"false", "0", "off", "no"}


def _scripts(state: Path) -> Iterator[Check]:
    """The scripts that the hooks run, and the program that they start."""
    shipped = resources.find("hooks") / "agent"
    old = [name for name in installing.SCRIPTS if _bytes(state / name) != (shipped / name).read_bytes()]
    if old:
        files = ", ".join(str(state / name) for name in old)
        yield Check("scripts", "scripts", State.BROKEN, f"not those of this version: {files}", _INSTALL)
    program = (_bytes(state / installing.SEALER) or b"").decode("utf-8", "replace").strip()
    if trouble := _program(program):
        yield Check("scripts", "scripts", State.BROKEN, f"nothing can be sealed: {trouble}", _INSTALL)
    elif not old:
        yield Check("scripts", "scripts", State.OK, f"of this version; they start {program}")


def _program(program: str) -> str:
    """Why the program that seals does not run; empty where it does."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, stdin=subprocess.DEVNULL, check=False, timeout=_SCRIPT_SECONDS
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return f"{program or 'no program'}: {getattr(error, 'strerror', None) or error}"
    return f"{program} exits {done.returncode}" if done.returncode else ""


def _assistant(space: Workspace, machine: Machine, one: Assistant, *, live: bool) -> Iterator[Check]:
    wired = one.wired(space.checkout, machine)
    again = f"{_INSTALL} {one.name}"
    if not wired.files:
        once = [str(path) for path, after in installing.recorded(space).items() if _wrote(one, path, after)]
        if once:
            yield Check(one.name, one.title, State.BROKEN, f"was wired in {', '.join(once)} and is no more", again)
        elif one.find(machine) is not None:
            yield Check(one.name, one.title, State.NOTE, "on this machine, not wired here", again)
        return
    faults = one.faults(space.checkout, machine) if isinstance(one, Examinable) else _untrusted(one, wired.trusted)
    yield from (Check(one.name, one.title, State.BROKEN, fault.what, fault.mend) for fault in faults)
    if old := _outdated(space, machine, one, wired):
        yield Check(one.name, one.title, State.BROKEN, f"not of this version: {', '.join(map(str, old))}", again)
    for skill in loading.unloaded(space, one):
        yield Check(one.name, one.title, State.BROKEN, skill.text, skill.mend)
    if live:
        yield from _live(space, machine, one, again)
    elif not faults:
        yield Check(one.name, one.title, State.OK, f"wired in {', '.join(map(str, wired.files))}")


def _outdated(space: Workspace, machine: Machine, one: Assistant, wired: Wired) -> list[Path]:
    """The wired files that install would write anew."""
    found: dict[Path, None] = {}
    for scope in one.scopes:
        with suppress(HivemindError):  # what cannot be wired in a scope is not wired there
            found |= {each.path: None for each in one.wire(space.checkout, machine, scope) if each.path in wired.files}
    return list(found)


def _untrusted(one: Assistant, trusted: bool | None) -> tuple[Fault, ...]:
    if trusted is not False:
        return ()
    return (Fault(f"{one.title} does not trust our hooks, so it runs none of them", f"trust them in {one.title}"),)


def _live(space: Workspace, machine: Machine, one: Assistant, again: str) -> Iterator[Check]:
    """An event through each command that is configured."""
    calls = one.calls(space.checkout, machine) if isinstance(one, Examinable) else ()
    for call in calls or (Call(("/bin/sh", "-c", command_line(one.name)), space.checkout.top),):
        sent = probing.probe(space, one.name, call, probing.environment())
        if sent.arrived and not sent.trouble:
            yield Check(one.name, one.title, State.OK, f"wired; a live event arrived in {sent.milliseconds} ms")
        elif sent.arrived:
            yield Check(one.name, one.title, State.BROKEN, f"a live event arrived, but {sent.trouble}", again)
        else:
            why = sent.trouble or f"is {space.checkout.top / '.git'} yours, and can {call.argv[0]} read it?"
            yield Check(one.name, one.title, State.BROKEN, f"a live event did not arrive: {why}", again)


def _wrote(one: Assistant, path: Path, after: bytes | None) -> bool:
    return after is not None and path.name != "exclude" and one.untangle(path, after) is not None


def _git_hooks(space: Workspace) -> Iterator[Check]:
    obstacles, wired = hooks.obstacles(space.repository), hooks.wired(space.repository)
    for hook, why in obstacles.items():
        yield Check("git-hooks", "git hooks", State.NOTE, f"{hook}: {why}; what it would tell, commits tell later")
    missing = [hook for hook, there in wired.items() if not there and hook not in obstacles]
    if missing:
        text = f"not wired: {', '.join(missing)}; what they would tell, commits tell later"
        yield Check("git-hooks", "git hooks", State.NOTE, text, _INSTALL)
    elif not obstacles:
        yield Check("git-hooks", "git hooks", State.OK, f"wired: {', '.join(wired)}")


def _journal(space: Workspace, now: float) -> Iterator[Check]:
    state = space.repository.state_dir
    journal = Journal(state)
    waiting = journal.pending()
    if journal.is_full():
        text = "not sealed for 14 days, so nothing more is kept"
        yield Check("journal", "journal", State.BROKEN, text, "git hivemind seal")
    elif waiting and now - waiting[0].t > _WAITING_SECONDS:
        text = f"{len(waiting)} events wait for longer than an hour: no seal came through, see {state / 'log'}"
        yield Check("journal", "journal", State.BROKEN, text, "git hivemind seal")
    else:
        yield Check("journal", "journal", State.OK, f"{len(waiting)} events wait for the next seal")
    if lost := _lost(state):
        text = f"lost since install: {', '.join(f'{what} {count}' for what, count in sorted(lost.items()))}"
        # What the hook could not write is nowhere: only what is there is named.
        there = [str(path) for path in (state / "log", state / "journal/broken") if path.exists()]
        see = f"; see {' and '.join(there)}" if there else ""
        yield Check("journal", "journal", State.NOTE, f"{text}{see}", f"rm {state / 'lost'}")


def _store(space: Workspace) -> Iterator[Check]:
    """What does not hold in the session store, which anybody may have written; nothing where there is no store."""
    if space.store().tip is None:
        return
    problems = verify(space.repository, space.ref)
    for one in problems[:_SHOWN]:
        where = f"{space.branch}:{one.path} " if one.path else f"{space.branch}: "
        yield Check("store", "store", State.BROKEN, f"{where}{one.what}")
    if len(problems) > _SHOWN:
        more = f"{len(problems) - _SHOWN} more places of it do not hold"
        yield Check("store", "store", State.BROKEN, more)
    if not problems:
        yield Check("store", "store", State.OK, "every line of it makes sense")


def _images(state: Path) -> Iterator[Check]:
    """File images that sessions name and nobody can read: what rests on them is derived no more."""
    if damaged := ImageStore(state / "images").damaged():
        text = f"{damaged} of them gone or damaged: what was derived of them stays, and nothing more comes of them"
        yield Check("images", "images", State.BROKEN, text)


def _lost(state: Path) -> Counter[str]:
    """Assistant and why → how many events were lost, as the hook and the seal counted them."""
    lines = (_bytes(state / "lost") or b"").decode("ascii", "replace").splitlines()
    return Counter(line.strip() for line in lines if line.strip())


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
