"""Captures into the session store: images aside, values redacted, numbered, grouped by session, appended.

The seal and the import both end here. Steps stand in an order in which a kill between any two loses nothing and
repeats nothing: images, placeholders, store, memory.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, TypeAlias

from hivemind_git.capture import ignore
from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.memory import Memory, Placeholder, Sealed, digest
from hivemind_git.git.objects import Repository
from hivemind_git.model import Capture, Event, Json, Source
from hivemind_git.settings import Settings
from hivemind_git.store import codec, layout
from hivemind_git.store.codec import Line
from hivemind_git.store.layout import Area
from hivemind_git.store.tombstones import StoredTombstones
from hivemind_git.store.writer import Batch, append

_HELD_BYTES: Final = 32 * 1024 * 1024
"""Of images and events that wait for a commit; beyond that one is made."""


class Redacts(Protocol):
    """Replaces secrets by placeholders that are numbered through a session, as `capture.redact.Redactor` does."""

    def text(self, value: str, /) -> str:
        """The text with placeholders for its secrets."""

    def value(self, value: Json, /) -> Json:
        """The same for every text in a JSON value; names of members stay."""

    def state(self) -> Mapping[str, Placeholder]:
        """The placeholders given so far, by something that does not tell the secret."""


RedactorFor: TypeAlias = Callable[[str, Mapping[str, Placeholder]], Redacts]
"""Session, the placeholders that its secrets have already → a redactor for it."""

Checkpoint: TypeAlias = Callable[[str], None]
"""Told the name of each step that is done."""


@dataclass(slots=True)
class Kept:
    """What became of captures so far: `events` of `sessions` went to the store, `unchanged` were there already.

    `forgotten` are covered by a tombstone, `ignored` are edits of files that are never recorded; `refused` are
    (assistant, why) of events that could not stand in a store.
    """

    events: int = 0
    unchanged: int = 0
    forgotten: int = 0
    ignored: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Held:
    capture: Capture
    said: str


class Keeper:
    """Takes captures one by one, and makes a commit whenever enough of them wait, so that memory stays bounded.

    Whoever has one holds the lock of `seal.lock_path`: two at once would number one session's secrets apart.
    """

    def __init__(
        self,
        repo: Repository,
        ref: str,
        redactor_for: RedactorFor,
        *,
        verb: str = "Seal",
        settings: Settings | None = None,
        checkpoint: Checkpoint = lambda _: None,
    ) -> None:
        """Prepares to keep captures in the store at `ref`.

        Args:
            repo: where the store is.
            ref: its full name.
            redactor_for: makes the redactor of a session.
            verb: the first word of the commit messages.
            settings: the label of events that have none, and the files that are never recorded.
            checkpoint: told of each step that is done.
        """
        self._repo = repo
        self._ref = ref
        self._redactor_for = redactor_for
        self._verb = verb
        self._settings = settings or Settings()
        self._checkpoint = checkpoint
        self._images = ImageStore(repo.state_dir / "images")
        self._memory = Memory(repo.state_dir)
        self._tombstones: StoredTombstones | None = None
        self._known: dict[str, Sealed] = {}
        self._held: dict[str, list[_Held]] = {}
        self._bytes = 0
        self.kept = Kept()

    def add(self, capture: Capture) -> None:
        """Takes a capture, and writes what waits if it is much.

        Raises:
            HivemindError: the store cannot be written.
            OSError: something beside the store cannot be written.
        """
        heeded = ignore.heeded(capture, self._settings.capture_ignore)
        if heeded is None:
            self.kept.ignored += 1
            return None
        capture, event = heeded, heeded.event
        try:
            said = digest(capture)
        except RecursionError as error:
            return self._refuse(event, error)
        if not layout.is_event_id(event.id):
            return self._refuse(event, ValueError("its id is out of form"))
        if self._is_forgotten(event):
            self.kept.forgotten += 1
            return None
        known = self._sealed(event.session)
        if (event.id, said) in known.told:
            self.kept.unchanged += 1
            return None
        seq = known.numbers.get(event.id, known.last + 1 if event.source is Source.HOOK else event.seq)
        known.add(event.id, said, seq)
        numbered = replace(event, seq=seq, workspace=event.workspace or self._settings.workspace)
        self._held.setdefault(event.session, []).append(_Held(replace(capture, event=numbered), said))
        self._bytes += _weight(capture)
        return self.flush() if self._bytes > _HELD_BYTES else None

    def flush(self) -> None:
        """Writes all that waits. Raises as `add`."""
        held, self._held, self._known, self._bytes = self._held, {}, {}, 0
        self._tombstones = None
        if not held:
            return
        for session, found in held.items():
            self._images.put(session, (item.capture for item in found))
        self._checkpoint("images")
        lines = {session: self._redacted(session, found) for session, found in held.items()}
        self._checkpoint("placeholders")
        written = {session: found for session, found in lines.items() if found}
        events = sum(len(found) for found in written.values())
        batches = [batch for session, found in written.items() for batch in _batches(session, found)]
        done = append(self._repo, self._ref, batches, _message(self._verb, events, len(written.keys() - {""})))
        self._checkpoint("store")
        for session, found in held.items():
            self._memory.remember(
                session, ((item.capture.event.id, item.said, item.capture.event.seq) for item in found)
            )
        self._checkpoint("memory")
        self.kept.forgotten += done.forgotten
        self.kept.events += events - done.forgotten
        self.kept.sessions |= written.keys() - {""}

    def _is_forgotten(self, event: Event) -> bool:
        if self._tombstones is None:
            self._tombstones = StoredTombstones(self._repo, self._repo.ref(self._ref))
        folder, month = layout.session_folder(event.session), event.t[:7]
        # No event is older than its session: where its own month was pruned, so was the session.
        pruned = layout.is_month(month) and self._tombstones.covers_month(month)
        return pruned or self._tombstones.covers_session(folder) or self._tombstones.covers_ids({event.id})

    def _sealed(self, session: str) -> Sealed:
        if session not in self._known:
            self._known[session] = self._memory.sealed(session)
        return self._known[session]

    def _redacted(self, session: str, found: list[_Held]) -> list[tuple[str, Line]]:
        """Time and line of each event, once the numbers of the placeholders in them are safe."""
        redactor = self._redactor_for(session, self._memory.placeholders(session))
        lines = []
        for item in found:
            event = item.capture.event
            try:
                lines.append((event.t, codec.encode_event(redacted(event, redactor))))
            except (ValueError, RecursionError) as error:
                self._refuse(event, error)
        self._memory.number(session, redactor.state())
        return lines

    def _refuse(self, event: Event, error: Exception) -> None:
        self.kept.refused.append((event.agent, f"{event.kind}: {error}"))


def redacted(event: Event, redactor: Redacts) -> Event:
    """The event with placeholders for the secrets in its values. Names of fields are never touched.

    Values are redacted before they are serialised: patterns over JSON text miss what it escapes, and break it
    (hivemind #361).

    Raises:
        RecursionError: a value is nested too deeply.
    """
    return replace(
        event,
        branch=None if event.branch is None else redactor.text(event.branch),
        worktree=None if event.worktree is None else redactor.text(event.worktree),
        fields={name: redactor.value(value) for name, value in event.fields.items()},
    )


def _batches(session: str, lines: list[tuple[str, Line]]) -> list[Batch]:
    if session:
        first = layout.month_of(min(t for t, _ in lines))
        return [Batch(Area.SESSIONS, first, session, tuple(line for _, line in lines))]
    by_month: dict[str, list[Line]] = {}
    for t, line in lines:
        by_month.setdefault(layout.month_of(t), []).append(line)
    return [Batch(Area.GIT, month, None, tuple(found)) for month, found in sorted(by_month.items())]


def _weight(capture: Capture) -> int:
    text = sum(len(value) for value in capture.event.fields.values() if isinstance(value, str))
    return 1024 + text + len(capture.before or b"") + len(capture.after or b"")


def _message(verb: str, events: int, sessions: int) -> str:
    what = f"{events} event{'s' * (events != 1)}"
    return f"{verb} {sessions} session{'s' * (sessions != 1)}: {what}" if sessions else f"{verb} {what} of git"
