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
from collections.abc import Mapping
from typing import Final

from hivemind_git.rules import concerns_abroad as abroad

_COMPLAINTS: Final = {
    "output": "use-logger use-the-logger use-our-logger print-statement console-log structured-log",
    "mocks": "mock mocks mocking mocked stub$ stubs$ stubbing",
    "additions": "new-dependency new-dependencies no-new-depend another-dependency extra-dependency",
    "emphasis": "emoji emojis exclamation",
    "duplication": (
        "duplicat dedup repeated repeat$ repeats$ repeating repetiti copy-past copypast dry$ reuse reusing "
        "shared$ share$ sharing redundant same-code same-logic boilerplate factor-out consolidat centralis "
        "centraliz one-place single-source"
    ),
    "simplicity": (
        "simpl overkill complex complicat cyclo overengineer over-engineer convolut bloat yagni kiss$ "
        "heavy-handed straightforward over-complicat overcomplicat too-clever keep-it-simple less-code"
    ),
    "comments": "comment docstring jsdoc javadoc godoc rustdoc doc-string",
    "naming": (
        "naming$ rename renam misnamed named$ name$ names$ identifier abbreviat camelcase snake_case "
        "call-this variable-name function-name method-name better-name"
    ),
    "wording": (
        "wording reword phrase$ phrasing rephras sound$ sounds$ typo spelling grammar call-it say$ says$ "
        "saying notice$ message$ messages$ sentence user-facing"
    ),
    "errors": (
        "error errors exceptions fail$ fails$ failed$ failing failure swallow silent silenc crash panic "
        "surface$ bail bails fallback fall-back raise$ raises$ throw$ throws$ warning warn$ rescue uncaught "
        "unhandled propagat log-and-continue"
    ),
    "needless": (
        "useless not-useful not-so-useful unneeded unnecess needless pointless trivial noise$ noisy verbose "
        "superfluous so-many not-needed don't-need dont-need no-need low-value dead-code unused not-necessary "
        "isn't-necessary isn't-needed"
    ),
    "separation": (
        "separate-pr separate-branch separate-commit separate-change separate-pull another-pr  new-pr own-pr "
        "follow-up-pr follow-up followup patch-pr different-pr other-pr out-of-this-pr split-the-pr "
        "stacked-pr"
    ),
    "upstream": (
        "rebase upstream inbound incoming from-main main-first from-master from-parent pull-first fetch-first "
        "sync-first merge-main pull-main latest-main out-of-sync"
    ),
    "slowness": (
        "slow$ slower$ slowly$ too-long takes-long takes-forever faster takes-ages takes-minutes takes-hours "
        "time-consuming"
    ),
    "placement": (
        "belong placed$ lives$ go-into goes-into go-in elsewhere wrong-place better-place break-out "
        "wrong-file wrong-module extract move-this-to move-it-to should-be-in should-live put-this-in "
        "put-it-in"
    ),
    "size": (
        "too-large too-big larger$ bigger$ huge$ lengthy break-up split-up split-it smaller$ too-long "
        "too-many-lines god-class split-this"
    ),
    "types": (
        "typed$ typing untyped cast$ casting generics enum annotation type-annotation type-hint "
        "strongly-typed any-type as-any type-safe"
    ),
    "waiting": "sleep sleeping busy-wait polling",
    "scope": (
        "out-of-scope unrelated untouched only-change don't-touch dont-touch do-not-touch leave-it leave-that "
        "not-asked didn't-ask did-not-ask minimal-diff you-changed why-did-you-change revert-that undo-that"
    ),
    "asking": (
        "ask-first ask-me wait-for-me let-me-know let-you-know without-asking confirm-first approve-first "
        "don't-commit do-not-commit don't-push do-not-push without-my stop-and-ask before-you-commit"
    ),
    "verification": (
        "verify-first test-this-first test-it-first try-it-first try-this-first check-first run-it-first "
        "did-you-run did-you-test run-the-tests make-sure-the-tests make-sure-tests"
    ),
    "security": (
        "secret password credential injection sanitiz sanitis vulnerab unsafe privilege plaintext leak$ leaks$ leaking"
    ),
    "style": "formatting indent lint inconsisten whitespace",
    "performance": "performan n+1 quadratic inefficien too-many-queries memory-leak slow-query",
    "compatibility": "backward compat deprecat breaking-change public-api",
    "concurrency": "race$ races$ deadlock concurren goroutine thread-safe parallel thread-safety mutex data-race",
    "coverage": "add-test add-tests add-some-tests missing-test needs-test without-test untested coverage",
    "existing": (
        "already-have already-exist there-is-already there's-already built-in builtin stdlib standard-library "
        "existing-helper existing-function existing-pattern use-the-existing reinvent use-our "
        "we-have-a-helper"
    ),
    "dates": "timezone utc time-zone locale",
}
_TOPICS: Final = {
    "explicitness": "explicit implicit magic hardcod hard-cod literal$",
    "checking": "double-check",
    "accuracy": "mislead inaccura accura confus unclear ambigu outdated out-of-date stale$ incorrect",
    "logging": "logging logger debug trace$ tracing telemetr observab",
    "tests": "test$ tests$ tested$ testing testcase unittest assert fixture flaky snapshot",
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
_NOT_HERE: Final = re.compile(r"(?:\bnot\b|n't\b)[^.?!\n]{0,60}\bin this (?:branch|pr|commit)\b", re.IGNORECASE)
_DENSE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_NOT_CODE: Final = re.compile(
    r"\b(?:pr|review|bot|reviewer'?s?)\s+comments?\b|\bcommented(?: out)?\b|\buncomment\w*", re.IGNORECASE
)


def _beginning(entry: str) -> str:
    """One entry as a pattern: hyphens stand for any gap inside a phrase."""
    whole = entry.endswith("$")
    text = r"[\s\-_]+".join(re.escape(part) for part in entry.rstrip("$").split("-"))
    return text + (r"(?!\w)" if whole else r"\w*")


def _any(entries: str) -> re.Pattern[str]:
    """Entries as one pattern. Writing without spaces has no word to begin."""
    listed = entries.split()
    begun = "|".join(_beginning(one) for one in listed if not _DENSE.match(one))
    dense = [re.escape(one) for one in listed if _DENSE.match(one)]
    return re.compile("|".join([rf"(?<!\w)(?:{begun})", *dense]), re.IGNORECASE)


def _compiled(table: Mapping[str, str], others: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {concern: _any(f"{entries} {others.get(concern, '')}") for concern, entries in table.items()}


_PATTERNS: Final = {**_compiled(_COMPLAINTS, abroad.COMPLAINTS), **_compiled(_TOPICS, abroad.TOPICS)}


def concerns(text: str) -> dict[str, int]:
    """How often each concern is spoken of."""
    plain = _NOT_CODE.sub(" ", text)
    counted = {concern: len(pattern.findall(plain)) for concern, pattern in _PATTERNS.items()}
    counted["separation"] += len(_NOT_HERE.findall(plain))
    return {concern: count for concern, count in counted.items() if count}


def complaint(concern: str) -> bool:
    """Whether a concern is something to complain about, not only something to talk about."""
    return concern in _COMPLAINTS
