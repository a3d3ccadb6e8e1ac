"""Wires an assistant and takes the wiring out again, as install and uninstall do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hivemind_git import wiring
from hivemind_git.agents.base import Assistant, Checkout, Machine, Scope


def record(checkout: Checkout) -> Path:
    """Where install keeps what it did."""
    folder = checkout.common / "hivemind"
    folder.mkdir(exist_ok=True)
    return folder / "installed.json"


@dataclass(frozen=True)
class Wirer:
    """Of one assistant, in the scope that its tests are mostly about."""

    assistant: Assistant
    scope: Scope

    def install(self, checkout: Checkout, machine: Machine, scope: Scope | None = None) -> list[Path]:
        changes = self.assistant.wire(checkout, machine, scope or self.scope)
        roots = [checkout.top, machine.home]
        return wiring.apply(changes, record(checkout), roots=roots, untangle=self.assistant.untangle)

    def uninstall(self, checkout: Checkout, machine: Machine) -> list[Path]:
        roots = [checkout.top, machine.home]
        return wiring.restore(record(checkout), roots=roots, untangle=self.assistant.untangle)
