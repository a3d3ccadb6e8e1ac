"""Labelled sessions as rows of features, the judges trained on them, and what they are worth on what they never saw."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.words import model
from hivemind_git.agents.claude_code.transcript import read_transcript
from hivemind_git.capture.images import Image
from hivemind_git.corrections import conversation, refused, restated, rewrites, words
from hivemind_git.corrections.evidence import Session
from hivemind_git.eval import labelled as cases
from hivemind_git.eval.labelled import Label
from hivemind_git.git.diff import diff_lines
from hivemind_git.pipeline import sessions

# What the features should mean before any label was seen; training moves the weights from here only as far as it pays.
RESTATED = {
    "words": 1.5,
    "reply": 1.5,
    "answer": -2.0,
    "brief": -0.5,
    "late": -1.0,
    "detour": -1.0,
    "failed": -1.0,
    "grown": -0.5,
    "unowned": -3.5,
    "long": -2.0,
    "named": 1.5,
    "bias": 2.5,
}
REFUSED = {"words": 2.0, "reply": 1.7, "edits": 0.8, "asked_back": -0.8, "bias": 0.1}
# Four in five of the labelled restatements are true; of those that nobody labelled fewer are, most of all among the
# least sure ones. Correction of a judge for such a sample: King and Zeng, "Logistic Regression in Rare Events Data",
# 2001, section 4.1. In log-odds.
_RARER = {"restatement": 0.32}
_LOW = 0.3
_LABEL = 2.0
_CLEAR = 0.3


@dataclass(frozen=True)
class Row:
    """A candidate that has a label. `counted` is false where the rater was not sure."""

    label: str
    component: str
    kind: str
    text: str
    features: Mapping[str, float]
    truth: bool
    weight: float
    counted: bool


@dataclass(frozen=True)
class Taught:
    """A person's words with a truth in [0, 1] and how much they count when a table is trained."""

    component: str
    text: str
    truth: float
    count: float


@dataclass(frozen=True)
class Labelled:
    """The rows of all kinds, and the labels that are true and sure, met or not."""

    rows: tuple[Row, ...]
    true: tuple[Label, ...]

    def wanted(self, kind: str) -> float:
        """How much weight of true ones there is of a kind."""
        return sum(label.weight for label in self.true if label.kind == kind)


def read(folder: Path) -> Labelled:
    """The labelled candidates of a folder as `git hivemind eval labels` takes it (docs/measurements.md).

    Raises:
        HivemindError: the folder holds something else.
    """
    labels = cases.read(folder).labels
    rows: dict[str, Row] = {}
    for component, session in _sessions(folder):
        known = [label for label in labels if label.component == component]
        for kind, text, own, features in candidates(session):
            label = next((one for one in known if one.kind == kind and _same(one, text)), None)
            if label is not None and label.id not in rows:
                rows[label.id] = _row(label, own, features)
    return Labelled(tuple(rows.values()), tuple(label for label in labels if label.true and not label.ignored))


def taught(folder: Path) -> list[Taught]:
    """What the sessions teach about a person's words: the labels, and of all others how the agent answered.

    An agent that concedes ("Good catch") was corrected, one that explains was asked: its first clause is short and of
    few kinds, and teaches what the words of the person before it mean.
    """
    found: dict[str, Taught] = {}
    for component, session in _sessions(folder):
        for event, text, reply in _answered(session):
            tone = words.agent(reply)
            if abs(tone) >= _CLEAR:
                found.setdefault(event, Taught(component, text, (tone + 1) / 2, 1.0))
    return [*found.values(), *by_labels(read(folder).rows)]


def by_labels(rows: Iterable[Row]) -> list[Taught]:
    """What the labels alone teach about a person's words."""
    return [Taught(row.component, row.text, float(row.truth), _LABEL) for row in rows if row.counted]


