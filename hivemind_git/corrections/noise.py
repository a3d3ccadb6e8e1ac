"""Changes of text that no person decided: formatting, moved lines, imports, redaction, generated files.

Each test looks at the text alone. None is told a language: the marks that formatters add and take away (white space,
trailing commas, quotes, brackets around one expression, semicolons) are the same in most of them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from hivemind_git.corrections.lines import Version
from hivemind_git.model import Hunk

_FREE = b",;() \t\r\n\v\f"
_MARKS = frozenset((b"/", b"#", b"*", b"-", b";", b"+"))  # what `_BULLET` and `_COMMENT` begin with
_UNIONS = (b"|", b"&")
_RULE = re.compile(rb"-{4,}|={4,}")
_BULLET = re.compile(rb"^[ \t]*[*+](?=\s)", re.MULTILINE)
_TOKEN = re.compile(rb"\w+")
_PARTS = re.compile(rb"\w+|[^\w\s]")
_QUOTES = bytes.maketrans(b"'`", b'""')
_COMMENT = re.compile(rb"^[ \t]*(?://|#|\*|--|;)[ \t\r]*$", re.MULTILINE)
_IMPORT = re.compile(
    rb"""^\s*(?:
        import\b.* | from\s+[\w.]+\s+import\b.* | (?:pub\s+)?use\s+[\w:{}*,\s]+;? | \#\s*include\b.* |
        require(?:_relative)?\s.* |
        using\s+[\w.=\s]+; | (?:[\w.]+\s+)?"[\w./@:-]+" | (?:const|let|var)\s.*\brequire\(.*\);? |
        \}?\s*from\s+["'][^"']+["'];? | (?:type\s+)?[\w$*]+(?:\s+as\s+\w+)?,? | [(){}]+;?
    )\s*$""",
    re.VERBOSE,
)
_IMPORT_START = re.compile(rb"^\s*(?:import|from|use|pub use|#\s*include|using|require|export \{)\b")
_GENERATED = re.compile(
    r"""(?:^|/)(?:
        package-lock\.json | npm-shrinkwrap\.json | yarn\.lock | pnpm-lock\.yaml | bun\.lockb? | deno\.lock |
        Cargo\.lock | go\.sum | poetry\.lock | uv\.lock | Pipfile\.lock | pdm\.lock | Gemfile\.lock | composer\.lock |
        flake\.lock | mix\.lock | pubspec\.lock |
        Podfile\.lock | gradle\.lockfile | [^/]*\.min\.(?:js|css) | [^/]*\.(?:js|css)\.map | [^/]*\.snap |
        [^/]*\.pb\.(?:go|cc|h) | [^/]*_pb2(?:_grpc)?\.pyi? | [^/]*\.g\.(?:dart|cs) | [^/]*_generated\.\w+ |
        zz_generated[^/]*
    )$ | (?:^|/)(?:node_modules|vendor|dist|__snapshots__)/""",
    re.VERBOSE,
)
_MARK = re.compile(
    rb"(?:code|do)\s+(?:not\s+)?(?:generated|edit).{0,80}(?:do not edit|generated|by hand)", re.IGNORECASE
)
_REDACTED = re.compile(rb"\[?<?\*{0,3}\bREDACTED\b\*{0,3}>?\]?|<[a-z-]+:\d+>")
_DIRECTIVE = re.compile(
    rb"nolint|noqa|eslint-|biome-ignore|tslint:|stylelint-|pylint:|type:\s*ignore|pyright:|mypy:|shellcheck\s+(?:disable|source)|"
    rb"rubocop:|NOLINT|@ts-(?:ignore|expect-error)|#\[allow\(|@SuppressWarnings|phpcs:|markdownlint-|hadolint ignore"
)
INFORMATIVE = 12
"""Characters that text must have before standing elsewhere says anything: `return nil` stands everywhere."""

CLUSTER = 4
"""Unchanged lines that may stand between two hunks of one reflow: a diff cuts a rewrapped call anywhere."""


def bare(lines: Sequence[bytes]) -> bytes:
    """The words and marks of some lines run together, without what a formatter may add or take away."""
    return _ruled(b"".join(map(_plain, lines)))


@lru_cache(1 << 15)
def bare_line(line: bytes) -> bytes:
    """The same of one line. The same lines are asked for again and again."""
    return _ruled(_plain(line))


@lru_cache(1 << 15)
def _plain(line: bytes) -> bytes:
    if line.lstrip(b" \t")[:1] in _MARKS:
        line = _BULLET.sub(b"-", _COMMENT.sub(b"", line))
    return line.translate(_QUOTES, _FREE)


def _ruled(text: bytes) -> bytes:
    text = text.replace(b'\\"', b'"')
    return _RULE.sub(lambda rule: rule[0][:3], text) if b"----" in text or b"====" in text else text


def squeezed(line: bytes) -> bytes:
    """A line without any white space."""
    return line.translate(None, b" \t\r\n")


def squeezed_lines(content: bytes) -> list[bytes]:
    """The lines of a file image, each as `squeezed` has it."""
    lines = content.translate(None, b" \t\r").split(b"\n")
    return lines if lines[-1] else lines[:-1]


def words(lines: Sequence[bytes]) -> set[bytes]:
    """The words of some lines, once each."""
    return set(_TOKEN.findall(b"".join(lines)))


def reflowed(before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    """Whether two pieces of text differ in layout alone."""
    if bare(before) == bare(after):
        return True
    text = b"".join((*before, *after))
    piped = any(mark in text for mark in _UNIONS)
    return piped and bare(_unpiped(before)) == bare(_unpiped(after))


def _unpiped(lines: Sequence[bytes]) -> list[bytes]:
    """The lines without the mark that some formatters put before the first member of a union, one member a line."""
    found = []
    piped = False
    for line in lines:
        bare = line.lstrip()
        found.append(bare[1:] if bare[:1] in _UNIONS and not piped else line)
        piped = bare[:1] in _UNIONS
    return found


def formatted(reference: Version, accepted: Sequence[bytes], hunks: Sequence[Hunk]) -> frozenset[int]:
    """Indexes of the hunks that, alone or with their neighbours, differ in layout alone."""
    found: set[int] = set()
    for i, first in enumerate(hunks):
        if i in found:
            continue
        for j in range(i, min(i + 8, len(hunks))):
            last = hunks[j]
            if j > i and last.before_start - hunks[j - 1].before_end > CLUSTER:
                break
            if reflowed(
                reference.lines[first.before_start : last.before_end], accepted[first.after_start : last.after_end]
            ):
                found.update(range(i, j + 1))
                break
    return frozenset(found)


def moved(reference: Version, accepted: Sequence[bytes], hunks: Sequence[Hunk]) -> frozenset[int]:
    """Indexes of the hunks whose lines, taken away or put in, stand as they are in another hunk of the same change."""
    gone, come = Counter[bytes](), Counter[bytes]()
    for hunk in hunks:
        gone.update(_filled(reference.lines[hunk.before_start : hunk.before_end]))
        come.update(_filled(accepted[hunk.after_start : hunk.after_end]))
    found = set()
    for i, hunk in enumerate(hunks):
        out = Counter(_filled(reference.lines[hunk.before_start : hunk.before_end]))
        put = Counter(_filled(accepted[hunk.after_start : hunk.after_end]))
        lost, new = out - put, put - out
        elsewhere = all(come[line] - put[line] >= n for line, n in lost.items()) and all(
            gone[line] - out[line] >= n for line, n in new.items()
        )
        if (lost or new) and elsewhere:
            found.add(i)
    return frozenset(found) | _moved_and_laid_out(reference.lines, accepted, hunks)


def _moved_and_laid_out(before: Sequence[bytes], after: Sequence[bytes], hunks: Sequence[Hunk]) -> frozenset[int]:
    """Indexes of the hunks whose text stands, in another layout, on the other side of the change."""
    gone = [bare(before[hunk.before_start : hunk.before_end]) for hunk in hunks]
    come = [bare(after[hunk.after_start : hunk.after_end]) for hunk in hunks]
    found = set()
    for i, hunk in enumerate(hunks):
        if len(gone[i]) + len(come[i]) < INFORMATIVE:
            continue
        if not gone[i] or not come[i]:
            here = any((gone[i] or come[i]) in other for other in (come if gone[i] else gone))
        else:
            old, new = before[hunk.before_start : hunk.before_end], after[hunk.after_start : hunk.after_end]
            here = all(_among(line, come) for line in old) and all(_among(line, gone) for line in new)
        if here:
            found.add(i)
    return frozenset(found)


def _among(line: bytes, texts: Sequence[bytes]) -> bool:
    text = bare_line(line)
    return any(text in other for other in texts)


def _filled(lines: Sequence[bytes]) -> list[bytes]:
    """The lines without white space around them and trailing commas; blank ones left out."""
    return [text for line in lines if (text := line.strip().rstrip(b",;"))]


def imports(before: Sequence[bytes], after: Sequence[bytes], above: Sequence[bytes]) -> bool:
    """Whether only import lines changed. `above` are the lines before the change, nearest last."""
    changed = [line for line in (*before, *after) if line.strip()]
    if not changed or not all(_IMPORT.match(line) for line in changed):
        return False
    if any(_IMPORT_START.match(line) for line in changed):
        return True
    for line in reversed(above):
        if _IMPORT_START.match(line):
            return True
        if line.strip() and not _IMPORT.match(line):
            return False
    return False


def redacted(before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    """Whether the texts agree once a placeholder of a redaction may stand for anything."""
    one, other = b"".join(before), b"".join(after)
    return any(
        _stands_for(_REDACTED.split(masked), plain)
        for masked, plain in ((one, other), (other, one))
        if _REDACTED.search(masked)
    )


def _stands_for(parts: list[bytes], plain: bytes) -> bool:
    """Whether the parts stand in the text in their order, the first at its start and the last at its end."""
    first, *middle, last = parts
    at, end = len(first), len(plain) - len(last)
    if not plain.startswith(first) or not plain.endswith(last) or at > end:
        return False
    for part in middle:
        found = plain.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def repeated(before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    """Whether each of some lines was changed in the same way, in its place, as a program changes what it finds."""
    deltas = set()
    for old, new in zip(before, after, strict=False):
        one, other = Counter(_PARTS.findall(old)), Counter(_PARTS.findall(new))
        deltas.add((frozenset((one - other).items()), frozenset((other - one).items())))
    return len(before) == len(after) and len(deltas) == 1


def related(before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    """Whether any word stayed where text was replaced: a program mends, and never writes anew."""
    old, new = words(before), words(after)
    return not old or not new or bool(old & new)


def directive(lines: Sequence[bytes]) -> bool:
    """Whether some lines speak to a linter or a type checker."""
    return any(_DIRECTIVE.search(line) for line in lines)


def generated(path: str, marked: frozenset[str], head: Sequence[bytes]) -> bool:
    """Whether a file is made by a program: by the repository's attributes, its name, or what its first lines say."""
    return path in marked or bool(_GENERATED.search(path)) or any(_MARK.search(line) for line in head[:5])


def conflicted(lines: Sequence[bytes]) -> bool:
    """Whether git's conflict markers stand in the text."""
    if b"<<<<<<< " not in b"".join(lines):
        return False
    begun = next((i for i, line in enumerate(lines) if line.startswith(b"<<<<<<< ")), len(lines))
    return any(line.startswith(b">>>>>>> ") for line in lines[begun:])


def whole_block(inserted: Sequence[bytes], below: Sequence[bytes]) -> bool:
    """Whether inserted lines are a block of their own (a function, a section), parted by blank lines."""
    filled = [line for line in inserted if line.strip()]
    if len(filled) < 5 or not (not inserted[0].strip() or not inserted[-1].strip()):
        return False
    beneath = next((line for line in below if line.strip()), b"")
    return _indent(filled[0]) <= _indent(beneath)


def _indent(line: bytes) -> int:
    return len(line) - len(line.lstrip())
