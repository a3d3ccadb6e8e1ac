"""What corrections in words are worth on labelled sessions: `python -m benchmarks.words.measure FOLDER [--strict]`.

Printed for each kind: as trained; crossed (each row judged by weights that saw no session of its component; the table
of words did), with the 95 % interval over components; what is left without each feature; and with `--strict` the tables
trained anew for each component (`strict`), so that nothing was learnt from the texts it is tried on, in minutes.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.words import labelled, strict
from benchmarks.words.labelled import Row
from hivemind_git.corrections import words, words_table

_PRIORS = {"restatement": labelled.RESTATED, "rejection": labelled.REFUSED}
_TRAINED = {"restatement": words_table.RESTATED, "rejection": words_table.REFUSED}


def line(name: str, rows: Sequence[Row], found: Sequence[float], wanted: float) -> str:
    """One line of the report: weighted precision, recall and F1 with their counts."""
    precision, recall = labelled.precision_recall(rows, found, wanted)
    taken = [row for row, p in zip(rows, found, strict=True) if p >= 0.5 and row.counted]
    hits = sum(row.truth for row in taken)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"  {name:34} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  ({hits} right, {len(taken) - hits} wrong)"


def report(kind: str, rows: Sequence[Row], wanted: float, clean: Sequence[Row]) -> list[str]:
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
    if clean:
        lines.append(line("crossed, strict", clean, labelled.crossed(clean, prior), wanted))
        lines.append(line("guessed, strict", clean, [words.probability(r.features, prior) for r in clean], wanted))
    wrong = [(p, row) for p, row in zip(crossed, rows, strict=True) if (p >= 0.5) != row.truth and row.counted]
    lines += [f"  {'missed' if row.truth else 'wrong '} {p:.2f} {row.label} weight {row.weight:g}" for p, row in wrong]
    return lines


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
    parser.add_argument("--split", default="dev")
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    data = labelled.read(options.folder, options.split)
    clean = strict.strictly(data.rows, labelled.taught(options.folder, options.split)) if options.strict else []
    for kind in _PRIORS:
        rows, never = ([row for row in some if row.kind == kind] for some in (data.rows, clean))
        print("\n".join(report(kind, rows, data.wanted[kind], never)))


if __name__ == "__main__":
    main()
