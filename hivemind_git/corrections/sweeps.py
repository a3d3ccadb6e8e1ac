"""Words of the language itself that were changed everywhere in a file at once, as a linter's autofix does (`var`).

No list says which words are the language's. Such a word stands directly before another word, where no name can stand;
and a program leaves none of them, where a person changes the one that matters.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from hivemind_git.corrections import bare
from hivemind_git.model import Hunk

_PLACES = 3
"""How often a word must have stood in the file: what changed that many is no longer a single correction."""

_BECAME = 2
"""Words that may have taken its place: `const`, and `let` where that does not do."""

_WORD = re.compile(rb"[A-Za-z_]\w*")
_GRAMMAR = re.compile(rb"(?:^|(?<=[\s({;]))[a-z]+(?=[ \t]+[\w{\[$])", re.MULTILINE)


def swept(before: Sequence[bytes], after: Sequence[bytes], hunks: Iterable[tuple[int, Hunk]]) -> frozenset[int]:
    """Those of some numbered hunks that did no more than their part in changing every such word of the file."""
    found: dict[int, Counter[bytes]] = {}
    became: defaultdict[bytes, set[bytes]] = defaultdict(set)
    for index, hunk in hunks:
        old, new = before[hunk.before_start : hunk.before_end], after[hunk.after_start : hunk.after_end]
        words = _exchanged(b"".join(old), b"".join(new))
        if words is not None:
            found[index] = words[0]
            for word in words[0]:
                became[word] |= words[1].keys()
    if not found:
        return frozenset()
    stood, left = (Counter(_GRAMMAR.findall(b"".join(lines))) for lines in (before, after))
    everywhere = {
        word for word, new in became.items() if stood[word] >= _PLACES and not left[word] and len(new) <= _BECAME
    }
    return frozenset(index for index, words in found.items() if words.keys() <= everywhere)


def _exchanged(old: bytes, new: bytes) -> tuple[Counter[bytes], Counter[bytes]] | None:
    """The language's words that went and those that came, if nothing else changed but layout."""
    one, other = Counter(_WORD.findall(old)), Counter(_WORD.findall(new))
    gone, come = one - other, other - one
    if not gone or come.total() > gone.total():
        return None
    if gone - Counter(_GRAMMAR.findall(old)) or come - Counter(_GRAMMAR.findall(new)):
        return None
    return (gone, come) if bare.same([_without(old, gone)], [_without(new, come)]) else None


def _without(text: bytes, words: Iterable[bytes]) -> bytes:
    taken = set(words)
    return _GRAMMAR.sub(lambda word: b"" if word[0] in taken else word[0], text)
