"""Windows around the shell commands of assistants: what the hook recorded before and after each, and which ran when.

Below `<git common dir>/hivemind/windows` (hooks/agent/window writes all but `slow`, `spans.json` and `told`):

    objects/              blobs and trees of the worktrees as they were, in git's format, beside the repository's own
    <worktree>/           the git directory with which the hook looks at a worktree: `main`, or `worktree-<name>`
    <worktree>/state      the name of the last state there
    <worktree>/slow       the hook must not look there: it took too long not an hour ago
    states/<name>         the index of a worktree as it was, a second name of the file
    records/<entry>       one side of a window, named as the journal's entry: `index <worktree> <state>`,
                          `unknown <worktree> <why>`, or `reads - -`
    spans.json            the windows of the last day: when each began and ended, and its two trees
    told/<session>        ids of the edits that windows told, one a line

All of it may be deleted: windows that are open then are unknown.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Final

from hivemind_git.capture.files import append_line, place, private_folder
from hivemind_git.git.snapshots import tree_of_index
from hivemind_git.store import layout

_RECORD: Final = re.compile(r"(index|unknown|reads) ([^\s/]+) ([^\s/]+)\s*")
_MAIN: Final = "main"
_LINKED: Final = "worktree-"
_DAY: Final = 86400.0
_STALE_SECONDS: Final = 600.0
_REST_SECONDS: Final = 3600.0
_LONGEST_SECONDS: Final = 3600.0
_WORKING_SECONDS: Final = 60.0
_MAX_BYTES: Final = 256 * 1024 * 1024
_MAX_FILES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Side:
    """What the hook saw on one side. `tree` None: it gave up. `t` is when it was done, POSIX seconds.

    `reads`: it did not look, for the command only reads.
    """

    worktree: str
    tree: str | None
    t: float
    reads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A shell command and the worktree around it.

    Attributes:
        session, tool_use: whose.
        worktree: the hook's name for it.
        began, ended: POSIX seconds; `ended` None while it is open.
        before, after: trees; None where the hook gave up, or was killed.
        left: the turn ended without its end.
    """

    session: str
    tool_use: str
    worktree: str
    began: float
    before: str | None
    ended: float | None = None
    after: str | None = None
    left: float | None = None

    @property
    def key(self) -> str:
        """Names the window among all."""
        return f"{self.session} {self.tool_use}"

    def meets(self, other: Window) -> bool:
        """Whether both were open at once in the same worktree, or may have been."""
        if self.key == other.key or self.worktree != other.worktree:
            return False
        return self.began <= other.until and other.began <= self.until

    @property
    def until(self) -> float:
        """When it can have written last."""
        return next((end for end in (self.ended, self.left) if end is not None), float("inf"))


@dataclass(frozen=True, slots=True)
class Touch:
    """A file tool wrote a file: its absolute path, the tool use, and when."""

    path: str
    tool_use: str
    t: float


@dataclass
class Spans:
    """The windows and file tools of the last day, by key; `heard` are name and time of the journal's entries
    that are in it."""

    windows: dict[str, Window] = field(default_factory=dict)
    touches: list[Touch] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)

    def begin(self, session: str, tool_use: str, side: Side) -> None:
        """Opens a window."""
        window = Window(session=session, tool_use=tool_use, worktree=side.worktree, began=side.t, before=side.tree)
        self.windows.setdefault(window.key, window)

    def end(self, session: str, tool_use: str, side: Side) -> None:
        """Closes a window. One whose begin was not seen is unknown."""
        unseen = Window(session=session, tool_use=tool_use, worktree=side.worktree, began=side.t, before=None)
        window = self.windows.setdefault(unseen.key, unseen)
        if window.ended is None:
            same = side.worktree == window.worktree
            self.windows[window.key] = replace(window, ended=side.t, after=side.tree if same else None)

    def leave(self, session: str, t: float) -> list[Window]:
        """The windows of a session that are open at the end of a turn: how they ended nobody saw."""
        found = [
            window for window in self.windows.values() if window.session == session and window.began < t
            and window.ended is None and window.left is None
        ]  # fmt: skip
        self.windows |= {window.key: replace(window, left=t) for window in found}
        return found

    def abandon(self, now: float) -> None:
        """Lets go of windows that an agent which was killed left open: no command runs that long in the foreground."""
        for key, window in self.windows.items():
            if window.ended is None and window.left is None and window.began + _LONGEST_SECONDS < now:
                self.windows[key] = replace(window, left=window.began + _LONGEST_SECONDS)

    def crossed(self, window: Window) -> bool:
        """Whether another command ran in the same worktree meanwhile."""
        return any(window.meets(other) for other in self.windows.values())

    def shared(self, window: Window) -> bool:
        """Whether a command of another session ran in the same worktree meanwhile."""
        return any(window.meets(other) and other.session != window.session for other in self.windows.values())

    def touched(self, window: Window) -> set[str]:
        """The files that file tools wrote meanwhile."""
        return {touch.path for touch in self.touches if window.began <= touch.t <= window.until}


