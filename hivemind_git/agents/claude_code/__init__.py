"""Claude Code: where it is wired, its payloads, its transcripts, its skill folders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from hivemind_git.agents.base import Assistant, Call, Checkout, Fault, Found, Machine, Scope, Wired
from hivemind_git.agents.claude_code import disk, wiring
from hivemind_git.agents.lines import Tally, whole_lines
from hivemind_git.agents.stamp import Place
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture, DiffFunction
from hivemind_git.wiring import FileChange


class ClaudeCode:
    """Anthropic's Claude Code."""

    name = disk.AGENT
    title = "Claude Code"
    scopes: tuple[Scope, ...] = (Scope.LOCAL, Scope.PROJECT, Scope.USER)
    skill_folders: tuple[str, ...] = (".claude/skills",)
    logs_match = True

    def find(self, machine: Machine) -> Found | None:
        """Whether it is on this machine."""
        return Found.on(machine, next(iter(disk.config_folders(machine)), None), "claude")

    def own_skills(self, machine: Machine) -> Path | None:
        """Where one person's skills are; it reads no other folder of the home for them."""
        found = self.find(machine)
        if found is None:
            return None
        named = machine.environ.get("CLAUDE_CONFIG_DIR")
        return (found.folder or (Path(named) if named else machine.home / ".claude")) / "skills"

    def wire(self, checkout: Checkout, machine: Machine, scope: Scope) -> list[FileChange]:
        """The changes that register our hooks."""
        return wiring.wire(checkout, machine, scope)

    def untangle(self, path: Path, content: bytes) -> bytes | None:
        """A settings file without our hooks."""
        return wiring.untangle(path, content)

    def wired(self, checkout: Checkout, machine: Machine) -> Wired:
        """The settings files that register our hooks."""
        return wiring.wired(checkout, machine)

    def calls(self, checkout: Checkout, machine: Machine) -> tuple[Call, ...]:
        """How it runs our hooks."""
        return wiring.calls(checkout, machine)

    def faults(self, checkout: Checkout, machine: Machine) -> tuple[Fault, ...]:
        """Why it would not run them."""
        return wiring.faults(checkout, machine)

    def hear(self, told: Sequence[Payload], place: Place, diff: DiffFunction) -> Iterator[Capture]:
        """What its hooks told, in order."""
        from hivemind_git.agents.claude_code import payloads  # noqa: PLC0415 - status asks only where it is wired

        return payloads.hear(told, place, diff)

    def logs(self, told: Sequence[Payload]) -> list[Path]:
        """The transcripts of the sessions that these payloads are from."""
        from hivemind_git.agents.claude_code import payloads  # noqa: PLC0415

        return payloads.logs(told)

    def transcripts(self, checkout: Checkout, machine: Machine) -> list[Path]:
        """All transcripts on this machine of sessions in this repository."""
        return disk.transcripts(checkout, machine)

    def read(self, path: Path, place: Place, tally: Tally, diff: DiffFunction) -> Iterator[Capture]:
        """The events of a transcript."""
        from hivemind_git.agents.claude_code.history import kept_beside  # noqa: PLC0415
        from hivemind_git.agents.claude_code.transcript import read_transcript  # noqa: PLC0415

        def has_own(root: str) -> bool:
            return path.with_name(f"{root}.jsonl").is_file()

        with path.open("rb") as stream:
            yield from read_transcript(whole_lines(stream, tally), place, tally, diff, has_own, kept_beside(path))

    def mentions(self, path: Path) -> tuple[set[str], set[str]]:
        """The files that a transcript names and the folders in which it worked."""
        from hivemind_git.agents.claude_code.transcript import mentioned  # noqa: PLC0415

        with path.open("rb") as stream:
            return mentioned(whole_lines(stream, Tally()))


ASSISTANT: Assistant = ClaudeCode()
