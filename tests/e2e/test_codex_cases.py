"""What happens to sessions of the real Codex, beside going well: each is in the store whole, and once."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Sequence

import pytest
from clients.codex import CODE_MODE, UNKNOWN, Codex, headless, patch_text, patched, ran
from clients.codex_app_server import serving, trust
from clients.model_server import Turn
from clients.responses_server import serving_responses
from e2e.stored import counts, events, hivemind, story
from repos import Repo
from waiting import PATIENCE_SECONDS, wait_for

from hivemind_git.model import Event, RuleKind
from hivemind_git.skills.compose import compose
from hivemind_git.skills.layout import Standing
from hivemind_git.skills.rules_toml import SkillRule

ASKS = 'approval_policy = "on-request"\nsandbox_mode = "read-only"'
FREE = 'approval_policy = "never"\nsandbox_mode = "danger-full-access"'
DONE = Turn("Done.")


@pytest.fixture
def wired(repo: Repo, codex: Codex) -> Repo:
    """A repository that is wired for Codex."""
    repo.commit("Start", **{"a.py": "a = 1\n", "AGENTS.md": "Be brief.\n"})
    hivemind(repo, "install", "codex")
    return repo


def by_session(found: Sequence[Event]) -> list[list[str]]:
    """The story of each session, in the order in which they began."""
    return [story(event for event in found if event.session == one) for one in sessions(found)]


def sessions(found: Sequence[Event]) -> list[str]:
    return list(dict.fromkeys(event.session for event in found))


def test_resume_and_fork(codex: Codex, wired: Repo) -> None:
    change = [(f"a = {n}\n", f"a = {n + 1}\n") for n in (1, 2, 3)]
    turns = [Turn(f"To {new}", (patched("Update File: a.py", removed=old, added=new),)) for old, new in change]
    with serving_responses([], "again") as model:
        for n, (turn, how) in enumerate(zip(turns, ((), ("resume",), ("fork",)), strict=True)):
            model.turns += [turn, DONE]
            named = sessions(events(wired))[:1] if n else []
            codex.run(wired.path, f"Prompt {n}", model, *how, *named)
    found = events(wired)

    def turn(n: int, how: str) -> list[str]:
        edit = ["tool_use apply_patch ok 0 update a.py", "edit modify a.py"]
        said = [f"prompt unknown Prompt {n}", f"response To a = {n + 2}\n", *edit, "response Done."]
        return [f"session_start {how}", *said, "session_end other"]

    assert by_session(found) == [[*turn(0, "startup"), *turn(1, "resume")], turn(2, "fork")]
    (root,) = {event.fields["root"] for event in found if event.fields.get("how") == "fork"}
    assert root == sessions(found)[0]


def test_compaction_is_no_prompt(codex: Codex, wired: Repo) -> None:
    turns = [Turn("Look.", (ran("ls"),)), Turn("SUMMARY"), Turn("After.")]
    with serving_responses(turns, "compact") as model:
        codex.run(wired.path, "Look.", model, extra="model_auto_compact_token_limit = 110")
        assert "SUMMARY" in json.dumps(model.requests[-1])
    assert story(events(wired)) == [
        "session_start startup",
        "prompt unknown Look.",
        "response Look.",
        "tool_use Bash ok 0 ls",
        "compaction",
        "response After.",
        "session_end other",
    ]


def test_a_sub_agent_is_part_of_its_session(codex: Codex, wired: Repo) -> None:
    turns = [
        Turn("Spawn.", (("multi_agent_v1.spawn_agent", {"message": "Write sub.py."}),)),
        Turn("Wait.", (ran("touch ../waiting; until [ -e sub.py ]; do sleep 0.1; done; sleep 1"),)),
        DONE,
    ]
    agents = [
        Turn("In it.", (ran("until [ -e ../waiting ]; do sleep 0.1; done"),)),
        Turn("In it.", (ran("printf 'y = 2\\n' > sub.py"),)),
        Turn("Sub done."),
    ]
    with serving_responses(turns, "sub", agents) as model:
        codex.run(wired.path, "Use an agent.", model, name=UNKNOWN)
    (found,) = by_session(events(wired))
    # Its windows cross that of the command which waits for it, so nothing tells that this was all that it wrote.
    assert sorted(found) == sorted(
        [
            "session_start startup",
            "prompt unknown Use an agent.",
            "response Spawn.",
            "tool_use spawn_agent ok Write sub.py.",
            "response Wait.",
            "tool_use Bash ok 0 unknown subagent printf 'y = 2\\n' > sub.py",
            "edit modify sub.py by_shell subagent",
            "tool_use Bash ok 0 unknown subagent until [ -e ../waiting ]; do sleep 0.1; done",
            "tool_use Bash ok 0 unknown touch ../waiting; until [ -e sub.py ]; do sleep 0.1; done; sleep 1",
            "response Done.",
            "session_end other",
        ]
    )


def test_a_command_that_runs_on_has_its_end_in_the_rollout(codex: Codex, wired: Repo) -> None:
    turns = [
        Turn("Long.", (ran("sleep 1; echo late > late.txt", yield_time_ms=300),)),
        Turn("Wait.", (ran("sleep 2; cat late.txt"),)),
        DONE,
    ]
    with serving_responses(turns, "long") as model:
        codex.run(wired.path, "Take your time.", model)
    # Its time is that of its end, or of the moment when the model was told: whichever was sealed first.
    assert sorted(story(events(wired))) == sorted(
        [
            "session_start startup",
            "prompt unknown Take your time.",
            "response Long.",
            "tool_use Bash ok 0 unknown background sleep 1; echo late > late.txt",
            "edit modify late.txt by_shell",
            "response Wait.",
            "tool_use Bash ok 0 sleep 2; cat late.txt",
            "response Done.",
            "session_end other",
        ]
    )


def test_code_mode(codex: Codex, wired: Repo) -> None:
    new = json.dumps(patch_text("Add File: b.py", added="b = 1\n"))
    change = json.dumps(patch_text("Update File: b.py", removed="b = 1\n", added="b = 2\n"))
    shell = "".join(
        f"await tools.exec_command({{cmd: {json.dumps(one)}}});" for one in ("sed -i s/1/9/ a.py", "exit 3")
    )
    turns = [
        Turn("Write.", (("functions.exec", f"text(await tools.apply_patch({new}));"),)),
        Turn("Change.", (("functions.exec", f"await tools.apply_patch({change}); {shell}"),)),
        DONE,
    ]
    with serving_responses(turns, "code") as model:
        codex.run(wired.path, "In code.", model, name=CODE_MODE)
    found = events(wired)
    # Once, on a machine three times too busy, the second window gave up and said so; why was not found.
    assert [line.replace(" unknown exit 3", " closed exit 3") for line in story(found)] == [
        "session_start startup",
        "prompt unknown In code.",
        "response Write.",
        "tool_use apply_patch ok 0 add b.py",
        "edit create b.py",
        "response Change.",
        "tool_use apply_patch ok 0 update b.py",
        "edit modify b.py",
        "tool_use Bash ok 0 closed sed -i s/1/9/ a.py",
        "edit modify a.py by_shell",
        "tool_use Bash failed 3 closed exit 3",
        "response Done.",
        "session_end other",
    ]
    assert {event.model for event in found if event.kind != "session_end"} == {CODE_MODE}


def test_a_patch_in_the_shell_comes_from_the_rollout(codex: Codex, wired: Repo) -> None:
    patch = patch_text("Add File: via.py", added="z = 3\n")
    wired.write("sub/kept.txt", "kept\n")
    turns = [Turn("Patch.", (ran(f"cd sub && apply_patch <<'EOF'\n{patch}EOF"),)), DONE]
    with serving_responses(turns, "heredoc") as model:
        codex.run(wired.path, "Patch it.", model)
    assert story(events(wired)) == [
        "session_start startup",
        "prompt unknown Patch it.",
        "response Patch.",
        f"tool_use Bash ok unknown cd sub && apply_patch <<'EOF'\n{patch}EOF",
        "edit create sub/via.py",
        "response Done.",
        "session_end other",
    ]


def trusted(codex: Codex, repo: Repo) -> None:
    with serving(codex, repo.path) as server:
        trust(server, repo.path)


def test_an_interrupt(codex: Codex, wired: Repo) -> None:
    command = "echo x > x.txt; sleep 60; python3 -m unittest"
    with serving_responses([Turn("Slow.", (ran(command),)), DONE], "esc") as model:
        codex.configure(model, extra=FREE)
        trusted(codex, wired)
        with serving(codex, wired.path) as server:
            thread = server.thread(wired.path)
            assert server.turn(thread, "Go.", stopping="unittest") == "interrupted"
            assert server.turn(thread, "Not so.") == "completed"
    # Its time is that of its end, or of the moment when the model was told: whichever was sealed first.
    assert sorted(story(events(wired))) == sorted(
        [
            "session_start startup",
            "prompt person Go.",
            "response Slow.",
            f"tool_use Bash interrupted unknown {command}",
            "interrupt",
            "prompt person Not so.",
            "response Done.",
            "session_end other",
        ]
    )


def test_a_refusal_gets_its_reason_from_the_next_prompt(codex: Codex, wired: Repo) -> None:
    nine, two = (patched("Update File: a.py", removed="a = 1\n", added=f"a = {n}\n") for n in (9, 2))
    with serving_responses([Turn("To nine.", (nine,)), Turn("To two.", (two,)), DONE], "no") as model:
        codex.configure(model, extra=ASKS)
        trusted(codex, wired)
        with serving(codex, wired.path, lambda _, asked: CANCEL.get(asked["itemId"], "accept")) as server:
            thread = server.thread(wired.path)
            assert server.turn(thread, "Change a.") == "interrupted"
            assert server.turn(thread, "No, use 2 there.") == "completed"
    assert story(events(wired)) == [
        "session_start startup",
        "prompt person Change a.",
        "response To nine.",
        "tool_use apply_patch rejected update a.py",
        "rejection apply_patch person a.py ",
        "interrupt",
        "prompt person No, use 2 there.",
        "response To two.",
        "tool_use apply_patch ok 0 update a.py",
        "edit modify a.py",
        "response Done.",
        "session_end other",
    ]
    (found,) = json.loads(hivemind(wired, "corrections", "--json"))["corrections"]
    assert (found["kind"], found["before"], found["reason"]) == (
        "rejected",
        "a = 9\n",
        {"text": "No, use 2 there.", "source": "prompt"},
    )


CANCEL = {"call_no0010": "cancel"}


def test_a_killed_agent_is_swept_up_by_the_next_session(codex: Codex, wired: Repo) -> None:
    turns = [Turn("Write.", (ran("echo b > b.txt"),)), Turn("Hang.", (ran("touch hanging; sleep 600"),))]
    with serving_responses(turns, "kill") as model:
        codex.configure(model)
        with codex.started(wired.path, headless("Work.")) as process:
            wait_for((wired.path / "hanging").exists)
            os.killpg(process.pid, signal.SIGKILL)
        model.turns += [DONE]
        codex.run(wired.path, "Next.", model)
    # Without a command of ours: the next session's first hook seals.
    wait_for(lambda: "Hang." in wired.git("grep", "-h", "Hang", "hivemind/sessions", check=False))
    assert by_session(events(wired)) == [
        [
            "session_start startup",
            "prompt unknown Work.",
            "response Write.",
            "tool_use Bash ok 0 closed echo b > b.txt",
            "edit create b.txt by_shell",
            "response Hang.",
            "tool_use Bash unknown touch hanging; sleep 600",
        ],
        ["session_start startup", "prompt unknown Next.", "response Done.", "session_end other"],
    ]


def test_status_sweeps_what_a_killed_agent_left(codex: Codex, wired: Repo) -> None:
    """No session follows, and no hook fires: what the rollout holds is all there is."""
    turns = [Turn("Write.", (ran("echo b > b.txt"),)), Turn("Hang.", (ran("touch hanging; sleep 600"),))]
    with serving_responses(turns, "gone") as model:
        codex.configure(model)
        with codex.started(wired.path, headless("Work.")) as process:
            wait_for((wired.path / "hanging").exists)
            os.killpg(process.pid, signal.SIGKILL)
    assert counts(wired)["pending"] == 0
    stored = wired.git("grep", "-h", "-o", '"text":"[^"]*"', "hivemind/sessions")
    assert set(stored.splitlines()) == {f'"text":"{text}"' for text in ("Work.", "Write.", "Hang.")}


def test_a_folder_that_moves_and_other_worktrees(codex: Codex, wired: Repo) -> None:
    wired.write("sub/kept.txt", "kept\n")
    other = wired.path.with_name("other")
    wired.git("worktree", "add", "-q", str(other), "-b", "side")
    turns = [
        Turn("Below.", (ran("echo w > w.txt", workdir="sub"),)),
        Turn("Beside.", (ran("sed -i s/1/5/ a.py", workdir=str(other)),)),
        DONE,
        Turn("There.", (patched("Update File: a.py", removed="a = 5\n", added="a = 6\n"),)),
        DONE,
    ]
    with serving_responses(turns, "tree") as model:
        codex.run(wired.path, "Move around.", model)
        codex.run(other, "Work there.", model)
    edits = [event for event in events(wired) if event.kind == "edit"]
    assert [(event.worktree, event.fields["path"], event.fields["op"]) for event in edits] == [
        ("main", "sub/w.txt", "create"),
        ("other", "a.py", "modify"),
        ("other", "a.py", "modify"),
    ]


def test_two_agents_in_one_checkout_keep_their_own(codex: Codex, wired: Repo) -> None:
    def turns(name: str) -> list[Turn]:
        patch = patched(f"Add File: {name}.py", added=f"{name} = 1\n")
        meet = f"touch {name}.here; until [ -e one.here ] && [ -e two.here ]; do sleep 0.1; done; sleep 0.5"
        return [
            Turn("Meet.", (ran(meet),)),
            Turn("Patch.", (patch,)),
            Turn("Shell.", (ran(f"echo x > {name}.txt"),)),
            DONE,
        ]

    with serving_responses(turns("one"), "one") as one, serving_responses(turns("two"), "two") as two:
        codex.configure(one)
        elsewhere = ("-c", f'model_providers.loopback.base_url="{two.url}/v1"')
        with codex.started(wired.path, headless("one")) as first:
            codex.call(wired.path, headless("two", *elsewhere))
            first.communicate(timeout=PATIENCE_SECONDS)
    found = events(wired)
    for session in sessions(found):
        own = [event for event in found if event.session == session]
        (name,) = (str(event.fields["text"]) for event in own if event.kind == "prompt")
        assert {event.fields["path"] for event in own if event.kind == "edit"} - {f"{name}.here"} == {
            f"{name}.py",
            f"{name}.txt",
        }
    assert len(sessions(found)) == 2


def test_without_trust_nothing_is_told_and_import_finds_it(codex: Codex, wired: Repo) -> None:
    patch = patched("Update File: a.py", removed="a = 1\n", added="a = 2\n")
    with serving_responses([Turn("Change.", (patch,)), DONE], "none") as model:
        codex.configure(model)
        codex.call(wired.path, ("exec", "--dangerously-bypass-approvals-and-sandbox", "Go."))
    assert not (wired.path / ".git/hivemind/journal").exists()
    hivemind(wired, "import", "--agent", "codex")
    assert story(events(wired)) == [
        "session_start startup",
        "prompt unknown Go.",
        "response Change.",
        "tool_use apply_patch ok update a.py",
        "edit modify a.py",
        "response Done.",
    ]


def test_findings_go_back_to_the_agent_until_they_are_mended(codex: Codex, wired: Repo) -> None:
    """At the stop, and with `edit` beside what the tool said; the model mends what it was told and is let go."""
    rule = SkillRule(id="1f403488e5c5138c", kind=RuleKind.TEMPLATE, before="print($0)", after="logger.info($0)",
                     language="python", decisions=3)  # fmt: skip
    draft = compose("python-logging", [rule], Standing())
    folder = ".claude/skills/python-logging"
    wired.commit("Add a skill", **{f"{folder}/SKILL.md": draft.skill, f"{folder}/rules.toml": draft.rules_file})
    for when, name in (("stop", "b.py"), ("edit", "c.py")):
        wired.git("config", "hivemind.checkAgent", when)
        hivemind(wired, "status")
        wrong = Turn("Add.", (patched(f"Add File: {name}", added="print(1)\n"),))
        mend = Turn("Mend.", (patched(f"Update File: {name}", removed="print(1)\n", added="logger.info(1)\n"),))
        with serving_responses([wrong, *([DONE] if when == "stop" else []), mend, DONE], when) as model:
            codex.run(wired.path, f"Add {name}.", model)
        told = f"- {name}:1 `print(1)`: write `logger.info(1)` (skill python-logging, rule 1f403488e5c5138c)"
        heard = [told in json.dumps(request["input"], ensure_ascii=False) for request in model.requests]
        assert heard == ([False, False, True, True] if when == "stop" else [False, True, True])
        assert (wired.path / name).read_text() == "logger.info(1)\n"


def test_the_notice_reaches_the_person_and_not_the_model(codex: Codex, wired: Repo) -> None:
    notice = wired.path / ".git/hivemind/notice"
    said = json.loads(notice.read_text())["systemMessage"]
    with serving_responses([], "notice") as model:
        codex.run(wired.path, "Headless.", model)
        assert notice.exists()
        trusted(codex, wired)
        with serving(codex, wired.path) as server:
            thread = server.thread(wired.path)
            assert [server.turn(thread, prompt) for prompt in ("Hello.", "Again.")] == ["completed"] * 2
            assert server.shown == [said]
        assert not notice.exists()
    assert "hivemind" not in json.dumps([request["input"] for request in model.requests])
