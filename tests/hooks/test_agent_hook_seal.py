"""The seal starts at the ends of turns and sessions, detached; nothing else starts it."""

import json
import os
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hooks.installed_hook import Hook
from waiting import PATIENCE_SECONDS, at_work_in, wait_for

from hivemind_git.capture.journal import Journal

SEALS = {
    "": [
        *("SessionStart", "UserPromptSubmit", "Interrupt", "sessionStart", "beforeSubmitPrompt"),
        "on_session_start",
    ],
    " --after turn": ["Stop", "StopFailure", "stop", "on_session_end"],
    " --after session": ["SessionEnd", "sessionEnd", "on_session_finalize"],
}
TURN = "seal --quiet --after turn"
OTHERS = ["PreToolUse", "PostToolUse", "SubagentStop", "subagentStop", "tool_call", "Notification"]
TELL = 'printf "%s\\n" "$*" >>"$(git rev-parse --git-common-dir)/hivemind/sealed"'
HELD = "while [ ! -e .git/hivemind/go ]; do sleep 0.02; done; touch .git/hivemind/done"


def sealed(hook: Hook) -> list[str]:
    file = hook.home / "sealed"
    return file.read_text().splitlines() if file.exists() else []


def event(name: str) -> bytes:
    return json.dumps({"session_id": "s", "hook_event_name": name, "text": '{"hook_event_name":"Stop"}'}).encode()


@pytest.mark.parametrize(("name", "after"), [(name, after) for after, names in SEALS.items() for name in names])
def test_the_end_of_a_turn_or_session_starts_it_and_is_told(name: str, after: str, hook: Hook) -> None:
    hook.sealer(TELL)
    hook.silent(event(name))
    wait_for(lambda: sealed(hook) == [f"seal --quiet{after}"])


def test_every_shell_starts_it(shell_hook: Hook) -> None:
    shell_hook.sealer(TELL)
    shell_hook.silent(event("Stop"))
    wait_for(lambda: sealed(shell_hook) == [TURN])


def test_nothing_else_starts_it(hook: Hook) -> None:
    hook.sealer(TELL)
    for name in OTHERS:
        hook.silent(event(name))
    hook.silent(b"not json")
    hook.silent(event("Stop"))
    wait_for(lambda: not at_work_in(hook.cwd))
    assert sealed(hook) == [TURN]


@pytest.mark.parametrize(
    "payload",
    [
        b'{"hook_event_name":"Stop"}',
        b'{\n  "hook_event_name": "Stop"\n}',
        b'{"hook_event_name" : "Stop"}',
        json.dumps({"last_assistant_message": "x" * 500_000, "hook_event_name": "Stop"}).encode(),
    ],
)
def test_the_name_is_found_however_the_payload_is_written(payload: bytes, shell_hook: Hook) -> None:
    shell_hook.sealer(TELL)
    shell_hook.silent(payload)
    wait_for(lambda: sealed(shell_hook) == [TURN])


