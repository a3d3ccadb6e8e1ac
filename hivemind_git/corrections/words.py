"""What words tell: their tokens, their tone, and how likely features make a correction.

The tables are made by `python -m benchmarks.words.train`; nothing here knows a language. `words_table.bin` holds the
weights of hashed character n-grams, one signed byte a bucket, packed by zlib: of a person's words, of those with a
letter that English does not have, of the agent's.
"""

from __future__ import annotations

import math
import re
import zlib
from array import array
from collections.abc import Mapping
from functools import cache
from pkgutil import get_data

from hivemind_git.corrections import ngrams, words_table

PERSON_HEAD = 300
PERSON_BUCKETS = 1 << 14
ABROAD_BUCKETS = 1 << 15
AGENT_HEAD = 64
AGENT_BUCKETS = 1 << 14
# An agent says what it thinks of the words in its first clause ("Good point — …"), and then goes on about the matter.
_CLAUSE = re.compile(r"[.!?:;](?=\s|\Z)|[\u2014\u2013\n\u3002\uff01\uff1f\uff0c\uff1a]|\s-\s|,\s")
_SHORTEST_CLAUSE = 4
SCALE = 32.0
# A name in the middle of Chinese or Japanese is a word of its own.
_TOKEN = re.compile(r"[^\W_\u2e80-\uffff]+|[^\W_\x00-\u2e7f]+")
_SCANNED = 20_000


def tokens(text: str, shortest: int = 4) -> set[str]:
    """The words of a text in lower case, cut at punctuation and underscores, those under `shortest` letters dropped."""
    return {word for word in _TOKEN.findall(text[:_SCANNED].lower()) if len(word) >= shortest}


def person(text: str) -> float:
    """How much a person's words sound like a correction (1) or like a question, an answer, a go-on (-1)."""
    if foreign(text[:PERSON_HEAD]):
        found = ngrams.buckets(text, PERSON_HEAD, ABROAD_BUCKETS)
        return ngrams.tone(found, tables()[1], words_table.ABROAD_BIAS)
    found = ngrams.buckets(text, PERSON_HEAD, PERSON_BUCKETS)
    return ngrams.tone(found, tables()[0], words_table.PERSON_BIAS)


def foreign(text: str) -> bool:
    """Whether a text has a letter that English does not have.

    One table for all languages costs English: taught with them, refusals fell from .857/.909 to .800/.848.
    """
    return not text.isascii() and any(character.isalpha() and not character.isascii() for character in text)


def agent(text: str) -> float:
    """How much an agent's first clause sounds like conceding (1) or like answering, going on (-1); 0 for silence."""
    found = ngrams.buckets(clause(text), AGENT_HEAD, AGENT_BUCKETS)
    return ngrams.tone(found, tables()[2], words_table.AGENT_BIAS)


def clause(text: str) -> str:
    """The first clause of a text with the mark that ends it; an interjection ("Ah,") is no clause of its own."""
    start = text.strip()
    end = _CLAUSE.search(start, 1 if ngrams.is_wide(start[:1]) else _SHORTEST_CLAUSE)
    return start[: end.end()].rstrip() if end else start


def probability(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Logistic regression: the weights of the features that have one, and the weight "bias"."""
    total = weights.get("bias", 0.0) + sum(weights.get(name, 0.0) * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def weights(steps: bytes) -> tuple[float, ...]:
    """The weights that a table's signed bytes stand for."""
    return tuple(value / SCALE for value in array("b", steps))


@cache
def tables() -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]:
    """The weights of the person's table, of that of other languages, and of the agent's."""
    steps = zlib.decompress(get_data(__package__, "words_table.bin") or b"")
    end = PERSON_BUCKETS + ABROAD_BUCKETS
    return weights(steps[:PERSON_BUCKETS]), weights(steps[PERSON_BUCKETS:end]), weights(steps[end:])
