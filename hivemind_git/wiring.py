"""Changes to other people's files, applied byte for byte and taken back the same way.

What is replaced is remembered in a record before anything is written, so that a crash at any point can be undone.
Files under the record's repository are remembered relative to it: a copied `.git` never reaches back into the one it
was copied from.
"""

from __future__ import annotations

import base64
import contextlib
import difflib
import json
import os
import secrets
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from hivemind_git.errors import HivemindError

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
        before = _content(path)
        return cls(path, before, after, mode if before is None else stat.S_IMODE(path.stat().st_mode))

    @property
    def empty(self) -> bool:
        """Whether nothing would change."""
        return self.before == self.after and (self.after is None or _mode(self.path) == self.mode)

    def diff(self) -> str:
        """The change as a unified diff for people."""
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
    known = _load(record)
    update = {change.path: _remembered(change, known.get(change.path), untangle) for change in real}
    _save(record, {**known, **update})
    try:
        _write_all(real, targets)
    except HivemindError:
        _save(record, known)
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
    for path, entry in _load(record).items():
        if only is not None and path not in only:
            continue
        present = _content(path)
        original = _original(path, entry, present, untangle)
        if isinstance(original, _Unknown):
            lost.append(path)
            continue
        mode = _mode(path) or entry.mode
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
    known = _load(record)
    changes, lost = plan_restore(record, untangle=untangle, only=only)
    _write_all(changes, _checked(changes, record, roots))
    done = {path: entry for path, entry in known.items() if (only is None or path in only) and path not in lost}
    if done:
        _save(record, {path: entry for path, entry in known.items() if path not in done})
    for entry in done.values():
        for folder in reversed(entry.folders):
            with contextlib.suppress(OSError):
                folder.rmdir()
    return lost


def recorded(record: Path) -> dict[Path, bytes | None]:
    """The files that `record` remembers, with what each was made to be.

    Raises:
        HivemindError: the record cannot be read.
    """
    return {path: entry.after for path, entry in _load(record).items()}


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the record knows of a file: its first state, what it was made, and the folders that were made for it."""

    before: bytes | None
    after: bytes | None
    mode_before: int
    mode: int
    folders: tuple[Path, ...]


class _Unknown:
    """No answer."""


def _remembered(change: FileChange, entry: _Entry | None, untangle: Untangle | None) -> _Entry:
    if entry is None or change.before is None:
        folders = tuple(_missing_folders(change.path)) or (entry.folders if entry else ())
        return _Entry(change.before, change.after, _mode(change.path) or change.mode, change.mode, folders)
    original = _original(change.path, entry, change.before, untangle)
    before = entry.before if isinstance(original, _Unknown) else original
    return replace(entry, before=before, after=change.after, mode=change.mode)


def _original(path: Path, entry: _Entry, present: bytes | None, untangle: Untangle | None) -> bytes | _Unknown | None:
    """What the file would be had we never touched it."""
    if present is None or present == entry.before:
        return present
    if present == entry.after:
        return entry.before
    original = untangle(path, present) if untangle is not None else None
    if original is None:
        original = _merge(entry.after or b"", entry.before or b"", present)
    if original is None:
        return _Unknown()
    if entry.before is None and set(original.splitlines()) <= set((entry.after or b"").splitlines()):
        return None  # every line that is left was ours
    return original


def _readable(content: bytes | None) -> list[str]:
    return (content or b"").decode("utf-8", "replace").splitlines(keepends=True)


_Run: TypeAlias = tuple[int, int, list[bytes]]


def _merge(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Both sides' changes to `base`, by lines; None where they meet. Next to each other is not meeting."""
    lines = base.splitlines(keepends=True)
    mine, yours = (_runs(lines, side.splitlines(keepends=True)) for side in (ours, theirs))
    for one in mine:
        for other in yours:
            if max(one[0], other[0]) < min(one[1], other[1]) or _within(one, other) or _within(other, one):
                return None
    merged: list[bytes] = []
    at = 0
    for start, end, new in sorted([*mine, *yours], key=lambda run: run[:2]):
        merged += [*lines[at:start], *new]
        at = end
    return b"".join([*merged, *lines[at:]])


