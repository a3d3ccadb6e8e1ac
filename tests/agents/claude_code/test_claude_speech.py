"""What people say in a transcript of Claude Code: prompts, refusals, answers, interrupts."""

from __future__ import annotations

from typing import Any

import pytest
from agents.claude_code.built import Log, fields, of, whole_read

REFUSED = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the "
    "new_string was NOT written to the file). "
)
STOP = REFUSED + "STOP what you are doing and wait for the user to tell you how to proceed."


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        (REFUSED + "To tell you how to proceed, the user said:\nuse tabs", {}, ("person", "use tabs", "rejected")),
        (
            REFUSED
            + "To tell you how to proceed, the user said:\nuse tabs\n\nNote: The user's next message may contain a "
            "correction or preference. Pay close attention",
            {},
            ("person", "use tabs", "rejected"),
        ),
        (STOP, {}, ("person", "", "rejected")),
        ("The user doesn't want to take this action right now. STOP what", {}, ("person", "", "rejected")),
        (STOP, {"toolDenialKind": "user-rejected", "toolDenialBeforeRun": True}, ("person", "", "rejected")),
        (STOP, {"toolDenialKind": "user-rejected"}, (None, None, "interrupted")),
        ("put it in src", {"permissionDecision": {"source": "user_reject"}}, ("person", "put it in src", "rejected")),
        (REFUSED, {"userFeedback": "in src"}, ("person", "in src", "rejected")),
        ("PreToolUse:Edit hook error: use src", {}, ("hook", "use src", "rejected")),
        ("PreToolUse:Bash hook error: [guard.sh]: no", {}, ("hook", "no", "rejected")),
        (
            "Claude requested permissions to write to /w/a, but you haven't granted it yet.",
            {"toolDenialKind": "user-rejected", "permissionDecision": {"decision": "reject", "source": "config"}},
            ("config", "Claude requested permissions to write to /w/a, but you haven't granted it yet.", "rejected"),
        ),
        ("Exit code 1", {}, (None, None, "failed")),
    ],
)
def test_refusals(text: str, more: dict[str, Any], expected: tuple[str | None, str | None, str]) -> None:
    log = Log()
    log.uses("1", "Edit", {"file_path": "/w/a", "old_string": "x", "new_string": "y"}, text=text, failed=True, **more)
    captures = log.read()
    by, reason = (fields(captures, "rejection", "by", "reason") or [(None, None)])[0]
    assert (by, reason, fields(captures, "tool_use", "status")[0][0]) == expected


def test_a_refused_edit_keeps_what_it_would_have_been() -> None:
    log = Log()
    log.uses("0", "Read", {"file_path": "/w/a"}, detail=whole_read("/w/a", "x\n"))
    log.uses("1", "Edit", {"file_path": "/w/a", "old_string": "x", "new_string": "y"}, text=STOP, failed=True)
    log.uses("2", "Write", {"file_path": "/w/b", "content": "z"}, text=STOP, failed=True)
    log.uses("3", "ExitPlanMode", {"plan": "do it all"}, text=STOP, failed=True)
    captures = of(log.read(), "rejection")
    assert [(c.before, c.after, c.before_known) for c in captures] == [
        (b"x\n", b"y\n", True),
        (None, b"z", False),
        (None, None, True),
    ]
    assert fields(captures, "rejection", "path", "replaced", "proposed") == [
        ("a", "x", "y"),
        ("b", "", "z"),
        (None, None, "do it all"),
    ]


def test_questions_that_a_person_would_rather_clarify() -> None:
    log = Log()
    said = (
        "To tell you how to proceed, the user said:\nThe user wants to clarify these questions.\n    This means …\n\n"
        '    Questions asked:\n- "Which?"\n  Answer: the first\n- "When?"\n  (No answer provided)'
    )
    questions = {"questions": [{"question": "Which?"}, {"question": "When?"}]}
    log.uses("1", "AskUserQuestion", questions, text=REFUSED + said, failed=True)
    assert fields(log.read(), "rejection", "reason", "proposed") == [("the first", "Which?\nWhen?")]


