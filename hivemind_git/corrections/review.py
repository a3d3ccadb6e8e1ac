"""Whether a prompt is a review comment that the person forwarded: written about code, by somebody who looked at it."""

from __future__ import annotations

import re

_SCANNED = 4000
_SHORTEST = 120
_PLACE = re.compile(
    r"(?<![\w/.-])[\w/.-]+\.\w{1,8}(?::\d+|#L\d+)|/pull/\d+|/merge_requests/\d+|```suggestion|^@@ ", re.MULTILINE
)
# A short heading of its own, then prose: how review tools print a finding ("Medium Severity", "[P2]", "nit").
_HEADED = re.compile(r"\A\S[^\n.?!]{0,80}\n\s*\n(?:[^\n]{0,40}\n\s*\n)?[^\n]{80,}")
_NAME = re.compile(r"`[^`\n]+`|\b[a-z]+[A-Z]\w*|\b[A-Z][a-z]+[A-Z]\w*|\b\w+_\w+|(?<![\w.])\w+(?:\.\w+)+\(|\b\w+\(\)")
_PROSE = re.compile(r"[^\n]{120,}")
_FEWEST_NAMES = 2


def forwarded(text: str) -> bool:
    """True for long prose about named code with a place or a heading, or as one paragraph that asks nothing."""
    start = text.strip()[:_SCANNED]
    if len(start) < _SHORTEST or not _PROSE.search(start):
        return False
    if len(set(_NAME.findall(start))) < _FEWEST_NAMES:
        return False
    if _PLACE.search(start) or _HEADED.match(start):
        return True
    return "\n" not in start and start[:1].isupper() and not start.endswith("?") and "?" not in start[:_SHORTEST]
