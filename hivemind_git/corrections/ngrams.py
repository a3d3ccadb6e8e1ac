"""Tone of a text by its character n-grams: a linear model over hashed n-grams, the same for every language and script.

Character n-grams need no tokeniser, no stemmer and no word list, and they forgive typing errors. Hashing them into a
fixed number of buckets keeps the table small whatever the number of languages (the "hashing trick", Weinberger et al.
2009).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from zlib import crc32

# A path or a name is looked for where a word begins: a long run without spaces must not be scanned from each of its
# characters.
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`|(?<!\S)[^\s/\\_]*+[/\\_]\S*|\d+", re.DOTALL)
_SPACE = re.compile(r"\s+")
_WIDE = "\u2e80"
_NARROW_SIZES = (3, 4, 5)
_WIDE_SIZES = (1, 2, 3)
_OPENINGS = (4, 7, 11)
_SCANNED = 4000


def is_wide(character: str) -> bool:
    """Whether a character is of a script that writes words without spaces (Chinese, Japanese, Korean)."""
    return character >= _WIDE


def buckets(text: str, head: int, size: int) -> list[int]:
    """The n-grams of the first `head` characters, hashed to below `size`, each once.

    Code, paths, addresses and numbers are blanked.
    """
    plain = _SPACE.sub(" ", _CODE.sub(" \x00 ", text[:_SCANNED].lower())).strip()[:head]
    if not any(character.isalpha() for character in plain):
        return []
    wide = sum(is_wide(character) for character in plain)
    sizes = _WIDE_SIZES if 3 * wide > len(plain) else _NARROW_SIZES
    padded = f" {plain} "
    grams = {padded[i : i + size] for size in sizes for i in range(len(padded) - size + 1)}
    grams |= {f"\x01{plain[:size]}" for size in _OPENINGS}
    return sorted({crc32(gram.encode("utf-8", "surrogatepass")) % size for gram in grams})


def tone(found: Sequence[int], weights: Sequence[float], bias: float) -> float:
    """The model's answer for hashed n-grams, in (-1, 1); 0.0 where there are none: silence says nothing."""
    if not found:
        return 0.0
    return math.tanh((sum(weights[i] for i in found) / math.sqrt(len(found)) + bias) / 2)
