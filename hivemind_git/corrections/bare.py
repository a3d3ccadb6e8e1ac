"""The words and marks of text without what a formatter adds, takes away or writes in another way.

Nothing here is told a language: what formatters change beside white space (trailing commas, quotes, brackets around one
expression, semicolons, the case of a number, where a comment stands) is the same in most of them. What can be told of a
line alone is taken out of each line; what only a run of lines shows is tried where that did not suffice.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_BOM = b"\xef\xbb\xbf"
_FREE = b",;() \t\r\n\v\f"
_QUOTES = bytes.maketrans(b"'`", b'""')
_WORDLESS = bytes(i for i in range(128) if not chr(i).isalnum())
_HOLDERS = b"#}:\"'"
_PLAIN = bytes(i for i in range(256) if i not in b"0123456789\\" + _HOLDERS)
_ALIKE = 8
"""Letters and digits that may come or go with a layout: the prefix of a string that was joined, a repeated mark."""

_EMPTY = frozenset((b"//", b"///", b"#", b"*", b"--", b";"))
_RULE = re.compile(rb"-{2,}|={2,}")
_KEY = re.compile(rb"""((?:^|[{,])[ \t]*)(["'])([\w$]+)\2(?=[ \t]*:)""")
_HEX = re.compile(rb"#[0-9]*[A-F]")
_FRACTION = re.compile(rb"(?<![\w.)\]])\.(?=\d)")
_ZEROS = re.compile(rb"(\d\.\d*[1-9])0++(?![\w.])|(?<=\d)\.0+(?=[a-z%])")
_CASED = re.compile(rb"#[0-9A-F]*[A-F][0-9A-Fa-f]*\b|\b0[XBOx][0-9a-fA-F_]+|\\x[0-9A-Fa-f]{2}|\b\d[\d.]*E")
_CLOSED = re.compile(rb"(?<=\})[ \t]*//[^\n]{0,80}\bnamespace\b.*")

_UNIONS = (b"|", b"&")
_LIST = frozenset((b"*", b"+", b"-"))
_CLOSING = (b")", b">", b"]", b"}")
_BULLET = re.compile(rb"^([ \t]*)[*+-][ \t]+", re.MULTILINE)
_JOINED = re.compile(rb"""(["'])[ \t]*\\?\r?\n[ \t]*[A-Za-z]{0,2}\1""")
_PREFIX = re.compile(rb"""\b([bBfFrRuU]{1,2})(?=["'])""")
_FENCE = re.compile(rb"``+")
_OUTPUT = re.compile(rb"`([^`\n]+)`")
_ATTRIBUTE = re.compile(rb"""\[([\w-]+[~|^$*]?=)(["'])([\w-]+)\2\]""")
_EMPHASIS = re.compile(rb"(?<![\w*])\*([^\s*](?:[^*]{0,400}[^\s*])?)\*(?![\w*])")
_STRONG = re.compile(rb"(?<!\w)__([^\s_](?:[^_\n]*[^\s_])?)__(?!\w)")
_BLOCK = re.compile(rb"(?:^|[)>])[ \t]*\{|\{[ \t\r]*$", re.MULTILINE)
_COMMENT = re.compile(rb"(?:^|(?<=\s))(?://[/!]?|#+|/\*+)(?=\s)(.*)$", re.MULTILINE)


@lru_cache(1 << 15)
def line(line: bytes) -> bytes:
    """One line. The same lines are asked for again and again."""
    text = line.strip().removeprefix(_BOM)
    if text in _EMPTY:
        return b""
    if not _odd(text):
        text = text.translate(_QUOTES, _FREE)
    else:
        text = _spelled(text).translate(_QUOTES, _FREE).replace(b'\\"', b'"')
    if b"--" in text or b"==" in text:
        shortest = 1 if not text.strip(b"|:-=+") else 4  # a line of a table has as many dashes as the column is wide
        text = _RULE.sub(lambda rule: rule[0][:1] if len(rule[0]) >= shortest else rule[0], text)
    return text


def _odd(text: bytes) -> bool:
    """Whether there may be anything for `_spelled`: in most lines there is not, and this is asked of every line."""
    marks = text.translate(None, _PLAIN)
    if not marks:
        return False
    if marks.strip(_HOLDERS):
        return True  # a digit, or a backslash
    keyed = b":" in marks and (b'"' in marks or b"'" in marks)
    return keyed or (b"}" in marks and b"//" in text) or (b"#" in marks and _HEX.search(text) is not None)


def _spelled(text: bytes) -> bytes:
    """A line with one spelling of numbers, keys and what closes a block, and without the mark that it goes on."""
    if text[-1:] == b"\\":
        text = text[:-1]
    if b"." in text:
        text = _ZEROS.sub(rb"\1", _FRACTION.sub(b"0.", text))
    text = _CASED.sub(_lower, text)
    return _KEY.sub(rb"\1\3", _CLOSED.sub(b"", text))


def _lower(number: re.Match[bytes]) -> bytes:
    return number[0].lower()


def text(lines: Sequence[bytes]) -> bytes:
    """Some lines, run together."""
    return b"".join(map(line, lines))


def marks(content: bytes) -> bytes:
    """A whole file without the marks that may come and go, in one step: `text` of it, but for other spellings."""
    return content.translate(_QUOTES, _FREE)


def sides(before: Sequence[bytes], after: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The lines of two sides of a change, one by one; list marks count as one where both sides have as many."""
    if (listed := _listed(before)) and listed == _listed(after):
        before, after = ([_BULLET.sub(rb"\1- ", one) for one in lines] for lines in (before, after))
    return list(map(line, before)), list(map(line, after))


def _listed(lines: Sequence[bytes]) -> int:
    """How many lines begin with a list mark."""
    return sum(1 for one in lines if one.lstrip(b" \t")[:1] in _LIST and _BULLET.match(one))


def same(before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    """Whether two pieces of text differ in layout alone."""
    one, other = text(before), text(after)
    if one == other:
        return True
    letters = (len(each.translate(None, _WORDLESS)) for each in (one, other))
    if abs(next(letters) - next(letters)) > _ALIKE:
        return False
    old, new = (_written(b"".join(_unpiped(lines))) for lines in (before, after))
    if _blocks_alone(old, new):
        old, new = old.translate(None, b"{}"), new.translate(None, b"{}")
    if _apart(old) == _apart(new):
        return True
    if not (_BULLET.search(old) and _BULLET.search(new)):
        return False
    return _apart(_BULLET.sub(rb"\1", old)) == _apart(_BULLET.sub(rb"\1", new))


def _unpiped(lines: Sequence[bytes]) -> list[bytes]:
    """The lines without the mark that some formatters put before the first member of a union, one member a line."""
    found = []
    within = False
    for line in lines:
        bare = line.strip()
        piped = bare[:1] in _UNIONS
        found.append(bare[1:] if piped and not within else line)
        within = (piped or bare[-1:] in _CLOSING) and not bare.endswith(b"=>")
    return found


def _blocks_alone(old: bytes, new: bytes) -> bool:
    """Whether one side has more braces, and they may be those of blocks, which some put around one statement too."""
    fewer, more = sorted((old, new), key=lambda run: run.count(b"{"))
    extra = more.count(b"{") - fewer.count(b"{")
    return 0 < extra <= len(_BLOCK.findall(more))


def _written(run: bytes) -> bytes:
    """A run with one spelling of what may be spelled in two ways, and with strings in one piece."""
    run = _PREFIX.sub(lambda prefix: bytes(sorted(prefix[1].lower())).strip(b"u"), _JOINED.sub(b"", run))
    run = run.replace(b"\\_", b"_")
    if b"=" in run:
        run = _ATTRIBUTE.sub(rb"[\1\3]", run)
    if b"*" in run or b"__" in run:
        run = _STRONG.sub(rb"**\1**", _EMPHASIS.sub(rb"_\1_", run))
    return _OUTPUT.sub(rb"$(\1)", _FENCE.sub(b"`", run)) if b"`" in run else run


def _apart(run: bytes) -> tuple[bytes, bytes]:
    """The code and the comments: a comment may be wrapped, or stand above the line that it stood behind."""
    return text(_COMMENT.sub(b"", run).split(b"\n")), text(_COMMENT.findall(run))
