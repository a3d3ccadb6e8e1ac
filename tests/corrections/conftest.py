"""A story of one repository, told step by step: what an agent wrote, what it saw and ran, what was committed."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from hivemind_git.corrections.attribution import Attribution, attribute
from hivemind_git.corrections.derive import Derivation, derive
from hivemind_git.corrections.evidence import (
    Command,
    CommitRecord,
    Edit,
    Evidence,
    FileChange,
    HeadLog,
    Hole,
    Item,
    Making,
    Prompt,
    Session,
    Sight,
    Speaker,
    TestRun,
)
from hivemind_git.git.diff import diff_lines

START = 1_767_225_600.0  # 2026-01-01T00:00:00Z
ANN = "Ann <ann@example.com>"
PATH = "src/app.py"


@dataclass
class Story:
    """Each step is a minute after the one before; ids count up, so that a test can name them."""

    now: float = START
    sessions: dict[str, list[Item]] = field(default_factory=dict)
    commits: list[CommitRecord] = field(default_factory=list)
    files: dict[tuple[str, str], str | None] = field(default_factory=dict)
    holes: tuple[Hole, ...] = ()
    tests: list[TestRun] = field(default_factory=list)
    logs: dict[str, HeadLog] = field(default_factory=dict)

    def _next(self, session: str) -> list[Item]:
        self.now += 60
        if session not in self.sessions:
            prompt = Prompt(event=f"{session}-prompt", t=self.now, text="do it", speaker=Speaker.PERSON)
            self.sessions[session] = [prompt]
        return self.sessions[session]

    def wait(self, seconds: float) -> None:
        self.now += seconds

    def edit(
        self,
        before: str | bytes | None,
        after: str | bytes | None,
        path: str = PATH,
        session: str = "s1",
        **more: object,
    ) -> str:
        """The agent makes `after` out of `before`; gives the event's id."""
        items = self._next(session)
        event = f"{session}-e{len(items)}"
        fields: dict[str, object] = {"event": event, "tool_use": f"use-{event}", "worktree": "main", "path": path}
        fields |= {"t": self.now, "before": _bytes(before), "after": _bytes(after), **more}
        items.append(Edit(**fields))  # type: ignore[arg-type]
        return event

    def see(self, content: str, path: str = PATH, session: str = "s1", worktree: str = "main") -> str:
        items = self._next(session)
        event = f"{session}-s{len(items)}"
        items.append(Sight(event=event, t=self.now, worktree=worktree, path=path, content=content.encode()))
        return event

    def run(self, text: str, session: str = "s1", **more: object) -> None:
        items = self._next(session)
        event = f"{session}-c{len(items)}"
        fields: dict[str, object] = {"event": event, "t": self.now, "tool_use": event, "worktree": "main"}
        items.append(Command(**fields, text=text, ok=True, **more))  # type: ignore[arg-type]

    def commit(
        self,
        before: str | bytes | None,
        after: str | bytes | None,
        path: str = PATH,
        *,
        author: str = ANN,
        subject: str = "change",
        t: float | None = None,
        previous_path: str | None = None,
        also: tuple[FileChange, ...] = (),
        generated: frozenset[str] = frozenset(),
        made: str = "",
        replayed: bool = False,
        since: float = float("-inf"),
        instead: str = "",
        undone: str = "",
        reverts: bool = False,
        parent: str = "",
    ) -> str:
        """A commit that makes `after` out of `before`, in the worktree `made` if that is known; gives its id."""
        self.now += 60
        number = f"c{len(self.commits) + 1}"
        change = FileChange(path=path, previous_path=previous_path or path, before=_bytes(before), after=_bytes(after))
        others = frozenset({"main", "side"} - {made})
        how = (
            Making(self.now, made, replayed or reverts, since, others, reverts, instead, undone=undone)
            if made
            else None
        )
        record = CommitRecord(
            id=number,
            parents=(parent,) if parent else tuple(commit.id for commit in self.commits[-1:]),
            t=self.now if t is None else t,
            committed=self.now,
            author=author,
            subject=subject,
            body="",
            patch=f"patch-{number}",
            files=(change, *also),
            generated=generated,
            made=how,
        )
        self.commits.append(record)
        return number

    def evidence(self) -> Evidence:
        sessions = tuple(
            Session(
                id=name,
                agent="an-agent",
                model="a-model",
                items=tuple(items),
                tests=tuple(self.tests),
                holes=self.holes,
            )
            for name, items in self.sessions.items()
        )
        return Evidence(sessions=sessions, commits=tuple(self.commits), logs=self.logs)

    def derive(self) -> Derivation:
        return derive(self.evidence(), diff_lines)

    def attribute(self) -> Attribution:
        return attribute(self.evidence(), diff_lines)

    def corrections(self) -> list[tuple[str, str, str, str | None]]:
        """Kind, before, after and commit of each correction."""
        return [(str(one.kind), one.before, one.after, one.commit) for one in self.derive().corrections]

    def explained(self) -> list[tuple[str, str, str]]:
        """Why, before and after of each departure that is no correction; what was only said is left out."""
        return [(str(one.why), one.before, one.after) for one in self.derive().explained if one.path]


def _bytes(text: str | bytes | None) -> bytes | None:
    return text.encode() if isinstance(text, str) else text


@pytest.fixture
def story() -> Story:
    return Story()
