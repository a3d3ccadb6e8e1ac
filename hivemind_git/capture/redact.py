"""Replaces secrets by placeholders before anything reaches git, so that equal secrets stay equal and others differ.

Works on values, never on serialised JSON: a pattern over JSON in JSON sees escapes where the text has none.
"""

from __future__ import annotations

import bisect
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping, Sequence

from hivemind_git.capture.redaction import assignments, credentials, tokens
from hivemind_git.capture.redaction.spans import PLACEHOLDER, Span, disjoint
from hivemind_git.errors import HivemindError
from hivemind_git.model import Json

__all__ = ["PLACEHOLDER", "Redactor", "compile_patterns"]

_CUSTOM = "custom"
_DETECTORS = (tokens.find, credentials.find, assignments.find)
# A group with an unbounded repeat inside and another one behind it: the shape of patterns that never come to an end.
_ENDLESS = re.compile(r"\((?:[^()\\]|\\.)*(?:[+*]|\{\d*,\d*\})(?:[^()\\]|\\.)*\)(?:[+*]|\{\d*,\d*\})")


def compile_patterns(patterns: Sequence[str], setting: str) -> tuple[re.Pattern[str], ...]:
    """The user's own patterns, checked. A pattern with a group redacts the group alone.

    Raises:
        HivemindError: one is no regular expression, matches nothing at all, or may run for ever; it names `setting`.
    """
    compiled = []
    for pattern in patterns:
        try:
            found = re.compile(pattern)
        except re.error as error:
            raise HivemindError(
                f"{setting} has the pattern {pattern!r}, which is not a regular expression: {error}",
                "correct or remove it; the syntax is Python's",
            ) from error
        if found.match(""):
            raise HivemindError(
                f"{setting} has the pattern {pattern!r}, which matches an empty text", "make it match more"
            )
        if _ENDLESS.search(pattern):
            raise HivemindError(
                f"{setting} has the pattern {pattern!r}, which repeats a repetition and may run for ever",
                "write it with one repetition",
            )
        compiled.append(found)
    return tuple(compiled)


class Redactor:
    """Redacts the texts of one session.

    Args:
        key: the local key, at least 16 bytes. Secrets are known by their HMAC-SHA256 under it, never by a bare hash.
        known: what `state` returned when the session was last redacted; empty for a new session.
        patterns: the user's own patterns, from `compile_patterns`.
    """

    def __init__(
        self,
        key: bytes,
        known: Mapping[str, tuple[str, int]] | None = None,
        patterns: Sequence[re.Pattern[str]] = (),
    ) -> None:
        if len(key) < 16:
            raise ValueError("the key of redaction must have at least 16 bytes")
        self._key = key
        self._known = dict(known or {})
        self._patterns = tuple(patterns)
        self._last: dict[str, int] = {}
        # Of a copied repository's sessions, the number behind which its own placeholders begin.
        self._first = self._known.get("", ("", 0))[1]
        for family, number in self._known.values():
            self._last[family] = max(number, self._first, self._last.get(family, 0))

    def text(self, value: str) -> str:
        """The text with a placeholder for each secret. Redacting the answer again changes nothing."""
        while spans := self._find(value):
            value = self._replace(value, spans)
        return value

    def value(self, value: Json) -> Json:
        """The same for every text in a JSON value. Names of members stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {name: self.value(item) for name, item in value.items()}
        return value

    def state(self) -> dict[str, tuple[str, int]]:
        """What the next run needs to number alike: HMAC of each secret → (family, number)."""
        return dict(self._known)

    def _find(self, text: str) -> list[Span]:
        lowered = _lower(text)
        return disjoint(_trimmed(text, self._candidates(text, lowered)))

    def _candidates(self, text: str, lowered: str) -> Iterator[Span]:
        for pattern in self._patterns:
            for found in pattern.finditer(text):
                start, end = found.span(1 if pattern.groups and found.group(1) is not None else 0)
                yield Span(start, end, _CUSTOM)
        for detector in _DETECTORS:
            yield from detector(text, lowered)

    def _replace(self, text: str, spans: Sequence[Span]) -> str:
        parts = []
        position = 0
        for start, end, family in spans:
            parts += [text[position:start], self._placeholder(text[start:end], family)]
            position = end
        return "".join([*parts, text[position:]])

    def _placeholder(self, secret: str, family: str) -> str:
        digest = hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        if digest not in self._known:
            self._last[family] = self._last.get(family, self._first) + 1
            self._known[digest] = (family, self._last[family])
        name, number = self._known[digest]
        return f"<{name}:{number}>"


def _lower(text: str) -> str:
    """Lower case, character by character: `İ` becomes two in str.lower, and every place behind it would shift."""
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if c.isascii() else c for c in text)


def _trimmed(text: str, spans: Iterator[Span]) -> Iterator[Span]:
    """The spans less the placeholders in the text, so that each pass leaves less to find and the last one nothing."""
    placeholders = [found.span() for found in PLACEHOLDER.finditer(text)]
    ends = [end for _, end in placeholders]
    for start, end, family in spans:
        position = start
        for index in range(bisect.bisect_right(ends, start), len(placeholders)):
            first, last = placeholders[index]
            if first >= end:
                break
            if first > position:
                yield Span(position, first, family)
            position = last
        if position < end:
            yield Span(position, end, family)
