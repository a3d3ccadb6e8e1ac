"""What an agent logged is in the store though it was killed before any hook could say so."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.capture.files import exclusive
from hivemind_git.capture.journal import Journal
from hivemind_git.capture.seal import SealResult
from hivemind_git.capture.watch import Watch
from hivemind_git.pipeline import deriving, installing, listing, reporting, sealing, tracing
from hivemind_git.pipeline.workspace import Workspace, open_workspace, this_machine
from hivemind_git.store.verify import verify


@pytest.fixture
def log(repo: Repo, hermetic: Path) -> Callable[..., Log]:
    """Makes transcripts of sessions in the repository, which has one commit."""
    repo.commit("Start")

    def make(session: str, **how: object) -> Log:
        return Log(hermetic, repo.path, session, **how)  # type: ignore[arg-type]

    return make


def state_of(repo: Repo) -> Path:
    return repo.path / ".git/hivemind"


def seal(repo: Repo) -> SealResult:
    return sealing.seal(open_workspace(repo.path))


def texts(repo: Repo) -> list[str]:
    space = open_workspace(repo.path)
    return [str(event.fields["text"]) for event in space.store().events() if "text" in event.fields]


def test_the_next_hook_of_any_session_ends_what_a_killed_agent_left(repo: Repo, log: Callable[..., Log]) -> None:
    killed, other = log("killed"), log("other", minute=30)
    killed.prompt("First.")
    killed.hook(state_of(repo), "UserPromptSubmit", prompt="First.", prompt_id="killed-p0")
    seal(repo)
    killed.says("On it.")
    killed.writes("toolu_1", "a.py", "a = 1\n")
    side = log("killed", agent="side", minute=2)
    side.runs("toolu_2", "pytest", "1 passed")
    other.prompt("Other.")
    other.hook(state_of(repo), "Stop")
    seal(repo)
    assert texts(repo) == ["First.", "On it.", "Other."]
    space = open_workspace(repo.path)
    tools = [str(event.fields["tool_use"]) for event in space.store().events("killed") if event.kind == "tool_use"]
    assert tools == ["toolu_1", "toolu_2"]
    assert seal(repo) == SealResult()


def test_whoever_seals_each_session_bears_its_own_workspace(
    repo: Repo, log: Callable[..., Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = log("labelled"), log("other", minute=30)
    for each in (one, other):
        each.prompt("First.")
        each.writes(f"toolu_{each.session}", f"{each.session}.py", "a = 1\n")
        place = each.hook(state_of(repo), "Stop")
        if each is one:
            place.with_name(f"{place.name}.workspace").write_text("shop")
    seal(repo)
    store = open_workspace(repo.path).store()
    assert {event.workspace for event in store.events("labelled")} == {"shop"}
    assert {event.workspace for event in store.events("other")} == {None}
    assert list((state_of(repo) / "journal").glob("*.*")) == []


def test_a_log_that_is_made_after_its_only_hook_is_found(repo: Repo, log: Callable[..., Log]) -> None:
    late, never = log("late"), log("never")
    for one in (late, never):
        one.hook(state_of(repo), "UserPromptSubmit", prompt="First.", prompt_id="p0")
    seal(repo)
    assert texts(repo) == ["First.", "First."]
    late.says("Refused, then killed: no hook told of it.")
    reporting.status(open_workspace(repo.path), this_machine())
    assert sorted(texts(repo)) == ["First.", "First.", "Refused, then killed: no hook told of it."]
    watched = json.loads((state_of(repo) / "unfinished.json").read_text())
    grown_old = {name: [agent, size, 1] for name, (agent, size, *_) in watched.items()}
    (state_of(repo) / "unfinished.json").write_text(json.dumps(grown_old))
    late.says("More.")
    seal(repo)
    assert [path.name for path, _ in Watch(state_of(repo)).logs()] == ["late.jsonl"]


@pytest.mark.parametrize(
    "command",
    [
        listing.sessions,
        lambda space: listing.events(space, "killed"),
        deriving.derive,
        tracing.log,
        lambda space: reporting.status(space, this_machine()),
    ],
)
def test_the_next_command_does_so_too(
    repo: Repo, log: Callable[..., Log], command: Callable[[Workspace], object]
) -> None:
    killed = log("killed")
    killed.prompt("First.")
    killed.hook(state_of(repo), "SessionStart", source="startup")
    seal(repo)
    killed.says("Last words.")
    command(open_workspace(repo.path))
    assert texts(repo) == ["First.", "Last words."]


def test_a_command_waits_for_the_seal_that_is_at_work(repo: Repo, log: Callable[..., Log]) -> None:
    told = log("one")
    told.prompt("First.")
    told.hook(state_of(repo), "UserPromptSubmit", prompt="First.", prompt_id="one-p0")
    with ExitStack() as held:
        held.enter_context(exclusive(state_of(repo) / "seal.lock"))
        threading.Timer(0.3, held.pop_all().close).start()
        assert listing.events(open_workspace(repo.path), "one")


@pytest.mark.parametrize("told", ["by a hook", "in a log"])
def test_a_seal_leaves_to_another_or_waits_for_it(repo: Repo, log: Callable[..., Log], told: str) -> None:
    """Where only a log had grown it said that there was nothing to seal, while the other had it half read."""
    one = log("one")
    one.prompt("First.")
    one.hook(state_of(repo), "UserPromptSubmit", prompt="First.", prompt_id="one-p0")
    if told == "in a log":
        seal(repo)
        one.says("Said.")
    with ExitStack() as held:
        held.enter_context(exclusive(state_of(repo) / "seal.lock"))
        left = seal(repo)
        assert (left.busy, left.events) == (True, 0)
        threading.Timer(0.3, held.pop_all().close).start()
        done = sealing.seal(open_workspace(repo.path), patience=60)
    assert (done.busy, texts(repo)[-1]) == (False, "Said." if told == "in a log" else "First.")
    assert seal(repo) == SealResult()


def test_a_line_that_a_kill_cut_short_is_read_when_it_is_whole(repo: Repo, log: Callable[..., Log]) -> None:
    killed = log("killed")
    killed.prompt("First.")
    killed.hook(state_of(repo), "Stop")
    whole = killed.path.read_bytes()
    killed.says("Second.")
    later = killed.path.read_bytes()
    killed.path.write_bytes(whole + later[len(whole) : -20])
    seal(repo)
    assert texts(repo) == ["First."]
    killed.path.write_bytes(later)
    seal(repo)
    assert texts(repo) == ["First.", "Second."]


def test_a_log_is_not_read_again_before_it_changes(repo: Repo, log: Callable[..., Log]) -> None:
    one = log("one")
    one.prompt("First.")
    one.hook(state_of(repo), "Stop")
    seal(repo)
    stat = one.path.stat()
    one.path.write_bytes(b"x" * stat.st_size)
    os.utime(one.path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    one.hook(state_of(repo), "Stop")
    seal(repo)
    assert (texts(repo), (state_of(repo) / "log").exists()) == (["First."], False)


def test_a_log_that_is_quiet_for_two_weeks_is_let_go(repo: Repo, log: Callable[..., Log]) -> None:
    old, gone, new = log("old"), log("gone"), log("new")
    for one in (old, gone, new):
        one.prompt("First.")
        one.hook(state_of(repo), "Stop")
    seal(repo)
    os.utime(old.path, (1, 1))
    gone.path.unlink()
    assert {path.name for path, _ in Watch(state_of(repo)).logs()} == {"old.jsonl", "gone.jsonl", "new.jsonl"}
    new.says("More.")
    seal(repo)
    new.says("And more.")
    seal(repo)
    assert [path.name for path, _ in Watch(state_of(repo)).logs()] == ["new.jsonl"]


def test_a_log_that_nobody_understands_holds_up_no_other(
    repo: Repo, log: Callable[..., Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, good = log("bad"), log("good", minute=3)
    for one in (bad, good):
        one.prompt("First.")
        one.hook(state_of(repo), "Stop")
    seal(repo)
    bad.path.unlink()
    bad.path.mkdir()
    good.says("Second.")
    seal(repo)
    assert texts(repo) == ["First.", "First.", "Second."]
    assert "seal: claude-code: IsADirectoryError" in (state_of(repo) / "log").read_text()


KILLER = """
import os, signal, sys
from hivemind_git.capture import keep
from hivemind_git.capture.watch import Watch
from hivemind_git.pipeline import sealing
from hivemind_git.pipeline.workspace import open_workspace

