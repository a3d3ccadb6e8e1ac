"""Parses a POSIX or bash command line into its simple commands, without running or expanding anything.

Written for the lines that agents write: heredocs, pipes, chains, sub-shells, loops, quotes and substitutions. Where it
cannot follow it says so (`understood` false) and keeps what stood before. Grammar: POSIX.1-2017, volume 3, 2.10.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hivemind_git.corrections.shell_words import BLANK, UnclearError, Word, Words

_OPENS = frozenset({"if", "while", "until", "for", "select", "case"})
_CLOSES = frozenset({"fi", "done", "esac"})
_SKIPPED = frozenset({"then", "else", "elif", "do", "!", "time", "{", "}"})
_REDIRECTS = ("&>>", "&>", "<<<", "<<-", "<<", "<>", ">>", ">|", ">&", "<&", ">", "<")
_DEEPEST = 40


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirection: `>`, `>>`, `<`, `<<` (whose text is `body`), `<<<`. `descriptor` is -1 where none is written."""

    operator: str
    target: Word
    descriptor: int = -1
    body: Word | None = None


@dataclass(frozen=True, slots=True)
class Simple:
    """One simple command as it stands in the line.

    `joined` is the operator before it: empty, `;`, `&&`, `||` or `|`. `chain` numbers the and-or lists of the line.
    `piped`: its output goes into a pipe. `conditional`: inside a loop, a branch, a function. `depth` counts sub-shells.
    `substituted`: its output becomes part of a word. A redirection of a whole group is a command whose word is `)`.
    """

    words: tuple[Word, ...] = ()
    redirects: tuple[Redirect, ...] = ()
    assignments: tuple[str, ...] = ()
    joined: str = ""
    chain: int = 0
    piped: bool = False
    background: bool = False
    conditional: bool = False
    depth: int = 0
    substituted: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """The simple commands of a line, in its order; those in substitutions before the command that uses them."""

    commands: tuple[Simple, ...]
    understood: bool


def parse(line: str) -> Script:
    """The simple commands of a command line."""
    parser = _Parser(line.replace("\r\n", "\n"))
    try:
        parser.commands("")
    except (UnclearError, RecursionError):
        return Script(tuple(parser.found), understood=False)
    return Script(tuple(parser.found), understood=True)


