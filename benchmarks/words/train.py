"""Makes `hivemind_git/corrections/words_table.py`: `python -m benchmarks.words.train [--labelled FOLDER]`.

The table of the agent's words is trained on `agent.tsv` alone, phrases written for this purpose in eleven languages;
the person's on `person.tsv` and on the words of labelled sessions, most of them taught by how the agent answered
(`labelled.taught`). The few weights of the judges are trained on the labels, with tones by tables that saw no session
of the same component. Without a folder both stay as they are. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import importlib
import re
from base64 import b85encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from zlib import crc32

from benchmarks.words import labelled, model
from hivemind_git.corrections import ngrams, words, words_table

HERE = Path(__file__).parent
TABLE = HERE.parent.parent / "hivemind_git" / "corrections" / "words_table.py"
_WIDTH = 110
_TRUTHS = {"+": 1.0, "-": 0.0, "0": 0.5}
_SLOT = re.compile(r"\{(\w)\}")
_FILLINGS = 3
_HEADER = '''"""Made by `python -m benchmarks.words.train`: do not edit.

`PERSON` and `AGENT` are the weights of hashed character n-grams, one signed byte a bucket, in base 85. `RESTATED` and
`REFUSED` are the weights of the named features.
"""

'''


def phrases(name: str, languages: Iterable[str] | None = None) -> list[tuple[str, float]]:
    """The phrases of a file with their truths, of all languages or of some; `slots.tsv` fills their `{x}`."""
    wanted = None if languages is None else set(languages)
    fillings: dict[tuple[str, str], list[str]] = {}
    for language, slot, text in _lines("slots.tsv"):
        fillings.setdefault((language, slot), []).append(text)
    return [
        (filled, _TRUTHS[sign])
        for language, sign, text in _lines(name)
        if wanted is None or language in wanted
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
            choice = choices[(crc32(text.encode()) + 7 * number + 3 * depth) % len(choices)]
            filled, depth = filled[: slot.start()] + choice + filled[slot.end() :], depth + 1
        found.append(filled)
    return found


def table(examples: list[tuple[str, float]], head: int, taught: Sequence[labelled.Taught] = ()) -> tuple[str, float]:
    """Trained, rounded and packed weights, and the bias."""
    documents = [ngrams.buckets(text, head) for text in (*(text for text, _ in examples), *(t.text for t in taught))]
    truths = [*(truth for _, truth in examples), *(one.truth for one in taught)]
    counts = [*(1.0 for _ in examples), *(one.count for one in taught)]
    weights, bias = model.fit_table(documents, truths, ngrams.BUCKETS, counts)
    steps = (max(-127, min(127, round(weight * words.SCALE))) for weight in weights)
    return b85encode(bytes(step % 256 for step in steps)).decode("ascii"), round(bias, 4)


def packed(name: str, text: str) -> str:
    """A long string as Python source, in lines that fit."""
    lines = [f'    "{text[i : i + _WIDTH]}"' for i in range(0, len(text), _WIDTH)]
    return "\n".join([f"{name} = (", *lines, ")"])


def mapping(name: str, weights: Mapping[str, float]) -> str:
    """A mapping as Python source."""
    return "\n".join([f"{name} = {{", *(f'    "{key}": {value},' for key, value in weights.items()), "}"])


def source(person: tuple[str, float], agent: tuple[str, float], judges: Mapping[str, Mapping[str, float]]) -> str:
    """The module."""
    parts = [
        packed("PERSON", person[0]),
        f"PERSON_BIAS = {person[1]}",
        packed("AGENT", agent[0]),
        f"AGENT_BIAS = {agent[1]}",
        *(mapping(name, weights) for name, weights in judges.items()),
    ]
    return _HEADER + "\n".join(parts) + "\n"


def main() -> None:
    """Trains and writes the module."""
    from benchmarks.words import strict  # noqa: PLC0415 - it needs the tables of this module

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled", type=Path, help="folder with labels_dev.jsonl and dev/<case>/session-N.jsonl.gz")
    folder = parser.parse_args().labelled
    person = (words_table.PERSON, words_table.PERSON_BIAS)
    agent = table([(words.clause(text), truth) for text, truth in phrases("agent.tsv")], words.AGENT_HEAD)
    judges: Mapping[str, Mapping[str, float]] = {"RESTATED": words_table.RESTATED, "REFUSED": words_table.REFUSED}
    TABLE.write_text(source(person, agent, judges), "utf-8")
    if folder is not None:
        importlib.reload(words_table)
        taught = labelled.taught(folder)
        person = table(phrases("person.tsv"), words.PERSON_HEAD, taught)
        rows = strict.strictly(labelled.read(folder).rows, taught)
        judges = {
            "RESTATED": labelled.fit([row for row in rows if row.kind == "restatement"], labelled.RESTATED),
            "REFUSED": labelled.fit([row for row in rows if row.kind == "rejection"], labelled.REFUSED),
        }
        TABLE.write_text(source(person, agent, judges), "utf-8")


if __name__ == "__main__":
    main()
