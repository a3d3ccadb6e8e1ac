from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hivemind_git.agents import assistant
from hivemind_git.agents.hunks import trimmed
from hivemind_git.capture.journal import Payload
from hivemind_git.model import Capture, Source

CLAUDE = assistant("claude-code")


def place(path: str, cwd: str) -> tuple[str, str] | None:
    return ("main", path[3:]) if path.startswith("/w/") else None


def hear(*told: dict[str, Any]) -> list[Capture]:
    payloads = [
        Payload(
            f"claude-code.1.{n}",
            "claude-code",
            1767225600.5 + n,
            {"session_id": "s", "cwd": "/w", "prompt_id": "p", **one},
        )
        for n, one in enumerate(told)
    ]
    return list(CLAUDE.hear(payloads, place, trimmed))


def facts(captures: list[Capture]) -> list[dict[str, Any]]:
    return [{"kind": capture.event.kind.value, **capture.event.fields} for capture in captures]


def bash(event: str, command: str, **more: Any) -> dict[str, Any]:
    return {
        "hook_event_name": event,
        "tool_name": "Bash",
        "tool_input": {"command": command},
        "tool_use_id": "t",
        **more,
    }


def test_an_event_says_where_it_is_from() -> None:
    (capture,) = hear({"hook_event_name": "UserPromptSubmit", "prompt": "go"})
    event = capture.event
    assert (event.source, event.session, event.agent, event.worktree) == (Source.HOOK, "s", "claude-code", "main")
    assert event.t == "2026-01-01T00:00:00.500Z"


def test_a_use_that_began_and_one_that_ended() -> None:
    assert facts(hear(bash("PreToolUse", "ls"), bash("PostToolUse", "ls", tool_response={"stdout": "a"}))) == [
        {
            "kind": "tool_use",
            "tool_use": "t",
            "tool": "Bash",
            "input": "ls",
            "status": "ok",
            "exit_code": 0,
            "output": "a",
        }
    ]
    assert facts(hear(bash("PreToolUse", "ls"))) == [
        {"kind": "tool_use", "tool_use": "t", "tool": "Bash", "input": "ls", "status": "unknown"}
    ]


@pytest.mark.parametrize(
    ("told", "status"),
    [
        (bash("PostToolUseFailure", "false", error="Exit code 1", is_interrupt=False), "failed"),
        (bash("PostToolUseFailure", "sleep 9", error="", is_interrupt=True), "interrupted"),
        (bash("PostToolUse", "sleep 9", tool_response={"stdout": "", "interrupted": True}), "interrupted"),
        (bash("PermissionDenied", "rm x", reason="not now"), "rejected"),
    ],
)
def test_how_a_use_ends(told: dict[str, Any], status: str) -> None:
    assert facts(hear(told))[0]["status"] == status


def test_who_refused() -> None:
    denied = hear(bash("PermissionDenied", "rm x", reason="not now"))
    assert facts(denied)[1:] == [
        {"kind": "rejection", "tool_use": "t", "tool": "Bash", "reason": "not now", "by": "config", "proposed": "rm x"}
    ]


def test_prompts_of_one_turn_are_told_apart() -> None:
    prompts = [
        {"hook_event_name": "UserPromptSubmit", "prompt": text} for text in ("go", "also this", "<task-notification>x")
    ]
    captures = hear(*prompts, {"hook_event_name": "UserPromptSubmit", "prompt": " "})
    assert [fact["speaker"] for fact in facts(captures)] == ["unknown", "unknown", "program"]
    assert len({capture.event.id for capture in captures}) == 3


def test_a_sub_agents_edit() -> None:
    told = {
        "hook_event_name": "PostToolUse",
        "tool_name": "Write",
        "tool_input": {"file_path": "/w/a", "content": "x\n"},
        "tool_response": {"type": "create", "filePath": "/w/a", "content": "x\n", "originalFile": None},
        "tool_use_id": "t",
        "agent_id": "a1",
    }
    _, edit = hear(told)
    assert (edit.before, edit.after, edit.event.fields["subagent"]) == (None, b"x\n", True)


def test_without_a_key_the_transcript_counts_where_it_is(tmp_path: Path) -> None:
    transcript = tmp_path / "s.jsonl"
    old = [
        {"hook_event_name": "UserPromptSubmit", "prompt": "go", "prompt_id": None},
        bash("PostToolUse", "ls", tool_use_id=None, tool_response={"stdout": ""}),
        {"hook_event_name": "Stop", "last_assistant_message": "done", "prompt_id": None},
        {"hook_event_name": "PreCompact", "trigger": "auto", "prompt_id": None},
    ]
    told = [{**one, "transcript_path": str(transcript)} for one in old]
    assert [fact["kind"] for fact in facts(hear(*told))] == ["prompt", "tool_use", "response", "compaction"]
    transcript.write_text("")
    assert facts(hear(*told)) == []


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"hook_event_name": "MessageDisplay", "delta": "x"},
        {"hook_event_name": 3},
        {"hook_event_name": "PostToolUse"},
        {"hook_event_name": "PostToolUse", "tool_name": ["Bash"], "tool_use_id": {}},
        {"hook_event_name": "PostToolBatch", "tool_calls": [None, 3, {"tool_response": "<tool_use_error>"}]},
        {"hook_event_name": "SessionStart", "source": "compact"},
        {"session_id": None, "hook_event_name": "Stop"},
    ],
)
def test_what_tells_nothing_gives_nothing(told: dict[str, Any]) -> None:
    assert hear(told) == []
