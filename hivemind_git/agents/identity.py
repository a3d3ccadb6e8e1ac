"""Ids of events: the same for the same thing, whichever door it came through (docs/data-model.md)."""

from __future__ import annotations

import hashlib
import json


def event_id(*key: str | int | None) -> str:
    """The id of the event that the client's own key names: 32 hex digits.

    The key never holds text, time, sequence, or the session into which a fork copied the record.
    """
    canonical = json.dumps(key, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]
