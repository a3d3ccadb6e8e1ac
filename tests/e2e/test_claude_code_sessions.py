"""What the real Claude Code does, as the store tells it: sessions, kills, people who refuse, several repositories.

Each test ends by reading every transcript anew: the tree of the store must not change.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from clients.claude_code import ClaudeCode
from clients.model_server import Turn, serving
from e2e.stored import events, hivemind, sessions_tree, story, told_again, unsealed
from repos import Repo
from waiting import PATIENCE_SECONDS, at_work_in, wait_for

from hivemind_git.capture.images import ImageStore
from hivemind_git.capture.journal import Journal
from hivemind_git.model import Event, Kind

TALK = (Kind.SESSION_START, Kind.PROMPT, Kind.COMPACTION, Kind.SESSION_END)
ROOT = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def wired(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository with one commit that is wired for Claude Code. The client's events have the real time."""
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    repo.commit("Start", **{"a.txt": "one\n"})
    hivemind(repo, "install", "claude-code")
    return repo


def write(path: Path, text: str) -> tuple[str, dict[str, Any]]:
    return "Write", {"file_path": str(path), "content": text}


def edit(path: Path, old: str, new: str) -> tuple[str, dict[str, Any]]:
    return "Edit", {"file_path": str(path), "old_string": old, "new_string": new}


def shell(command: str, **more: bool) -> tuple[str, dict[str, Any]]:
    return "Bash", {"command": command, **more}


def play(claude: ClaudeCode, repo: Repo, prompt: str, turns: Iterable[Turn], *arguments: str) -> None:
    with serving(list(turns), prompt.strip("/")[:5]) as model:
        claude.run(repo.path, prompt, model, *arguments)


def stored(repo: Repo) -> list[Event]:
    """The events of sessions; transcripts that are read again from their start change nothing."""
    found = [event for event in events(repo) if event.session]
    assert told_again(repo) == sessions_tree(repo)
    return found


def of(found: Iterable[Event], *kinds: Kind) -> list[str]:
    return story(event for event in found if event.kind in kinds)


def test_resumed_continued_forked_compacted(claude: ClaudeCode, wired: Repo) -> None:
    path = wired.path / "b.py"
    play(claude, wired, "first", [Turn("W.", (write(path, "b = 1\n"),)), Turn("1.")], "--session-id", ROOT)
    play(claude, wired, "second", [Turn("E.", (edit(path, "b = 1", "b = 2"),)), Turn("2.")], "--resume", ROOT)
    play(claude, wired, "third", [Turn("3.")], "--continue")
    fork = [Turn("F.", (edit(path, "b = 2", "b = 3"),)), Turn("4.")]
    play(claude, wired, "forked", fork, "--resume", ROOT, "--fork-session")
    play(claude, wired, "/compact keep names", [Turn("Summary.")], "--resume", ROOT)
    full = [Turn("Full.", (shell("ls"),), input_tokens=190_000), Turn("<summary>s</summary>"), Turn("5.")]
    play(claude, wired, "last", full, "--resume", ROOT, "--autocompact", "100000")
    found = stored(wired)
    assert of((event for event in found if event.session == ROOT), *TALK, Kind.EDIT) == [
        *("session_start startup", "prompt unknown first", "edit create b.py", "session_end other"),
        *("session_start resume", "prompt unknown second", "edit modify b.py", "session_end other"),
        *("session_start resume", "prompt unknown third", "session_end other"),
        *("session_start resume", "compaction manual", "session_end other"),
        *("session_start resume", "prompt unknown last", "compaction auto", "session_end other"),
    ]
    assert of((event for event in found if event.session != ROOT), *TALK, Kind.EDIT) == [
        *("session_start fork", "prompt unknown forked", "edit modify b.py", "session_end other")
    ]
    answers = [event for event in found if event.kind is Kind.RESPONSE]
    assert {event.agent_version for event in answers} == {"2.1.329"}
    assert all(event.model for event in answers)
    tokens = [event.fields["tokens"] for event in answers]
    assert tokens.count({"input": 100, "output": 20}) == len(tokens) - 1
    assert {"input": 190_000, "output": 20} in tokens