@dataclass
class _Parser(Words):
    found: list[Simple] = field(default_factory=list)
    waiting: list[tuple[int, int, str, bool, bool]] = field(default_factory=list)
    branches: int = 0
    braces: list[bool] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)
    depth: int = 0
    substituted: bool = False
    chain: int = 0
    defines: bool = False
    closed: bool = False

    def commands(self, end: str, joined: str = "") -> None:
        """Reads commands up to `end`, which is taken; at the outermost level `end` is empty."""
        while True:
            self.blanks()
            here = self.peek()
            if not here and end:
                raise UnclearError
            if here == end:
                self.at += 1
                return
            if here == "\n" and (joined in {"&&", "||", "|"} or self._expects_pattern()):
                self._operator()
            elif self._expects_pattern() and not self.next_is("esac"):
                self._pattern()
            elif self.text.startswith("((", self.at):
                self._arithmetic()
            elif here == "(":
                self.at += 1
                self._nested(")", joined)
                joined, self.closed = "", True
            elif operator := self._operator():
                joined = self._join(operator)
                self.closed = False
            elif self._simple(joined):
                joined = ""

    def _expects_pattern(self) -> bool:
        return bool(self.cases) and self.cases[-1] == self.branches

    def _join(self, operator: str) -> str:
        if operator in {"|", "|&"}:
            if self.found:
                self.found[-1] = replace(self.found[-1], piped=True)
            return "|"
        if operator in {"&&", "||"}:
            return operator
        if operator == "&":
            self.found = [replace(each, background=True) if each.chain == self.chain else each for each in self.found]
        self.chain += 1
        return ";"

    def _operator(self) -> str:
        if self.text.startswith("&>", self.at):
            return ""
        for operator in ("&&", "||", ";;&", ";;", ";&", "|&", ";", "|", "&", "\n"):
            if self.text.startswith(operator, self.at):
                self.at += len(operator)
                if operator == "\n":
                    self._bodies()
                if operator.startswith(";;") and self.cases:
                    self.cases[-1] = self.branches
                return operator
        if self.peek() == ")":
            raise UnclearError
        return ""

    def _nested(self, end: str, joined: str = "", *, substituted: bool = False) -> None:
        if self.depth >= _DEEPEST:
            raise UnclearError
        outer = (self.depth, self.substituted, self.cases, self.braces, self.chain)
        self.depth, self.cases, self.braces = self.depth + 1, [], []
        self.substituted = self.substituted or substituted
        self.chain += 1
        self.commands(end, joined)
        self.depth, self.substituted, self.cases, self.braces = outer[:4]
        self.chain += 1

    def _simple(self, joined: str) -> bool:
        """Reads a simple command, or one reserved word; says whether it was a command."""
        words: list[Word] = [Word(")")] if self.closed else []
        redirects: list[Redirect] = []
        bodies: list[tuple[int, str, bool, bool]] = []
        assignments: list[str] = []
        start = self.at
        while True:
            self.blanks()
            if self._redirect(redirects, bodies):
                continue
            if len(words) == 1 and self.text.startswith("()", self.at):
                self.at += 2
                self.branches, self.defines = self.branches + 1, True
                return False
            word = self.word()
            if word is None:
                break
            if not words and not redirects and self._reserved(word.text):
                return False
            if not words and _is_assignment(word.text):
                assignments.append(word.text)
                continue
            words.append(word)
            if word.text == "[[" and len(words) == 1:
                self._until("]]")
        if self.at == start:
            raise UnclearError
        self.waiting.extend((len(self.found), *body) for body in bodies)
        self.found.append(self._command(words, redirects, assignments, joined))
        return True

    def _command(self, words: list[Word], redirects: list[Redirect], assignments: list[str], joined: str) -> Simple:
        return Simple(
            words=tuple(words),
            redirects=tuple(redirects),
            assignments=tuple(assignments),
            joined=joined,
            chain=self.chain,
            conditional=self.branches > 0,
            depth=self.depth,
            substituted=self.substituted,
        )

    def _reserved(self, word: str) -> bool:
        """Takes a reserved word in command position; what follows it is a command again."""
        if word in _OPENS:
            self.branches += 1
            if word in {"for", "select"}:
                self._header()
            if word == "case":
                self._until("in")
                self.cases.append(self.branches)
            return True
        if word in _CLOSES:
            if word == "esac" and self.cases:
                self.cases.pop()
            self.branches = max(0, self.branches - 1)
            self.closed = True
            return True
        if word == "{":
            self.braces.append(self.defines)
            self.defines = False
        elif word == "}":
            self.branches -= bool(self.braces) and self.braces.pop()
            self.closed = True
        return word in _SKIPPED

    def _header(self) -> None:
        self.blanks()
        if self.text.startswith("((", self.at):
            self._arithmetic()
        while (here := self.peek()) and here not in ";\n":
            if self.word() is None:
                self.at += 1

    def _arithmetic(self) -> None:
        end = self.text.find("))", self.at)
        if end < 0:
            raise UnclearError
        self.at = end + 2

    def _until(self, last: str) -> None:
        while self.peek():
            self.blanks()
            word = self.word()
            if word is None:
                self.at += 1
            elif word.text == last:
                return
        raise UnclearError

    def _pattern(self) -> None:
        """Skips a pattern of `case` with its closing bracket."""
        while (here := self.peek()) and here != ")":
            if here in "(|\n;" or here in BLANK:
                self.at += 1
            elif self.word() is None:
                raise UnclearError
        if not self.peek():
            raise UnclearError
        self.at += 1
        self.cases[-1] = -1

    def _redirect(self, redirects: list[Redirect], bodies: list[tuple[int, str, bool, bool]]) -> bool:
        start, descriptor = self.at, -1
        while self.peek().isdigit():
            self.at += 1
        if self.at > start and self.peek() in {"<", ">"}:
            descriptor = int(self.text[start : self.at][:9])
        else:
            self.at = start
        operator = next((each for each in _REDIRECTS if self.text.startswith(each, self.at)), "")
        if not operator or (operator in {"<", ">"} and self.text.startswith("(", self.at + 1)):
            return False
        self.at += len(operator)
        self.blanks()
        start = self.at
        target = self.word()
        if target is None:
            raise UnclearError
        if operator in {"<<", "<<-"}:
            quoted = self.text[start : self.at] != target.text
            bodies.append((len(redirects), target.text, operator == "<<-", quoted))
        redirects.append(Redirect(operator, target, descriptor))
        return True

    def _bodies(self) -> None:
        """Reads the texts of the heredocs that the line before announced."""
        waiting, self.waiting = self.waiting, []
        for command, index, delimiter, indented, quoted in waiting:
            taken: list[str] = []
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                line = self.text[self.at : end if end >= 0 else len(self.text)]
                self.at = end + 1 if end >= 0 else len(self.text)
                line = line.lstrip("\t") if indented else line
                if line == delimiter:
                    break
                taken.append(line + "\n")
            body = "".join(taken)
            literal = quoted or not any(mark in body for mark in "$`\\")
            self._attach(command, index, Word(body, literal))

    def _attach(self, command: int, index: int, body: Word) -> None:
        if 0 <= command < len(self.found):
            simple = self.found[command]
            redirects = list(simple.redirects)
            redirects[index] = replace(redirects[index], body=body)
            self.found[command] = replace(simple, redirects=tuple(redirects))

    def substitution(self, end: str) -> None:
        """Reads the commands of a substitution: they are commands of the line."""
        self._nested(end, substituted=True)

    def quoted_commands(self, text: str) -> None:
        """Reads the commands between backticks."""
        script = parse(text) if self.depth < _DEEPEST else Script((), understood=False)
        self.found.extend(replace(each, substituted=True, depth=self.depth + 1) for each in script.commands)


def _is_assignment(word: str) -> bool:
    name, equals, _ = word.partition("=")
    return bool(equals) and name.removesuffix("+").isidentifier()
