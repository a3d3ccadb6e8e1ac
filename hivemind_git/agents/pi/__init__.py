"""pi: where it is wired, what our extension tells, its session files, its skill folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hivemind_git.agents.base import Assistant, Call, Checkout, Fault, Found, Machine, Scope, Wired
from hivemind_git.agents.lines import Tally, text, whole_lines
from hivemind_git.agents.pi import disk, wiring
from hivemind_git.agents.stamp import Place
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture, DiffFunction
from hivemind_git.wiring import FileChange


class Pi:
    """The coding agent pi."""

    name = disk.AGENT
    title = "pi"
    scopes: tuple[Scope, ...] = (Scope.USER, Scope.LOCAL, Scope.PROJECT)
    skill_folders: tuple[str, ...] = (".agents/skills", ".pi/skills")
    logs_match = True

    def find(self, machine: Machine) -> Found | None:
        """Whether it is on this machine."""
        found = Found.on(machine, disk.home(machine), "pi")
        # Other programs are named pi too, and only this one has the folder: a program alone proves nothing.
        return found if found and found.folder else None

    def wire(self, checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:
        """The changes that put our extension there."""
        return wiring.wire(checkout, machine, scope)

    def untangle(self, path: Path, content: bytes) -> bytes | None:
        """An extension file without our extension."""
        return wiring.untangle(path, content)

    def wired(self, checkout: Checkout, machine: Machine) -> Wired:
        """The files that hold our extension."""
        return wiring.wired(checkout, machine)

    def calls(self, checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
        """How our extension runs the hook."""
        return wiring.calls(checkout, machine)

    def faults(self, checkout: Checkout, machine: Machine) -> tuple[Fault, ...]:
        """What pi passes over."""
        return wiring.faults(checkout, machine)

    def hear(self, told: Sequence[Payload], place: Place, diff: DiffFunction) -> Iterator[Capture]:
        """What our extension told, in order."""
        from hivemind_git.agents import pi_payloads  # noqa: PLC0415 - status asks only where it is wired

        return pi_payloads.hear(self.name, told, place, diff, pi_payloads.told_by_payload)

    def logs(self, told: Sequence[Payload]) -> list[Path]:
        """The files of the sessions that these payloads are from. Pi makes one only when the model has answered."""
        named = dict.fromkeys(Path(text(payload.data, "transcript_path")) for payload in told)
        return [path for path in named if path.suffix == ".jsonl" and path.is_absolute()]

    def transcripts(self, checkout: Checkout, machine: Machine) -> list[Path]:
        """All session files on this machine of sessions in this repository."""
        return disk.transcripts(checkout, machine)

    def read(self, path: Path, place: Place, tally: Tally, diff: DiffFunction) -> Iterator[Capture]:
        """The events of a session's file."""
        from hivemind_git.agents.pi.session import read_session  # noqa: PLC0415

        with path.open("rb") as stream:
            yield from read_session(whole_lines(stream, tally), place, disk.line(path), tally, diff)

    def mentions(self, path: Path) -> tuple[set[str], set[str]]:
        """The files that a session's file names and the folders in which it worked."""
        from hivemind_git.agents.pi.session import mentioned  # noqa: PLC0415

        with path.open("rb") as stream:
            return mentioned(whole_lines(stream, Tally()))


ASSISTANT: Assistant = Pi()
