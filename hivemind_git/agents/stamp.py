"""Makes the events of one session's log: what all of them share is given once a record."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from hivemind_git.model import Event, Json, Kind, Source

Place: TypeAlias = Callable[[str, str], tuple[str, str] | None]
"""(path, cwd of the record) → (worktree label, path relative to its top); None: outside the repository."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What the events of one record have in common. `numbers` gives each event its place in the log."""

    agent: str
    source: Source
    session: str
    t: str
    numbers: Iterator[int]
    version: str | None = None
    model: str | None = None
    branch: str | None = None
    worktree: str | None = None
    cwd: str = ""

    def event(self, identity: str, kind: Kind, fields: Mapping[str, Json], worktree: str | None = None) -> Event:
        """The event, less those of its fields that are None."""
        return Event(
            id=identity,
            t=self.t,
            session=self.session,
            kind=kind,
            agent=self.agent,
            source=self.source,
            seq=next(self.numbers),
            agent_version=self.version,
            model=self.model,
            branch=self.branch,
            worktree=worktree or self.worktree,
            fields={name: value for name, value in fields.items() if value is not None},
        )


def at_hook(
    agent: str,
    session: str,
    t: float,
    cwd: str,
    place: Place,
    numbers: Iterator[int],
    *,
    model: str | None,
    version: str | None = None,
) -> Stamp:
    """What the events of a hook's payload have in common.

    Args:
        agent, session, numbers, model, version: of the stamp.
        t: when the hook ran, in seconds since 1970.
        cwd: the folder that it names, or an empty text.
        place: finds the worktree of that folder.
    """
    here = place(f"{cwd}/file", cwd) if cwd else None
    return Stamp(
        agent=agent,
        source=Source.HOOK,
        session=session,
        t=utc(t * 1000) or "",
        numbers=numbers,
        version=version,
        model=model,
        worktree=here[0] if here else None,
        cwd=cwd,
    )


def utc(value: object) -> str | None:
    """A time of day as an event holds it: RFC 3339 in UTC with milliseconds; None where it is no time.

    Args:
        value: RFC 3339 text, or milliseconds since 1970.
    """
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
        elif isinstance(value, int | float):
            moment = datetime.fromtimestamp(value / 1000, UTC)
        else:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return None