class Windows:
    """What is below `<git common dir>/hivemind/windows`. Whoever changes anything holds the lock of the seal."""

    def __init__(self, state: Path) -> None:
        self._top = state / "windows"
        self._journal = state / "journal"
        self._trees: dict[tuple[str, str], str | None] = {}
        self.objects = self._top / "objects"

    def sides(self) -> dict[str, Side]:
        """Journal entry → the side that was recorded with it."""
        found: dict[str, Side] = {}
        for path in self._records():
            side = self.side(path.name)
            if side is not None:
                found[path.name] = side
        return found

    def side(self, entry: str) -> Side | None:
        """The side that was recorded with a journal entry; None while the hook looks, or if it was killed.

        Raises:
            HivemindError: there is no git.
        """
        path = self._top / "records" / entry
        try:
            match = _RECORD.fullmatch(path.read_text("utf-8", "surrogateescape"))
            moment = path.stat().st_mtime
        except FileNotFoundError:
            return None
        if not match:
            return None
        kind, worktree, name = match.groups()
        return Side(worktree, self._tree(worktree, name) if kind == "index" else None, moment, kind == "reads")

    def _tree(self, worktree: str, name: str) -> str | None:
        """The tree of a recorded state; None where the state is gone or damaged."""
        if (worktree, name) not in self._trees:
            state = self._top / "states" / name
            self._trees[worktree, name] = tree_of_index(self._top / worktree, self.objects, state)
        return self._trees[worktree, name]

    @property
    def watched(self) -> bool:
        """Whether install put the hook's part here that looks at the worktree."""
        return (self._top.parent / "window").exists()

    def spans(self) -> Spans:
        """The windows of the last day; none where the file is damaged."""
        try:
            value = json.loads((self._top / "spans.json").read_bytes())
            windows = [Window(**row) for row in value["windows"]]
            return Spans(
                {window.key: window for window in windows},
                [Touch(**row) for row in value["touches"]],
                set(value["heard"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Spans()

    def keep(self, spans: Spans, now: float) -> None:
        """Writes the windows of the last day. Entries that left the journal are heard no more.

        Raises:
            OSError: the disk is full, or cannot be written.
        """
        if not self._top.is_dir():
            return
        value = {
            "windows": [asdict(one) for one in spans.windows.values() if now - one.began < _DAY],
            "touches": [asdict(one) for one in spans.touches if now - one.t < _DAY],
            "heard": sorted(name for name in spans.heard if (self._journal / name.partition(" ")[0]).exists()),
        }
        place(self._top / "spans.json", json.dumps(value).encode())

    def told(self, session: str) -> set[str]:
        """The edits that windows told of a session: nobody else knows them as well."""
        try:
            return set((self._told / layout.named_folder(session)).read_text("ascii", "replace").split())
        except FileNotFoundError:
            return set()

    def tell(self, session: str, events: Iterable[str]) -> None:
        """Remembers edits that a window told.

        Raises:
            OSError: the disk is full, or cannot be written.
        """
        private_folder(self._told)
        known = self.told(session)
        for event in events:
            if event not in known:
                append_line(self._told / layout.named_folder(session), event.encode())

    def rest(self, worktree: str | None = None) -> None:
        """Keeps the hook from looking at a worktree for an hour; at any where none is named."""
        for folder in self._worktrees():
            if worktree in {None, folder.name}:
                (folder / "slow").touch(mode=0o600)

    def tidy(self, now: float, days: float) -> None:
        """Removes what nothing needs: records of entries that were sealed, locks of the killed, and much too much.

        Args:
            now: POSIX seconds.
            days: for how long the edits that windows told are remembered.
        """
        for path in self._records():
            if not (self._journal / path.name).exists():
                _remove_older(path, now - _WORKING_SECONDS)
        self._tidy_states(now)
        for folder in self._worktrees():
            _remove_older(folder / "slow", now - _REST_SECONDS)
            _remove_older(folder / "index.lock", now - _STALE_SECONDS)
            _remove_half_made(folder, now - _STALE_SECONDS)
        for path in self._told.glob("*"):
            _remove_older(path, now - days * _DAY)
        if _too_much(self.objects):
            self.let_go()

    def let_go(self) -> None:
        """Removes the images of worktrees. Windows that are open then are unknown."""
        for folder in (self.objects, self._top / "states", *self._worktrees()):
            shutil.rmtree(folder, ignore_errors=True)

    def _tidy_states(self, now: float) -> None:
        """Removes the states that no side needs any more, but for those that still stand."""
        needed = {_text(path).strip().rpartition(" ")[2] for path in self._records()}
        needed |= {_text(folder / "state").strip() for folder in self._worktrees()}
        for path in self._top.glob("states/*"):
            if path.name not in needed:
                _remove_older(path, now - _WORKING_SECONDS)

    @property
    def _told(self) -> Path:
        return self._top / "told"

    def _worktrees(self) -> list[Path]:
        return [*self._top.glob(_MAIN), *self._top.glob(_LINKED + "*")]

    def _records(self) -> list[Path]:
        try:
            return list((self._top / "records").iterdir())
        except FileNotFoundError:
            return []


def worktree_folder(name: str) -> str:
    """The hook's name for a worktree, by its name here: the hook knows only the folder that git keeps for it."""
    return _MAIN if name == _MAIN else _LINKED + name.removeprefix("worktrees/")


def _text(path: Path) -> str:
    """What stands in a file of one line; nothing if it is gone."""
    try:
        return path.read_text("utf-8", "surrogateescape")
    except FileNotFoundError:
        return ""


def _remove_older(path: Path, than: float) -> None:
    try:
        if path.stat().st_mtime < than:
            path.unlink()
    except FileNotFoundError:
        return


def _remove_half_made(folder: Path, than: float) -> None:
    """A worktree's folder whose making was cut short by a kill: the next command makes it anew."""
    if not (folder / "index").exists() and folder.stat().st_mtime < than:
        shutil.rmtree(folder, ignore_errors=True)


def _too_much(objects: Path) -> bool:
    """Whether the images of windows, which the store of images has by now, take more room than they are worth."""
    files, size = 0, 0
    for path in objects.glob("*/*"):
        files += 1
        try:
            size += path.stat().st_size
        except FileNotFoundError:
            continue
    return files > _MAX_FILES or size > _MAX_BYTES
