from __future__ import annotations

import io
import json
from typing import Any

import pytest
from agents.claude_code.built import Log, fields, images, of, place, whole_read
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.agents.claude_code.transcript import mentioned, read_transcript
from hivemind_git.agents.lines import Tally, whole_lines


def test_edits_rebuild_the_file_byte_for_byte() -> None:
    log = Log()
    log.uses(
        "1",
        "Write",
        {"file_path": "/w/a.go", "content": "a\n\tb\nc\n"},
        detail={"type": "create", "filePath": "/w/a.go"},
    )
    edit = {"filePath": "/w/a.go", "originalFile": "a\n\tb\nc\n", "structuredPatch": ["never used"]}
    log.uses("2", "Edit", {"file_path": "/w/a.go"}, detail={**edit, "oldString": "\tb", "newString": "\tB"})
    elided = {"filePath": "/w/a.go", "originalFile": None, "originalFileElided": True}
    log.uses(
        "3", "Edit", {"file_path": "/w/a.go"}, detail={**elided, "oldString": "c", "newString": "C", "replaceAll": True}
    )
    several = [{"old_string": "a", "new_string": "1"}, {"old_string": "1", "new_string": "2"}]
    log.uses("4", "MultiEdit", {"file_path": "/w/a.go", "edits": several}, detail={"originalFileContents": "a\na\n"})
    log.uses(
        "5", "Edit", {"file_path": "/w/a.go"}, detail={"originalFile": "x\ny\nz\n", "oldString": "y", "newString": ""}
    )
    assert images(log.read()) == [
        ("a.go", None, b"a\n\tb\nc\n", True),
        ("a.go", b"a\n\tb\nc\n", b"a\n\tB\nc\n", True),
        ("a.go", b"a\n\tB\nc\n", b"a\n\tB\nC\n", True),
        ("a.go", b"a\na\n", b"2\na\n", True),
        ("a.go", b"x\ny\nz\n", b"x\nz\n", True),
    ]
    assert [event.fields["op"] for event in (capture.event for capture in of(log.read(), "edit"))] == ["create"] + 4 * [
        "modify"
    ]


def test_an_unknown_file_is_said_to_be_unknown() -> None:
    log = Log()
    log.uses("1", "Edit", {"file_path": "/w/a", "old_string": "x", "new_string": "y"})
    log.uses("2", "Write", {"file_path": "/w/b", "content": "new"}, detail={"type": "update"})
    log.uses("3", "NotebookEdit", {"notebook_path": "/w/n", "new_source": "1"}, detail={"old_source": "0"})
    captures = log.read()
    assert images(captures) == [("a", None, None, False), ("b", None, b"new", False), ("n", None, None, False)]
    assert fields(captures, "edit", "hunks", "before_known") == [
        ([{"before": "x", "after": "y"}], False),
        ([{"before": "", "after": "new"}], False),
        ([{"before": "0", "after": "1"}], False),
    ]


@pytest.mark.parametrize(
    ("old", "new", "shown", "after"),
    [
        ("say “hi”", 'say "bye"', "+say “bye” now", "say “bye” now\n"),
        ("it’s", "it's", "+it’s", "it’s now\n"),  # noqa: RUF001
        ("“a”", '"b"', "+something else", None),
    ],
)
def test_curly_quotes_are_kept_as_the_client_keeps_them(old: str, new: str, shown: str, after: str | None) -> None:
    log = Log()
    straight = old.translate({ord("“"): '"', ord("”"): '"', ord("’"): "'"})  # noqa: RUF001
    detail = {
        "originalFile": f"{old} now\n",
        "oldString": old,
        "newString": new,
        "structuredPatch": [{"lines": [shown]}],
    }
    detail["structuredPatch"] = [{"lines": [shown if shown.endswith("now") else shown + (" now" if after else "")]}]
    log.uses("1", "Edit", {"file_path": "/w/a", "old_string": straight, "new_string": new}, detail=detail)
    ((_, _, found, known),) = images(log.read())
    assert (found, known) == (after.encode() if after else None, after is not None)


def test_what_failed_wrote_nothing() -> None:
    log = Log()
    log.uses("1", "Edit", {"file_path": "/w/a"}, text="<tool_use_error>String to replace not found", failed=True)
    log.uses("2", "Bash", {"command": "echo x > a; exit 2"}, text="Exit code 2", failed=True)
    captures = log.read()
    assert images(captures) == []
    assert fields(captures, "tool_use", "status", "exit_code") == [("failed", None), ("failed", 2)]


