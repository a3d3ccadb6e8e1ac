"""What each mechanism of the derivation by hand is worth: the labelled cases without it, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice
from typing import Final

from hivemind_git.corrections.derive import Blind, derive
from hivemind_git.corrections.why import Why
from hivemind_git.errors import HivemindError
from hivemind_git.eval import labelled, labels
from hivemind_git.eval.labelled import Folder, Found
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Correction
from hivemind_git.pipeline import deriving
from hivemind_git.pipeline.workspace import Workspace

_NO_EXPLANATIONS = {Why.DUPLICATE, Why.UNSURE, Why.WORDS}
_DIFFS: Final = 1 << 12
_SAID: Final = {
    Why.ADDITION: "a block that was only added",
    Why.AGENT_LATER: "the agent wrote it itself, at another time",
    Why.BASE: "it stood so in the commit's parent",
    Why.DELETED: "the file was deleted",
    Why.FORMATTER: "layout alone",
    Why.GENERATED: "the file is made by a program",
    Why.GIT_OPERATION: "git moved content in between",
    Why.IMPORTS: "imports alone",
    Why.MOVED: "moved lines",
    Why.OTHER_AUTHOR: "somebody else's commit",
    Why.OTHER_SESSION: "another session wrote it",
    Why.PARTIAL_COMMIT: "a part of the work was committed",
    Why.REDACTION: "redaction",
    Why.RESTORED: "an earlier image came back",
    Why.SHELL: "the agent's shell",
}


def variants() -> dict[str, Blind]:
    """What is measured, by the name of what is missing; first nothing, last all of it."""
    explanations = frozenset(Why) - _NO_EXPLANATIONS
    return {
        "nothing: all mechanisms at work": Blind(),
        **{_SAID.get(why, why.value): Blind(frozenset({why})) for why in sorted(explanations)},
        "all explanations": Blind(explanations),
        "all doubts": Blind(doubts=True),
        "all of it: the naive diff": Blind(explanations, doubts=True),
    }


def measure(folder: Folder) -> tuple[list[tuple[str, ...]], list[tuple[str, HivemindError]]]:
    """A row for each variant, with a first row of names: right, wrong and weighted figures of corrections by hand.

    And the cases that could not be derived, with why: they are in no row.
    """
    found: dict[str, list[Found]] = {name: [] for name in variants()}
    parts: list[int] = []

    def by_all(space: Workspace) -> list[Correction]:
        derived = list(_derived(space))
        parts[:] = map(len, derived)
        return list(chain.from_iterable(derived))

    failed = []
    for case, whole in labelled.derived(folder, by_all):
        if isinstance(whole, HivemindError):
            failed.append((case, whole))
            continue
        one = iter(whole)
        for name, many in zip(found, parts, strict=True):
            found[name] += islice(one, many)
    rows: list[tuple[str, ...]] = [("without", "right", "wrong", "weighted P", "R", "F1", "in clean controls")]
    for name, corrections in found.items():
        hunk = labels.judge(folder, corrections)[0]
        rates = [f"{rate:.3f}" for rate in (hunk.weighted.precision, hunk.weighted.recall, hunk.weighted.f1)]
        rows.append((name, f"{hunk.plain.right:.0f}", f"{hunk.plain.wrong:.0f}", *rates, f"{hunk.in_controls}"))
    return rows, failed


def _derived(space: Workspace) -> Iterator[tuple[Correction, ...]]:
    """The corrections of one case by each variant."""
    diff = lru_cache(_DIFFS)(diff_lines)
    store = space.store()
    evidence = deriving.evidence(space, store, store.sessions(), diff)
    for blind in variants().values():
        yield derive(evidence, diff, blind=blind).corrections
