"""One file, an agent that wrote it or a part of it, a formatter that nobody saw, and perhaps a person's own change."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from hivemind_git.corrections import noise
from hivemind_git.corrections.derive import derive
from hivemind_git.corrections.evidence import (
    CommitRecord,
    Edit,
    Evidence,
    FileChange,
    Item,
    Prompt,
    Session,
    Speaker,
)
from hivemind_git.corrections.lines import split
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Correction, CorrectionOrigin

MARK = "reconsidered"
_TIGHT = 12
_START = 1_767_225_600.0
_ANN = "Ann <ann@example.com>"
_WORD = re.compile(r"\b[a-z][a-z_]{4,}\b")
_SPAN = (5, 40)


@dataclass(frozen=True)
class Trial:
    """What stood there, what the agent made of it, and the same with what a person changed in it, if anything."""

    base: str | None
    written: str
    changed: str
    suffix: str

    @property
    def planted(self) -> bool:
        """Whether a person changed something."""
        return self.written != self.changed


@dataclass(frozen=True)
class Outcome:
    """What was found in one trial.

    Attributes:
        hunks: places in which the accepted text departs from the agent's.
        false: corrections that are said to be a person's, and are the formatter's.
        linted: those that are said to be a linter's.
        found, tight: whether the person's change was found, and without much of the formatter's beside it.
        instead: what it was taken for where it was not found.
    """

    hunks: int
    false: tuple[Correction, ...]
    linted: int
    found: bool
    tight: bool
    instead: str


def within(text: str, formatted: str, rng: random.Random) -> tuple[str, str] | None:
    """A formatted file without some lines, and with them as they were before; None where nothing was laid out anew."""
    old, new = split(text.encode()), split(formatted.encode())
    hunks = diff_lines(text.encode(), formatted.encode())
    if not hunks:
        return None
    first = rng.randrange(len(hunks))
    last, longest = first, rng.randint(*_SPAN)
    while last + 1 < len(hunks) and hunks[last + 1].before_end - hunks[first].before_start <= longest:
        last += 1
    if hunks[last].before_end - hunks[first].before_start > 3 * _SPAN[1]:
        return None
    above = min(3, hunks[first].before_start - (hunks[first - 1].before_end if first else 0))
    after = hunks[last + 1].before_start if last + 1 < len(hunks) else len(old)
    below = min(3, after - hunks[last].before_end)
    start, end = hunks[first].after_start - above, hunks[last].after_end + below
    part = old[hunks[first].before_start - above : hunks[last].before_end + below]
    head, tail = b"".join(new[:start]), b"".join(new[end:])
    return (head + tail).decode(), (head + b"".join(part) + tail).decode()


def reconsidered(base: str | None, text: str, rng: random.Random) -> str | None:
    """The text with one word of one of the agent's lines changed by a person; None where no line has one."""
    lines, before = split(text.encode()), (base or "").encode()
    fresh = [i for hunk in diff_lines(before, text.encode()) for i in range(hunk.after_start, hunk.after_end)]
    rng.shuffle(fresh)
    for i in fresh:
        line = lines[i].decode()
        words = list(_WORD.finditer(line))
        if len(line.strip()) >= 12 and words and not noise.imports((lines[i],), (), lines[:i]):
            word = rng.choice(words)
            changed = f"{line[: word.start()]}{MARK}{line[word.end() :]}"
            return b"".join((*lines[:i], changed.encode(), *lines[i + 1 :])).decode()
    return None


def tried(trial: Trial, accepted: str) -> Outcome:
    """What derivation makes of a trial once the accepted text was committed."""
    derived = derive(_evidence(trial, accepted), diff_lines)
    found = derived.corrections
    marked = [one for one in found if MARK in one.after] if trial.planted else []
    others = [one for one in found if one not in marked]
    return Outcome(
        hunks=len(diff_lines(trial.written.encode(), accepted.encode())),
        false=tuple(one for one in others if one.origin is CorrectionOrigin.HUMAN),
        linted=sum(one.origin is CorrectionOrigin.LINTER for one in others),
        found=bool(marked),
        tight=any(_length(one) <= _TIGHT for one in marked),
        instead=next((f"{one.why}: {one.detail}" for one in derived.explained if MARK in one.after), ""),
    )


def _length(one: Correction) -> int:
    return one.before.count("\n") + one.after.count("\n")


def _evidence(trial: Trial, accepted: str) -> Evidence:
    path, base = f"src/sample{trial.suffix}", None if trial.base is None else trial.base.encode()
    written = Edit(
        event="e1",
        t=_START + 120,
        tool_use="u1",
        worktree="main",
        path=path,
        before=base,
        after=trial.written.encode(),
    )
    prompt = Prompt(event="p1", t=_START + 60, text="do it", speaker=Speaker.PERSON)
    items: tuple[Item, ...] = (prompt, written)
    commits = [_commit("c0", (), path, None, base, _START)] if base is not None else []
    parents = tuple(one.id for one in commits)
    commits.append(_commit("c1", parents, path, base, accepted.encode(), _START + 240))
    session = Session(id="s1", agent="an-agent", model=None, items=items)
    return Evidence(sessions=(session,), commits=tuple(commits))


def _commit(
    name: str, parents: Sequence[str], path: str, before: bytes | None, after: bytes | None, t: float
) -> CommitRecord:
    return CommitRecord(
        id=name,
        parents=tuple(parents),
        t=t,
        committed=t,
        author=_ANN,
        subject="change",
        body="",
        patch=f"patch-{name}",
        files=(FileChange(path=path, previous_path=path, before=before, after=after),),
    )
