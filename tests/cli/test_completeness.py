"""Where a session's record has a hole, the confidence of a correction says so, and `corrections --why` names it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli.conftest import Hivemind
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.capture import pauses
from hivemind_git.pipeline import importing
from hivemind_git.pipeline.workspace import open_workspace

DAY = 1767323100  # 2026-01-02T03:05:00Z
AGENT = "def pay():\n    print('paid')\n    book()\n"
ACCEPTED = "def pay():\n    log.info('paid')\n    book()\n"
HOLE = "    in doubt: the session's record has a hole: "


def corrected(repo: Repo, home: Path, *, prompt: bool = True, message: str = "Pay", when: int = DAY) -> None:
    """An agent writes a file, and a person commits it with one line changed."""
    repo.commit("Start", when=DAY - 86_400, README="shop\n")
    log = Log(home, repo.path, "a-session")
    if prompt:
        log.prompt("add pay")
    log.writes("w1", "pay.py", AGENT)
    repo.commit(message, when=when, **{"pay.py": ACCEPTED})
    importing.import_transcripts(open_workspace(repo.path), "claude-code", [log.path])


def doubts(repo: Repo, hivemind: Hivemind) -> tuple[float, list[str]]:
    """The confidence of the one correction, and the doubts that `--why` tells."""
    (one,) = json.loads(hivemind(repo.path, "corrections", "--json").out)["corrections"]
    told = hivemind(repo.path, "corrections", "--why", one["id"]).out.splitlines()
    found = [line for line in told if line.startswith("    in doubt: ")]
    assert [line.removeprefix("    in doubt: ") for line in found] == one["doubts"]
    return one["confidence"], found


def test_a_whole_record_leaves_no_doubt(repo: Repo, tmp_path: Path, hivemind: Hivemind) -> None:
    corrected(repo, tmp_path)
    assert doubts(repo, hivemind) == (0.9, [])


def test_a_transcript_that_is_missing(repo: Repo, tmp_path: Path, hivemind: Hivemind) -> None:
    corrected(repo, tmp_path, prompt=False)
    assert doubts(repo, hivemind) == (0.65, [f"{HOLE}no prompt of it is known: its transcript is missing"])


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(-300, -200, 0.65), (-300, 3600, 0.65), (-300, None, 0.65), (-9000, -8000, 0.9), (10, 3600, 0.9), (10, None, 0.9)],
)
def test_hooks_that_were_off_for_a_while(
    repo: Repo, tmp_path: Path, hivemind: Hivemind, since: int, until: int | None, expected: float
) -> None:
    corrected(repo, tmp_path)
    state = open_workspace(repo.path).repository.state_dir
    pauses.begin(state, DAY + since, pauses.OFF)
    if until is not None:
        hivemind(repo.path, "corrections")
        pauses.end(state, DAY + until)
    said = [f"{HOLE}capture was off in the meantime"] if expected < 0.9 else []
    assert doubts(repo, hivemind) == (expected, said)


def test_another_agent_without_capture(repo: Repo, tmp_path: Path, hivemind: Hivemind) -> None:
    corrected(repo, tmp_path, message="Pay\n\nAll of it.\n\nCo-authored-by: Cursor <cursoragent@cursor.com>")
    assert doubts(repo, hivemind) == (0.65, [f"{HOLE}cursor signed the commit, and no session of it was recorded"])


@pytest.mark.parametrize(
    "message",
    [
        "Pay\n\nCo-authored-by: Claude <noreply@anthropic.com>",  # its sessions are recorded
        "Pay\n\nCo-authored-by: Bob <bob@cursor.com>",  # a person
        "Pay\n\nCo-authored-by: Cursor <cursoragent@cursor.com>\n\nis no trailer here.",
    ],
)
def test_who_else_signed_is_no_hole(repo: Repo, tmp_path: Path, hivemind: Hivemind, message: str) -> None:
    corrected(repo, tmp_path, message=message)
    assert doubts(repo, hivemind) == (0.9, [])


def test_capture_that_is_turned_off_and_on_is_noted_with_its_times(repo: Repo) -> None:
    space = open_workspace(repo.path)
    state = space.repository.state_dir
    state.mkdir(exist_ok=True)
    for value in ("true", "false", "false", "true", "true"):
        repo.git("config", "hivemind.capture", value)
        open_workspace(repo.path)
    (one,) = pauses.pauses(state)
    assert (one.why, one.since <= one.until < float("inf")) == ("capture was off", True)


def test_a_line_that_was_torn_is_passed_over(repo: Repo) -> None:
    state = open_workspace(repo.path).repository.state_dir
    assert pauses.pauses(state) == ()
    pauses.begin(state, 1.0, "one")
    with (state / "pauses").open("ab") as stream:
        stream.write(b'[1]\n{"until": "x"}\n{"since": 2')
    pauses.begin(state, 3.0, "two")
    assert pauses.pauses(state) == (pauses.Pause(1.0, float("inf"), "one"),)
    pauses.end(state, 4.0)
    pauses.end(state, 5.0)
    assert pauses.pauses(state) == (pauses.Pause(1.0, 4.0, "one"),)
