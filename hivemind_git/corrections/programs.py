"""What kind of program a simple command runs, and which files its arguments name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from hivemind_git.corrections import program_tables as tables
from hivemind_git.corrections.program_tables import Kind
from hivemind_git.corrections.shell_words import Word


@dataclass(frozen=True, slots=True)
class Program:
    """A program and the files its arguments name.

    Attributes:
        name: without its folder and what wraps it (`env`, `npx`, `timeout 30`).
        action: git's sub-command.
        folder: where it is told to work (`git -C`).
        written, removed: files it writes whole or in place, and files it removes.
        source: the file it copies.
        appends: it adds to the files.
        guesses: the files are a guess (an argument may be a folder).
        writes_unnamed: it writes files that its arguments do not name.
        harmless: it changes no file of a worktree.
        succeeds: it does not fail in practice.
    """

    name: str
    kind: Kind
    action: str = ""
    folder: str = ""
    written: tuple[Word, ...] = ()
    removed: tuple[Word, ...] = ()
    source: Word | None = None
    appends: bool = False
    guesses: bool = False
    writes_unnamed: bool = False
    harmless: bool = False
    succeeds: bool = False


def identify(words: Sequence[Word]) -> Program:
    """The program that the words of a simple command run."""
    words = _unwrapped(list(words))
    if not words:
        return Program("", Kind.READER, succeeds=True)
    name = words[0].text.rsplit("/", 1)[-1]
    if not words[0].literal and name not in {"[", "[["}:
        return Program(name, Kind.OTHER)
    program = _named(name, words[1:])
    return replace(program, succeeds=name in tables.QUIET) if name in tables.QUIET else program


def _unwrapped(words: list[Word]) -> list[Word]:
    while words:
        name = words[0].text.rsplit("/", 1)[-1]
        if name in tables.WRAPPED and words[1:] and words[1].text == tables.WRAPPED[name]:
            words = _without_options(words[2:])
        elif name in {"python", "python3"} and [word.text for word in words[1:2]] == ["-m"]:
            words = words[2:]
        elif name in tables.WRAPPERS and len(words) > 1:
            words = _without_options(words[1:])
            if name in {"timeout", "gtimeout"}:
                words = words[1:]
        else:
            break
    return words


def _without_options(words: list[Word]) -> list[Word]:
    while words and (words[0].text.startswith("-") or "=" in words[0].text):
        words = words[2 if words[0].text in tables.WITH_VALUE else 1 :]
    return words


def _named(name: str, args: list[Word]) -> Program:
    if special := _SPECIAL.get(name):
        return special(name, args)
    texts = [word.text for word in args]
    if name in tables.MENDS:
        kind, words = tables.MENDS[name]
        return Program(name, kind if words & {text.partition("=")[0] for text in texts} else Kind.READER)
    if name in tables.RUNNERS:
        return Program(name, _script(texts))
    if name in tables.ACTIONS:
        action = next((text for text in texts if not text.startswith(("-", "+"))), "")
        kind = tables.ACTIONS[name].get(action, Kind.OTHER)
        return Program(name if kind is Kind.OTHER else f"{name} {action}", kind)
    return Program(name, next((kind for kind, names in _BY_NAME if name in names), Kind.OTHER))


def _script(texts: list[str]) -> Kind:
    named = [text for text in texts if not text.startswith("-") and text not in tables.RUN_WORDS]
    kinds = {kind for text in named[:3] for pattern, kind in tables.SCRIPTS if pattern.search(text)}
    return next((kind for _, kind in tables.SCRIPTS if kind in kinds), Kind.OTHER)


def _git(name: str, args: list[Word]) -> Program:
    folder, rest = "", list(args)
    while rest and rest[0].text.startswith("-"):
        if rest[0].text == "-C" and rest[1:]:
            folder = rest[1].text if rest[1].literal else "$"
        rest = rest[2 if rest[0].text in tables.GIT_WITH_VALUE else 1 :]
    action = rest[0].text if rest else ""
    lists = action in {"stash", "worktree", "bisect"} and rest[1:2] and rest[1].text in {"list", "show", "log"}
    reads = action in tables.GIT_READS or bool(lists)
    return Program(
        name, Kind.GIT, action=action, folder=folder, harmless=reads, writes_unnamed=not reads and action != "commit"
    )


def _gh(name: str, args: list[Word]) -> Program:
    return Program(
        name, Kind.OTHER if {"checkout", "clone", "download", "sync"} & {a.text for a in args} else Kind.READER
    )


def _tsc(name: str, args: list[Word]) -> Program:
    return Program(name, Kind.READER if "--noEmit" in {word.text for word in args} else Kind.OTHER)


def _operands(args: list[Word], with_value: frozenset[str] = frozenset()) -> list[Word]:
    """The arguments that are no options; all that follow `--`."""
    found: list[Word] = []
    skip = False
    for position, word in enumerate(args):
        if skip:
            skip = False
        elif word.text == "--":
            return found + args[position + 1 :]
        elif word.text.startswith("-") and word.text != "-":
            skip = word.text in with_value
        else:
            found.append(word)
    return found


def _has(args: list[Word], letter: str, *names: str) -> bool:
    """Whether an option is given: as a letter (also in a bundle such as `-rf`), or by name."""
    texts = [word.text for word in args]
    bundled = any(re.match(r"-[a-zA-Z]*" + letter, text) for text in texts if not text.startswith("--"))
    return bundled or any(text.partition("=")[0] in names for text in texts)


def _sed(name: str, args: list[Word]) -> Program:
    if not _has(args, "i", "--in-place"):
        return Program(name, Kind.READER)
    scripts = any(word.text in {"-e", "-f", "--expression"} for word in args)
    # BSD's sed wants a suffix after -i, often an empty one.
    files = [word for word in _operands(args, frozenset({"-e", "-f"})) if word.text]
    return Program(name, Kind.WRITER, written=tuple(files if scripts else files[1:]))


def _perl(name: str, args: list[Word]) -> Program:
    if not _has(args, "i"):
        return Program(name, Kind.OTHER)
    taking = frozenset(word.text for word in args if re.fullmatch(r"-[a-zA-Z0-9]*e", word.text))
    return Program(name, Kind.WRITER, written=tuple(_operands(args, taking)))


def _awk(name: str, args: list[Word]) -> Program:
    writes = any(">" in word.text or "inplace" in word.text or "system(" in word.text for word in args)
    return Program(name, Kind.OTHER if writes else Kind.READER)


def _tee(name: str, args: list[Word]) -> Program:
    files = tuple(word for word in _operands(args) if not word.text.startswith("/dev/"))
    return Program(name, Kind.WRITER, written=files, appends=_has(args, "a", "--append"))


def _copy(name: str, args: list[Word]) -> Program:
    files = _operands(args, frozenset({"-t", "-m", "-o", "-g"}))
    if len(files) != 2 or _has(args, "r", "--recursive", "--target-directory") or _has(args, "R"):
        return Program(name, Kind.WRITER, writes_unnamed=True)
    source, target = files
    folder = target.text.endswith(("/", "/.")) or target.text in {".", ".."}
    if folder:
        target = Word(f"{target.text.rstrip('/')}/{source.text.rstrip('/').rsplit('/', 1)[-1]}", target.literal)
    return Program(
        name,
        Kind.WRITER,
        written=(target,),
        removed=(source,) if name == "mv" else (),
        source=source,
        # The target may be a folder that is there, the source a folder.
        guesses=not folder,
    )


def _remove(name: str, args: list[Word]) -> Program:
    files = tuple(_operands(args))
    recursive = _has(args, "r", "--recursive") or _has(args, "R")
    return Program(name, Kind.WRITER, removed=files, guesses=recursive, writes_unnamed=recursive)


def _touch(name: str, args: list[Word]) -> Program:
    # It changes no content, but a file that was not there is now.
    return Program(name, Kind.WRITER, written=tuple(_operands(args, frozenset({"-t", "-d", "-r"}))), guesses=True)


def _find(name: str, args: list[Word]) -> Program:
    acts = {"-delete", "-exec", "-execdir", "-ok", "-fprint", "-fprintf"}
    return Program(name, Kind.OTHER if acts & {word.text for word in args} else Kind.READER)


def _sort(name: str, args: list[Word]) -> Program:
    return Program(name, Kind.OTHER if _has(args, "o", "--output") else Kind.READER)


def _curl(name: str, args: list[Word]) -> Program:
    saves = _has(args, "o", "--output", "--remote-name", "--config") or _has(args, "O")
    return Program(name, Kind.OTHER if saves or name == "wget" else Kind.READER)


def _ruff(name: str, args: list[Word]) -> Program:
    texts = [word.text for word in args]
    if "format" in texts[:1]:
        return Program(f"{name} format", Kind.READER if "--check" in texts or "--diff" in texts else Kind.FORMATTER)
    return Program(f"{name} check", Kind.LINTER if any(text.startswith("--fix") for text in texts) else Kind.READER)


def _black(name: str, args: list[Word]) -> Program:
    return Program(name, Kind.READER if {"--check", "--diff"} & {word.text for word in args} else Kind.FORMATTER)


_BY_NAME = (
    (Kind.FORMATTER, tables.FORMATTERS),
    (Kind.TEST, tables.TESTERS),
    (Kind.LINTER, tables.LINTERS),
    (Kind.READER, tables.READERS),
)
_SPECIAL: dict[str, Callable[[str, list[Word]], Program]] = {
    "git": _git,
    "gh": _gh,
    "tsc": _tsc,
    "sed": _sed,
    "gsed": _sed,
    "perl": _perl,
    "awk": _awk,
    "gawk": _awk,
    "tee": _tee,
    "cp": _copy,
    "mv": _copy,
    "rm": _remove,
    "unlink": _remove,
    "touch": _touch,
    "truncate": _touch,
    "find": _find,
    "sort": _sort,
    "curl": _curl,
    "wget": _curl,
    "ruff": _ruff,
    "black": _black,
}