def _sessions(folder: Path) -> Iterator[tuple[str, Session]]:
    """Each session with the component of its case."""
    for line in (folder / "index.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        for name in case["sessions"]:
            yield from ((case["component"], one) for one in load(folder / case["checkpoint"] / name))


def _answered(session: Session) -> Iterator[tuple[str, str, str]]:
    """Event and words of each prompt and refusal, and what the agent said first after it."""
    for turn in conversation.turns(session):
        if turn.prompt is not None and turn.prompt.text.strip() and not turn.prompt.text.startswith("/"):
            own = conversation.own_words(turn.prompt.text, turn.said)
            yield turn.prompt.event, own, conversation.reply(turn.items)
    for no in refused.candidates(session):
        yield no.refusal.event, no.own, refused.reply(session, no)


def load(path: Path) -> list[Session]:
    """The sessions of a transcript; each file stands where the agent's working folder is."""

    def place(path: str, cwd: str) -> tuple[str, str] | None:
        return (cwd, path[len(cwd) + 1 :]) if path.startswith(f"{cwd}/") else None

    captures = list(read_transcript(gzip.decompress(path.read_bytes()).split(b"\n"), place))
    images = {one.event.id: Image(one.before, one.after, one.before_known) for one in captures}
    names = dict.fromkeys(capture.event.session for capture in captures)
    return [sessions.session(name, [c.event for c in captures if c.event.session == name], images) for name in names]


def candidates(session: Session) -> Iterator[tuple[str, str, str, Mapping[str, float]]]:
    """Kind, words, those of them that are not copied from the agent, and features of every candidate of a session."""
    turns = conversation.turns(session)
    for told in restated.candidates(turns, rewrites.works(turns, diff_lines)):
        yield "restatement", told.prompt.text, told.own, told.features
    for no in refused.candidates(session):
        yield "rejection", no.reason, no.own, no.features


def _same(label: Label, text: str) -> bool:
    mine, other = " ".join(text.split())[:200], " ".join(label.words.split())[:200]
    return mine == other or (len(mine) >= 20 and other.startswith(mine[:80]))


def _row(label: Label, text: str, features: Mapping[str, float]) -> Row:
    return Row(label.id, label.component, label.kind, text, features, label.true, label.weight, not label.ignored)


def fit(rows: Sequence[Row], prior: Mapping[str, float]) -> dict[str, float]:
    """The judge of one kind, for sessions in which true ones are rarer than among the labels."""
    counts = [row.weight if row.counted else _LOW * row.weight for row in rows]
    judge = model.fit_judge([row.features for row in rows], [row.truth for row in rows], counts, prior)
    return {**judge, "bias": round(judge["bias"] - _RARER.get(rows[0].kind, 0.0), 3)}


def crossed(rows: Sequence[Row], prior: Mapping[str, float]) -> list[float]:
    """Each row's probability by a judge that saw no row of its component (sessions that share commits)."""
    judges = {c: fit([row for row in rows if row.component != c], prior) for c in {row.component for row in rows}}
    return [words.probability(row.features, judges[row.component]) for row in rows]


def precision_recall(rows: Sequence[Row], found: Sequence[float], wanted: float) -> tuple[float, float]:
    """Weighted, of those of half confidence or more."""
    taken = [row for row, p in zip(rows, found, strict=True) if p >= 0.5 and row.counted]
    hit = sum(row.weight for row in taken if row.truth)
    return hit / max(sum(row.weight for row in taken), 1e-9), hit / max(wanted, 1e-9)


def interval(rows: Sequence[Row], found: Sequence[float], wanted: float, which: int) -> tuple[float, float]:
    """The 95 % interval of precision (0) or recall (1) over components drawn again 2,000 times.

    True ones that are no candidate at all stay as rare in each draw as they are.
    """
    groups: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        groups.setdefault(row.component, []).append(i)
    reach = sum(row.weight for row in rows if row.truth and row.counted) / max(wanted, 1e-9)
    chance = random.Random(5)
    values = []
    for _ in range(2000):
        drawn = [i for group in chance.choices(list(groups.values()), k=len(groups)) for i in group]
        some = [rows[i] for i in drawn]
        true = sum(row.weight for row in some if row.truth and row.counted)
        values.append(precision_recall(some, [found[i] for i in drawn], true / max(reach, 1e-9))[which])
    values.sort()
    return values[50], values[1949]
