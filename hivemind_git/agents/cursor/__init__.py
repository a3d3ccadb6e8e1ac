"""Cursor, the editor and the command line: where it is wired, its payloads, its transcripts, its skill folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hivemind_git.agents.base import Assistant, Call, Checkout, Fault, Found, Machine, Scope, Wired
from hivemind_git.agents.cursor import disk, wiring
from hivemind_git.agents.lines import Tally, whole_lines
from hivemind_git.agents.stamp import Place, utc
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture, DiffFunction
from hivemind_git.wiring import FileChange


class Cursor:
    """Anysphere's Cursor."""

    name = disk.AGENT
    title = "Cursor"
    scopes: tuple[Scope, ...] = (Scope.LOCAL, Scope.PROJECT, Scope.USER)
    skill_folders: tuple[str, ...] = (".agents/skills", ".cursor/skills", ".claude/skills", ".codex/skills")
    logs_match = False

    def find(self, machine: Machine) -> Found | None:
        """Whether it is on this machine."""
        return Found.on(machine, disk.home(machine), "cursor-agent", "cursor")

    def wire(self, checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:
        """The changes that register our hooks."""
        return wiring.wire(checkout, machine, scope)

    def untangle(self, path: Path, content: bytes) -> bytes | None:
        """A hooks file without our hooks."""
        return wiring.untangle(path, content)

    def wired(self, checkout: Checkout, machine: Machine) -> Wired:
        """The files that register our hooks."""
        return wiring.wired(checkout, machine)

    def calls(self, checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
        """How it runs our hooks."""
        return wiring.calls(checkout, machine)

    def faults(self, checkout: Checkout, machine: Machine) -> tuple[Fault, ...]:
        """Why it would not run them."""
        return wiring.faults(checkout, machine)

    def hear(self, told: Sequence[Payload], place: Place, diff: DiffFunction) -> Iterator[Capture]:
        """What its hooks told, in order."""
        from hivemind_git.agents.cursor import payloads  # noqa: PLC0415 - status asks only where it is wired

        return payloads.hear(told, place, diff)

    def logs(self, told: Sequence[Payload]) -> list[Path]:  # noqa: ARG002 - as all assistants answer
        """None: a transcript names nothing as the hooks do, so what they told would be told twice."""
        return []

    def transcripts(self, checkout: Checkout, machine: Machine) -> list[Path]:
        """All transcripts on this machine of sessions in this repository."""
        return disk.transcripts(checkout, machine)

    def read(self, path: Path, place: Place, tally: Tally, diff: DiffFunction) -> Iterator[Capture]:
        """The events of a transcript."""
        from hivemind_git.agents.cursor.transcript import read_transcript  # noqa: PLC0415

        changed = utc(path.stat().st_mtime * 1000) or ""
        with path.open("rb") as stream:
            yield from read_transcript(whole_lines(stream, tally), path.stem, changed, place, tally, diff)

    def mentions(self, path: Path) -> tuple[set[str], set[str]]:
        """The files that a transcript names and the folders in which it worked."""
        from hivemind_git.agents.cursor.transcript import mentioned  # noqa: PLC0415

        with path.open("rb") as stream:
            return mentioned(whole_lines(stream, Tally()))


ASSISTANT: Assistant = Cursor()
