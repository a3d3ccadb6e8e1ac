from __future__ import annotations

import pytest

from hivemind_git.agents import changes
from hivemind_git.agents.codex import edits
from hivemind_git.agents.files import Files
from hivemind_git.agents.hunks import trimmed
from hivemind_git.agents.lines import Tally
from hivemind_git.agents.shell import written_files
from hivemind_git.capture.journal import Payload
from hivemind_git.corrections.commands import effects

TOP = "/home/dev/repo"
BEFORE, AFTER = b"a\nb\nc\n", b"a\nB\nc\n"
RECORDED = {f"{TOP}/a.txt": {"type": "update", "unified_diff": "@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n", "move_path": None}}
ASKED = "*** Begin Patch\n*** Update File: a.txt\n@@\n a\n-b\n+B\n*** End Patch\n"


def seen(content: bytes, command: str) -> Files:
    """Files of which one was shown before a command ran."""
    files = Files(lambda path, _: ("main", path.removeprefix(f"{TOP}/")), trimmed, Tally())
    files.show(("main", "a.txt"), content)
    files.doubt(effects(command, TOP))
    return files


@pytest.mark.parametrize(
    ("command", "content", "images"),
    [
        ("make", BEFORE, (BEFORE, AFTER, True)),
        ("git commit -qm x", BEFORE, (BEFORE, AFTER, True)),
        ("make", b"new\n" + BEFORE, (None, None, False)),
        ("ruff format .", BEFORE, (None, None, False)),
        ("git checkout side", BEFORE, (None, None, False)),
    ],
)
def test_a_recorded_diff_that_fits_is_evidence_of_the_file(
    command: str, content: bytes, images: tuple[bytes | None, bytes | None, bool]
) -> None:
    ((edit, _),) = changes.replay(edits.recorded(RECORDED), TOP, seen(content, command))
    assert (edit.before, edit.after, edit.before_known) == images


def test_a_patch_that_was_asked_for_is_none() -> None:
    ((edit, _),) = changes.replay(edits.asked(ASKED), TOP, seen(BEFORE, "make"))
    assert (edit.before, edit.after, edit.before_known) == (None, None, False)


def test_the_files_of_a_patch_are_not_a_running_command_s() -> None:
    patch = ASKED.replace("a.txt\n", "a.txt\n*** Move to: sub/b.txt\n")
    told = {"hook_event_name": "PostToolUse", "tool_name": "apply_patch", "tool_use_id": "call_1", "cwd": TOP}
    done = Payload("1", "codex", 0.0, {**told, "tool_input": {"command": patch}})
    assert written_files(done) == [("call_1", f"{TOP}/a.txt"), ("call_1", f"{TOP}/sub/b.txt")]
    asked = Payload("1", "codex", 0.0, {**done.data, "hook_event_name": "PreToolUse"})
    assert written_files(asked) == []
