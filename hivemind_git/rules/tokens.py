"""Language-agnostic tokens: enough of every language to tell names, numbers, strings, comments and operators apart.

A token is a plain `str`. White space is not a token and indentation is nothing; a line end is one only outside of
brackets, where it
separates statements. A second, finer cut splits names at their humps and underscores, and strings and comments into
words; a piece that
continues the token before it starts with `GLUE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

GLUE: Final = "\x1f"
LINE_END: Final = "\n"
FIRST_HOLE: Final = 0xE000
"""Holes of a template travel through the tokenizer as single characters of the private use area."""
LAST_HOLE: Final = 0xE0FF

_FAMILIES: Final = {
    "javascript": "javascript javascriptreact typescript typescriptreact jsx tsx js ts mjs cjs vue svelte",
    "c": "c cpp c++ objective-c objc cuda h hpp",
    "jvm": "java kotlin scala groovy",
    "csharp": "csharp c# cs",
    "shell": "shell bash sh zsh fish shellscript",
    "prose": "markdown md rst text plaintext txt asciidoc prose",
    "css": "css scss sass less",
    "python": "python py cython starlark",
    "go": "go golang",
    "rust": "rust rs",
    "ruby": "ruby rb",
    "markup": "html xml svg",
}
_FAMILY_OF: Final = {name: family for family, names in _FAMILIES.items() for name in names.split()}
_HASH: Final = frozenset(
    {
        "python",
        "shell",
        "ruby",
        "yaml",
        "toml",
        "perl",
        "r",
        "make",
        "makefile",
        "dockerfile",
        "elixir",
        "hcl",
        "terraform",
        "ini",
        "cmake",
        "nix",
    }
)
_SLASH: Final = frozenset(
    {
        "javascript",
        "c",
        "jvm",
        "csharp",
        "go",
        "rust",
        "php",
        "swift",
        "dart",
        "css",
        "proto",
        "protobuf",
        "json",
        "zig",
    }
)
_DASH: Final = frozenset({"sql", "lua", "haskell", "elm", "ada"})

_LONG_OPERATORS: Final = (
    "!== === **= //= <=> ??= &&= ||= ... ..= => -> <- :: := == != <= >= && || ?? ?. !! ++ -- += -= *= /= %= |= &= ^= "
    "** // .. |> =~ !~"
)
_OPERATORS: Final = frozenset(_LONG_OPERATORS.split())
_NOT_THERE: Final = {"rust": frozenset({"?.", "??", "!!"}), "prose": frozenset({"//"})}
_NUMBER: Final = r"(?:0[xXbBoO][0-9A-Fa-f_]+|\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)[A-Za-z%]{0,3}\b"
_NAME: Final = r"[$@]?[^\W\d]\w*"
_PIECE: Final = re.compile(
    r"[A-Z]+(?=[A-Z][^\W\d_A-Z])|[A-Z]?[^\W\d_A-Z]+|[A-Z]+|\d+|_+|\s+|.",
    re.DOTALL,
)
_OPENERS: Final = {"(": ")", "[": "]", "{": "}"}
_HUGS: Final = frozenset("([")
_HUGGED: Final = frozenset(")]")
CLOSERS: Final = {closer: opener for opener, closer in _OPENERS.items()}
OPENERS: Final = _OPENERS


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a text, where each starts and ends (in characters), and whether white space stands before it."""

    source: str
    texts: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def spaced(self, index: int) -> bool:
        """Whether white space separates this token from the one before it."""
        return index > 0 and self.starts[index] > self.ends[index - 1]

    def slice(self, start: int, end: int) -> Tokens:
        """The tokens of a half-open range, over the same source."""
        return Tokens(self.source, self.texts[start:end], self.starts[start:end], self.ends[start:end])

    @property
    def bare(self) -> tuple[str, ...]:
        """The tokens without the mark of those that continue another."""
        return tuple(text.removeprefix(GLUE) for text in self.texts)

    @property
    def text(self) -> str:
        """The part of the source that the tokens cover."""
        return self.source[self.starts[0] : self.ends[-1]] if self.texts else ""


def family(language: str) -> str:
    """The family whose members share their rules: `typescript` and `jsx` are `javascript`."""
    name = language.strip().lower()
    return _FAMILY_OF.get(name, name or "unknown")


def _comment(of_family: str) -> str:
    if of_family in _HASH:
        return r"\#(?!\{)[^\n]*"
    if of_family in _SLASH:
        return r"//[^\n]*|/\*.*?(?:\*/|\Z)"
    if of_family in _DASH:
        return r"--[^\n]*"
    if of_family == "markup":
        return r"<!--.*?(?:-->|\Z)"
    return r"(?:(?<=\n)|\A)[ \t]*(?:\#|//)[^\n]*"


def _string(of_family: str) -> str:
    double = r'"(?:[^"\\\n]|\\.)*"'
    single = r"'(?:[^'\\\n]|\\.)*'"
    if of_family == "rust":
        single = r"'(?:[^'\\\n]|\\[^'\n]*)'"
    back = r"`(?:[^`\\]|\\.)*`" if of_family in {"javascript", "go"} else r"`[^`\n]*`"
    triple = r'"""(?:[^\\]|\\.)*?"""' + r"|'''(?:[^\\]|\\.)*?'''"
    prefix = r"(?:\b(?:[A-Za-z]{1,2}|u8)|[$@]{1,2})?"
    return f"{prefix}(?:{triple}|{double}|{single}|{back})"


