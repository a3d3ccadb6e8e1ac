"""One fault in one command, by strace's own injection (strace(1), "Tampering")."""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

CALLS: Final[Mapping[str, tuple[str, ...]]] = {
    "write": ("write", "pwrite64", "writev"),
    "rename": ("rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat"),
    "remove": ("unlink", "unlinkat", "rmdir"),
    "make": ("mkdir", "mkdirat", "ftruncate", "chmod", "fchmod", "fchmodat"),
    "flush": ("fsync", "fdatasync"),
    "start": ("execve", "fork", "vfork", "clone3"),
    "network": ("connect", "sendto", "sendmsg", "recvfrom"),
}
"""What a fault can be in, by the names of Linux. A name with `?` need not exist on every machine."""

_ERRORS: Final[Mapping[str, tuple[str, ...]]] = {
    "write": ("ENOSPC", "EIO", "EDQUOT"),
    "rename": ("ENOSPC", "EIO", "EACCES"),
    "remove": ("EIO", "EACCES"),
    "make": ("ENOSPC", "EACCES", "EROFS"),
    "flush": ("EIO",),
    "start": ("EAGAIN", "ENOMEM"),
    "network": ("ECONNREFUSED", "ECONNRESET", "ETIMEDOUT"),
}
_DELAY_MICROSECONDS: Final = 300_000
_LIMIT_SECONDS: Final = 120.0
_HIT: Final = re.compile(r"\(INJECTED\)|\(DELAYED\)|killed by SIGKILL")


@dataclass(frozen=True, slots=True)
class Fault:
    """The n-th call of a group, counted in each process by itself. `how` is an error's name, `kill` or `delay`."""

    group: str
    how: str
    n: int

    def __str__(self) -> str:
        return f"{self.how} at {self.group} {self.n}"

    @property
    def kind(self) -> str:
        """`error`, `kill` or `delay`."""
        return self.how if self.how in {"kill", "delay"} else "error"

    def options(self) -> list[str]:
        """strace's options for it."""
        calls = ",".join(CALLS[self.group])
        how = {
            "error": f"error={self.how}",
            "kill": "signal=SIGKILL",
            "delay": f"delay_enter={_DELAY_MICROSECONDS}",
        }[self.kind]
        # With its filter strace sends no signals (6.1).
        fast = [] if self.kind == "kill" else ["--seccomp-bpf"]
        return [*fast, "-e", f"trace={calls}", "-e", f"inject={calls}:{how}:when={self.n}"]


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a person or a hook starts it."""

    argv: Sequence[str]
    cwd: Path
    stdin: bytes = b""
    env: Mapping[str, str] | None = None

    def run(self, prefix: Sequence[str] = ()) -> subprocess.CompletedProcess[bytes]:
        """Runs it to its end, after the words of `prefix`."""
        return subprocess.run(
            [*prefix, *self.argv],
            cwd=self.cwd,
            input=self.stdin,
            env=self.env if self.env is not None else dict(os.environ),
            capture_output=True,
            check=False,
            timeout=_LIMIT_SECONDS,
        )


def counted(command: Command, log: Path) -> dict[str, int]:
    """How many calls of each group the busiest process of a command makes, where nothing fails."""
    every = ",".join(call for calls in CALLS.values() for call in calls)
    command.run(["strace", "-f", "-qq", "--seccomp-bpf", "-o", str(log), "-e", f"trace={every}"])
    made: Counter[tuple[str, str]] = Counter()
    for line in log.read_text("utf-8", "replace").splitlines():
        process, _, call = line.partition(" ")
        name = call.strip().partition("(")[0]
        made.update((process, group) for group, calls in CALLS.items() if name in calls)
    return {group: max((n for (_, of), n in made.items() if of == group), default=0) for group in CALLS}


def drawn(counts: Mapping[str, int], random: Random) -> Fault:
    """A fault somewhere in what a command does, each group and each way to fail as likely as another."""
    group = random.choice([group for group, count in counts.items() if count])
    how = random.choice(["kill", "kill", "delay", *_ERRORS[group], *_ERRORS[group]])
    return Fault(group, how, random.randint(1, counts[group]))


def injected(command: Command, fault: Fault, log: Path) -> bool:
    """Runs the command with the fault; whether it met it. What it detached has ended, too."""
    command.run(["strace", "-f", "-o", str(log), *fault.options()])
    return _HIT.search(log.read_text("utf-8", "replace")) is not None
