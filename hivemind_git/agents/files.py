"""The files of one session's log, replayed: what each held when the log last showed it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hivemind_git.agents.hunks import hunk_fields, stored
from hivemind_git.agents.lines import Tally
from hivemind_git.agents.stamp import Place, Stamp
from hivemind_git.corrections.commands import Effects, Write
from hivemind_git.model import Capture, DiffFunction, Json, Kind

_LEAVES_FILES = frozenset(
    {
        "add",
        "blame",
        "branch",
        "commit",
        "config",
        "diff",
        "fetch",
        "log",
        "push",
        "remote",
        "rev-parse",
        "show",
        "status",
    }
)
"""What git does without writing files of the worktree; its hooks might."""

Where = tuple[str, str]
"""Worktree and path in it."""


@dataclass
class Files:
    """File images by place. A command that may have written anything puts all older images in doubt.

    One that is known to write (a formatter, a checkout) does so more than one of which nothing is known.
    """

    place: Place
    diff: DiffFunction
    tally: Tally
    _images: dict[Where, bytes] = field(default_factory=dict)
    _shown: dict[Where, int] = field(default_factory=dict)
    _age: int = 0
    _rewritten: int = 0

    def locate(self, path: str, cwd: str) -> Where | None:
        """Where a path stands in the repository; None and counted where it stands outside."""
        if not path:
            return None
        found = self.place(path if is_absolute(path) else posixpath.normpath(posixpath.join(cwd, path)), cwd)
        self.tally.outside += found is None
        return found

    def show(self, where: Where, content: bytes) -> None:
        """Takes a file's content as the log shows it."""
        self._images[where] = content
        self._shown[where] = self._age

    def last(self, where: Where | None) -> bytes | None:
        """The file as last shown; it may have changed since."""
        return self._images.get(where) if where else None

    def sure(self, where: Where) -> bytes | None:
        """The file as last shown, if nothing in the log can have changed it since."""
        return self._images.get(where) if self._shown.get(where) == self._age else None

    def likely(self, where: Where) -> bytes | None:
        """The file as last shown, unless a program ran since that is known to rewrite files."""
        return self._images.get(where) if self._shown.get(where, -1) >= self._rewritten else None

    def forget(self, where: Where) -> None:
        """Takes that a file is gone or holds what nobody saw."""
        self._images.pop(where, None)
        self._shown.pop(where, None)

    def doubt(self, by: Effects | None = None) -> None:
        """Takes that any file may have been written, by a command or by nobody knows what."""
        self._age += 1
        if by is None or by.formatters or by.linters or any(action not in _LEAVES_FILES for action, _ in by.git):
            self._rewritten = self._age


@dataclass(frozen=True, slots=True)
class FileEdit:
    """A file before and after. `after` None: deleted. `before_known` false: `before` was not seen."""

    where: Where
    before: bytes | None
    after: bytes | None
    before_known: bool = True


def shell_edits(effects: Effects, cwd: str, files: Files) -> Iterator[tuple[FileEdit, Mapping[str, Json]]]:
    """The edits that a command line made for certain, in its order, each with fields of its own.

    The command must have ended well. `files` is brought up to date.
    """
    fields: dict[str, Json] = {"by_shell": True}
    for write in effects.writes:
        where = files.place(write.path, cwd) if is_absolute(write.path) else None
        if where is None:
            continue
        before = files.sure(where)
        after = _after(write, before)
        known = before is not None
        if write.certain and write.deletes and known:
            yield FileEdit(where, before, None), fields
        elif after is not None:
            yield FileEdit(where, before, after, known), fields
        if after is not None:
            files.show(where, after)
        else:
            files.forget(where)
    if may_write_more(effects):
        files.doubt(effects)


def _after(write: Write, before: bytes | None) -> bytes | None:
    if not write.certain or write.content is None:
        return None
    content = stored(write.content)
    if not write.append:
        return content
    return None if before is None else before + content


def may_write_more(effects: Effects) -> bool:
    """Whether a command line may write what it does not name. Tests are taken to leave sources alone."""
    if effects.opaque or effects.formatters or effects.linters:
        return True
    return not (effects.read_only or effects.writes or effects.tests)


def edit_capture(stamp: Stamp, identity: str, edit: FileEdit, diff: DiffFunction, extra: Mapping[str, Json]) -> Capture:
    """The event of an edit with its images.

    Args:
        stamp: of the record that reports it.
        identity: the event's id.
        edit: the file before and after.
        diff: cuts the hunks.
        extra: the event's other fields; also the hunks, where the images cannot give them.
    """
    created = edit.before is None and edit.before_known
    operation = "create" if created else "delete" if edit.after is None and edit.before_known else "modify"
    fields: dict[str, Json] = {"path": edit.where[1], "op": operation}
    if edit.before_known:
        fields["hunks"] = hunk_fields(edit.before or b"", edit.after or b"", diff)
    else:
        fields["before_known"] = False
    event = stamp.event(identity, Kind.EDIT, {**fields, **extra}, edit.where[0])
    return Capture(event, edit.before, edit.after, edit.before_known)


def edit_captures(
    done: Iterable[tuple[FileEdit, Mapping[str, Json]]],
    stamp: Stamp,
    files: Files,
    identity: Callable[[str], str],
    shared: Mapping[str, Json],
    *,
    told: bool,
) -> Iterator[Capture]:
    """The events of all edits of one tool use.

    Args:
        done: each edit, with fields of its own.
        stamp: of the record that reports them.
        files: cuts the hunks.
        identity: the id of the event of a path.
        shared: fields of all of them.
        told: say of a file that was seen before the edit that it was. The other of hook and log may not have seen it,
            and where the two are folded, what is told outranks what is not.
    """
    for edit, own in done:
        seen: dict[str, Json] = {"before_known": True} if told and edit.before_known else {}
        yield edit_capture(stamp, identity(edit.where[1]), edit, files.diff, {**shared, **own, **seen})


def is_absolute(path: str) -> bool:
    """Whether a path is absolute on the machine that wrote it, be it POSIX or Windows."""
    return path.startswith(("/", "\\\\")) or (path[1:3] in {":\\", ":/"} and path[:1].isalpha())
