"""What other tools remembered → notes in the session store: redacted, each once, and never rules by themselves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hivemind_git.capture.keep import Redacts
from hivemind_git.capture.memory import Memory
from hivemind_git.errors import HivemindError
from hivemind_git.exchange import cogx, langmem, letta, mem0, zep
from hivemind_git.exchange.reading import MOST_BYTES, ForeignError, Remembered, document
from hivemind_git.model import Json, Note
from hivemind_git.pipeline import deciding, grounds, redaction
from hivemind_git.pipeline.workspace import Workspace
from hivemind_git.store import codec, layout, writer
from hivemind_git.store.layout import Area

READERS: Mapping[str, Callable[[Json], Iterable[Remembered]]] = {
    "mem0": mem0.read,
    "letta": letta.read,
    "zep": zep.read,
    "langmem": langmem.read,
}
"""Formats of one file → what reads its document."""

FORMATS = (*READERS, "cogx")
"""Formats that become notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What became of memories: `new` and `changed` notes, those `unchanged`, those that a tombstone covers.

    `outdated` ones ceased to hold before today, and were left out. `hint` is worth knowing, in words.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    forgotten: int = 0
    outdated: int = 0
    hint: str = ""


def remembered(path: Path, tool: str) -> list[Remembered]:
    """What a file, or an archive's folder, holds.

    Raises:
        HivemindError: it cannot be read, or is none of that format.
    """
    try:
        if tool == "cogx":
            return _archive(path)
        return list(READERS[tool](document(content(path))))
    except ForeignError as error:
        raise HivemindError(f"{path} {error}", f"Nothing was changed. Is it an export of {tool}?") from error


def content(path: Path, most: int = MOST_BYTES) -> bytes:
    """The bytes of a plain file of bounded size.

    Raises:
        HivemindError: it is none, is larger, or cannot be read.
    """
    try:
        size = path.stat().st_size
        if not path.is_file():
            raise HivemindError(f"{path} is no plain file", "Name a file.")
        if size > most:
            raise HivemindError(
                f"{path} has {size >> 20} MiB, and at most {most >> 20} are read", "Split it, and import the parts."
            )
        return path.read_bytes()
    except OSError as error:
        raise HivemindError(f"{path} cannot be read: {error.strerror}", "Name another file.") from error


def keep(space: Workspace, tool: str, found: Sequence[Remembered]) -> Noted:
    """Keeps memories as notes. The same again changes nothing; one that changed at its origin takes its new words.

    Raises:
        HivemindError: the store cannot be written, or another import or seal holds it for a minute.
    """
    now = deciding.now()
    holding = [one for one in found if one.until is None or one.until > now]
    with grounds.alone(space):
        memory = Memory(space.repository.state_dir)
        redactor = redaction.redactor_for(space)("", memory.placeholders(""))
        notes = {note.id: note for note in (_note(tool, one, redactor, now) for one in holding)}
        memory.number("", redactor.state())
        known = {note.id: note for note in space.store().notes()}
        fresh = [_after(known.get(note.id), note, now) for note in notes.values() if _differs(known.get(note.id), note)]
        forgotten = _append(space, tool, fresh)
    changed = sum(note.id in known for note in fresh)
    hint = "Mem0 returns 20 unless it is asked for more (top_k)" if tool == "mem0" and len(found) == mem0.CUT_AT else ""
    return Noted(
        new=len(fresh) - changed - forgotten,
        changed=changed,
        unchanged=len(notes) - len(fresh),
        forgotten=forgotten,
        outdated=len(found) - len(holding),
        hint=hint,
    )


def _archive(folder: Path) -> list[Remembered]:
    manifest = folder / cogx.MANIFEST
    if not folder.is_dir() or not manifest.is_file():
        raise ForeignError(f"is no archive: a folder with {cogx.MANIFEST} is one")
    cogx.check(content(manifest))
    found: list[Remembered] = []
    for name in cogx.RECORDS:
        path = folder / f"{name}.jsonl"
        if path.is_symlink():
            raise ForeignError(f"holds a link, {path.name}, and an archive has none")
        try:
            found += cogx.read(content(path)) if path.exists() else []
        except ForeignError as error:
            raise ForeignError(f"holds {path.name}, which {error}") from error
    return found


def _note(tool: str, one: Remembered, redactor: Redacts, now: str) -> Note:
    """The note of a memory. Its id is of the tool's own key; without one, of its redacted words."""
    text, key = redactor.text(one.text.strip()), redactor.text(one.key)
    who, title = redactor.text(one.who), redactor.text(one.title)
    named = json.dumps(["note", tool, who, key or text], ensure_ascii=True, separators=(",", ":"))
    t = one.t if one.t and "1970" <= one.t <= now else now
    identity = hashlib.sha256(named.encode()).hexdigest()[:32]
    note = Note(id=identity, t=t, tool=tool, key=key, text=text, title=title, who=who)
    return codec.decode_note(codec.encode_note(note).data)  # as the store will tell it, cut where it is too long


def _differs(known: Note | None, note: Note) -> bool:
    return known is None or codec.encode_note(replace(note, t=known.t)).data != codec.encode_note(known).data


def _after(known: Note | None, note: Note, now: str) -> Note:
    """The note, at a time that makes it count: of two the later one does, and other tools' clocks may be behind."""
    return note if known is None or note.t > known.t else replace(note, t=max(now, known.t))


def _append(space: Workspace, tool: str, notes: Iterable[Note]) -> int:
    """Writes notes, and returns how many of them a tombstone covers."""
    by_month: dict[str, list[codec.Line]] = {}
    for note in notes:
        by_month.setdefault(layout.month_of(note.t), []).append(codec.encode_note(note))
    batches = [
        writer.Batch(area=Area.NOTES, month=month, session=None, lines=tuple(lines))
        for month, lines in sorted(by_month.items())
    ]
    if not batches:
        return 0
    count = sum(len(batch.lines) for batch in batches)
    message = f"Import {count} note{'s' * (count != 1)} from {tool}"
    return writer.append(space.repository, space.ref, batches, message).forgotten
