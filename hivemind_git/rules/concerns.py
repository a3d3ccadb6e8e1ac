"""What reviewers talk about: a small thesaurus of the concerns of code review, so that "overkill" and "too complex"
meet.

Two people seldom choose the same words for the same complaint (TF-IDF on the words alone finds 5 of 14 recurring
lessons); they do share the
concern. Each concern is a list of word beginnings (`duplicat` covers "duplicated" and "duplication"), whole words
where they end in `$`,
and phrases.
"""

from __future__ import annotations

import re
from typing import Final

_COMPLAINTS: Final = {
    "duplication": (
        "duplicat dedup repeated repeat$ repeats$ repeating repetiti copy-past copypast dry$ reuse reusing "
        "shared$ share$ sharing redundant same-code same-logic"
    ),
    "simplicity": (
        "simpl overkill complex complicat cyclo overengineer over-engineer convolut bloat yagni kiss$ "
        "heavy-handed straightforward too-much"
    ),
    "comments": "comment docstring jsdoc javadoc godoc rustdoc",
    "naming": "naming$ rename renam misnamed named$ name$ names$ identifier abbreviat camelcase snake_case",
    "wording": (
        "wording reword phrase$ phrasing rephras sound$ sounds$ typo spelling grammar call-it say$ says$ "
        "saying notice$ message$ messages$ sentence"
    ),
    "errors": (
        "error errors exceptions fail$ fails$ failed$ failing failure swallow silent silenc crash panic "
        "surface$ bail bails fallback fall-back raise$ raises$ throw$ throws$ warning warn$ rescue"
    ),
    "needless": (
        "useless not-useful not-so-useful unneeded unnecess needless pointless trivial noise$ noisy verbose "
        "superfluous so-many not-needed don't-need dont-need no-need low-value"
    ),
    "separation": (
        "separate-pr separate-branch separate-commit separate-change separate-pull separately another-pr "
        "new-pr own-pr follow-up-pr follow-up followup patch-pr different-pr other-pr in-this-branch "
        "in-this-pr out-of-this-pr"
    ),
    "upstream": (
        "rebase upstream inbound incoming from-main main-first from-master from-parent pull-first fetch-first "
        "sync-first"
    ),
    "slowness": "slow$ slower$ slowly$ too-long takes-long takes-forever faster",
    "placement": (
        "belong placed$ lives$ go-into goes-into go-in elsewhere wrong-place better-place break-out "
        "wrong-file wrong-module extract"
    ),
    "size": "too-large too-big larger$ bigger$ huge$ lengthy break-up split-up split-it smaller$",
    "types": "typed$ typing untyped cast$ casting generics enum annotation",
    "explicitness": "explicit implicit magic hardcod hard-cod",
    "waiting": "sleep sleeping busy-wait polling",
    "scope": (
        "out-of-scope unrelated untouched only-change don't-touch dont-touch do-not-touch leave-it leave-that "
        "not-asked didn't-ask did-not-ask"
    ),
    "asking": "ask-first ask-me wait-for-me let-me-know let-you-know without-asking confirm-first approve-first",
    "verification": (
        "verify-first test-this-first test-it-first try-it-first try-this-first check-first run-it-first double-check"
    ),
    "security": "secret password credential injection sanitiz sanitis vulnerab unsafe privilege",
    "style": "formatting indent lint convention inconsisten consistent whitespace",
    "performance": "performan n+1 quadratic inefficien",
    "compatibility": "backward compat deprecat breaking-change",
    "concurrency": "race$ races$ deadlock concurren goroutine thread-safe parallel",
    "coverage": "add-test add-tests add-some-tests missing-test needs-test without-test untested coverage",
    "existing": (
        "already-have already-exist there-is-already there's-already built-in builtin stdlib standard-library "
        "existing-helper existing-function existing-pattern"
    ),
    "dates": "timezone utc time-zone locale",
}
_TOPICS: Final = {
    "accuracy": "mislead inaccura accura confus unclear ambigu outdated out-of-date stale$ incorrect",
    "logging": "logging logger debug trace$ tracing telemetr observab",
    "tests": "test$ tests$ tested$ testing testcase unittest assert mock fixture flaky snapshot",
    "removal": "remove$ removing$ delete$ drop$ get-rid strip$ trim$",
    "branches": "pr$ prs$ pull-request branch branches merge-request",
    "commits": "commit$ commits$ committing amend squash push$ pushing staged stage$",
    "pipeline": "ci$ pipeline workflow github-action",
    "documents": "readme docs$ documentation changelog document$ documented$",
    "readability": "readab reader understand legible easier-to-read",
    "dependencies": "dependenc package$ packages$ install$ upgrade downgrade lockfile vendor",
    "nullness": "null$ nil$ undefined nullable",
    "configuration": "config configur setting$ settings$ env$ environment flag$ flags$ option$ options$",
    "interface": "layout render align spacing margin padding button color colour screen dialog modal ui$ ux$",
}
_NOT_CODE: Final = re.compile(
    r"\b(?:pr|review|bot|reviewer'?s?)\s+comments?\b|\bcommented(?: out)?\b|\buncomment\w*", re.IGNORECASE
)


def _beginning(entry: str) -> str:
    """One entry as a pattern: hyphens stand for any gap inside a phrase."""
    whole = entry.endswith("$")
    text = r"[\s\-_]+".join(re.escape(part) for part in entry.rstrip("$").split("-"))
    return text + (r"(?!\w)" if whole else r"\w*")


def _compiled(table: dict[str, str]) -> dict[str, re.Pattern[str]]:
    return {
        concern: re.compile(
            r"(?<!\w)(?:" + "|".join(_beginning(entry) for entry in entries.split()) + ")", re.IGNORECASE
        )
        for concern, entries in table.items()
    }


_PATTERNS: Final = {**_compiled(_COMPLAINTS), **_compiled(_TOPICS)}


def concerns(text: str) -> dict[str, int]:
    """How often each concern is spoken of."""
    plain = _NOT_CODE.sub(" ", text)
    counted = {concern: len(pattern.findall(plain)) for concern, pattern in _PATTERNS.items()}
    return {concern: count for concern, count in counted.items() if count}


def complaint(concern: str) -> bool:
    """Whether a concern is something to complain about, not only something to talk about."""
    return concern in _COMPLAINTS