@lru_cache(maxsize=64)
def _pattern(of_family: str) -> re.Pattern[str]:
    known = _OPERATORS - _NOT_THERE.get(of_family, frozenset())
    operators = "|".join(re.escape(text) for text in sorted(known, key=lambda text: (-len(text), text)))
    hole = f"[{chr(FIRST_HOLE)}-{chr(LAST_HOLE)}]"
    parts = [r"(?P<end>\s*\n\s*)", r"(?P<space>\s+)", f"(?P<hole>{hole})"]
    if of_family == "prose":
        parts += [r"(?P<name>\w+(?:[-'\u2019]\w+)*)", r"(?P<operator>.)"]
    else:
        parts += [
            f"(?P<comment>{_comment(of_family)})",
            f"(?P<string>{_string(of_family)})",
            f"(?P<number>{_NUMBER})",
            f"(?P<name>{_NAME})",
            f"(?P<operator>{operators}|.)",
        ]
    return re.compile("|".join(parts), re.DOTALL)


def tokenise(text: str, of_family: str) -> Tokens:
    """Cuts a text into tokens. Never fails: what is in no class is an operator of one character."""
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    depth = 0
    for match in _pattern(of_family).finditer(text):
        kind = match.lastgroup
        if kind == "space":
            continue
        token = match.group()
        if kind == "end":
            if depth > 0 or not texts or texts[-1] == LINE_END:
                continue
            token = LINE_END
        elif kind == "operator":
            depth += (token in _HUGS) - (token in _HUGGED)
        texts.append(token)
        starts.append(match.start())
        ends.append(match.end())
    if texts and texts[-1] == LINE_END:
        del texts[-1], starts[-1], ends[-1]
    return Tokens(text, tuple(texts), tuple(starts), tuple(ends))


def pieces(token: str) -> list[str]:
    """The sub-words of a token: humps and underscores of a name, words of a string or a comment; else the token
    itself."""
    return _PIECE.findall(token) if is_name(token) or is_string(token) or is_comment(token) else [token]


def split(tokens: Tokens, only: Iterable[int] | None = None) -> Tokens:
    """The same text with the tokens at `only` (all by default) cut into their pieces."""
    chosen = None if only is None else set(only)
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, token in enumerate(tokens.texts):
        cut = [token] if chosen is not None and index not in chosen else pieces(token)
        at = tokens.starts[index]
        for number, piece in enumerate(cut):
            texts.append(GLUE + piece if number else piece)
            starts.append(at)
            at += len(piece)
            ends.append(at)
    return Tokens(tokens.source, tuple(texts), tuple(starts), tuple(ends))


def is_name(token: str) -> bool:
    """Whether a token is an identifier or a keyword."""
    bare = token.lstrip(GLUE).lstrip("$@")
    return bool(bare) and (bare[0].isalpha() or bare[0] == "_") and not is_string(token)


def is_string(token: str) -> bool:
    """Whether a token is a string literal, prefix included."""
    return len(token) > 1 and token[-1] in "\"'`" and token.lstrip(GLUE)[:1] not in {"#", "/", "-"}


def is_comment(token: str) -> bool:
    """Whether a token is a comment."""
    if token.startswith(("/*", "<!--")):
        return True
    if token.startswith("#"):
        return len(token) > 1
    return len(token) > 2 and token.startswith(("//", "--")) and token not in _OPERATORS


def is_number(token: str) -> bool:
    """Whether a token is a number."""
    return token.lstrip(GLUE)[:1].isdigit()


def is_hole(token: str) -> bool:
    """Whether a token stands for a hole."""
    return len(token) == 1 and FIRST_HOLE <= ord(token) <= LAST_HOLE


def closing(texts: tuple[str, ...], at: int) -> int | None:
    """The index of the bracket that closes the one at `at`, or None."""
    depth = 0
    for index in range(at, len(texts)):
        depth += (texts[index] in OPENERS) - (texts[index] in CLOSERS)
        if depth == 0:
            return index
    return None


def opening(texts: tuple[str, ...], at: int) -> int | None:
    """The index of the bracket that the one at `at` closes, or None."""
    depth = 0
    for index in range(at, -1, -1):
        depth += (texts[index] in CLOSERS) - (texts[index] in OPENERS)
        if depth == 0:
            return index
    return None


def enclosing(texts: tuple[str, ...], at: int) -> int | None:
    """The index of the nearest bracket that is open just before `at`, or None."""
    depth = 0
    for index in range(at - 1, -1, -1):
        depth += (texts[index] in CLOSERS) - (texts[index] in OPENERS)
        if depth < 0:
            return index
    return None


def balanced(texts: Iterable[str]) -> bool:
    """Whether every bracket in a run is opened and closed in it."""
    depth = 0
    for text in texts:
        depth += (text in OPENERS) - (text in CLOSERS)
        if depth < 0:
            return False
    return depth == 0


def words(text: str) -> Iterator[str]:
    """The runs of word characters of a line, as they stand: what an index of templates is asked with."""
    return (match.group() for match in _WORDS.finditer(text))


_WORDS: Final = re.compile(r"[^\W_]+|_+")
