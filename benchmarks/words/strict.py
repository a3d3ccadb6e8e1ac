"""Tones of labelled words by tables that learnt nothing from them, nor from what is like them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchmarks.words import train
from benchmarks.words.labelled import Row, Taught
from hivemind_git.corrections import ngrams, words

_GRAM = 5
_START = 100


def strictly(rows: Sequence[Row], taught: Sequence[Taught]) -> list[Row]:
    """The rows with the tone of their words by tables that were trained anew for each component.

    They saw no session of the component, and no phrase that shares half of its 5-grams with a text of it, so that no
    phrase can have been written after one of the texts it is tried on.
    """
    examples = train.phrases("person.tsv")
    grams = [_grams(one.text) for one in examples]
    found: dict[str, Row] = {}
    for component in sorted({row.component for row in rows}):
        mine = [row for row in rows if row.component == component]
        heard = [_grams(row.text[: words.PERSON_HEAD]) for row in mine]
        starts = {row.text[:_START] for row in mine}
        kept = [
            example
            for example, own in zip(examples, grams, strict=True)
            if all(2 * len(own & other) < len(own) for other in heard)
        ]
        others = [one for one in taught if one.component != component and one.text[:_START] not in starts]
        steps, bias = train.person(kept, others)
        weights = words.weights(steps)
        for row in mine:
            tone = ngrams.tone(ngrams.buckets(row.text, words.PERSON_HEAD, words.PERSON_BUCKETS), weights, bias)
            found[row.label] = replace(row, features={**row.features, "words": tone})
    return [found[row.label] for row in rows]


def _grams(text: str) -> set[str]:
    padded = f" {' '.join(text.lower().split())} "
    return {padded[i : i + _GRAM] for i in range(len(padded) - _GRAM + 1)}
