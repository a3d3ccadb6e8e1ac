"""Makes `hivemind_git/corrections/words_table.py`: `python -m benchmarks.words.train [--labelled FOLDER]`.

The tables of character n-grams are trained on `person.tsv` and `agent.tsv` alone: phrases written for this purpose, in
several languages, none of them taken from a session. The few weights of the judges are trained on labelled sessions
where a folder is given, else they stay. The same input gives the same bytes.
"""

from __future__ import annotations

import argparse
import importlib
from base64 import b85encode
from collections.abc import Iterable, Mapping
from pathlib import Path

from benchmarks.words import labelled, model
from hivemind_git.corrections import ngrams, words, words_table

HERE = Path(__file__).parent
TABLE = HERE.parent.parent / "hivemind_git" / "corrections" / "words_table.py"
_WIDTH = 110
_HEADER = '''"""Made by `python -m benchmarks.words.train`: do not edit.

`PERSON` and `AGENT` are the weights of hashed character n-grams, one signed byte a bucket, in base 85. `RESTATED` and
`REFUSED` are the weights of the named features.
"""

'''


def phrases(name: str, languages: Iterable[str] | None = None) -> list[tuple[str, bool]]:
    """The phrases of a file with their truths, of all languages or of some."""
    rows = (line.split("\t") for line in (HERE / name).read_text("utf-8").splitlines() if line)
    wanted = None if languages is None else set(languages)
    return [(text, sign == "+") for language, sign, text in rows if wanted is None or language in wanted]


def table(examples: list[tuple[str, bool]], head: int) -> tuple[str, float]:
    """Trained, rounded and packed weights, and the bias."""
    documents = [ngrams.buckets(text, head) for text, _ in examples]
    weights, bias = model.fit_table(documents, [truth for _, truth in examples], ngrams.BUCKETS)
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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled", type=Path, help="folder with labels_dev.jsonl and dev/<case>/session-N.jsonl.gz")
    folder = parser.parse_args().labelled
    person = table(phrases("person.tsv"), words.PERSON_HEAD)
    agent = table(phrases("agent.tsv"), words.AGENT_HEAD)
    judges: Mapping[str, Mapping[str, float]] = {"RESTATED": words_table.RESTATED, "REFUSED": words_table.REFUSED}
    TABLE.write_text(source(person, agent, judges), "utf-8")
    if folder is not None:
        importlib.reload(words_table)
        rows = labelled.read(folder).rows
        judges = {
            "RESTATED": labelled.fit([row for row in rows if row.kind == "restatement"], labelled.RESTATED),
            "REFUSED": labelled.fit([row for row in rows if row.kind == "rejection"], labelled.REFUSED),
        }
        TABLE.write_text(source(person, agent, judges), "utf-8")


if __name__ == "__main__":
    main()