def _within(one: _Run, other: _Run) -> bool:
    """Whether `one` inserts inside of what `other` replaces, or where it inserts too."""
    return one[0] == one[1] and (other[0] < one[0] < other[1] or one[:2] == other[:2])


def _runs(before: list[bytes], after: list[bytes]) -> list[_Run]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return [(i1, i2, after[j1:j2]) for tag, i1, i2, j1, j2 in matcher.get_opcodes() if tag != "equal"]


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise HivemindError(f"{path} cannot be read: {error.strerror}", "Check what stands there.") from error


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None


def _missing_folders(path: Path) -> Iterator[Path]:
    """The folders above a path that are not there yet, outermost first."""
    missing = [folder for folder in path.parents if not folder.exists()]
    return reversed(missing)


def _checked(changes: Sequence[FileChange], record: Path, roots: Sequence[Path]) -> list[Path]:
    """The files to replace, each of which is still what its change starts from."""
    for change in changes:
        if _content(change.path) != change.before:
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
        mode, folders = _mode(target) or change.mode, list(_missing_folders(target))
        try:
            _write(target, change.after, change.mode)
            done.append((change, target, mode))
        except OSError as error:
            for earlier, place, old_mode in reversed(done):
                with contextlib.suppress(OSError):
                    _write(place, earlier.before, old_mode)
            for folder in reversed(folders):
                with contextlib.suppress(OSError):
                    folder.rmdir()
            reason = error.strerror or str(error)
            raise HivemindError(
                f"{target} cannot be written: {reason}", "Check its permissions and the disk."
            ) from error


def _write(target: Path, content: bytes | None, mode: int) -> None:
    if content is None:
        target.unlink(missing_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.parent / f".{target.name}.{secrets.token_hex(4)}"
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        new.chmod(mode)
        _keep_owner(target, new)
        new.replace(target)
    except OSError:
        new.unlink(missing_ok=True)
        raise


def _keep_owner(old: Path, new: Path) -> None:
    """So that a file which root wires for a user stays the user's."""
    with contextlib.suppress(OSError, AttributeError):
        was, now = old.stat(), new.stat()
        if (was.st_uid, was.st_gid) != (now.st_uid, now.st_gid):
            os.chown(new, was.st_uid, was.st_gid)


def _load(record: Path) -> dict[Path, _Entry]:
    content = _content(record)
    if content is None:
        return {}
    try:
        return {_place(name, record): _entry(value, record) for name, value in json.loads(content)["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise HivemindError(
            f"{record} is damaged, so what was wired cannot be taken back byte for byte",
            "Move it away; uninstall then goes by our marks.",
        ) from error


def _entry(value: Any, record: Path) -> _Entry:
    before, after = (None if value[side] is None else base64.b64decode(value[side]) for side in ("before", "after"))
    folders = tuple(_place(name, record) for name in value["folders"])
    return _Entry(before, after, int(value["mode_before"], 8), int(value["mode"], 8), folders)


def _save(record: Path, known: dict[Path, _Entry]) -> None:
    files = {
        _spelt(path, record): {
            "before": None if entry.before is None else base64.b64encode(entry.before).decode(),
            "after": None if entry.after is None else base64.b64encode(entry.after).decode(),
            "mode_before": f"{entry.mode_before:o}",
            "mode": f"{entry.mode:o}",
            "folders": [_spelt(folder, record) for folder in entry.folders],
        }
        for path, entry in known.items()
    }
    content = json.dumps({"version": 1, "files": files}, indent=1, sort_keys=True).encode() + b"\n"
    try:
        _write(record, content if files else None, 0o600)
    except OSError as error:
        raise HivemindError(
            f"{record} cannot be written: {error.strerror}", "Check its permissions and the disk."
        ) from error


def _base(record: Path) -> Path:
    common = record.parent.parent
    return common.parent if common.name == ".git" else common


def _spelt(path: Path, record: Path) -> str:
    base = _base(record)
    return path.relative_to(base).as_posix() if path.is_relative_to(base) else str(path)


def _place(name: str, record: Path) -> Path:
    return _base(record) / name
