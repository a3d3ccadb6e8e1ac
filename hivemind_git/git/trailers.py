"""Trailers, read and written by git itself: what counts as a block of them is git's to say, not a pattern's.

Of a squash's body git returns the last block only; whoever needs more must not keep it in trailers. The user's own
trailer configuration (other separators, commands that make a value) does not apply: what we wrote must read back the
same everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.git.objects import Repository

_SEPARATOR = ["-c", "trailer.separators=:"]


def parse(message: str) -> list[tuple[str, str]]:
    """The trailers of a commit message, in order, folded values joined to one line.

    Raises:
        HivemindError: git is missing.
    """
    done = process.run([*_SEPARATOR, "interpret-trailers", "--parse", "--no-divider"], stdin=_bytes(message))
    return [_pair(line) for line in _text(done.stdout).split("\n") if line]


def of_commits(repository: Repository, commits: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """The trailers of many commits (ids) with one process, commits without any included.

    Raises:
        HivemindError: git is missing, or a commit is not here.
    """
    wanted = "".join(f"{commit}\n" for commit in commits)
    if not wanted:
        return {}
    form = "--format=%x00%x00%H%x00%(trailers:only=true,unfold=true,separator=%x00)"
    command = [
        f"--git-dir={repository.git_dir}",
        *_SEPARATOR,
        "log",
        "--no-walk=unsorted",
        "--stdin",
        "--no-show-signature",
        form,
    ]
    done = process.run(command, stdin=wanted.encode())
    if done.returncode:
        raise HivemindError(f"git could not read the commits: {process.last_words(done)}", "`git fsck` may say more.")
    found = {}
    for record in _text(done.stdout).split("\0\0")[1:]:
        commit, *lines = record.removesuffix("\n").split("\0")
        found[commit] = [_pair(line) for line in lines if line]
    return found


def append(message: str, trailers: Sequence[tuple[str, str]]) -> str:
    """A commit message with trailers added at its end, to the block that is there or as a new one.

    Line ends and control characters in a value become spaces: git would unfold them to that, or break off. `git
    interpret-trailers` judges what is a block; it does not write, for that would run the user's
    `trailer.<key>.command`.

    Raises:
        ValueError: a key is not made of letters, digits and `-`.
        HivemindError: git is missing.
    """
    wanted = [(_key(key), _value(value)) for key, value in trailers]
    text = message.rstrip("\n") + "\n"
    lines = "".join(f"{key}: {value}".rstrip() + "\n" for key, value in wanted)
    present = parse(text)
    joins = not wanted or (present and parse(text + lines) == [*present, *wanted])
    return f"{text}{lines}" if joins else f"{text}\n{lines}"


def _key(key: str) -> str:
    if not key.isascii() or not key.replace("-", "").isalnum():
        raise ValueError(f"no key of a trailer: {key!r}")
    return key


def _value(value: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())


def _pair(line: str) -> tuple[str, str]:
    key, _, value = line.partition(":")
    return key.rstrip(), value.strip()


def _bytes(message: str) -> bytes:
    return message.encode("utf-8", "surrogateescape")


def _text(output: bytes) -> str:
    return output.decode("utf-8", "surrogateescape")
