"""One history in the making: a real repository with its worktrees, a clock, the sessions' records, and the ledger."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from hivemind_git.capture.images import Image
from hivemind_git.eval.histories import texts
from hivemind_git.eval.histories.ledger import PERSON, PROGRAM, Ledger, agent
from hivemind_git.git import process
from hivemind_git.model import Event, Json, Kind, Source

START = 1_767_225_600.0  # 2026-01-01T00:00:00Z
DEV = "Dev"
MATE = "Mate"
LINTER = "the agent ran a linter"
_CONFIG = (
    ("user.name", DEV), ("user.email", "dev@example.com"), ("gc.auto", "0"), ("core.autocrlf", "false"),
    ("core.fsync", "none"), ("advice.detachedHead", "false"), ("rerere.enabled", "false"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class File:
    """A text file: its lines without their ends, which end they have, and whether the last one has it."""

    lines: tuple[str, ...]
    end: str = "\n"
    final: bool = True

    @classmethod
    def parse(cls, content: bytes) -> File:
        """A file's lines as they stand on disk."""
        text = content.decode()
        end = "\r\n" if "\r\n" in text else "\n"
        final = not text or text.endswith(end)
        lines = text.removesuffix(end).split(end) if text else []
        return cls(tuple(lines), end, final)

    def content(self) -> bytes:
        """The file's bytes."""
        text = self.end.join(self.lines) + (self.end if self.final and self.lines else "")
        return text.encode()

    def having(self, start: int, end: int, new: Sequence[str]) -> File:
        """The file with other lines in a half-open range."""
        return replace(self, lines=(*self.lines[:start], *new, *self.lines[end:]))


@dataclass(slots=True)
class Recorder:
    """What the hooks keep of one session."""

    id: str
    agent: str
    worktree: str
    events: list[Event] = field(default_factory=list)
    images: dict[str, Image] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Met:
    """An agent met a file: what stood in it, and where."""

    t: float
    worktree: str
    path: str
    names: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class Ran:
    """Something that may change a file (any, where `path` is empty) besides the acts that are counted."""

    t: float
    worktree: str
    path: str
    what: str


