"""What the table of words makes of one sample in four languages: `python -m benchmarks.words.sample`.

Ten objections and ten other prompts, translated by hand, that the table was not made with. The words alone are judged:
no reply of an agent, nothing that was rewritten. Printed as a table in Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hivemind_git.corrections import words

LANGUAGES = ("English", "German", "French", "Spanish")
SAMPLE = Path(__file__).with_name("sample.tsv")


def rows() -> list[tuple[bool, tuple[str, ...]]]:
    """Whether it objects, and the same words in each language."""
    lines = (line.split("\t") for line in SAMPLE.read_text().splitlines())
    return [(first == "yes", tuple(texts)) for first, *texts in lines]


def table() -> Iterator[tuple[str, ...]]:
    """A row for each language and one for all: right and wrong findings, precision, recall."""
    total = [0, 0, 0]
    for number, language in enumerate(LANGUAGES):
        judged = [(objects, words.person(texts[number]) > 0) for objects, texts in rows()]
        found = [objects for objects, taken in judged if taken]
        counts = [sum(found), len(found) - sum(found), sum(objects for objects, _ in judged)]
        total = [one + other for one, other in zip(total, counts, strict=True)]
        yield _row(language, counts)
    yield _row("all", total)


def _row(name: str, counts: list[int]) -> tuple[str, ...]:
    right, wrong, wanted = counts
    return (name, f"{right}", f"{wrong}", f"{wanted}", f"{right / max(right + wrong, 1):.3f}", f"{right / wanted:.3f}")


def main() -> None:
    """Prints the table."""
    head = ("language", "right", "wrong", "of", "P", "R")
    for row in (head, ("---",) * len(head), *table()):
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
