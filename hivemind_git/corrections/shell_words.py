"""Reads the words of a command line: quotes, escapes, substitutions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

BLANK = " \t\r"
_ENDS_WORD = BLANK + "\n;&|()<>"
_EXPANDS = "$`*?[{"


class UnclearError(Exception):
    """The line is not shell, or deeper than anybody writes."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word without its quotes. `literal` false: the shell would have expanded something in it."""

    text: str
    literal: bool = True


@dataclass
class Words(ABC):
    """A place in a command line, and the reading of one word there. The parser adds how commands inside it are read."""

    text: str
    at: int = 0

    @abstractmethod
    def substitution(self, end: str) -> None:
        """Reads the commands of a substitution up to `end`, which is taken."""

    @abstractmethod
    def quoted_commands(self, text: str) -> None:
        """Reads the commands between backticks."""

    def word(self) -> Word | None:
        """Takes the word that starts here, or nothing where none does."""
        taken: list[str] = []
        literal, start = True, self.at
        while here := self.peek():
            if here in "<>" and self.text.startswith("(", self.at + 1):
                self.at += 2
                self.substitution(")")
                literal = False
            elif here in _ENDS_WORD:
                break
            elif here == "'":
                taken.append(self._single())
            elif here == '"':
                text, plain = self._double()
                taken.append(text)
                literal = literal and plain
            elif here == "\\":
                taken.append(self.text[self.at + 1 : self.at + 2].replace("\n", ""))
                self.at += 2
            elif here in "$`":
                text, plain = self._expansion()
                taken.append(text)
                literal = literal and plain
            else:
                literal = literal and here not in _EXPANDS and not (here == "~" and self.at == start)
                taken.append(here)
                self.at += 1
        return Word("".join(taken), literal) if self.at > start else None

    def _single(self) -> str:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise UnclearError
        text, self.at = self.text[self.at + 1 : end], end + 1
        return text

    def _double(self) -> tuple[str, bool]:
        taken: list[str] = []
        literal = True
        self.at += 1
        while (here := self.peek()) != '"':
            if not here:
                raise UnclearError
            if here == "\\":
                after = self.text[self.at + 1 : self.at + 2]
                taken.append(after.replace("\n", "") if after in '$`"\\\n' else here + after)
                self.at += 2
            elif here in "$`":
                text, plain = self._expansion()
                taken.append(text)
                literal = literal and plain
            else:
                taken.append(here)
                self.at += 1
        self.at += 1
        return "".join(taken), literal

    def _expansion(self) -> tuple[str, bool]:
        """Takes what begins with `$` or a backtick; commands inside it are commands of the line."""
        start = self.at
        if self.text.startswith("$'", start):
            self.at += 1
            return self._ansi()
        if self.text.startswith("$((", start):
            end = self.text.find("))", start)
            self.at = end + 2 if end >= 0 else len(self.text)
        elif self.text.startswith("$(", start):
            self.at += 2
            self.substitution(")")
        elif self.text.startswith("${", start):
            end = self.text.find("}", start)
            self.at = end + 1 if end >= 0 else len(self.text)
        elif self.text[start] == "`":
            end = self.text.find("`", start + 1)
            if end < 0:
                raise UnclearError
            self.quoted_commands(self.text[start + 1 : end])
            self.at = end + 1
        else:
            self.at += 1
            return "$", self.peek() in _ENDS_WORD + '"' or not self.peek()
        return self.text[start : self.at], False

    def _ansi(self) -> tuple[str, bool]:
        start = self.at
        self.at += 1
        while (here := self.peek()) != "'":
            if not here:
                raise UnclearError
            self.at += 2 if here == "\\" else 1
        self.at += 1
        raw = self.text[start + 1 : self.at - 1]
        return raw, "\\" not in raw

    def blanks(self) -> None:
        """Passes over blanks, continued lines and comments."""
        while here := self.peek():
            if here in BLANK:
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self.at += 2
            elif here == "#" and (self.at == 0 or self.text[self.at - 1] in BLANK + "\n;&|("):
                end = self.text.find("\n", self.at)
                self.at = end if end >= 0 else len(self.text)
            else:
                return

    def next_is(self, word: str) -> bool:
        """Whether this word, unquoted, starts here."""
        after = self.text[self.at + len(word) : self.at + len(word) + 1]
        return self.text.startswith(word, self.at) and (not after or after in _ENDS_WORD)

    def peek(self) -> str:
        """The character here; empty at the end."""
        return self.text[self.at : self.at + 1]
