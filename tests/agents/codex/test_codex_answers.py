from __future__ import annotations

import pytest

from hivemind_git.agents.codex.answers import Answer, read
from hivemind_git.agents.codex.items import typed

SHELL = "Chunk ID: 0a\nWall time: 0.0 seconds\n{}Original token count: 1\nOutput:\n{}"


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (SHELL.format("Process exited with code 0\n", "x\n"), Answer("ok", "x\n", 0)),
        (SHELL.format("Process exited with code 3\n", ""), Answer("failed", "", 3)),
        (SHELL.format("Process exited with code -1\n", "Output:\ny"), Answer("failed", "Output:\ny", -1)),
        (SHELL.format("Process running with session ID 7\n", ""), Answer("unknown", background=True)),
        ("Exit code: 0\nWall time: 0 seconds\nOutput:\nSuccess.\n", Answer("ok", "Success.\n", 0)),
        ("Exit code: 1\nWall time: 1.5 seconds\nTotal output lines: 9\nOutput:\nno\n", Answer("failed", "no\n", 1)),
        (
            "Wall time: 0.0000 seconds\nOutput:\nExit code: 0\nWall time: 0 seconds\nOutput:\nSuccess.\n",
            Answer("ok", "Success.\n", 0),
        ),
        ('{"output":"Success.\\n","metadata":{"exit_code":0,"duration_seconds":0.0}}', Answer("ok", "Success.\n", 0)),
        ('{"output":"no","metadata":{"exit_code":2}}', Answer("failed", "no", 2)),
        ('{"output":"x"}', Answer("ok", '{"output":"x"}')),
        ('{"output": torn', Answer("ok", '{"output": torn')),
        ("Wall time: 2.4 seconds\naborted by user", Answer("interrupted")),
        ("aborted by user after 0.1s", Answer("interrupted")),
        ("patch rejected by user", Answer("rejected", "patch rejected by user", refused_by="person")),
        (
            "Command blocked by PreToolUse hook: no. Command: ls",
            Answer("rejected", "Command blocked by PreToolUse hook: no. Command: ls", refused_by="hook", reason="no"),
        ),
        (
            "Command blocked by PreToolUse hook: a. Command: b. Command: ls",
            Answer(
                "rejected",
                "Command blocked by PreToolUse hook: a. Command: b. Command: ls",
                refused_by="hook",
                reason="a. Command: b",
            ),
        ),
        ("unsupported call: nonsense", Answer("failed", "unsupported call: nonsense")),
        ("apply_patch verification failed: x", Answer("failed", "apply_patch verification failed: x")),
        ('{"agent_id":"1"}', Answer("ok", '{"agent_id":"1"}')),
        ("", Answer("ok")),
    ],
)
def test_what_a_result_tells(said: str, answer: Answer) -> None:
    assert read(said) == answer


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            "# Context from my IDE setup:\n\n## Active file: a.py\n\n## My request for Codex:\nno, not so\n",
            "no, not so",
        ),
        ("# Files mentioned by the user:\n\n## a.png: /tmp/a.png\n\n## My request for Codex:\nlook", "look"),
        (
            "Keep the heading\n## My request for Codex:\nas it is",
            "Keep the heading\n## My request for Codex:\nas it is",
        ),
        ("# Context from my IDE setup: what is it?", "# Context from my IDE setup: what is it?"),
    ],
)
def test_what_an_editor_put_before_a_prompt_is_not_the_persons(said: str, words: str) -> None:
    assert typed(said) == words
