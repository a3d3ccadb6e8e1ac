"""The line of forks in which a session of pi stands; apart from its entries, for finding a session reads none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ancestor:
    """A session in the line of a fork, and when it began: RFC 3339 in UTC, as the entries have it."""

    session: str
    began: str
