"""What must hold after a fault: a whole store, nothing accepted lost, no lock left, the person's side as git has it."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import PROGRAM
from benchmarks.faults.scenarios import MARKS, SPOKEN, Stage
from hivemind_git.git.objects import Repository
from hivemind_git.model import Kind
from hivemind_git.store.reader import Store
from hivemind_git.store.verify import verify

_PASSED_SECONDS = 3600
_REF = "refs/heads/hivemind/sessions"
_OURS = ("refs/heads/hivemind/", "refs/remotes/origin/hivemind/", "refs/hivemind/")


@dataclass(frozen=True, slots=True)
class Persons:
    """What is the person's in a repository: branches and tags, index, files, configuration, hooks."""

    refs: tuple[str, ...]
    index: str
    files: tuple[tuple[str, bytes], ...]
    wiring: tuple[tuple[str, bytes], ...]


def persons(stage: Stage) -> Persons:
    """How it stands now."""
    refs = stage.must("git", "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    head = stage.must("git", "symbolic-ref", "HEAD")
    kept = [ref for ref in refs if not ref.startswith(_OURS)]
    files = [path for path in sorted(stage.repo.rglob("*")) if not {".git", ".claude"} & {*path.parts}]
    home = Path(stage.env["HOME"])
    places = (stage.repo / ".git/hooks", stage.repo / ".claude", home)
    wired = [stage.repo / ".git/config", *(path for place in places for path in sorted(place.rglob("*")))]
    return Persons(
        refs=(head, *kept),
        index=stage.must("git", "ls-files", "--stage", "-z"),
        files=tuple((str(path.relative_to(stage.repo)), path.read_bytes()) for path in files if path.is_file()),
        wiring=tuple((str(path.relative_to(stage.top)), path.read_bytes()) for path in wired if path.is_file()),
    )


def broken(stage: Stage, name: str, before: Persons, *, killed: bool) -> list[str]:
    """What does not hold after a scenario met a fault. Repeats its command on the way, without one."""
    found = list(_persons(stage, name, before))
    stage.run("git", "gc", "-q", "--prune=now")  # refuses where a lock of a killed process stands
    unlock(stage, name)
    again = stage.command(name).run()
    if again.returncode and not _done_already(name, again.stderr.decode("utf-8", "replace")):
        found.append(f"again: exit {again.returncode}: {again.stderr.decode('utf-8', 'replace').strip()[:200]}")
    if name == "uninstall":
        stage.must(PROGRAM, "install", "claude-code")
    stage.must(PROGRAM, "seal")
    found += [*_store(stage, name, killed=killed), *_left(stage)]
    if name in {"install", "uninstall"}:
        stage.must(PROGRAM, "uninstall")
        found += [f"{path} is still wired" for path, content in persons(stage).wiring if b"hivemind" in content]
    return found


def _persons(stage: Stage, name: str, before: Persons) -> Iterator[str]:
    """Differences on the person's side that the command does not make."""
    now = persons(stage)
    if now.files != before.files:
        yield "files of the worktree changed"
    if name not in {"install", "uninstall"} and now.wiring != before.wiring:
        yield "configuration or hooks changed"
    if name in {"commit", "amend", "push"}:
        return  # git's own to change: that the command can be done again is looked at below
    if now.refs != before.refs:
        yield f"refs changed: {sorted({*now.refs} ^ {*before.refs})}"
    if now.index != before.index:
        yield "the index changed"


def unlock(stage: Stage, name: str) -> None:
    """Lets time pass for locks on refs of ours; takes away those that a person's git left, as its message says.

    Where the person's own git was killed, it leaves locks with us or without.
    """
    for lock in (path for top in (".git", "../hub.git") for path in stage.repo.glob(f"{top}/**/*.lock")):
        if "hivemind" in lock.parent.parts:
            os.utime(lock, (lock.stat().st_atime - _PASSED_SECONDS, lock.stat().st_mtime - _PASSED_SECONDS))
        elif name in {"commit", "amend", "push"}:
            lock.unlink()


def _done_already(name: str, said: str) -> bool:
    """Whether the first run did it all, and there is nothing to do again."""
    return (name == "commit" and not said) or (name == "forget" and "no session" in said)


def _store(stage: Stage, name: str, *, killed: bool) -> Iterator[str]:
    """What is wrong with the store of the repository, and with that of the hub."""
    for place in (stage.repo, stage.repo / "../hub.git"):
        for problem in verify(Repository.containing(place.resolve()), _REF):
            yield f"{place.name}: {problem.path} {problem.what}"
    prompts = Counter(
        event.fields["text"]
        for event in Store(Repository.containing(stage.repo), _REF).events()
        if event.kind is Kind.PROMPT
    )
    gone = name == "forget"
    for number, text in enumerate(MARKS):
        expected = 0 if gone and number % 2 == 0 else 1
        if prompts[text] != expected:
            yield f"{text} is in the store {prompts[text]} times"
    if name == "hook" and not killed and not prompts[SPOKEN] and not (stage.repo / ".git/hivemind/lost").read_text():
        yield "the prompt is neither kept nor counted as lost"
    every = _every_object(stage.repo)
    if gone and any(text in every for text in MARKS[::2]):
        yield "what was forgotten is still in an object"


def _every_object(repo: Path) -> str:
    subprocess.run(["git", "gc", "-q", "--prune=now"], cwd=repo, check=True)
    command = ["git", "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(command, cwd=repo, check=True, capture_output=True).stdout.decode("utf-8", "replace")


def _left(stage: Stage) -> Iterator[str]:
    """Locks of git that nothing takes away, and events that nothing seals. Our own locks end with their process."""
    for path in sorted(stage.repo.glob(".git/**/*.lock")):
        if "hivemind" not in path.parent.parts:
            yield f"{path.relative_to(stage.repo)} is left"
    waiting = [path.name for path in (stage.repo / ".git/hivemind/journal").glob("*")]
    if waiting:
        yield f"the journal still holds {', '.join(waiting)}"
