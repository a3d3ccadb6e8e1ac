"""The samples of words in other languages: whole, taught to nobody, judged no worse than docs/measurements.md says."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from benchmarks.words import sample, train
from hivemind_git.corrections import ngrams


@pytest.mark.parametrize(("name", "size", "least", "most"), [("sample.tsv", 20, 35, 2), ("abroad.tsv", 24, 90, 25)])
def test_every_line_is_translated_and_the_figures_stand(name: str, size: int, least: int, most: int) -> None:
    languages = len(sample.SAMPLES[name])
    assert [len(texts) for _, texts in sample.rows(name)] == [languages] * size
    *_, (last, right, wrong, wanted, _, _) = sample.table(name)

    assert (last, wanted) == ("all", str(languages * size // 2))
    assert int(right) >= least
    assert int(wrong) <= most


def test_no_phrase_that_teaches_is_half_a_sentence_of_a_sample() -> None:
    sentences = [text for name in sample.SAMPLES for _, texts in sample.rows(name) for text in texts]
    holders = defaultdict[str, list[int]](list)
    for number, sentence in enumerate(sentences):
        for gram in _grams(sentence):
            holders[gram].append(number)

    copies = []
    for phrase, *_ in train.phrases("person_abroad.tsv"):
        grams = _grams(phrase)
        met = Counter(number for gram in grams for number in holders.get(gram, ()))
        copies += [
            (phrase, sentences[number])
            for number, count in met.items()
            if 2 * count >= max(len(grams), len(_grams(sentences[number])))
        ]
    assert copies == []


def _grams(text: str) -> set[str]:
    size = 2 if any(ngrams.is_wide(character) for character in text) else 5
    padded = f" {' '.join(text.lower().split())} "
    return {padded[i : i + size] for i in range(len(padded) - size + 1)}