def test_it_outlives_the_process_group_of_the_hook(shell_hook: Hook) -> None:
    shell_hook.sealer(HELD)
    with subprocess.Popen(
        shell_hook.argv(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=shell_hook.cwd,
        env=shell_hook.environment(),
        start_new_session=True,
    ) as process:
        assert process.communicate(event("SessionEnd"), timeout=PATIENCE_SECONDS)[0] == b""
        assert process.returncode == 0
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    assert not (shell_hook.home / "done").exists()
    (shell_hook.home / "go").touch()
    wait_for((shell_hook.home / "done").exists)


def test_without_setsid_it_has_a_process_group_of_its_own(hook: Hook, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("cat", "dd", "nohup", "touch", "sleep", "find", "head"):
        (tools / tool).symlink_to(f"/usr/bin/{tool}")
    (tools / "sh").symlink_to("/bin/bash")
    hook.sealer(HELD)
    with subprocess.Popen(
        hook.argv(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=hook.cwd,
        env={"PATH": str(tools)},
        start_new_session=True,
    ) as process:
        assert process.communicate(event("SessionEnd"), timeout=PATIENCE_SECONDS)[0] == b""
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    (hook.home / "go").touch()
    wait_for((hook.home / "done").exists)


def test_it_inherits_neither_files_nor_git_s_variables(hook: Hook, tmp_path: Path) -> None:
    hook.sealer(
        """
        cd .git/hivemind
        (for fd in 0 1 2; do readlink /proc/$$/fd/$fd; done) >told.part
        for fd in 3 4 5 6 7 8 9; do readlink /proc/$$/fd/$fd; done | grep -F leaked >>told.part
        env | grep -E '^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|PREFIX)=' >>told.part
        umask >>told.part
        mv told.part told
        """
    )
    leaked = tmp_path / "leaked"
    leaked.touch()
    opening = ["sh", "-c", 'exec 3<"$0" 9<"$0"; exec "$@"', str(leaked), *hook.argv()]
    variables = dict.fromkeys(("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"), "x")
    old = os.umask(0o026)
    try:
        environment = {**hook.environment(), **variables}
        subprocess.run(opening, input=event("Stop"), cwd=hook.cwd, env=environment, check=True)
    finally:
        os.umask(old)
    wait_for((hook.home / "told").exists)
    assert (hook.home / "told").read_text() == "/dev/null\n" * 3 + "0026\n"


def test_a_sealer_that_vanished_leaves_the_journal(hook: Hook) -> None:
    (hook.home / "sealer").write_text("/nowhere/git-hivemind\n")
    hook.silent(event("Stop"))
    assert hook.journal() == Counter([event("Stop")])


@pytest.mark.parametrize(
    ("status", "days", "stops", "name"),
    [
        (1, 15, True, "claude-code.1.0"),
        (127, 15, True, "claude-code.1.0"),
        (0, 15, False, "claude-code.1.0"),
        (1, 13, False, "claude-code.1.0"),
        (1, 15, False, "git.1.0.index"),
    ],
)
def test_a_journal_stops_growing_after_14_days_of_failing_seals(
    status: int, days: int, stops: bool, name: str, hook: Hook
) -> None:
    old = hook.home / "journal" / name
    old.write_bytes(event("PreToolUse"))
    past = time.time() - days * 86400
    os.utime(old, (past, past))
    hook.sealer(f"touch .git/hivemind/tried; exit {status}")
    hook.silent(event("Stop"))
    wait_for((hook.home / "tried").exists)
    if stops:
        wait_for((hook.home / "full").exists)
    else:
        wait_for(lambda: not at_work_in(hook.cwd))
        assert not (hook.home / "full").exists()


def test_a_full_journal_still_starts_it(shell_hook: Hook) -> None:
    (shell_hook.home / "full").touch()
    shell_hook.sealer(TELL)
    shell_hook.silent(event("Stop"))
    wait_for(lambda: sealed(shell_hook) == [TURN])
    assert shell_hook.lost() == ["claude-code full"]


def test_the_notice_is_shown_once_by_one_of_many(shell_hook: Hook) -> None:
    notice = b'{"systemMessage":"Traces go to .git/hivemind."}\n'
    (shell_hook.home / "notice").write_bytes(notice)
    shell_hook.silent(event("Stop"))
    with ThreadPoolExecutor(10) as pool:
        shown = list(pool.map(lambda _: shell_hook(event("SessionStart")).stdout, range(10)))
    assert Counter(shown) == {notice: 1, b"": 9}
    assert sorted(path.name for path in shell_hook.home.iterdir()) == ["hook", "journal"]


@pytest.mark.parametrize(("source", "shown"), [("cli", True), ("vscode", True), ("exec", False)])
def test_codex_shows_the_notice_where_somebody_looks(
    shell_hook: Hook, tmp_path: Path, source: str, shown: bool
) -> None:
    notice = shell_hook.home / "notice"
    notice.write_text("{}\n")
    log = tmp_path / "rollout-1.jsonl"
    log.write_text(f'{{"type":"session_meta","payload":{{"source":"{source}","base_instructions":"{"x" * 9000}"}}}}\n')
    shell_hook.agent = "codex"
    told = {"transcript_path": str(log), "hook_event_name": "SessionStart"}
    done = shell_hook(json.dumps(told, separators=(",", ":")).encode())
    assert (done.stdout, notice.exists()) == ((b"{}\n", False) if shown else (b"", True))


@pytest.mark.parametrize("mode", ["tui", "print"])
def test_pi_shows_the_notice_on_its_screen(shell_hook: Hook, mode: str) -> None:
    notice = shell_hook.home / "notice"
    notice.write_text("{}\n")
    shell_hook.agent = "pi"
    told = {"hook_event_name": "SessionStart", "session_id": "s", "mode": mode}
    done = shell_hook(json.dumps(told, separators=(",", ":")).encode())
    assert (done.stdout, notice.exists()) == ((b"{}\n", False) if mode == "tui" else (b"", True))


@pytest.mark.parametrize("agent", ["cursor", "hermes", "openclaw"])
def test_who_shows_no_notice_leaves_it(hook: Hook, agent: str) -> None:
    (hook.home / "notice").write_text("{}\n")
    hook.agent = agent
    hook.silent(event("SessionStart"))
    assert (hook.home / "notice").exists()


def test_a_window_sees_the_event_and_its_file(shell_hook: Hook) -> None:
    (shell_hook.home / "window").write_text(
        'printf "%s %s " "$1" "$event" >"$hivemind_dir/seen"; cat "$f" >>"$hivemind_dir/seen"\n'
    )
    shell_hook.silent(event("PreToolUse"))
    assert (shell_hook.home / "seen").read_bytes() == b"claude-code PreToolUse " + event("PreToolUse")


def test_the_seal_knows_nothing_of_the_session_s_workspace_but_the_journal_does(shell_hook: Hook) -> None:
    shell_hook.sealer('printf "<%s>\\n" "$HIVEMIND_WORKSPACE_ID" >>"$(git rev-parse --git-common-dir)/hivemind/sealed"')
    shell_hook.silent(event("PreToolUse"))
    shell_hook.env["HIVEMIND_WORKSPACE_ID"] = "shop; $(x)"
    shell_hook.silent(event("Stop"))
    wait_for(lambda: sealed(shell_hook) == ["<>"])
    journal = Journal(shell_hook.home)
    told = {
        str(payload.data["hook_event_name"]): payload
        for one in journal.pending()
        if (payload := journal.read(one, one.t))
    }
    assert {name: payload.workspace for name, payload in told.items()} == {"PreToolUse": None, "Stop": "shop; $(x)"}
    journal.discard(journal.pending())
    assert list((shell_hook.home / "journal").iterdir()) == []
