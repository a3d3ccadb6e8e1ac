"""Makes `words_table.py` and its `.bin` in `hivemind_git/corrections`: `python -m benchmarks.words.train`.

The table of the agent's words is trained on `agent.tsv` alone, phrases written for this purpose in eleven languages;
the person's on `person.tsv` and on the words of labelled sessions, most of them taught by how the agent answered
(`labelled.taught`); that of words with other letters than English has on `person_abroad.tsv` as well. The few weights
of the judges are trained on the labels (`--labelled FOLDER`), with tones by tables that saw no session of the same
component. Without a folder all but the agent's stay as they are. The same input gives the same weights.
"""

from __future__ import annotations

import argparse
import importlib
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.words import labelled, model
from hivemind_git.corrections import ngrams, words, words_table

HERE = Path(__file__).parent
MODULE = Path(words_table.__file__)
TABLE = MODULE.with_suffix(".bin")
_ABROAD = 0.4
_TAUGHT_ABROAD = 5.0
_TRUTHS = {"+": 1.0, "-": 0.0, "0": 0.5}
_SLOT = re.compile(r"\{(\w)\}")
_FILLINGS = 3
_HEADER = '''"""Made by `python -m benchmarks.words.train`: do not edit.

`RESTATED` and `REFUSED` are the weights of the named features; those of n-grams are in `words_table.bin`.
"""

'''


class Phrase(NamedTuple):
    """A phrase, its truth in [0, 1], and how much it counts."""

    text: str
    truth: float
    count: float = 1.0


def phrases(name: str, abroad: float = 1.0) -> list[Phrase]:
    """The phrases of a file; `slots.tsv` fills their `{x}`. Those not in English count `abroad`."""
    fillings: dict[tuple[str, str], list[str]] = {}
    for language, slot, text in _lines("slots.tsv"):
        fillings.setdefault((language, slot), []).append(text)
    return [
        Phrase(filled, _TRUTHS[sign], 1.0 if language == "en" else abroad)
        for language, sign, text in _lines(name)
        for filled in _filled(text, language, fillings)
    ]


def _lines(name: str) -> Iterator[tuple[str, str, str]]:
    for line in (HERE / name).read_text("utf-8").splitlines():
        language, sign, text = line.split("\t")
        yield language, sign, text


def _filled(text: str, language: str, fillings: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    """A phrase with each of its slots filled, in a few of the possible ways; which ones depends on the phrase alone."""
    if "{" not in text:
        return [text]
    found = []
    for number in range(_FILLINGS):
        filled, depth = text, 0
        while slot := _SLOT.search(filled):
            choices = fillings[(language, slot[1])]
            choice = choices[(zlib.crc32(text.encode()) + 7 * number + 3 * depth) % len(choices)]
            filled, depth = filled[: slot.start()] + choice + filled[slot.end() :], depth + 1
        found.append(filled)
    return found


def person(examples: Sequence[Phrase], taught: Sequence[labelled.Taught]) -> tuple[bytes, float]:
    """The table of the person's words by phrases and sessions, and its bias."""
    told = [Phrase(one.text, one.truth, one.count) for one in taught]
    return table([*examples, *told], words.PERSON_HEAD, words.PERSON_BUCKETS)


def abroad(taught: Sequence[labelled.Taught]) -> tuple[bytes, float]:
    """The table of words with letters that English does not have, and its bias."""
    examples = [one for name in ("person.tsv", "person_abroad.tsv") for one in phrases(name, _ABROAD)]
    told = [Phrase(one.text, one.truth, _TAUGHT_ABROAD * one.count) for one in taught]
    return table([*examples, *told], words.PERSON_HEAD, words.ABROAD_BUCKETS)


def agent() -> tuple[bytes, float]:
    """The table of the agent's first clauses, and its bias."""
    examples = [one._replace(text=words.clause(one.text)) for one in phrases("agent.tsv")]
    return table(examples, words.AGENT_HEAD, words.AGENT_BUCKETS)


def table(examples: Sequence[Phrase], head: int, size: int) -> tuple[bytes, float]:
    """Trained weights, rounded, a signed byte each, and the bias."""
    documents = [ngrams.buckets(one.text, head, size) for one in examples]
    counts = [one.count for one in examples]
    weights, bias = model.fit_table(documents, [one.truth for one in examples], size, counts)
    steps = (max(-127, min(127, round(weight * words.SCALE))) for weight in weights)
    return bytes(step % 256 for step in steps), round(bias, 4)


def mapping(name: str, weights: Mapping[str, float]) -> str:
    """A mapping as Python source."""
    return "\n".join([f"{name} = {{", *(f'    "{key}": {value},' for key, value in weights.items()), "}"])


def write(tables: Sequence[tuple[bytes, float]], judges: Mapping[str, Mapping[str, float]]) -> None:
    """Writes the module and the table beside it."""
    parts = [
        *(f"{name}_BIAS = {bias}" for name, (_, bias) in zip(("PERSON", "ABROAD", "AGENT"), tables, strict=True)),
        *(mapping(name, weights) for name, weights in judges.items()),
    ]
    MODULE.write_text(_HEADER + "\n".join(parts) + "\n", "utf-8")
    TABLE.write_bytes(zlib.compress(b"".join(steps for steps, _ in tables), 9))


def main() -> None:
    """Trains and writes the module and the table."""
    from benchmarks.words import strict  # noqa: PLC0415 - it needs the tables of this module

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled", type=Path, help="labelled sessions, as docs/measurements.md tells")
    folder = parser.parse_args().labelled
    steps = zlib.decompress(TABLE.read_bytes())
    kept = [
        (steps[: words.PERSON_BUCKETS], words_table.PERSON_BIAS),
        (steps[words.PERSON_BUCKETS : words.PERSON_BUCKETS + words.ABROAD_BUCKETS], words_table.ABROAD_BIAS),
    ]
    judges: Mapping[str, Mapping[str, float]] = {"RESTATED": words_table.RESTATED, "REFUSED": words_table.REFUSED}
    answers = agent()
    write([*kept, answers], judges)
    if folder is not None:
        words.tables.cache_clear()
        importlib.reload(words_table)
        taught = labelled.taught(folder)
        rows = strict.strictly(labelled.read(folder).rows, taught)
        judges = {
            "RESTATED": labelled.fit([row for row in rows if row.kind == "restatement"], labelled.RESTATED),
            "REFUSED": labelled.fit([row for row in rows if row.kind == "rejection"], labelled.REFUSED),
        }
        write([person(phrases("person.tsv"), taught), abroad(taught), answers], judges)


if __name__ == "__main__":
    main()
