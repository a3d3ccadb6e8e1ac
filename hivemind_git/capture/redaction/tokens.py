"""Finds tokens of the known families: first long words, then the literals in them, then the pattern that decides."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hivemind_git.capture.redaction import shapes
from hivemind_git.capture.redaction.families import FAMILIES, Family
from hivemind_git.capture.redaction.spans import Span

# Every family's tokens have such a run, prose hardly ever: scanning for runs takes a third of scanning for literals.
_RUN = re.compile(r"[A-Za-z0-9_~+/=-]{20,}")
# A name or a path: no issuer draws twenty characters without a digit or a capital.
_PLAIN = re.compile(r"[a-z_~+/=-]+")
# How far before a run its literal may begin: `patXXXXXXXXXXXXXX.` of Airtable, whose long run stands behind the point.
_BEFORE = 24
_PLACEHOLDER_END = re.compile(r":[0-9]{1,9}>\Z")
_ESCAPE = re.compile(r"(?:\\[nrtbf]|\\u[0-9a-fA-F]{4}|\x1b\[[0-9;]*m)\Z")


class _Candidate(NamedTuple):
    pattern: re.Pattern[str]
    family: Family


def _trie(words: Mapping[str, object]) -> str:
    """A pattern of all words that begins with few alternatives, so that the engine gives up at the first character."""
    heads: dict[str, dict[str, object]] = {}
    for word in words:
        if word:
            heads.setdefault(word[0], {})[word[1:]] = None
    branches = [re.escape(head) + _trie(tails) for head, tails in heads.items()]
    if not branches:
        return ""
    joined = branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
    return f"(?:{joined})?" if "" in words else joined


def _by_literal() -> dict[str, tuple[_Candidate, ...]]:
    """For each literal the patterns to try, the family with the longest literal first: `sk-ant-` before `sk-`."""
    families = [family for family in FAMILIES if not family.near]
    literals = sorted({literal for family in families for literal in family.literals})
    found: dict[str, tuple[_Candidate, ...]] = {}
    for literal in literals:
        tried = [
            (len(other), _Candidate(re.compile(family.pattern, re.ASCII), family))
            for family in families
            for other in family.literals
            if literal.startswith(other)
        ]
        found[literal] = tuple(candidate for _, candidate in sorted(tried, key=lambda one: -one[0]))
    return found


_CANDIDATES = _by_literal()
_NEAR = tuple(_Candidate(re.compile(family.pattern, re.ASCII), family) for family in FAMILIES if family.near)
_LITERALS = re.compile(_trie(dict.fromkeys(_CANDIDATES)))


def find(text: str, lowered: str) -> Iterator[Span]:
    """The tokens in a text. `lowered` is the same text in lower case, character by character."""
    done = 0
    for run in _RUN.finditer(text):
        if _PLAIN.fullmatch(run.group()):
            continue
        end = run.end()
        position = max(done, run.start() - _BEFORE)
        while found := _LITERALS.search(text, position, end):
            span = _match(text, found)
            if span:
                yield span
            position = done = max(found.start() + 1, span.end if span else 0)
        done = max(done, end - _BEFORE)
    for pattern, family in _NEAR:
        if family.near in lowered:
            for token in pattern.finditer(text):
                if _is_token(text, token, family):
                    yield Span(*token.span(), family.name)


def _match(text: str, found: re.Match[str]) -> Span | None:
    for pattern, family in _CANDIDATES[found.group()]:
        for lead in family.lead:
            start = found.start() - lead
            token = pattern.match(text, start) if start >= 0 else None
            if token and _is_token(text, token, family):
                return Span(*token.span(), family.name)
    return None


def _is_token(text: str, token: re.Match[str], family: Family) -> bool:
    if family.word and not starts_word(text, token.start()):
        return False
    # Twitter's begin with padding, which is all that one without a drawn rest would have.
    value = token.group().lstrip("A") if family.name == "twitter-token" else token.group()
    # `sk-` is short enough for class names of style sheets.
    return shapes.is_random(value[3:], 20, issued=True) if family.name == "secret-key" else shapes.is_token(value)


def starts_word(text: str, position: int) -> bool:
    """Whether a word begins there: after no letter or digit, or after an escape (`\\n` in JSON, a colour).

    What touches a placeholder began no word when the secret stood there (see `spans.APART`).
    """
    if position == 0:
        return True
    before = text[position - 1]
    if before == ">":
        return not _PLACEHOLDER_END.search(text, max(0, position - 12), position)
    return not before.isalnum() or bool(_ESCAPE.search(text, max(0, position - 12), position))
