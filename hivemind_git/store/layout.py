"""Where things stand in the session store's tree: paths to values and back (docs/data-model.md). Pure."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

FORMAT_PATH = "format"
FORMAT_VERSION = 1
FORMAT = f"hivemind-store {FORMAT_VERSION}\n".encode()
TOMBSTONE = b"forgotten\n"
TOMBSTONES = "tombstones"

_FORMAT = re.compile(rb"hivemind-store ([1-9][0-9]{0,8})\n?")
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_PLAIN_SESSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_HASHED_SESSION = re.compile(r"x-[0-9a-f]{32}")
_SEGMENT_NAME = re.compile(r"([0-9a-f]{16})\.jsonl")
_EVENT_ID = re.compile(r"[0-9a-f]{32}")


class Area(StrEnum):
    """A top folder of the store that holds segments."""

    SESSIONS = "sessions"
    CORRECTIONS = "corrections"
    GIT = "git"
    OFFERS = "offers"
    DECISIONS = "decisions"
    NOTES = "notes"

    @property
    def by_session(self) -> bool:
        """Whether its segments stand in a folder a session."""
        return self in (Area.SESSIONS, Area.CORRECTIONS)

    @property
    def has_ids(self) -> bool:
        """Whether its lines bear ids; where they do not, a line's own hash stands for it."""
        return self not in (Area.OFFERS, Area.DECISIONS)


@dataclass(frozen=True, slots=True, order=True)
class Segment:
    """The place of one segment. `folder` is the session's safe folder name, None in areas that know no session."""

    area: Area
    month: str
    folder: str | None
    name: str

    @property
    def path(self) -> str:
        """Its path in the store's tree."""
        return f"{parent(self.area, self.month, self.folder)}/{self.name}.jsonl"


def parent(area: Area, month: str, folder: str | None) -> str:
    """The folder in which segments of a month, and of a session in areas that have one, stand."""
    if folder is None:
        return f"{area}/{month}"
    return f"{area}/{month}/{fan(folder)}/{folder}"


def fan(folder: str) -> str:
    """The two hex digits that keep the trees of a month small.

    They are of the folder name, which is the session's id itself wherever that is a safe name.
    """
    return hashlib.sha256(folder.encode()).hexdigest()[:2]


@lru_cache(256)
def session_folder(session: str) -> str:
    """The folder name of a session: its id where that is safe as a file and ref name, else a hash of it."""
    if is_session_folder(session) and not session.startswith("x-"):
        return session
    return "x-" + hashlib.sha256(session.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def named_folder(name: str) -> str:
    """The folder that a person means, who was shown a session by its id or by its folder."""
    return name if _HASHED_SESSION.fullmatch(name) else session_folder(name)


def is_session_folder(name: str) -> bool:
    """Whether `name` may stand as the folder of a session."""
    return _PLAIN_SESSION.fullmatch(name) is not None and not name.endswith((".lock", "."))


def segment_name(data: bytes) -> str:
    """The name of a segment: the first 16 hex digits of its content's SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def month_of(t: str) -> str:
    """The UTC month `YYYY-MM` of an event's `t`.

    Raises:
        ValueError: `t` does not begin with a month.
    """
    if not _MONTH.fullmatch(t[:7]):
        raise ValueError(f"no month in {t!r}")
    return t[:7]


def is_month(text: str) -> bool:
    """Whether `text` is a month as folders name it."""
    return _MONTH.fullmatch(text) is not None


def is_event_id(text: str) -> bool:
    """Whether `text` may stand as an id in a line and in a tombstone's name."""
    return _EVENT_ID.fullmatch(text) is not None


def session_tombstone(folder: str) -> str:
    """Path of the record that a session was forgotten."""
    return f"{TOMBSTONES}/sessions/{folder}"


def event_tombstone(event: str) -> str:
    """Path of the record that an event was forgotten."""
    return f"{TOMBSTONES}/events/{event}"


def month_tombstone(month: str) -> str:
    """Path of the record that all before a month was pruned."""
    return f"{TOMBSTONES}/before/{month}"


def parse(path: str) -> Segment | None:
    """The segment that stands at a path; None for whatever this layout would not have written there."""
    parts = path.split("/")
    try:
        area = Area(parts[0])
    except ValueError:
        return None
    if len(parts) != (5 if area.by_session else 3) or not is_month(parts[1]):
        return None
    name = _SEGMENT_NAME.fullmatch(parts[-1])
    if name is None:
        return None
    if not area.by_session:
        return Segment(area, parts[1], None, name.group(1))
    folder = parts[3]
    if not is_session_folder(folder) or fan(folder) != parts[2]:
        return None
    return Segment(area, parts[1], folder, name.group(1))


def parse_format(data: bytes) -> int | None:
    """The version that a `format` file names; None if it is not one of ours."""
    found = _FORMAT.fullmatch(data)
    return int(found.group(1)) if found else None
