"""What a command line does to files, as far as its text tells for certain.

Three answers are kept apart: what it surely writes, that it surely writes nothing, and that nobody can tell. A program
that is in no table may write anything.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hivemind_git.corrections import programs
from hivemind_git.corrections.program_tables import Kind
from hivemind_git.corrections.shell_syntax import Redirect, Script, Simple, parse
from hivemind_git.corrections.shell_words import Word

_NOT_FILES = ("/dev/", "&")
_OUT = frozenset({">", ">>", ">|", "&>", "&>>", "<>"})


@dataclass(frozen=True, slots=True)
class Write:
    """A file that a line writes, if its command runs.

    Attributes:
        path: absolute where the folder is known, else as written.
        content: the whole text written, or None where the line does not say it.
        append: it is added at the end.
        deletes: the file is removed.
        source: the file whose content it takes (`cp`, `mv`), or empty.
        certain: it happened, given that the line ended well.
    """

    path: str
    content: str | None = None
    append: bool = False
    deletes: bool = False
    source: str = ""
    certain: bool = False


@dataclass(frozen=True, slots=True)
class Effects:
    """What a command line does.

    Attributes:
        writes: files that it names and writes.
        git: the git sub-commands it runs, with the folder where that is known.
        formatters, linters, tests: programs of that kind, by name. A linter counts where it may mend files.
        passed_if_ok: the line's success means that its tests passed.
        failed_if_failed: the line's failure means that its tests failed.
        read_only: it surely changes no file.
        opaque: it runs something that may write any file.
    """

    writes: tuple[Write, ...] = ()
    git: tuple[tuple[str, str], ...] = ()
    formatters: tuple[str, ...] = ()
    linters: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    passed_if_ok: bool = False
    failed_if_failed: bool = False
    read_only: bool = False
    opaque: bool = False


@dataclass(frozen=True, slots=True)
class _Step:
    """A simple command with the folder it runs in (None: unknown) and its program, freed of wrappers."""

    simple: Simple
    folder: str | None
    program: programs.Program
    certain: bool


def effects(line: str, folder: str = "") -> Effects:
    """What a command line does when it is run in `folder`."""
    script = parse(line)
    steps = tuple(_steps(script, folder))
    kinds = {Kind.READER if step.program.harmless else step.program.kind for step in steps}
    writes = tuple(write for step in steps for write in _writes(step))
    opaque = not script.understood or Kind.OTHER in kinds or any(_lost(step) for step in steps)
    tests = [step for step in steps if step.program.kind is Kind.TEST]
    return Effects(
        writes=writes,
        git=tuple((step.program.action, step.folder or "") for step in steps if step.program.kind is Kind.GIT),
        formatters=_names(steps, Kind.FORMATTER),
        linters=_names(steps, Kind.LINTER),
        tests=_names(steps, Kind.TEST),
        passed_if_ok=bool(tests) and all(_counts(test, steps) for test in tests),
        failed_if_failed=len(tests) == 1 and _decides(tests[0], steps),
        read_only=not opaque and not writes and kinds <= {Kind.READER},
        opaque=opaque,
    )


def _steps(script: Script, start: str) -> Iterator[_Step]:
    folders: dict[int, str | None] = {0: start}
    last_chain = max((simple.chain for simple in script.commands), default=0)
    sure_before: dict[int, bool] = {}
    for simple in script.commands:
        for deeper in [depth for depth in folders if depth > simple.depth]:
            del folders[deeper]
        folder = folders.setdefault(simple.depth, next((folders[d] for d in sorted(folders, reverse=True)), start))
        program = programs.identify(simple.words)
        ran = simple.joined != "&&" or simple.chain == last_chain or sure_before.get(simple.chain, False)
        certain = ran and simple.joined != "||" and not simple.conditional and not simple.background
        sure_before[simple.chain] = certain and program.succeeds
        yield _Step(simple, _inside(folder, program), program, certain)
        if program.name in {"cd", "pushd", "popd"}:
            folders[simple.depth] = _moved(folder, simple.words[1:]) if program.name != "popd" else None


def _inside(folder: str | None, program: programs.Program) -> str | None:
    if not program.folder:
        return folder
    return _join(folder, program.folder)


def _moved(folder: str | None, words: tuple[Word, ...]) -> str | None:
    named = [word for word in words if not word.text.startswith("-") or word.text == "-"]
    if len(named) != 1 or not named[0].literal or named[0].text == "-":
        return None
    return _join(folder, named[0].text)


def _join(folder: str | None, path: str) -> str | None:
    if path.startswith("/"):
        return posixpath.normpath(path)
    return None if folder is None else posixpath.normpath(posixpath.join(folder, path))


def _lost(step: _Step) -> bool:
    """Whether a command writes where the line does not say."""
    named = [*(each.target for each in _outputs(step.simple)), *step.program.written, *step.program.removed]
    return step.program.writes_unnamed or any(_place(step, word) is None for word in named)


def _place(step: _Step, word: Word) -> str | None:
    return _join(step.folder, word.text) if word.literal and word.text else None


def _outputs(simple: Simple) -> list[Redirect]:
    return [
        redirect
        for redirect in simple.redirects
        if (redirect.operator in _OUT or (redirect.operator == ">&" and not _is_descriptor(redirect.target.text)))
        and not redirect.target.text.startswith(_NOT_FILES)
    ]


def _is_descriptor(target: str) -> bool:
    return target.isdigit() or target == "-"


def _writes(step: _Step) -> Iterator[Write]:
    for redirect in _outputs(step.simple):
        if path := _place(step, redirect.target):
            content = (
                _printed(step) if redirect.operator in {">", ">>", ">|"} and redirect.descriptor in {-1, 1} else None
            )
            yield Write(path, content, append=redirect.operator in {">>", "&>>"}, certain=step.certain)
    program = step.program
    content = _typed(step.simple) if program.name == "tee" else None
    for word in program.written:
        if path := _place(step, word):
            source = _place(step, program.source) if program.source else None
            write = Write(path, content, append=program.appends, source=source or "", certain=step.certain)
            yield replace(write, certain=step.certain and not program.guesses)
    for word in program.removed:
        if path := _place(step, word):
            yield Write(path, deletes=True, certain=step.certain and not program.guesses)


def _printed(step: _Step) -> str | None:
    """The text that a command prints, where its words say it."""
    words = [word.text for word in step.simple.words]
    if step.simple.joined == "|" or not all(word.literal for word in step.simple.words):
        return None
    match words:
        case [] | [":"]:
            return ""
        case ["cat"] | ["cat", "-"]:
            return _typed(step.simple)
        case ["echo", *said]:
            return _echoed(said)
        case ["printf", *said]:
            return _formatted(said)
    return None


def _echoed(words: list[str]) -> str | None:
    end = "" if words[:1] == ["-n"] else "\n"
    said = words[1:] if words[:1] == ["-n"] else words
    # What echo makes of a backslash or of -e differs from shell to shell.
    return None if any("\\" in word for word in said) or said[:1] in (["-e"], ["-E"]) else " ".join(said) + end


def _formatted(words: list[str]) -> str | None:
    match words:
        case ["%s" | "%s\\n" as form, text]:
            return text + ("\n" if form.endswith("n") else "")
        case [text] if "%" not in text and "\\" not in text.replace("\\n", ""):
            return text.replace("\\n", "\n")
    return None


def _typed(simple: Simple) -> str | None:
    """The text that a command reads from a heredoc, where nothing in it is expanded."""
    bodies = [redirect.body for redirect in simple.redirects if redirect.body]
    return bodies[-1].text if bodies and bodies[-1].literal else None


def _names(steps: tuple[_Step, ...], kind: Kind) -> tuple[str, ...]:
    return tuple(dict.fromkeys(step.program.name for step in steps if step.program.kind is kind))


def _counts(test: _Step, steps: tuple[_Step, ...]) -> bool:
    """Whether the line can end well only if the test does."""
    chain = [step.simple for step in steps if step.simple.chain == test.simple.chain]
    later = chain[chain.index(test.simple) + 1 :]
    last = chain[-1] is steps[-1].simple
    return last and test.certain and not test.simple.piped and all(simple.joined == "&&" for simple in later)


def _decides(test: _Step, steps: tuple[_Step, ...]) -> bool:
    """Whether the line fails only if the test does: it comes last, and nothing before it in its chain can fail."""
    before = [step for step in steps if step is not test and step.simple.chain == test.simple.chain]
    return steps[-1] is test and _counts(test, steps) and all(step.program.succeeds for step in before)