@pytest.mark.parametrize(
    ("text", "more", "expected"),
    [
        ("fix it", {}, ("fix it", "person")),
        ("fix it", {"turnOrigin": "human", "promptSource": "typed"}, ("fix it", "person")),
        ("fix it", {"turnOrigin": "sdk", "promptSource": "sdk"}, ("fix it", "unknown")),
        ("fix it", {"origin": {"kind": "coordinator"}}, ("fix it", "program")),
        ([{"type": "text", "text": "look"}, {"type": "image", "source": {}}], {}, ("look", "person")),
        ("fix it", {"isMeta": True}, None),
        ("This session is being continued from a previous conversation that ran out of context.", {}, None),
        ("<command-name>/clear</command-name>\n<command-message>clear</command-message>", {}, None),
        (
            "<command-message>review</command-message>\n<command-name>/review</command-name>\n<command-args>12</command-args>",
            {},
            ("/review 12", "program"),
        ),
        ("<bash-input>git pull</bash-input>", {}, ("!git pull", "program")),
        ("<bash-stdout>done</bash-stdout>", {}, None),
        ("<local-command-stdout>Bye!</local-command-stdout>", {}, None),
        ("Caveat: The messages below were generated by the user while running local commands.", {}, None),
        ("<task-notification>\n<task-id>1</task-id>", {}, ("<task-notification>\n<task-id>1</task-id>", "program")),
        ("Stop hook feedback:\n- no", {"isMeta": True}, ("Stop hook feedback:\n- no", "program")),
        ("   ", {}, None),
        ("[Image #1] [Image #2]", {}, None),
        ("[Image #1] too wide", {}, ("[Image #1] too wide", "person")),
        (
            [
                {"type": "text", "text": "<ide_opened_file>The user opened /w/a in the IDE.</ide_opened_file>"},
                {"type": "text", "text": "<ide_selection>The user selected:\nx < y\n</ide_selection>"},
                {"type": "text", "text": "no, not so"},
                {"type": "text", "text": "<system-reminder>\nRead it again.\n</system-reminder>"},
            ],
            {},
            ("no, not so", "person"),
        ),
        (
            "Implement the following plan:\n\n# A",
            {"planContent": "# A"},
            ("Implement the following plan:\n\n# A", "program"),
        ),
        ("<system-reminder>\nRead it again.\n</system-reminder>\n", {}, None),
        ("why <ide_selection> and </ide_selection>?", {}, ("why <ide_selection> and </ide_selection>?", "person")),
        ("fix it", {"isSidechain": True}, None),
    ],
)
def test_who_prompts(text: Any, more: dict[str, Any], expected: tuple[str, str] | None) -> None:
    log = Log()
    log.person(text, **more)
    assert fields(log.read(), "prompt", "text", "speaker") == ([expected] if expected else [])


def test_words_beside_a_tools_result() -> None:
    log = Log()
    log.asks("1", "Bash", command="ls")
    result = {"type": "tool_result", "tool_use_id": "1", "content": "a"}
    log.person([result, {"type": "text", "text": "not that one"}])
    assert fields(log.read(), "prompt", "text", "speaker") == [("not that one", "person")]
    assert fields(log.read(), "tool_use", "output") == [("a",)]


def test_interrupts_compaction_and_the_end() -> None:
    log = Log()
    log.person("go")
    log.person([{"type": "text", "text": "[Request interrupted by user for tool use]"}])
    log.add("system", subtype="compact_boundary", compactMetadata={"trigger": "auto"})
    log.person("This session is being continued", isCompactSummary=True)
    log.person("<command-name>/exit</command-name>")
    kinds = [capture.event.kind.value for capture in log.read()]
    assert kinds == ["session_start", "prompt", "interrupt", "compaction", "session_end"]
    assert fields(log.read(), "compaction", "trigger") == [("auto",)]


def test_a_prompt_that_follows_an_earlier_record_is_a_rewind() -> None:
    log = Log()
    log.person("one")
    log.says("done")
    log.person("two")
    log.says("done")
    log.person("two, but better", parentUuid="u1")
    assert fields(log.read(), "session_start", "how") == [("startup",), ("rewind",)]
