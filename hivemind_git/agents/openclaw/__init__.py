"""OpenClaw: where it is wired, what our plugin tells, its sessions, its skill folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hivemind_git.agents.base import Assistant, Call, Checkout, Fault, Found, Machine, Scope, Wired
from hivemind_git.agents.lines import Tally, text
from hivemind_git.agents.openclaw import disk, wiring
from hivemind_git.agents.stamp import Place
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture, DiffFunction
from hivemind_git.wiring import FileChange


class OpenClaw:
    """The assistant OpenClaw."""

    name = disk.AGENT
    title = "OpenClaw"
    scopes: tuple[Scope, ...] = (Scope.USER,)
    skill_folders: tuple[str, ...] = (".agents/skills", "skills")
    logs_match = True

    def find(self, machine: Machine) -> Found | None:
        """Whether it is on this machine."""
        return Found.on(machine, disk.home(machine), "openclaw")

    def wire(self, checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:
        """The changes that put our plugin there and enable it."""
        del scope  # one person's, everywhere: a plugin in a workspace needs the person's configuration too
        return wiring.wire(checkout, machine)

    def untangle(self, path: Path, content: bytes) -> bytes | None:
        """A file without our part."""
        return wiring.untangle(path, content)

    def wired(self, checkout: Checkout, machine: Machine) -> Wired:
        """The files that make our plugin run."""
        del checkout
        return wiring.wired(machine)

    def calls(self, checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
        """How our plugin runs the hook."""
        return wiring.calls(checkout, machine)

    def faults(self, checkout: Checkout, machine: Machine) -> tuple[Fault, ...]:
        """Why OpenClaw would not load our plugin."""
        del checkout
        return wiring.faults(machine)

    def hear(self, told: Sequence[Payload], place: Place, diff: DiffFunction) -> Iterator[Capture]:
        """What our plugin told, in order."""
        from hivemind_git.agents import pi_payloads  # noqa: PLC0415 - status asks only where it is wired
        from hivemind_git.agents.openclaw.ends import told_by_payload  # noqa: PLC0415

        return pi_payloads.hear(self.name, told, place, diff, told_by_payload)

    def logs(self, told: Sequence[Payload]) -> list[Path]:
        """The sessions in a database that these payloads are from."""
        named = dict.fromkeys(Path(text(payload.data, "transcript_path")) for payload in told)
        return [path for path in named if disk.is_log(path)]

    def measured(self, path: Path) -> tuple[int, int] | None:
        """How many entries a session has, and when the last came, in ns; None: it is not there."""
        return disk.measured(path)

    def transcripts(self, checkout: Checkout, machine: Machine) -> list[Path]:
        """All sessions on this machine that work in this repository."""
        return disk.transcripts(checkout, machine)

    def read(self, path: Path, place: Place, tally: Tally, diff: DiffFunction) -> Iterator[Capture]:
        """The events of a log's sessions in this repository."""
        from hivemind_git.agents.openclaw.sessions import read_sessions  # noqa: PLC0415

        return read_sessions(path, place, tally, diff)

    def mentions(self, path: Path) -> tuple[set[str], set[str]]:
        """The files that a log names and the folders in which it worked."""
        from hivemind_git.agents.openclaw.sessions import mentioned  # noqa: PLC0415

        return mentioned(path)


ASSISTANT: Assistant = OpenClaw()