def test_killed_anywhere(claude: ClaudeCode, wired: Repo) -> None:
    """At each request of the model, and while a command runs; the next command of ours sweeps up."""
    client: subprocess.Popen[str]
    for point in range(4):
        turns = [
            Turn("R.", (("Read", {"file_path": str(wired.path / "a.txt")}),)),
            Turn("W.", (write(wired.path / f"k{point}.py", "k = 1\n"),)),
            Turn("S.", (shell(f"echo {point} >> a.txt"),)),
            Turn("Done."),
        ]
        turns[point] = Turn("", before=lambda: os.killpg(client.pid, signal.SIGKILL))
        with serving(turns, f"kill{point}") as model, claude.started(wired.path, f"{point}", model) as client:
            client.wait(PATIENCE_SECONDS)
    last = serving([Turn("S.", (shell("touch started; sleep 1; touch late"),))], "kill4")
    with last as model, claude.started(wired.path, "4", model) as client:
        wait_for((wired.path / "started").exists)
        os.kill(client.pid, signal.SIGKILL)
    hivemind(wired, "status")
    assert not Journal(wired.path / ".git/hivemind").pending()
    found = stored(wired)
    assert sorted(of(found, Kind.PROMPT)) == [f"prompt unknown {point}" for point in range(5)]
    assert sorted(of(found, Kind.EDIT)) == ["edit create k2.py", "edit create k3.py", "edit modify a.txt by_shell"]
    uses = [str(event.fields["tool"]) for event in found if event.kind is Kind.TOOL_USE]
    # That it read a file, the client's log alone tells, and the kill may come before it is written.
    assert sorted(use for use in uses if use != "Read") == ["Bash", "Bash", "Write", "Write"]
    assert uses.count("Read") in {2, 3}


def test_people_refuse_and_clear(claude: ClaudeCode, wired: Repo) -> None:
    turns = [
        Turn("W.", (write(wired.path / "app.py", "x = 1\n"),)),
        Turn("In src.", (write(wired.path / "src/app.py", "x = 1\n"),)),
        Turn("A.", (("Agent", {"description": "sub", "prompt": "write sub.py", "run_in_background": False}),)),
        Turn("", (write(wired.path / "sub.py", "y = 1\n"),)),
        Turn("", (write(wired.path / "sub.py", "y = 2\n"),)),
        Turn("Sub done."),
        Turn("D.", (shell("rm -rf src"),)),
        Turn("T."),
        Turn("C."),
    ]
    with serving(turns, "stdio") as model:
        prompts = ["make an app", "no, use tabs", "/clear", "again"]
        claude.converse(wired.path, prompts, ["put it in src/", None, "y must be 2", None, ""], model)
    found = stored(wired)
    assert sorted(of(found, Kind.REJECTION, Kind.INTERRUPT)) == [
        "interrupt",
        "rejection Bash person ",
        "rejection Write person app.py put it in src/",
        "rejection Write person sub.py y must be 2",
    ]
    assert of(found, Kind.EDIT) == ["edit create src/app.py", "edit create sub.py subagent"]
    assert of(found, Kind.PROMPT) == [f"prompt unknown {each}" for each in prompts if each != "/clear"]
    assert sorted(of(found, Kind.SESSION_START, Kind.SESSION_END)) == [
        *("session_end clear", "session_end other", "session_start clear", "session_start startup")
    ]


def test_prompts_of_programs(claude: ClaudeCode, wired: Repo) -> None:
    wired.write(".claude/commands/mycmd.md", "Do the thing with $ARGUMENTS\n")
    stop = "[ -e stopped ] && exit 0; touch stopped; echo 'Run the tests first.' >&2; exit 2"
    settings = json.dumps({"hooks": {"Stop": [{"hooks": [{"type": "command", "command": stop}]}]}})
    test = "import unittest\n\n\nclass T(unittest.TestCase):\n    def test(self):\n        self.assertEqual(1, {})\n"
    turns = [
        Turn("W.", tuple(write(wired.path / f"test_{n}.py", test.format(n)) for n in (1, 2))),
        Turn("R.", (shell("python3 -m unittest test_1"),)),
        Turn("R.", (shell("python3 -m unittest test_2"),)),
        Turn("B.", (shell("sleep 0.5; echo bg > bg.txt", run_in_background=True),)),
        Turn("W.", (shell("until [ -e bg.txt ]; do sleep 0.1; done; sleep 1"),)),
        Turn("N.", (edit(wired.path / "nope.txt", "a", "b"),)),
        Turn("1."),
        Turn("2."),
    ]
    play(claude, wired, "/mycmd alpha beta", turns, "--settings", settings)
    found = stored(wired)
    prompts = [event for event in found if event.kind is Kind.PROMPT]
    assert {event.fields["speaker"] for event in prompts} == {"program"}
    said = [str(event.fields["text"]) for event in prompts]
    assert [text.split("\n")[0] for text in said] == ["/mycmd alpha beta", "<task-notification>", "Stop hook feedback:"]
    assert of(found, Kind.OUTCOME) == ["outcome tests passed", "outcome tests failed"]
    uses = [(event.fields["tool"], event.fields["status"]) for event in found if event.kind is Kind.TOOL_USE]
    assert ("Edit", "failed") in uses
    assert any(event.fields.get("background") is True for event in found)


