"""How fast secrets are found, how many of those planted, and how often where there is none.

Speed is put beside json.loads of the same text, which every reader of the store does once. The corpora are those of the
tests, drawn from a seed that the tests do not use, so that nothing was fitted to them.
"""

from __future__ import annotations

import json
import sysconfig
from collections import Counter
from functools import partial
from pathlib import Path

from benchmarks import Row, Size, interleaved
from hivemind_git.capture.redact import Redactor
from tests.capture import clean_corpus, secret_corpus

KEY = bytes(range(32))
SEED = 20261121


def code(size: Size) -> list[str]:
    """The standard library of this Python."""
    files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
    return [file.read_text("utf-8", "replace") for file in files[: 20 if size is Size.QUICK else 150]]


def ids(size: Size) -> list[str]:
    """Texts of a line or less, with ids and hashes, as most members of an event are."""
    return list(clean_corpus.clean_lines(SEED, 20 if size is Size.QUICK else 200))


def redact(texts: list[str]) -> None:
    redactor = Redactor(KEY)
    for text in texts:
        redactor.text(text)


def parse(lines: list[str]) -> None:
    for line in lines:
        json.loads(line)


def speeds(size: Size) -> list[Row]:
    rows = []
    hostile = "password=" * 10_000
    for name, texts in {"source code": code(size), "ids and hashes, line by line": ids(size)}.items():
        cases = {"redact": partial(redact, texts), "parse": partial(parse, [json.dumps(text) for text in texts])}
        times = interleaved(cases, 3 if size is Size.QUICK else 7)
        speed = sum(map(len, texts)) / 1e6 / times["redact"]
        rows.append(Row(name, times["redact"], "json.loads", times["parse"], None, f"{speed:.0f} MB/s"))
    cases = {"one": partial(redact, [hostile]), "two": partial(redact, [hostile * 2])}
    times = interleaved(cases, 3)
    rows.append(Row("a hostile text twice as long", times["two"], "the text", times["one"], 3, "proportional is 2"))
    return rows


def by_name(missed: list[secret_corpus.Planted]) -> str:
    """The kinds that were missed, how often each, and one of each to look at."""
    kinds = Counter(one.kind for one in missed)
    seen = {one.kind: one for one in reversed(missed)}
    return "; ".join(f"{n} {kind} ({seen[kind].context}: {seen[kind].secret})" for kind, n in kinds.items()) or "none"


def counts(size: Size) -> list[Row]:
    each = 1 if size is Size.QUICK else 5
    rows = []
    for name, planted in {
        "tokens": list(secret_corpus.planted_tokens(SEED, each)),
        "drawn values under a secret's name": list(secret_corpus.planted_assignments(SEED, each * 10)),
        "short values of variables": list(secret_corpus.planted_variables(SEED, each * 10)),
    }.items():
        missed = [one for one in planted if secret_corpus.leaks(one, Redactor(KEY))]
        rows.append(Row(f"missed: {name}", len(missed), "planted", len(planted), None, by_name(missed), unit="n"))
    clean = [*clean_corpus.written_lines(), *clean_corpus.clean_lines(SEED, each * 50)]
    redactor = Redactor(KEY)
    wrong = sum(redactor.text(line) != line for line in clean)
    return [*rows, Row("false alarms", wrong, "lines of prose, code, hashes, ids, paths", len(clean), 0, unit="n")]


def run(size: Size) -> list[Row]:
    return [*counts(size), *speeds(size)]
