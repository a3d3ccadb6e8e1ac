"""What a forget or prune means in this repository: sessions, their forks, events with a value, and where that is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from pathlib import Path

from hivemind_git.capture import erase
from hivemind_git.capture.erase import Sought
from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.journal import Journal, Payload
from hivemind_git.capture.memory import Memory
from hivemind_git.errors import HivemindError, UsageError
from hivemind_git.model import Capture, Event, Kind
from hivemind_git.pipeline import reach
from hivemind_git.pipeline.hearing import Listener
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.store import codec, forget, layout
from hivemind_git.store.layout import Area
from hivemind_git.store.reader import Store
from hivemind_git.store.tombstones import Tombstones


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """What goes. `sessions` and `forks` are ids, `folders` those of both; `events` are ids in the store.

    `image_events` counts events whose images go, `journal` are files of it, `transcripts` the assistants' own logs.
    """

    tombstones: Tombstones
    sessions: tuple[str, ...] = ()
    forks: tuple[str, ...] = ()
    folders: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()
    image_events: int = 0
    journal: tuple[Path, ...] = ()
    transcripts: tuple[Path, ...] = ()
    sought: Sought = Sought()  # noqa: RUF009 - frozen


def select(space: Workspace, sessions: Sequence[str], events: Sequence[str], value: str | None) -> Selected:
    """What forgetting these means.

    Args:
        space: where.
        sessions: ids of sessions, or the start of one.
        events: ids of events.
        value: a text to be found wherever it stands.

    Raises:
        HivemindError: a session is not known, or an event's id is none.
    """
    store = space.store()
    asked = dict(_session(space, store, name) for name in sessions)
    forks = _forks(store, asked)
    sought = Sought(frozenset([*asked.values(), *forks.values()]), erase.spellings(value) if value else ())
    logs = tuple(reach.transcripts(space, sought))
    folders = frozenset([*asked, *forks])
    parts = [*map(forget.session, folders), *map(forget.event, events)]
    parts += [forget.holding(store, spelling) for spelling in sought.values]
    parts.append(Tombstones(events=_told_with(space, sought, logs)))
    gone = reduce(or_, parts)
    return Selected(
        tombstones=gone,
        sessions=tuple(asked.values()),
        forks=tuple(forks.values()),
        folders=folders,
        events=_stored(store, folders, gone.events),
        image_events=_with_images(space, folders, gone.events),
        journal=_journal(space, sought, gone.events),
        transcripts=tuple(path for _, path in logs),
        sought=sought,
    )


def before(space: Workspace, day: str) -> Selected:
    """What goes when all before a day goes.

    Args:
        space: where.
        day: `YYYY-MM` or `YYYY-MM-DD`, UTC.

    Raises:
        HivemindError: it is no such day.
    """
    moment = _moment(day)
    store, month = space.store(), day[:7]
    folders = {one.folder for one in store.sessions() if one.months[0] < month}
    late = frozenset(
        one.folder for one in store.sessions() if one.months[0] == month and _began(store, one.folder, day)
    )
    dated = [*((event.id, event.t) for event in store.git_events()), *((note.id, note.t) for note in store.notes())]
    events = frozenset(identity for identity, t in dated if t[:7] == month and t < day)
    gone = forget.before(month) | Tombstones(sessions=late, events=events)
    journal = Journal(space.repository.state_dir).pending()
    return Selected(
        tombstones=gone,
        sessions=tuple(sorted(folders | late)),
        folders=frozenset(folders | late),
        events=_stored(store, frozenset(folders | late), events),
        image_events=_with_images(space, frozenset(folders | late), events),
        journal=tuple(entry.path for entry in journal if entry.t < moment),
    )


def _moment(day: str) -> float:
    try:
        moment = datetime.fromisoformat(day if len(day) > len("YYYY-MM") else f"{day}-01").replace(tzinfo=UTC)
    except ValueError:
        moment = None
    if moment is None or day not in (f"{moment:%Y-%m-%d}", f"{moment:%Y-%m}"):
        raise UsageError(f"{day!r} is neither a month nor a day", "Write it as YYYY-MM or YYYY-MM-DD.")
    return moment.timestamp()


def _began(store: Store, folder: str, day: str) -> bool:
    return min((event.t for event in store.events(folder)), default=day) < day


def _session(space: Workspace, store: Store, name: str) -> tuple[str, str]:
    """Folder and id of the one session that is meant."""
    state = space.repository.state_dir
    folder = layout.named_folder(name)
    folders = {one.folder for one in store.sessions()}
    starting = {folder} if folder in folders else {one for one in folders if one.startswith(name)} if name else set()
    if len(starting) > 1:
        raise HivemindError(f"{len(starting)} sessions start with {name}", "`git hivemind sessions` lists them.")
    if starting:
        found = starting.pop()
        return found, next((event.session for event in store.events(found)), found)
    here = Memory(state).holds(name) or folder in ImageStore(state / "images").events()
    if here or store.tombstones().covers_session(folder) or erase.journal_entries(state, Sought(frozenset({name}))):
        return folder, name
    raise HivemindError(f"no session starts with {name}", "`git hivemind sessions` lists them.")


def _forks(store: Store, asked: dict[str, str]) -> dict[str, str]:
    """Folder → id of the sessions that continue one of those asked for, and of those that continue these."""
    roots = {(event.session, str(event.fields["root"])) for event in _starts(store) if "root" in event.fields}
    known, found = set(asked.values()), dict[str, str]()
    while new := {session for session, root in roots if root in known} - known:
        known |= new
        found.update((layout.session_folder(session), session) for session in sorted(new))
    return found


def _starts(store: Store) -> Iterator[Event]:
    for segment, oid in store.places(Area.SESSIONS):
        data = store.segment(oid)
        if b'"root":' not in data:
            continue
        for event in codec.decode_lines(data, codec.decode_event).values:
            if event.kind is Kind.SESSION_START and layout.session_folder(event.session) == segment.folder:
                yield event


def _told_with(space: Workspace, sought: Sought, logs: Iterable[tuple[str, Path]]) -> frozenset[str]:
    """The events with a value that no store holds yet, or that only an image holds: they must not come back."""
    if not sought.values:
        return frozenset()
    listener = Listener(space)
    told = {capture.event.id for capture in _heard(space, listener) if _has(capture, sought)}
    for agent, path in logs:
        try:
            told |= {capture.event.id for capture in listener.read(agent, path) if _has(capture, sought)}
        except OSError:
            continue
    held = ImageStore(space.repository.state_dir / "images").holding(sought.needles)
    return frozenset(told.union(*held.values()))


def _heard(space: Workspace, listener: Listener) -> Iterator[Capture]:
    by_agent: dict[str, list[Payload]] = {}
    for payload in _payloads(space):
        by_agent.setdefault(payload.agent, []).append(payload)
    for agent, payloads in by_agent.items():
        yield from listener.hear(agent, payloads)


def _payloads(space: Workspace) -> Iterator[Payload]:
    for entry in Journal(space.repository.state_dir).pending():
        try:
            data = json.loads(entry.path.read_bytes())
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(data, dict):
            yield Payload(entry.path.name, entry.agent, entry.t, data)


def _has(capture: Capture, sought: Sought) -> bool:
    images = [image for image in (capture.before, capture.after) if image is not None]
    return sought.in_json(dict(capture.event.fields)) or any(map(sought.in_bytes, images))


def _journal(space: Workspace, sought: Sought, events: Collection[str]) -> tuple[Path, ...]:
    """The journal's files that hold what is sought, or that tell one of the events by themselves."""
    found = set(erase.journal_entries(space.repository.state_dir, sought))
    if events:
        listener, folder = Listener(space), space.repository.state_dir / "journal"
        found |= {
            folder / payload.name
            for payload in _payloads(space)
            if any(capture.event.id in events for capture in listener.hear(payload.agent, [payload]))
        }
    return tuple(sorted(found))


def _with_images(space: Workspace, folders: Collection[str], events: frozenset[str]) -> int:
    images = ImageStore(space.repository.state_dir / "images").events()
    return sum(len(found if folder in folders else found & events) for folder, found in images.items())


def _stored(store: Store, folders: Collection[str], events: frozenset[str]) -> frozenset[str]:
    """The events in the store that go: all of the folders, and those named."""
    needles = {event.encode() for event in events}
    found: set[str] = set()
    for area in (Area.SESSIONS, Area.GIT, Area.NOTES):
        for segment, oid in store.places(area):
            whole = segment.folder in folders
            data = store.segment(oid) if whole or needles else b""
            if whole or any(needle in data for needle in needles):
                own = {codec.own_id_of(line) or "" for line in codec.lines_of(data)} - {""}
                found |= own if whole else own & events
    return frozenset(found)
