"""`git hivemind import --from atif`: sessions of other tools, and our own ones that come back."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cli.conftest import Hivemind
from exchange.conftest import harbor
from repos import Repo

__all__ = ["harbor"]


def call(key: str, name: str, output: str | None = "ok", **arguments: Any) -> dict[str, Any]:
    step: dict[str, Any] = {
        "source": "agent",
        "message": "",
        "tool_calls": [{"tool_call_id": key, "function_name": name, "arguments": arguments}],
    }
    if output is not None:
        step["observation"] = {"results": [{"source_call_id": key, "content": output}]}
    return step


def trajectory(*steps: dict[str, Any], session: str = "run-1", **more: Any) -> dict[str, Any]:
    return {
        "schema_version": "ATIF-v1.8",
        "session_id": session,
        "agent": {"name": "claude-code", "version": "2.1.0", "model_name": "claude-sonnet-4-6"},
        "steps": [{"step_id": number, **step} for number, step in enumerate(steps, 1)],
        **more,
    }


STEPS = (
    {"source": "system", "message": "be brief"},
    {"source": "user", "message": "write a greeting", "timestamp": "2026-10-31T23:00:00+00:00"},
    {"source": "agent", "message": "I write it."},
    call("t1", "Write", file_path="/app/src/hello.py", content="def hello():\n    print('hi')\n"),
    call("t2", "Edit", file_path="/app/src/hello.py", old_string="'hi'", new_string="'hello'"),
    call("t3", "Edit", "Error: not found", file_path="/app/src/hello.py", old_string="zz", new_string="yy"),
    call("t4", "Bash", command="black src", timeout=3),
    call("t5", "Edit", file_path="/app/src/hello.py", old_string="hello()", new_string="greet()"),
    call("t6", "Write", file_path="../../etc/passwd", content="root::0:0"),
    call("t7", "Read", None, file_path="src/hello.py"),
)


@pytest.fixture
def hello(repo: Repo) -> Repo:
    """A repository that knows the file that the session is about."""
    repo.commit("Start", when=1700000000, **{"src/hello.py": "pass\n"})
    return repo


def put(path: Path, *documents: Any) -> list[str]:
    names = []
    for number, one in enumerate(documents):
        file = path / f"{number}.json"
        file.write_text(one if isinstance(one, str) else json.dumps(one))
        names.append(str(file))
    return names


def test_a_trajectory_becomes_a_session_with_its_edits(
    hello: Repo, tmp_path: Path, hivemind: Hivemind, harbor: ModuleType
) -> None:
    document = trajectory(*STEPS)
    harbor.Trajectory.model_validate(document)
    names = put(tmp_path, document)
    said = hivemind(hello.path, "import", "--from", "atif", *names)
    assert (said.code, said.out) == (0, "Imported 13 new events of 1 session.\n")
    tip = hello.git("rev-parse", "hivemind/sessions")
    assert hivemind(hello.path, "import", "--from", "atif", *names).out == (
        "Imported 0 new events of 1 session; 13 known already.\n"
    )
    assert hello.git("rev-parse", "hivemind/sessions") == tip
    events = json.loads(hivemind(hello.path, "sessions", "run-1", "--json").out)["events"]
    shown = [(one["kind"], one.get("status"), one.get("path"), one.get("before_known", True)) for one in events]
    assert shown == [
        ("prompt", None, None, True),
        ("prompt", None, None, True),
        ("response", None, None, True),
        ("tool_use", "ok", "src/hello.py", True),
        ("edit", None, "src/hello.py", False),
        ("tool_use", "ok", "src/hello.py", True),
        ("edit", None, "src/hello.py", True),
        ("tool_use", "failed", "src/hello.py", True),
        ("tool_use", "unknown", None, True),
        ("tool_use", "ok", "src/hello.py", True),
        ("edit", None, "src/hello.py", False),
        ("tool_use", "ok", None, True),
        ("tool_use", "unknown", "src/hello.py", True),
    ]
    assert [one["t"] for one in events] == ["2026-10-31T23:00:00.000Z"] * 13
    assert [one["speaker"] for one in events[:2]] == ["program", "unknown"]
    edits = [one["hunks"] for one in events if one["kind"] == "edit"]
    assert [(hunk["before"], hunk["after"]) for hunks in edits for hunk in hunks] == [
        ("", "def hello():\n    print('hi')\n"),
        ("    print('hi')\n", "    print('hello')\n"),
        ("hello()", "greet()"),
    ]


def test_what_a_person_made_of_it_is_a_correction(repo: Repo, tmp_path: Path, hivemind: Hivemind) -> None:
    repo.commit("Start", when=1793400000, **{"README.md": "# Hello\n"})
    repo.commit("Greet", when=1793491300, **{"src/hello.py": "def hello():\n    logger.info('hello')\n"})
    hivemind(repo.path, "import", "--from", "atif", *put(tmp_path, trajectory(*STEPS[:5])))
    (found,) = json.loads(hivemind(repo.path, "corrections", "--json").out)["corrections"]
    assert (found["before"], found["after"]) == ("    print('hello')\n", "    logger.info('hello')\n")


def test_what_was_exported_here_comes_back_elsewhere_and_not_here(
    taught: Repo, tmp_path: Path, hivemind: Hivemind
) -> None:
    assert hivemind(taught.path, "export", "atif", "-o", str(tmp_path / "out")).code == 0
    here = hivemind(taught.path, "import", "--from", "atif", str(tmp_path / "out"))
    assert here.out.count("is of a session that its own assistant told already, and better") == 3
    other = Repo(tmp_path / "other")
    taught.git("clone", "-q", "--branch", "main", "--single-branch", str(taught.path), str(other.path))
    assert "new events of 3 sessions" in hivemind(other.path, "import", "--from", "atif", str(tmp_path / "out")).out
    listed = json.loads(hivemind(other.path, "sessions", "--json").out)["sessions"]
    assert [one["session"] for one in listed] == [
        one["session"] for one in json.loads(hivemind(taught.path, "sessions", "--json").out)["sessions"]
    ]


def test_sub_agents_and_copied_steps(hello: Repo, tmp_path: Path, hivemind: Hivemind) -> None:
    below = trajectory({"source": "user", "message": "look"}, session="sub", trajectory_id="a")
    document = trajectory(
        {"source": "user", "message": "old", "is_copied_context": True},
        {"source": "user", "message": [{"type": "text", "text": "in parts"}]},
        subagent_trajectories=[below],
    )
    assert (
        "2 new events of 2 sessions" in hivemind(hello.path, "import", "--from", "atif", *put(tmp_path, document)).out
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "is empty"),
        ('{"schema_version": "ATIF-v1.8", "steps": [', "is no JSON, or was cut off"),
        ("[" * 100_000, "is nested too deeply"),
        ("{}", "is no trajectory: it names no schema_version of ATIF"),
        (
            '{"schema_version": "ATIF-v2.0", "session_id": "s", "steps": []}',
            "is of ATIF-v2.0, and ATIF-v1 is read here",
        ),
        ('{"schema_version": "ATIF-v1.8", "session_id": 7, "steps": []}', "has no session_id or no steps"),
    ],
)
def test_a_wrong_file_keeps_all_of_them_out(
    hello: Repo, tmp_path: Path, hivemind: Hivemind, content: str, sentence: str
) -> None:
    names = put(tmp_path, trajectory(*STEPS), content)
    said = hivemind(hello.path, "import", "--from", "atif", *names)
    assert (said.code, said.out) == (3, "")
    assert said.err.startswith(f"hivemind: {names[1]} ")
    assert sentence in said.err
    assert hello.git("for-each-ref", "refs/heads/hivemind") == ""


def test_hostile_steps_do_no_harm(hello: Repo, tmp_path: Path, hivemind: Hivemind) -> None:
    odd: list[Any] = [None, 7, "", [], {"a": []}, "\x1b[2J\u202e", "../../../x", "\ud800", "a\x00b", "9" * 5000]
    names = ("source", "message", "timestamp", "model_name", "tool_calls", "extra")
    steps = [dict.fromkeys(names, value) for value in odd]
    steps += [call("k", "Write", value, file_path=value, content=value, command=value) for value in odd]
    document = trajectory(*steps, session="../../hooks/pre-commit\x1b")
    said = hivemind(hello.path, "import", "--from", "atif", *put(tmp_path, document))
    assert (said.code, said.err) == (0, "")
    for command in (("sessions",), ("sessions", "x-"), ("corrections",), ("search", "x")):
        told = hivemind(hello.path, *command)
        assert (told.code in (0, 1), "\x1b" in told.out + told.err) == (True, False), told
    assert hello.git("status", "--porcelain") == ""
