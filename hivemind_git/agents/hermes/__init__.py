"""Hermes Agent: where it is wired, its payloads, its sessions, its skill folders."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from hivemind_git.agents.base import Assistant, Call, Checkout, Fault, Found, Machine, Scope, Wired
from hivemind_git.agents.hermes import disk, wiring
from hivemind_git.agents.lines import Tally
from hivemind_git.agents.stamp import Place
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture, DiffFunction
from hivemind_git.wiring import FileChange


class Hermes:
    """Nous Research's Hermes Agent."""

    name = disk.AGENT
    title = "Hermes"
    scopes: tuple[Scope, ...] = (Scope.USER,)
    skill_folders: tuple[str, ...] = (".agents/skills",)
    logs_match = True

    def find(self, machine: Machine) -> Found | None:
        """Whether it is on this machine."""
        return Found.on(machine, disk.home(machine), "hermes")

    def own_skills(self, machine: Machine) -> Path | None:
        """Where one person's skills are; it reads no other folder of the home for them."""
        folder = disk.home(machine)
        return folder / "skills" if folder.is_dir() else None

    def wire(self, checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:  # noqa: ARG002 - it has one place
        """The changes that register our hooks and the repository's skills."""
        return wiring.wire(machine)

    def untangle(self, path: Path, content: bytes) -> bytes | None:
        """A configuration without our part."""
        return wiring.untangle(path, content)

    def wired(self, checkout: Checkout, machine: Machine) -> Wired:  # noqa: ARG002
        """The file that registers our hooks, and whether the person let Hermes run them."""
        return wiring.wired(machine)

    def calls(self, checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
        """How it runs our hooks."""
        return wiring.calls(checkout, machine)

    def faults(self, checkout: Checkout, machine: Machine) -> tuple[Fault, ...]:  # noqa: ARG002
        """Why it would not run them."""
        return wiring.faults(machine)

    def hear(self, told: Sequence[Payload], place: Place, diff: DiffFunction) -> Iterator[Capture]:
        """What its hooks told, in order."""
        from hivemind_git.agents.hermes import payloads  # noqa: PLC0415 - status asks only where it is wired

        return payloads.hear(told, place, _here(), diff)

    def logs(self, told: Sequence[Payload]) -> list[Path]:
        """The logs of the sessions that these payloads are from."""
        return list(dict.fromkeys(path for payload in told if (path := _log(payload))))

    def transcripts(self, checkout: Checkout, machine: Machine) -> list[Path]:
        """The sessions in its databases that worked in this repository."""
        return disk.transcripts(checkout, machine)

    def measured(self, path: Path) -> tuple[int, int] | None:
        """How much a session's log holds, and when that changed."""
        return disk.measured(path)

    def read(self, path: Path, place: Place, tally: Tally, diff: DiffFunction) -> Iterator[Capture]:
        """The events of a session, of a whole database, or of an export."""
        from hivemind_git.agents.files import Files  # noqa: PLC0415
        from hivemind_git.agents.hermes.log import read_session  # noqa: PLC0415

        for session in disk.sessions(path, tally):
            yield from read_session(session, Files(place, diff, tally))

    def mentions(self, path: Path) -> tuple[set[str], set[str]]:
        """The files that a session wrote, and the folders in which it worked."""
        from hivemind_git.agents.hermes import mentioned  # noqa: PLC0415

        return mentioned.mentioned(disk.sessions(path, Tally()))


def _here() -> Machine:
    """The machine as this process finds it: a seal has the environment of the hook that started it."""
    return Machine(Path.home(), os.environ)


def _log(payload: Payload) -> Path | None:
    """The log that a payload names, or that of its session."""
    named, session = payload.data.get("transcript_path"), payload.data.get("session_id")
    if isinstance(named, str):
        return Path(named) if disk.is_log(Path(named)) else None
    return disk.log_of(session, _here()) if isinstance(session, str) and session else None


ASSISTANT: Assistant = Hermes()