def test_shell_writes_that_are_certain() -> None:
    log = Log()
    ok = {"stdout": "", "stderr": "", "interrupted": False}
    log.uses("1", "Bash", {"command": "cat > a <<'EOF'\nx\nEOF"}, detail=ok)
    log.uses("2", "Bash", {"command": "echo y >> a"}, detail=ok)
    log.uses("3", "Bash", {"command": "git commit -m \"$(cat <<'EOF'\nz > a\nEOF\n)\""}, detail=ok)
    log.uses("4", "Bash", {"command": "./build.sh"}, detail=ok)
    log.uses("5", "Bash", {"command": "echo z >> a"}, detail=ok)
    log.uses("6", "Bash", {"command": "echo z > a", "run_in_background": True}, detail=ok)
    log.uses("7", "Bash", {"command": "cd sub && echo new > b && rm b"}, detail=ok)
    log.uses("8", "Bash", {"command": "echo out > /tmp/x"}, detail=ok)
    captures = log.read()
    assert images(captures) == [
        ("a", None, b"x\n", False),
        ("a", b"x\n", b"x\ny\n", True),
        ("sub/b", b"new\n", None, True),
    ]
    assert fields(captures, "edit", "op", "by_shell")[-1] == ("delete", True)
    assert fields(captures, "tool_use", "status", "background")[5] == ("unknown", True)


def test_what_the_client_saw_a_command_write() -> None:
    log = Log()
    log.uses("1", "Read", {"file_path": "/w/a"}, detail=whole_read("/w/a", "1\n2\n3"))
    hunk = {"oldStart": 2, "newStart": 2, "lines": [" 2", "-3", "\\ No newline at end of file", "+\tthree", "+4"]}
    log.uses("2", "Bash", {"command": "sed -i s/3/three/ a"}, detail=watched("/w/a", hunk))
    log.uses("3", "Bash", {"command": "make"}, detail=watched("/w/b", {"oldStart": 7, "lines": ["-x", "+y"]}))
    assert images(log.read()) == [("a", b"1\n2\n3", b"1\n2\n\tthree\n4\n", True), ("b", None, None, False)]
    assert fields(log.read(), "edit", "hunks")[1] == ([{"before": "x\n", "after": "y\n"}],)


def watched(path: str, *hunks: dict[str, Any]) -> dict[str, Any]:
    return {"stdout": "", "bashEditDiff": {"files": [{"filePath": path, "hunks": list(hunks)}]}}


def test_whole_reads_show_the_file_and_parts_do_not() -> None:
    log = Log()
    log.uses("1", "Read", {"file_path": "/w/a"}, detail=whole_read("/w/a", "x\n"))
    log.uses("2", "Read", {"file_path": "/w/a", "offset": 2}, detail=whole_read("/w/a", "x\n", totalLines=9))
    log.uses("3", "Read", {"file_path": "/w/a"}, detail={"type": "image", "file": {"base64": ""}})
    assert [capture.after for capture in of(log.read(), "tool_use")] == [b"x\n", None, None]


def test_test_runs_have_outcomes() -> None:
    log = Log()
    log.uses("1", "Bash", {"command": "pytest -q"}, detail={"stdout": "1 passed"})
    log.uses("2", "Bash", {"command": "go test ./..."}, text="Exit code 1\nFAIL", failed=True)
    log.uses("3", "Bash", {"command": "go test ./... | tail -3"}, text="--- FAIL: TestX", detail={"stdout": ""})
    log.uses("4", "Bash", {"command": "go test ./... | tail -3"}, text="ok  pkg", detail={"stdout": ""})
    assert fields(log.read(), "outcome", "of", "result", "tool_use") == [
        ("tests", "passed", "1"),
        ("tests", "failed", "2"),
        ("tests", "failed", "3"),
    ]


def test_tokens_count_once_a_message() -> None:
    log = Log()
    usage = {"input_tokens": 10, "output_tokens": 1, "cache_read_input_tokens": 5}
    for text, output in (("a", 1), ("b", 9)):
        message = {"id": "m", "usage": {**usage, "output_tokens": output}, "content": [{"type": "text", "text": text}]}
        log.add("assistant", message=message)
    assert fields(log.read(), "response", "text", "tokens") == [
        ("a", {"input": 10, "output": 1, "cache_read": 5}),
        ("b", {"output": 8}),
    ]


