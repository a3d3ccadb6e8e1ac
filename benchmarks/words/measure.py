"""What corrections in words are worth on labelled sessions: `python -m benchmarks.words.measure FOLDER [--strict]`.

FOLDER is what `git hivemind eval labels` takes (docs/measurements.md). Printed for each kind: as trained; crossed (each
row judged by weights that saw no session of its component; the table of words did), with the 95 % interval over
components; and what is left without each feature. With `--strict` a table: the words' tables trained anew for each
component (`strict`), so that nothing was learnt from the texts it is tried on, which takes minutes.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.words import labelled, strict
from benchmarks.words.labelled import Labelled, Row, Taught
from hivemind_git.corrections import words, words_table
from hivemind_git.eval import labels
from hivemind_git.eval.labelled import Label
from hivemind_git.eval.labels import Counts, Result

_PRIORS = {"restatement": labelled.RESTATED, "rejection": labelled.REFUSED}
_HALF = 0.5
_TRAINED = {"restatement": words_table.RESTATED, "rejection": words_table.REFUSED}


def line(name: str, rows: Sequence[Row], found: Sequence[float], wanted: float) -> str:
    """One line of the report: weighted precision, recall and F1 with their counts."""
    precision, recall = labelled.precision_recall(rows, found, wanted)
    taken = [row for row, p in zip(rows, found, strict=True) if p >= 0.5 and row.counted]
    hits = sum(row.truth for row in taken)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"  {name:34} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  ({hits} right, {len(taken) - hits} wrong)"


def report(kind: str, rows: Sequence[Row], wanted: float) -> list[str]:
    """All lines of one kind."""
    prior, trained = _PRIORS[kind], _TRAINED[kind]
    crossed = labelled.crossed(rows, prior)
    plain = [words.probability(row.features, trained) for row in rows]
    lines = [f"{kind}: {len(rows)} of the labelled candidates met, {wanted:g} true ones wanted"]
    lines.append(line("as trained", rows, plain, wanted))
    lines.append(line("crossed", rows, crossed, wanted))
    lines.append(
        line("weights as guessed, untrained", rows, [words.probability(r.features, prior) for r in rows], wanted)
    )
    for number, name in enumerate(("precision", "recall")):
        low, high = labelled.interval(rows, crossed, wanted, number)
        lines.append(f"  crossed, 95 % interval of {name}: {low:.3f} to {high:.3f}")
    lines.extend(line(f"crossed, without {name}", *_without(rows, prior, name), wanted) for name in _parts(prior))
    wrong = [(p, row) for p, row in zip(crossed, rows, strict=True) if (p >= 0.5) != row.truth and row.counted]
    lines += [f"  {'missed' if row.truth else 'wrong '} {p:.2f} {row.label} weight {row.weight:g}" for p, row in wrong]
    return lines


def strictly(data: Labelled, taught: Sequence[Taught]) -> list[tuple[str, ...]]:
    """The rows of the strict table, with a first row of names; the interval is that of the weighted F1."""
    head: tuple[str, ...] = ()
    table = []
    for name, told in (("crossed, strict", taught), ("taught by labels alone", labelled.by_labels(data.rows))):
        judged = strict.strictly(data.rows, told)
        for kind, prior in _PRIORS.items():
            rows = [row for row in judged if row.kind == kind]
            names, figures = labels.table([_result(kind, rows, labelled.crossed(rows, prior), data.true)])
            head, table = ("", *names[:-1]), [*table, (name, *figures[:-1])]
    return [head, *table]


def _result(kind: str, rows: Sequence[Row], found: Sequence[float], true: Sequence[Label]) -> Result:
    """The figures of one kind as `eval labels` has them."""
    result = Result(kind)
    of_component = defaultdict[str, Counts](Counts)
    for label in true:
        if label.kind == kind:
            labels.count(result, of_component[label.component], Counts(wanted=1.0), label.weight)
    for row, p in zip(rows, found, strict=True):
        if p >= _HALF and row.counted:
            one = Counts(right=1.0) if row.truth else Counts(wrong=1.0)
            labels.count(result, of_component[row.component], one, row.weight)
    result.interval = labels.interval(list(of_component.values()))
    return result


def _parts(prior: Mapping[str, float]) -> list[str]:
    return ["words", "reply", "words and reply", *(name for name in prior if name not in {"words", "reply", "bias"})]


def _without(rows: Sequence[Row], prior: Mapping[str, float], name: str) -> tuple[list[Row], list[float]]:
    gone = set(name.split(" and "))
    blind = [replace(row, features={k: 0.0 if k in gone else v for k, v in row.features.items()}) for row in rows]
    return blind, labelled.crossed(blind, prior)


def main() -> None:
    """Prints the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    data = labelled.read(options.folder)
    for kind in _PRIORS:
        print("\n".join(report(kind, [row for row in data.rows if row.kind == kind], data.wanted(kind))))
    if options.strict:
        head, *rows = strictly(data, labelled.taught(options.folder))
        print("\n".join("| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)))


if __name__ == "__main__":
    main()
