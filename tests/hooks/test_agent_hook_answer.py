"""The hook lets the program answer the agent where the setting asks for it, and only then starts it."""

from __future__ import annotations

import json

import pytest
from hooks.installed_hook import Hook

ANSWER = """\
case $1 in answer) printf '%s %s ' "$1" "$2"; cat; [ -z "$GIT_INDEX_FILE" ] ;; esac
"""


def event(name: str, tool: str = "") -> bytes:
    named = {"tool_name": tool} if tool else {}
    data = {"session_id": "s", "hook_event_name": name, **named, "text": '{"tool_name":"Bash"}'}
    return json.dumps(data, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("setting", "name", "tool", "answered"),
    [
        ("stop", "Stop", "", True),
        ("stop", "PostToolUse", "Edit", False),
        ("edit", "Stop", "", True),
        ("edit", "PostToolUse", "Edit", True),
        ("edit", "PostToolUse", "apply_patch", True),
        ("edit", "PostToolUse", "Bash", False),
        ("edit", "PreToolUse", "Edit", False),
        ("recall", "PreToolUse", "Edit", True),
        ("recall", "PreToolUse", "apply_patch", True),
        ("recall", "PreToolUse", "Bash", False),
        ("recall", "PostToolUse", "Edit", False),
        ("recall", "Stop", "", False),
        ("start", "SessionStart", "", True),
        ("start", "sessionStart", "", True),
        ("start", "Stop", "", False),
        ("edit recall start", "SessionStart", "", True),
        ("edit recall", "SessionStart", "", False),
        ("stop recall start", "PreToolUse", "Write", True),
        ("stop recall", "PreToolUse", "Write", True),
        ("stop recall", "PostToolUse", "Write", False),
        ("edit recall", "PostToolUse", "Write", True),
        ("edit recall", "Stop", "", True),
        ("edit", "SessionEnd", "", False),
        ("", "Stop", "", False),
    ],
)
def test_it_answers_at_the_moments_that_the_setting_names(
    hook: Hook, setting: str, name: str, tool: str, answered: bool
) -> None:
    hook.sealer(ANSWER)
    hook.env["GIT_INDEX_FILE"] = "/nowhere"
    if setting:
        (hook.home / "answers").write_text(f"{setting}\n")
    payload = event(name, tool)
    assert hook(payload).stdout == (b"answer claude-code " + payload if answered else b"")


def test_in_every_shell_it_answers_and_a_failure_is_no_word(shell_hook: Hook) -> None:
    (shell_hook.home / "answers").write_text("stop\n")
    shell_hook.sealer(ANSWER)
    payload = event("Stop")
    assert shell_hook(payload).stdout == b"answer claude-code " + payload
    shell_hook.sealer("echo broken >&2; exit 2")
    shell_hook.silent(payload)
    (shell_hook.home / "sealer").unlink()
    shell_hook.silent(payload)


def test_an_answer_at_the_start_leaves_the_notice_for_the_next_session(hook: Hook) -> None:
    """Two JSON documents on one output are none."""
    (hook.home / "notice").write_text('{"systemMessage": "hello"}\n')
    (hook.home / "answers").write_text("start\n")
    hook.sealer(ANSWER)
    payload = event("SessionStart")
    assert hook(payload).stdout == b"answer claude-code " + payload
    hook.sealer("exit 0")
    assert hook(payload).stdout == b'{"systemMessage": "hello"}\n'
    assert not (hook.home / "notice").exists()