def test_progress_records_of_sub_agents() -> None:
    log = Log()
    use = {
        "type": "tool_use",
        "id": "t",
        "name": "Edit",
        "input": {"file_path": "/w/a", "old_string": "x", "new_string": "y"},
    }
    log.uses("0", "Read", {"file_path": "/w/a"}, detail=whole_read("/w/a", "x\n"))
    log.add("progress", data={"message": {"type": "assistant", "message": {"id": "m", "content": [use]}}})
    result = {"type": "tool_result", "tool_use_id": "t", "content": "The file /w/a has been updated successfully."}
    log.add("progress", data={"message": {"type": "user", "message": {"content": [result]}}})
    captures = log.read()
    assert images(captures) == [("a", b"x\n", b"y\n", True)]
    assert fields(captures, "edit", "subagent") == [(True,)]
    assert fields(captures, "response", "text") == []


def test_files_elsewhere_are_counted_and_left_out() -> None:
    log, tally = Log(), Tally()
    log.uses("1", "Write", {"file_path": "/tmp/x", "content": "x"}, detail={"type": "create"})
    log.uses("2", "Write", {"file_path": "b", "content": "x"}, detail={"type": "create"})
    captures = log.read(tally)
    assert [path for path, *_ in images(captures)] == ["b"]
    assert fields(captures, "tool_use", "path") == [(None,), ("b",)]
    assert tally.outside == 1


def test_a_tool_use_without_an_end_is_told_all_the_same() -> None:
    log = Log()
    log.asks("1", "Bash", command="sleep 99")
    assert fields(log.read(), "tool_use", "input", "status") == [("sleep 99", "unknown")]


def test_good_lines_around_broken_ones_are_kept_and_the_broken_counted() -> None:
    log = Log()
    log.person("one")
    log.person("two")
    first, second = (json.dumps(record).encode() for record in log.records)
    lines = [b"\n", first, b"{broken", b"[1]", b"\xff\xfe\x00", b"[" * 100_000, b'{"type": "new"}', first, second, b""]
    tally = Tally()
    prompts = of(list(read_transcript(lines, place, tally)), "prompt")
    assert [capture.event.fields["text"] for capture in prompts] == ["one", "two"]
    assert (tally.lines, tally.broken, tally.repeated, dict(tally.unknown)) == (8, 4, 1, {"new": 1})


def test_a_line_too_long_is_skipped_without_being_held() -> None:
    tally = Tally()
    stream = io.BytesIO(b"a\n" + b"x" * 1000 + b"\n" + b"b" * 10 + b"\n" + b"y" * 1000)
    assert list(whole_lines(stream, tally, longest=11)) == [b"a\n", b"b" * 10 + b"\n"]
    assert (tally.lines, tally.too_long) == (2, 2)


def test_what_a_transcript_mentions() -> None:
    log = Log()
    log.asks("1", "Edit", file_path="/x/a")
    log.asks("2", "Bash", command="ls")
    log.person("go", cwd="/x/sub")
    assert mentioned([json.dumps(record).encode() for record in log.records]) == ({"/x/a"}, {"/w", "/x/sub"})


junk = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.text(max_size=5),
        st.sampled_from(["user", "assistant", "Edit", "t"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=8,
)
NAMES = (
    *("type", "uuid", "parentUuid", "sessionId", "timestamp", "cwd", "message", "toolUseResult", "isMeta", "promptId"),
    *("data", "attachment", "permissionDecision", "requestSessionId", "subtype", "compactMetadata", "isSidechain"),
    "origin",
)
messages = st.fixed_dictionaries(
    {},
    optional={
        "content": st.one_of(
            junk,
            st.lists(
                st.fixed_dictionaries(
                    {"type": st.sampled_from(["tool_use", "tool_result", "text"])},
                    optional=dict.fromkeys(("id", "name", "input", "text", "content", "tool_use_id", "is_error"), junk),
                ),
                max_size=3,
            ),
        ),
        "id": junk,
        "usage": junk,
        "model": junk,
    },
)


@st.composite
def wild_records(draw: st.DrawFn) -> dict[str, Any]:
    kind = draw(st.sampled_from(["user", "assistant", "attachment", "system", "progress"]))
    record = draw(st.dictionaries(st.sampled_from(NAMES), junk, max_size=8))
    return {**record, "type": kind, "message": draw(st.one_of(messages, junk))}


@given(st.lists(wild_records(), max_size=6))
def test_no_record_whatever_stands_in_it_breaks_the_reader(records: list[dict[str, Any]]) -> None:
    for capture in read_transcript([json.dumps(record).encode() for record in records], place):
        assert len(capture.event.id) == 32
