"""What the output of a test run says of its outcome, where the exit code cannot: `go test | tail` loses it."""

from __future__ import annotations

import re

_FAILED = re.compile(
    r"""^\s*(?:
        --- \s FAIL: | FAIL(?:\t|$|\s+\S) | FAILED\b | not\ ok\ \d+ | FAILURES! |
        =+\ .*\b[1-9]\d*\ (?:failed|errors?)\b | Tests?:?\s.*\b[1-9]\d*\ failed | Test\ Files\s.*\b[1-9]\d*\ failed |
        .*\b[1-9]\d*\ (?:failing|failures?)\b | \d*\s*[1-9]\d*\ fail$ | test\ result:\ FAILED
    )""",
    re.MULTILINE | re.VERBOSE,
)
# Only summaries: the last lines of an output may show what passed and not what failed before.
_PASSED = re.compile(
    r"""^\s*(?:
        =+\ .*\b\d+\ passed\b | Tests?:?\s.*\b\d+\ passed\b | \d+\ passing\b | OK\ \(\d+\ tests? | \d+\ pass$ |
        \d+\ examples?,\ 0\ failures
    )""",
    re.MULTILINE | re.VERBOSE,
)


def verdict(output: str) -> str | None:
    """`failed` or `passed` where the output says so beyond doubt, else None."""
    if _FAILED.search(output):
        return "failed"
    return "passed" if _PASSED.search(output) else None