def test_worktrees_and_other_repositories(claude: ClaudeCode, wired: Repo, make_repo: Callable[[str], Repo]) -> None:
    other = make_repo("other")
    other.commit("Start", **{"o.txt": "o\n"})
    hivemind(other, "install", "claude-code")
    nested, side = wired.path / ".claude/worktrees/nested", wired.path.parent / "side"
    for top in (nested, side):
        wired.git("worktree", "add", "-q", str(top))
    (wired.path / "sub").mkdir()
    turns = [
        Turn("1.", tuple(write(path, "n = 1\n") for path in (nested / "n.py", side / "s.py", other.path / "o.py"))),
        Turn("2.", (shell("cd sub"),)),
        Turn("3.", (shell("echo moved > here.txt"),)),
        Turn("4.", (shell(f"git worktree remove --force {side}"),)),
        Turn("Done."),
    ]
    play(claude, wired, "work", turns)
    with serving([Turn("N.", (shell("echo inside > i.txt"),)), Turn("Done.")], "inside") as model:
        claude.run(nested, "inside", model)
    assert sorted((event.worktree, *of([event], Kind.EDIT)) for event in stored(wired) if event.kind is Kind.EDIT) == [
        ("main", "edit create sub/here.txt by_shell"),
        ("nested", "edit create i.txt by_shell"),
        ("nested", "edit create n.py"),
        ("side", "edit create s.py"),
    ]
    assert of(stored(other), Kind.PROMPT, Kind.EDIT) == ["prompt unknown work", "edit create o.py"]


def test_two_at_once_and_hooks_that_miss(claude: ClaudeCode, wired: Repo) -> None:
    def one(name: str) -> None:
        path = wired.path / f"{name}.py"
        turns = [Turn("W.", (write(path, f"{name} = 1\n"),)), Turn("E.", (edit(path, "1", "2"),)), Turn("Done.")]
        play(claude, wired, name, turns)

    with ThreadPoolExecutor() as both:
        list(both.map(one, ("left", "right")))
    found = stored(wired)
    by_hand = [event for event in found if event.kind is Kind.EDIT and event.fields.get("by_shell") is None]
    assert sorted((event.fields["path"], event.fields["op"]) for event in by_hand) == [
        *(("left.py", "create"), ("left.py", "modify"), ("right.py", "create"), ("right.py", "modify"))
    ]
    assert len({(event.session, event.fields["path"]) for event in by_hand}) == 2
    local = wired.path / ".claude/settings.local.json"
    hooks = json.loads(local.read_text())
    hooks["hooks"] = {"SessionStart": hooks["hooks"]["SessionStart"]}
    local.write_text(json.dumps(hooks))
    turns = [Turn("W.", (write(wired.path / "u.py", "u = 1\n"),)), Turn("Done.")]
    play(claude, wired, "unheard", turns)
    unheard = [event for event in stored(wired) if event not in found]
    assert of(unheard, Kind.PROMPT, Kind.EDIT) == ["prompt unknown unheard", "edit create u.py"]


@pytest.mark.parametrize("moment", ["SessionStart", "UserPromptSubmit", "Stop", "SessionEnd", "commit"])
def test_each_moment_alone_tells_all_that_was_so_far(claude: ClaudeCode, wired: Repo, moment: str) -> None:
    """No other hook is wired, and no command of ours runs: the log and the worktree are read in the background."""
    local = wired.path / ".claude/settings.local.json"
    hooks = json.loads(local.read_text())
    one = "SessionStart" if moment == "commit" else moment
    hooks["hooks"] = {one: hooks["hooks"][one]}
    local.write_text(json.dumps(hooks))
    path = wired.path / "b.py"

    def commit() -> None:
        wired.git("add", "b.py")
        wired.git("commit", "-q", "-m", "Take it")

    then = commit if moment == "commit" else lambda: None
    play(claude, wired, "make", [Turn("W.", (write(path, "b = 1\n"),)), Turn("Made.", before=then)])
    if moment in ("SessionStart", "UserPromptSubmit"):
        play(claude, wired, "again", [Turn("Again.")])
    wanted = {"prompt unknown make", "edit create b.py", *([] if moment == "commit" else ["response Made."])}
    wait_for(lambda: wanted <= set(of(unsealed(wired), Kind.PROMPT, Kind.EDIT, Kind.RESPONSE)))
    (made,) = [event for event in unsealed(wired) if event.kind is Kind.EDIT]
    assert ImageStore(wired.path / ".git/hivemind/images").load(made.session)[made.id].after == b"b = 1\n"
    wait_for(lambda: not at_work_in(wired.path))