step = int(sys.argv[1])
steps = iter(range(1000))

def killing(function):
    def run(*args, **kwargs):
        result = function(*args, **kwargs)
        if next(steps) == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return run

steps_of = ((Watch, "add"), (Watch, "sealed"), (keep, "append"), (keep.Memory, "remember"), (keep.ImageStore, "put"))
for owner, name in steps_of:
    setattr(owner, name, killing(getattr(owner, name)))
sealing.seal(open_workspace("."))
"""


def test_a_seal_killed_at_any_step_of_reading_logs_loses_nothing(repo: Repo, log: Callable[..., Log]) -> None:
    one = log("one")
    wanted = []
    tried = 0
    for step in range(40):
        one.says(f"Line {step}.")
        if step % 3 == 0:
            one.hook(state_of(repo), "Stop")
        wanted.append(f"Line {step}.")
        command = [sys.executable, "-c", KILLER, str(step % 10)]
        tried += subprocess.run(command, cwd=repo.path, check=False).returncode == -9
    seal(repo)
    assert tried >= 10
    assert texts(repo) == wanted
    assert (Journal(state_of(repo)).pending(), Journal(state_of(repo)).lost()) == ([], 0)
    space = open_workspace(repo.path)
    assert verify(space.repository, space.ref) == []


def test_an_environment_that_is_off_discards_nobody_s_journal(
    repo: Repo, log: Callable[..., Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    one = log("one")
    one.prompt("First.")
    one.hook(state_of(repo), "Stop")
    monkeypatch.setenv("HIVEMIND_CAPTURE", "false")
    assert seal(repo) == SealResult(pending=1)
    monkeypatch.delenv("HIVEMIND_CAPTURE")
    assert seal(repo).events == 2


def test_a_repository_that_is_off_keeps_nothing(repo: Repo, log: Callable[..., Log]) -> None:
    one = log("one")
    one.prompt("First.")
    one.hook(state_of(repo), "Stop")
    repo.git("config", "hivemind.capture", "false")
    assert (seal(repo), (state_of(repo) / "off").exists()) == (SealResult(), True)
    assert repo.git("for-each-ref", "refs/heads/hivemind") == ""
    repo.git("config", "hivemind.capture", "true")
    open_workspace(repo.path)
    assert not (state_of(repo) / "off").exists()


def test_a_journal_that_nothing_seals_is_full_after_14_days_and_status_says_so(
    repo: Repo, log: Callable[..., Log], hermetic: Path
) -> None:
    one = log("one")
    one.prompt("First.")
    entry = one.hook(state_of(repo), "Stop")
    os.utime(entry, (entry.stat().st_mtime - 15 * 86400,) * 2)
    Journal(state_of(repo)).tidy(state_of(repo).stat().st_mtime)
    repo.git("config", "hivemind.redact", "(")
    shown = reporting.status(open_workspace(repo.path), this_machine())
    assert (shown.full, shown.pending) == (True, 1)
    repo.git("config", "--unset", "hivemind.redact")
    shown = reporting.status(open_workspace(repo.path), this_machine())
    assert (shown.full, shown.pending, texts(repo)) == (False, 0, ["First."])


def test_install_announces_once_where_traces_go(repo: Repo, hermetic: Path) -> None:
    space = open_workspace(repo.path)
    machine = this_machine()
    for _ in range(2):
        installing.install(space, machine, installing.plan(space, machine, ["claude-code"]))
    notice = state_of(repo) / "notice"
    said = json.loads(notice.read_text())
    assert list(said) == ["systemMessage"]
    assert "on the branch hivemind/sessions" in said["systemMessage"]
    assert (state_of(repo) / "lost").read_bytes() == b""
    notice.unlink()  # as the hook does once it is shown
    installing.install(space, machine, installing.plan(space, machine, ["claude-code"]))
    assert not notice.exists()


def test_uninstall_takes_an_announcement_that_nobody_saw(repo: Repo, hermetic: Path) -> None:
    space = open_workspace(repo.path)
    machine = this_machine()
    installing.install(space, machine, installing.plan(space, machine, ["claude-code"]))
    installing.uninstall(space, machine)
    assert not (state_of(repo) / "notice").exists()