class World:
    """A repository in a folder of its own. Every step takes some minutes."""

    def __init__(self, folder: Path, seed: int) -> None:
        rng = random.Random(seed)  # noqa: S311 - histories are drawn again by their seed
        self.ledger = Ledger()
        self.writing = texts.Writing()
        self.now = START
        self.sessions: dict[str, Recorder] = {}
        self.met: list[Met] = []
        self.ran: list[Ran] = []
        self.seen: dict[str, list[bytes]] = {}
        self.renamed: dict[str, tuple[float, str]] = {}
        self.moved: dict[str, bytes] = {}
        self.hooks = rng.random() < 0.5
        self.formats = rng.random() < 0.15
        self.hole = rng.random() < 0.08
        self.told: list[str] = []
        self.folder = folder
        self.trees: dict[str, Path] = {"main": folder / "main"}
        self._begin(rng)

    def say(self, text: str) -> None:
        """Notes what happened, for the script that a person reads."""
        self.told.append(text)

    def wait(self, rng: random.Random) -> None:
        """Lets some minutes pass, or rarely some hours."""
        self.now += rng.uniform(3, 9) * 3600 if rng.random() < 0.05 else rng.uniform(40, 900)

    def git(self, tree: str, *arguments: str, stdin: bytes = b"", who: str = DEV) -> tuple[int, str]:
        """Runs git in a worktree; its exit status and what it printed."""
        date = f"{int(self.now)} +0000"
        extra = {
            "HOME": str(self.folder), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull,
            "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_AUTHOR_NAME": who, "GIT_COMMITTER_NAME": who,
            "GIT_AUTHOR_EMAIL": f"{who.lower()}@example.com", "GIT_COMMITTER_EMAIL": f"{who.lower()}@example.com",
            "GIT_EDITOR": "true", "GIT_SEQUENCE_EDITOR": "true", "LC_ALL": "C.UTF-8",
        }  # fmt: skip
        done = process.run(arguments, cwd=self.trees[tree], stdin=stdin, extra=extra, unattended=True)
        return done.returncode, done.stdout.decode("utf-8", "surrogateescape").rstrip("\n")

    def load(self, tree: str, path: str) -> File | None:
        """A file as it stands in a worktree, None where it does not."""
        target = self.trees[tree] / path
        return File.parse(target.read_bytes()) if target.is_file() else None

    def save(self, tree: str, path: str, file: File) -> None:
        """Writes a file in a worktree."""
        target = self.trees[tree] / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.content())

    def move(self, tree: str, path: str, target: str) -> None:
        """Renames a file that no commit holds, and keeps what an agent had left in it."""
        self.moved[target] = (self.seen.get(path) or [b""])[-1]
        (self.trees[tree] / path).rename(self.trees[tree] / target)

    def alike(self, left: bytes, oid: str) -> bool:
        """Whether git would take a file with one content for one that became a blob."""
        blob = self.git("main", "hash-object", "-w", "--stdin", stdin=left)[1]
        trees = [
            self.git("main", "mktree", stdin=f"100644 blob {one}\t{name}\n".encode())[1]
            for one, name in ((blob, "old"), (oid, "new"))
        ]
        return self.git("main", "diff-tree", "-M", "--name-status", *trees)[1].startswith("R")

    def paths(self, tree: str) -> list[str]:
        """The planted files that stand in a worktree."""
        top = self.trees[tree]
        found = (
            path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file() and ".git" not in path.parts
        )
        return sorted(found)

    def session(self, rng: random.Random, tree: str) -> Recorder:
        """A session of an agent in a worktree: one that is there, or a new one."""
        there = [one for one in self.sessions.values() if one.worktree == tree]
        if there and (len(self.sessions) >= 4 or rng.random() < 0.8):
            return rng.choice(there)
        number = len(self.sessions) + 1
        one = Recorder(f"s{number}", rng.choice(("claude-code", "codex", "cursor")), tree)
        self.sessions[one.id] = one
        if not self.hole:
            self.record(one, Kind.PROMPT, {"text": f"work on part {number}", "speaker": "person"})
        return one

    def record(self, one: Recorder, kind: Kind, fields: dict[str, Json], image: Image | None = None) -> str:
        """An event of a session, now. Gives its id."""
        self.now += 0.137
        name = f"{one.id}-{len(one.events):03d}"
        moment = datetime.fromtimestamp(self.now, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        known: dict[str, Json] = {"tool_use": f"use-{name}", **fields}
        one.events.append(
            Event(id=name, t=moment, session=one.id, kind=kind, agent=one.agent, source=Source.HOOK,
                  seq=len(one.events), worktree=one.worktree, fields=known)
        )  # fmt: skip
        if image is not None:
            one.images[name] = image
        return name

    def meet(self, one: Recorder, path: str, content: bytes) -> None:
        """An agent sees what stands in a file."""
        names = self.ledger.names(File.parse(content).lines)
        self.met.append(Met(self.now, one.worktree, path, names, content))
        self.seen.setdefault(path, []).append(content)

    def edit(self, one: Recorder, path: str, after: File | None, written: Sequence[str]) -> None:
        """An agent makes `after` of a file, and the hooks keep both."""
        before = self.load(one.worktree, path)
        old = before.content() if before else None
        self.meet(one, path, old or b"")
        self.ledger.write(written, agent(one.id))
        if after is None:
            (self.trees[one.worktree] / path).unlink()
        else:
            self.save(one.worktree, path, after)
        new = after.content() if after else None
        self.record(one, Kind.EDIT, {"path": path, "op": "modify"}, Image(old, new, before_known=True))
        self.seen.setdefault(path, []).append(new or b"")

    def run(self, one: Recorder, command: str, path: str = "", what: str = "") -> None:
        """An agent runs a command; `what` names it where it may change files."""
        self.record(one, Kind.TOOL_USE, {"tool": "Bash", "input": command, "status": "ok"})
        if what:
            self.ran.append(Ran(self.now, one.worktree, path, what))

    def format(self, tree: str, path: str) -> bool:
        """Lays a file out anew; whether that changed anything."""
        file = self.load(tree, path)
        if file is None:
            return False
        lines: list[str] = []
        for line in file.lines:
            parts = texts.formatted(line)
            self.ledger.lay_out(line, parts)
            lines += parts
        self.save(tree, path, replace(file, lines=tuple(lines)))
        return tuple(lines) != file.lines

    def lint(self, tree: str, path: str) -> list[tuple[int, int, tuple[str, ...]]]:
        """Mends a file; the runs of lines that changed, and what they were."""
        file = self.load(tree, path)
        if file is None:
            return []
        mended = [texts.linted(line) for line in file.lines]
        changed = [i for i, line in enumerate(mended) if line != file.lines[i]]
        for i in changed:
            self.ledger.write([mended[i]], PROGRAM)
        self.save(tree, path, replace(file, lines=tuple(mended)))
        runs: list[tuple[int, int]] = []
        for i in changed:
            if runs and runs[-1][1] == i:
                runs[-1] = (runs[-1][0], i + 1)
            else:
                runs.append((i, i + 1))
        return [(start, end, file.lines[start:end]) for start, end in runs]

    def _begin(self, rng: random.Random) -> None:
        main = self.trees["main"]
        main.mkdir(parents=True)
        self.git("main", "init", "-q", "--template=", "-b", "main", ".")
        config = "".join(f"[{name.split('.')[0]}]\n\t{name.split('.')[1]} = {value}\n" for name, value in _CONFIG)
        with (main / ".git/config").open("a") as out:
            out.write(config)
        for path in rng.sample(texts.PATHS, rng.randint(1, 3)):
            lines = self.writing.block(rng, rng.randint(6, 14), common=0.15)
            self.ledger.write(lines, PERSON)
            self.save("main", path, File(tuple(lines), rng.choice(("\n", "\n", "\n", "\r\n")), rng.random() < 0.8))
        self.git("main", "add", "-A")
        self.git("main", "commit", "-q", "-m", "Begin")
        if self.hooks:
            self._hook("post-commit", f"git rev-parse HEAD >> '{self.folder}/hints'\n")
        self.say(f"hooks of ours {'on' if self.hooks else 'off'}; files {', '.join(self.paths('main'))}")

    def _hook(self, name: str, script: str) -> None:
        target = self.trees["main"] / ".git/hooks" / name
        target.parent.mkdir(exist_ok=True)
        target.write_text(f"#!/bin/sh\n{script}")
        target.chmod(0o755)

    def hinted(self) -> list[str]:
        """The commits that our hook saw, also those that are gone from every branch."""
        path = self.folder / "hints"
        return path.read_text().split() if path.is_file() else []