def test_a_file_that_was_brought_back_between_two_prompts(claude: ClaudeCode, wired: Repo) -> None:
    """As a rewind does it. Without a screen the client keeps copies only where it is told to."""
    path, kept = wired.path / "b.py", {"CLAUDE_CODE_ENABLE_SDK_FILE_CHECKPOINTING": "1"}

    def go_on(prompt: str, tool: tuple[str, dict[str, Any]], *arguments: str) -> None:
        with serving([Turn("Now.", (tool,)), Turn("Done.")], prompt) as model:
            claude.run(wired.path, prompt, model, *arguments, env=kept)

    go_on("make", write(path, "b = 1\n"))
    go_on("change", edit(path, "b = 1", "b = 2"), "--continue")
    path.write_text("b = 1\n")
    go_on("again", shell("true"), "--continue")
    told = of(stored(wired), Kind.EDIT, Kind.PROMPT, Kind.TOOL_USE)
    assert [line for line in told if "rewind" in line] == ["tool_use rewind ok"]
    assert told.index("tool_use rewind ok") > told.index("prompt unknown again")
    why = hivemind(wired, "corrections", "--why", "b.py")
    assert "\nremoved " in why
    assert "the whole file went back" in why


@pytest.mark.parametrize("back_to", ["change b", "make b"])
def test_a_rewind_on_the_screen(claude: ClaudeCode, wired: Repo, back_to: str) -> None:
    """Of code and conversation: to before a change, and to before two files were there, of which git ignores one."""
    path, ignored = wired.path / "b.py", wired.path / "made.log"
    wired.commit("Ignore", **{".gitignore": "*.log\n"})
    make = Turn("W.", (write(path, "b = 1\n"), write(ignored, "a log\n")))
    turns = [make, Turn("Made."), Turn("E.", (edit(path, "b = 1", "b = 2"),)), Turn("Changed."), Turn("Again.")]
    with serving(turns, "screen") as model, claude.on_screen(wired.path, model) as screen:
        screen.say("make b")
        screen.wait("● Made")
        screen.say("change b")
        screen.wait("● Changed")
        screen.say("/rewind")
        screen.wait("Restore the code and/or conversation")
        screen.press(*["Up"] * (1 if back_to == "change b" else 2))
        screen.wait(f"\N{HEAVY RIGHT-POINTING ANGLE QUOTATION MARK ORNAMENT} {back_to}")
        screen.press("Enter")
        screen.wait("1. Restore code and conversation")
        screen.press("Enter")
        wait_for(lambda: (path.read_text() if path.exists() else "") == ("b = 1\n" if back_to == "change b" else ""))
        screen.wait("accept edits on")
        screen.press("C-u")
        screen.say("again")
        screen.wait("● Again")
        screen.say("/exit")
        wait_for(lambda: not screen.shown())
    told = stored(wired)
    back = [event for event in told if event.fields.get("tool") == "rewind"]
    gone = [("b.py", "delete"), ("made.log", "delete")]
    assert sorted((str(event.fields["path"]), str(event.fields.get("op"))) for event in back) == (
        [("b.py", "None")] if back_to == "change b" else gone
    )
    assert of(told, *TALK) == [
        *("session_start startup", "prompt person make b", "prompt person change b"),
        *("session_start rewind", "prompt person again", "session_end prompt_input_exit"),
    ]
    why = hivemind(wired, "corrections", "--why", "b.py")
    assert "\nremoved " in why
    assert "the whole file went back" in why


def test_the_screen_shows_once_where_traces_go(claude: ClaudeCode, wired: Repo) -> None:
    """And the model is not told."""
    with serving([], "notice") as model:
        for number in range(2):
            with claude.on_screen(wired.path, model) as screen:
                if number == 0:
                    screen.wait("says: hivemind-git records this repository's sessions")
                screen.say("hello")
                screen.wait("● ok")
                assert ("hivemind-git records" in screen.shown()) == (number == 0)
                screen.say("/exit")
                wait_for(lambda: not screen.shown())
    assert "hivemind-git records" not in json.dumps(model.requests)
