"""What the table of words makes of two samples that it was not made with: `python -m benchmarks.words.sample`.

`sample.tsv` has ten objections and ten other prompts in four languages, `abroad.tsv` twelve and twelve in nine, all
translated by hand. The words alone are judged: no reply of an agent, nothing that was rewritten. A table in Markdown
for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hivemind_git.corrections import words

HERE = Path(__file__).parent
SAMPLES = {
    "sample.tsv": ("English", "German", "French", "Spanish"),
    "abroad.tsv": (
        "English",
        "German",
        "French",
        "Spanish",
        "Portuguese",
        "Italian",
        "Russian",
        "Chinese",
        "Japanese",
    ),
}
_HEAD = ("language", "right", "wrong", "of", "P", "R")


def rows(name: str) -> list[tuple[bool, tuple[str, ...]]]:
    """Whether it objects, and the same words in each language of the sample."""
    lines = (line.split("\t") for line in (HERE / name).read_text("utf-8").splitlines())
    return [(first == "yes", tuple(texts)) for first, *texts in lines]


def table(name: str) -> Iterator[tuple[str, ...]]:
    """A row for each language and one for all: right and wrong findings, precision, recall."""
    total = [0, 0, 0]
    for number, language in enumerate(SAMPLES[name]):
        judged = [(objects, words.person(texts[number]) > 0) for objects, texts in rows(name)]
        found = [objects for objects, taken in judged if taken]
        counts = [sum(found), len(found) - sum(found), sum(objects for objects, _ in judged)]
        total = [one + other for one, other in zip(total, counts, strict=True)]
        yield _row(language, counts)
    yield _row("all", total)


def _row(name: str, counts: list[int]) -> tuple[str, ...]:
    right, wrong, wanted = counts
    return (name, f"{right}", f"{wrong}", f"{wanted}", f"{right / max(right + wrong, 1):.3f}", f"{right / wanted:.3f}")


def main() -> None:
    """Prints the tables."""
    for name in SAMPLES:
        print(f"\n{name}:\n")
        for row in (_HEAD, ("---",) * len(_HEAD), *table(name)):
            print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
