"""Claude Code's file history: the copies of files to which a rewind goes back.

Before it changes a file, and at each prompt, the client keeps what stands in it (`~/.claude/file-history/<session>/`)
and records under which name. A file that is as it was keeps the name it had. So a name that comes back, while the log
has the file otherwise, tells that a person brought the file back: with `/rewind`, of which no record tells, or by hand.
No name at all is the file's absence; it comes back where a person rewinds to before the agent made the file, be it one
that git ignores. Measured with 2.1.329.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hivemind_git.agents.files import Files, Where
from hivemind_git.agents.lines import Record, mapping, text

_FOLDER = "file-history"

Kept = Callable[[str], bytes | None]
"""The name of a kept file → its content; None where it is not there."""


def kept_beside(transcript: Path) -> Kept:
    """What the client kept of a session's files, by the place of its transcript."""
    folder = transcript.parent.parent.parent / _FOLDER / transcript.stem

    def content(name: str) -> bytes | None:
        try:
            return None if name != Path(name).name else (folder / name).read_bytes()
        except OSError:
            return None

    return content


@dataclass
class History:
    """The names under which files were kept, as far as a log was read."""

    files: Files
    kept: Kept
    named: set[tuple[Where, str]] = field(default_factory=set)

    def restored(self, record: Record) -> Iterator[tuple[Where, bytes | None]]:
        """The files that a snapshot shows as they were before, and not as the log has them; `files` is told of it.

        None: gone, as before the agent made it.
        """
        for path, backup in mapping(mapping(record, "snapshot"), "trackedFileBackups").items():
            where, name = self._named(path, backup)
            if where is None:
                continue
            known = (where, name) in self.named
            self.named.add((where, name))
            last = self.files.last(where)
            if not name:
                # The first version, and what a turn lists anew of its own, is what stood there before the turn.
                if known and last and _looked_again(record, backup):
                    self.files.forget(where)
                    yield where, None
                continue
            content = self.kept(name) if known else None
            if content is not None and last is not None and content != last:
                self.files.show(where, content)
                yield where, content

    def note(self, record: Record) -> None:
        """Takes in under which name a file is kept that the client is about to change for the first time."""
        where, name = self._named(text(record, "trackingPath"), record.get("backup"))
        if where:
            self.named.add((where, name))

    def _named(self, path: str, backup: object) -> tuple[Where | None, str]:
        told = backup if isinstance(backup, dict) else {}
        folder = text(told, "realParentDir")
        where = self.files.place(posixpath.join(folder, posixpath.basename(path)), folder) if folder and path else None
        return where, text(told, "backupFileName")


def _looked_again(record: Record, backup: object) -> bool:
    version = backup.get("version") if isinstance(backup, dict) else None
    return record.get("isSnapshotUpdate") is not True and isinstance(version, int) and version > 1
