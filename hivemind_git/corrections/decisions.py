"""What a correction is called: its id, the decision it belongs to, its language, and the line that encloses it."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from hivemind_git.model import Correction, CorrectionKind

SITTING: Final = 3600.0
"""Seconds between two equal changes of one act at most."""
BREATH: Final = 60.0
"""Seconds between two equal refusals of one act at most."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_EXTENSIONS = """
batch bat cmd; c c h; clojure clj cljs; cpp cc cpp cxx hpp; csharp cs; css css; dart dart; elixir ex exs; erlang erl;
go go; graphql graphql; groovy gradle groovy; haskell hs; hcl hcl tf; html htm html; ini cfg ini; java java;
javascript cjs js jsx mjs; json json json5 jsonc; julia jl; kotlin kt kts; less less; lua lua; markdown markdown md mdx;
nix nix; objective-c m mm; ocaml ml mli; perl pl pm; php php; powershell ps1; protobuf proto; python py pyi; r r;
rst rst; ruby rb; rust rs; sass sass; scala scala; scss scss; shell bash fish sh zsh; sql sql; svelte svelte;
swift swift; text txt; toml toml; typescript cts mts ts tsx; vue vue; xml xml; yaml yaml yml; zig zig
"""
_LANGUAGES = {
    extension: name for name, *extensions in map(str.split, _EXTENSIONS.split(";")) for extension in extensions
}
_NAMES = {"dockerfile": "dockerfile", "makefile": "make", "gnumakefile": "make", "rakefile": "ruby", "gemfile": "ruby"}


def language(path: str) -> str:
    """The language of a file by its name, lower case; empty where the name does not tell."""
    name = path.rpartition("/")[2].lower()
    return _NAMES.get(name) or _LANGUAGES.get(name.rpartition(".")[2] if "." in name else "", "")


def text(lines: Sequence[bytes]) -> str:
    """Lines of a file as text; bytes that are no UTF-8 become U+FFFD."""
    return b"".join(lines).decode("utf-8", "replace")


def enclosing(lines: Sequence[bytes], start: int) -> str:
    """The nearest line above `start` that is indented less than the line there: a function's head, a section's key."""
    depth = next((_depth(line) for line in lines[start:] if line.strip()), 0)
    for line in reversed(lines[:start]):
        if line.strip() and _depth(line) < depth:
            return line.decode("utf-8", "replace").strip()
    return ""


def _depth(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def digest(parts: Sequence[str | int], length: int) -> str:
    """The first hex digits of SHA-256 over the parts as a JSON array without spaces."""
    return sha256(json.dumps(list(parts), separators=(",", ":")).encode()).hexdigest()[:length]


def correction_id(kind: str, event: str, index: int | None = None) -> str:
    """The id of a correction by the agent's side alone; `index` counts the edit's written lines (none for words)."""
    return digest([kind, event] if index is None else [kind, event, index], 32)


def decision_id(author: str, source: str, before: str, after: str) -> str:
    """The id of the decision: who, in which change (patch id, or event id of the words), and which tokens changed."""
    return digest([author, source, *changed(before, after)], 16)


def changed(before: str, after: str) -> tuple[str, ...]:
    """The tokens that went, an arrow, and those that came, each once: a renamed variable stands in many places."""
    old, new = Counter(_TOKEN.findall(before)), Counter(_TOKEN.findall(after))
    return (*sorted(old - new), "→", *sorted(new - old))


def in_one_go(corrections: Sequence[Correction]) -> list[Correction]:
    """The corrections, in their order, with one decision for each act that was recorded in pieces.

    Who makes the same change in many files may commit it folder by folder, or leave it for the agent to find file by
    file; who refuses three tool uses at once says why three times. The same tokens of the same person within
    `SITTING` of each other, or the same words to one session within `BREATH`, are one act. Prompts of the same words in
    one session are one whatever the time: a script says them over and over. The first one names it.
    """
    names: dict[str, str] = {}
    latest: dict[tuple[str, ...], tuple[float, str]] = {}
    for one in sorted(corrections, key=lambda one: (one.t, one.id)):
        key, pause = _act(one)
        t = datetime.fromisoformat(one.t).timestamp()
        before = latest.get(key)
        decision = before[1] if before is not None and t - before[0] <= pause else one.decision
        latest[key] = (t, decision)
        names[one.id] = decision
    return [replace(one, decision=names[one.id]) for one in corrections]


def _act(one: Correction) -> tuple[tuple[str, ...], float]:
    """What makes two corrections one act, and how long after each other they may come (seconds)."""
    match one.kind:
        case CorrectionKind.REJECTED:
            return ("refused", one.session, _words(one)), BREATH
        case CorrectionKind.RESTATED:
            return ("told", one.session, _words(one)), math.inf
    return ("by hand", one.author or one.session, *changed(one.before, one.after)), SITTING


def _words(one: Correction) -> str:
    return " ".join(one.reason.text.split()) if one.reason else one.id


def seconds(t: str) -> float:
    """POSIX time of an RFC 3339 time stamp; 0.0 where it is none (an event of an unknown time still counts)."""
    try:
        return datetime.fromisoformat(t).timestamp()
    except (ValueError, OverflowError):
        return 0.0


def stamp(t: float) -> str:
    """A POSIX time as RFC 3339 in UTC with milliseconds; what no calendar holds becomes its nearest end."""
    low, high = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
    try:
        moment = datetime.fromtimestamp(t, UTC)
    except (OverflowError, ValueError, OSError):
        moment = high if t > 0 else low
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def speaks(subject: str, before: str, after: str) -> bool:
    """Whether a commit's subject names something that the correction changed."""
    old, new = set(_parts(before)), set(_parts(after))
    return any(part in old ^ new for part in _parts(subject))


def _parts(words: str) -> list[str]:
    """The words of some text, names cut where their case changes, lower case, longer than three letters."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+", " ", words)
    return [part for part in spaced.lower().split() if len(part) > 3]
