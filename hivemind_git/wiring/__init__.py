"""Changes to other people's files, applied byte for byte and taken back the same way.

What is replaced is remembered in a record before anything is written, so that a crash at any point can be undone.
Files under the record's repository are remembered relative to it: a copied `.git` never reaches back into the one it
was copied from.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from hivemind_git.errors import HivemindError
from hivemind_git.wiring import files, merging
from hivemind_git.wiring.record import Entry, load, save

Untangle: TypeAlias = Callable[[Path, bytes], bytes | None]
"""Takes our parts out of a file that was edited since; None: it cannot tell."""


@dataclass(frozen=True, slots=True)
class FileChange:
    """What a file is to become. None stands for a file that is not there; `mode` are its permission bits after."""

    path: Path
    before: bytes | None
    after: bytes | None
    mode: int = 0o644

    @classmethod
    def to(cls, path: Path, after: bytes | None, mode: int = 0o644) -> FileChange:
        """The change from what stands there now; a file that is there keeps its mode.

        Raises:
            HivemindError: the file cannot be read.
        """
        before = files.content(path)
        return cls(path, before, after, mode if before is None else stat.S_IMODE(path.stat().st_mode))

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return self.before == self.after and (self.after is None or files.mode(self.path) == self.mode)

    def diff(self) -> str:
        """The change as a unified diff for people."""
        import difflib  # noqa: PLC0415 - status loads this module to ask what is wired

        before, after = (_readable(side) for side in (self.before, self.after))
        names = [str(self.path) if side is not None else os.devnull for side in (self.before, self.after)]
        lines = difflib.unified_diff(before, after, names[0], names[1])
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def apply(
    changes: Sequence[FileChange], record: Path, *, roots: Sequence[Path] = (), untangle: Untangle | None = None
) -> list[Path]:
    """Makes the changes, all or none, remembers them in `record`, and returns the paths that were written.

    A change that changes nothing writes no byte. A file remembered before keeps its first state, plus what was
    edited since. Links are followed inside one tree only: the repository of `record`, one of `roots`, or the home
    folder.

    Raises:
        HivemindError: a file is not what the change starts from, is reached through a link that leads elsewhere, or
        cannot be
            written; then nothing was changed.
    """
    real = [change for change in changes if not change.empty]
    if not real:
        return []
    targets = _checked(real, record, roots)
    known = load(record)
    update = {change.path: _remembered(change, known.get(change.path), untangle) for change in real}
    save(record, {**known, **update})
    try:
        _write_all(real, targets)
    except HivemindError:
        save(record, known)
        raise
    return [change.path for change in real]


def write(changes: Sequence[FileChange], record: Path, *, roots: Sequence[Path] = ()) -> None:
    """Makes the changes, all or none, as `apply` does, and remembers nothing.

    Raises:
        HivemindError: as `apply`.
    """
    real = [change for change in changes if not change.empty]
    _write_all(real, _checked(real, record, roots))


def plan_restore(
    record: Path, *, untangle: Untangle | None = None, only: Collection[Path] | None = None
) -> tuple[list[FileChange], list[Path]]:
    """The changes that take back what `record` remembers, and the files in which our part cannot be told any more.

    A file that nobody touched since gets its old bytes. Of another only our change is taken out: by `untangle` where
    it can tell, else by merging, line by line.

    Raises:
        HivemindError: the record or a file cannot be read.
    """
    changes, lost = [], []
    for path, entry in load(record).items():
        if only is not None and path not in only:
            continue
        present = files.content(path)
        original = _original(path, entry, present, untangle)
        if isinstance(original, _Unknown):
            lost.append(path)
            continue
        mode = files.mode(path) or entry.mode
        change = FileChange(path, present, original, entry.mode_before if mode == entry.mode else mode)
        if not change.empty:
            changes.append(change)
    return changes, lost


def restore(
    record: Path,
    *,
    roots: Sequence[Path] = (),
    untangle: Untangle | None = None,
    only: Collection[Path] | None = None,
) -> list[Path]:
    """Takes back what `record` remembers, forgets it, and returns the files in which our part must be taken out by
    hand.

    Raises:
        HivemindError: a file cannot be written; then nothing was changed.
    """
    known = load(record)
    changes, lost = plan_restore(record, untangle=untangle, only=only)
    _write_all(changes, _checked(changes, record, roots))
    done = {path: entry for path, entry in known.items() if (only is None or path in only) and path not in lost}
    if done:
        save(record, {path: entry for path, entry in known.items() if path not in done})
    # The innermost first, whichever of several installs made them.
    made = sorted({folder for entry in done.values() for folder in entry.folders}, key=lambda one: -len(one.parts))
    for folder in (*made, record.parent):
        with contextlib.suppress(OSError):
            folder.rmdir()  # which the system refuses while anything is in it
    return lost


def recorded(record: Path) -> dict[Path, bytes | None]:
    """The files that `record` remembers, with what each was made to be.

    Raises:
        HivemindError: the record cannot be read.
    """
    return {path: entry.after for path, entry in load(record).items()}


class _Unknown:
    """No answer."""


def _remembered(change: FileChange, entry: Entry | None, untangle: Untangle | None) -> Entry:
    if entry is None or change.before is None:
        folders = tuple(files.missing_folders(change.path)) or (entry.folders if entry else ())
        return Entry(change.before, change.after, files.mode(change.path) or change.mode, change.mode, folders)
    original = _original(change.path, entry, change.before, untangle)
    # Where our part cannot be told, all of it is theirs: rather a line of ours too many than one of theirs too few.
    before = change.before if isinstance(original, _Unknown) else original
    return replace(entry, before=before, after=change.after, mode=change.mode)


def _original(path: Path, entry: Entry, present: bytes | None, untangle: Untangle | None) -> bytes | _Unknown | None:
    """What the file would be had we never touched it."""
    if present == entry.after:
        return entry.before
    if present is None or present == entry.before:
        return present
    base, before = entry.after or b"", entry.before or b""
    if entry.before is None and set(present.splitlines()) <= set(base.splitlines()):
        return None  # every line that is left was ours
    original = untangle(path, present) if untangle is not None else None
    if original is None and not merging.traces(base, before, present):
        original = present
    if entry.before is None and original == b"":
        return None  # nothing is left in a file that we made
    if original is None:
        original = merging.cut_out(base, before, present)
    if original is None:
        original = merging.merge(base, before, present)
    return _Unknown() if original is None else original


def _readable(content: bytes | None) -> list[str]:
    return (content or b"").decode("utf-8", "replace").splitlines(keepends=True)


def _checked(changes: Sequence[FileChange], record: Path, roots: Sequence[Path]) -> list[Path]:
    """The files to replace, each of which is still what its change starts from."""
    for change in changes:
        if files.content(change.path) != change.before:
            raise HivemindError(f"{change.path} was changed by somebody else just now", "Run the command again.")
    return [_target(change.path, record, roots) for change in changes]


def _target(path: Path, record: Path, roots: Sequence[Path]) -> Path:
    """The file to replace: links are followed, so that a linked file stays one, but only inside the tree it is in."""
    target = path.resolve()
    if target == Path(os.path.normpath(path.absolute())):
        return target
    common = record.parent.parent
    home = [Path(os.environ["HOME"])] if os.environ.get("HOME") else []
    trees = [tree.absolute() for tree in (common, common.parent, *roots, *home) if path.is_relative_to(tree)]
    tree = max(trees, key=lambda tree: len(tree.parts), default=None)
    # Outside of all known trees, as below a linked /tmp, only the file itself may not be a link.
    inside = not path.is_symlink() if tree is None else target.is_relative_to(tree.resolve())
    if not inside:
        raise HivemindError(f"{path} is a link to {target}", "Put a file there, or wire that file by hand.")
    return target


def _write_all(changes: Sequence[FileChange], targets: Sequence[Path]) -> None:
    done: list[tuple[FileChange, Path, int]] = []
    for change, target in zip(changes, targets, strict=True):
        mode, folders = files.mode(target) or change.mode, list(files.missing_folders(target))
        try:
            files.write(target, change.after, change.mode)
            done.append((change, target, mode))
        except OSError as error:
            for earlier, place, old_mode in reversed(done):
                with contextlib.suppress(OSError):
                    files.write(place, earlier.before, old_mode)
            for folder in reversed(folders):
                with contextlib.suppress(OSError):
                    folder.rmdir()
            reason = error.strerror or str(error)
            raise HivemindError(
                f"{target} cannot be written: {reason}", "Check its permissions and the disk."
            ) from error
