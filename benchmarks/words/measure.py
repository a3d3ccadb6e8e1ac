"""What corrections in words are worth on labelled sessions: `python -m benchmarks.words.measure FOLDER [--strict]`.

Printed for each kind: as trained; crossed (each row judged by weights that saw no session of its component), with the
95 % interval over components; what is left without each feature; and with `--strict` the tables trained anew for each
component without any phrase that shares half of its 5-grams with a text of that component, so that no phrase can have
been written after one of the texts it is tried on. That takes minutes.
"""

from __future__ import annotations

import argparse
from array import array
from base64 import b85decode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.words import labelled, train
from benchmarks.words.labelled import Row
from hivemind_git.corrections import ngrams, words, words_table

_PRIORS = {"restatement": labelled.RESTATED, "rejection": labelled.REFUSED}
_TRAINED = {"restatement": words_table.RESTATED, "rejection": words_table.REFUSED}
_GRAM = 5


def line(name: str, rows: Sequence[Row], found: Sequence[float], wanted: float) -> str:
    """One line of the report: weighted precision, recall and F1 with their counts."""
    precision, recall = labelled.precision_recall(rows, found, wanted)
    taken = [row for row, p in zip(rows, found, strict=True) if p >= 0.5 and row.counted]
    hits = sum(row.truth for row in taken)
    f1 = 2 * precision * recall / max(precision + recall, 1e-9)
    return f"  {name:34} P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}  ({hits} right, {len(taken) - hits} wrong)"


def report(kind: str, rows: Sequence[Row], wanted: float, strict: bool) -> list[str]:
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
    if strict:
        clean = strictly(rows)
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


def strictly(rows: Sequence[Row]) -> list[Row]:
    """The rows with the tone of their words by tables that saw no phrase like a text of their component."""
    examples = train.phrases("person.tsv")
    grams = [_grams(text) for text, _ in examples]
    found: dict[str, Row] = {}
    for component in sorted({row.component for row in rows}):
        mine = [row for row in rows if row.component == component]
        heard = [_grams(row.text[: words.PERSON_HEAD]) for row in mine]
        kept = [
            example
            for example, own in zip(examples, grams, strict=True)
            if all(2 * len(own & other) < len(own) for other in heard)
        ]
        packed, bias = train.table(kept, words.PERSON_HEAD)
        weights = [value / words.SCALE for value in array("b", b85decode(packed))]
        for row in mine:
            tone = ngrams.tone(ngrams.buckets(row.text, words.PERSON_HEAD), weights, bias)
            found[row.label] = replace(row, features={**row.features, "words": tone})
    return [found[row.label] for row in rows]


def _grams(text: str) -> set[str]:
    padded = f" {' '.join(text.lower().split())} "
    return {padded[i : i + _GRAM] for i in range(len(padded) - _GRAM + 1)}


def main() -> None:
    """Prints the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    data = labelled.read(options.folder, options.split)
    for kind in _PRIORS:
        rows = [row for row in data.rows if row.kind == kind]
        print("\n".join(report(kind, rows, data.wanted[kind], options.strict)))


if __name__ == "__main__":
    main()
