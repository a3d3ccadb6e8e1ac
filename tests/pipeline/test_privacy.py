"""What a person asked not to record is in no object and no image; what they call a secret is redacted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.capture.images import ImageStore
from hivemind_git.errors import HivemindError
from hivemind_git.model import Event
from hivemind_git.pipeline import importing, reporting, sealing
from hivemind_git.pipeline.workspace import Workspace, open_workspace, this_machine

HUSH = "hush, a line of a file that is never recorded"


def everything(repo: Repo) -> bytes:
    command = ["git", "-C", str(repo.path), "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def images(space: Workspace) -> list[bytes | None]:
    store = ImageStore(space.repository.state_dir / "images")
    return [image.after for folder in store.events() for image in store.load(folder).values()]


@pytest.fixture
def log(repo: Repo, hermetic: Path) -> Log:
    repo.commit("Start")
    return Log(hermetic, repo.path, "one-session")


def by_seal(repo: Repo, log: Log) -> None:
    log.hook(repo.path / ".git/hivemind", "Stop")
    sealing.seal(open_workspace(repo.path))


def by_hooks(repo: Repo, log: Log) -> None:
    """The hooks alone tell: the transcript is gone."""
    state = repo.path / ".git/hivemind"
    path = str(repo.path / "secrets/key.txt")
    written = {"tool_name": "Write", "tool_use_id": "toolu_1", "tool_input": {"file_path": path, "content": HUSH}}
    log.hook(state, "PreToolUse", **written)
    log.hook(state, "PostToolUse", **written, tool_response={"filePath": path, "content": HUSH, "type": "create"})
    log.path.unlink()
    by_seal(repo, log)


def by_import(repo: Repo, log: Log) -> None:
    importing.import_transcripts(open_workspace(repo.path), "claude-code", [log.path])


@pytest.mark.parametrize("way", [by_seal, by_hooks, by_import])
@pytest.mark.parametrize("globs", [["secrets/**"], ["nothing", "/secrets/*.txt"], ["key.txt"]])
def test_ignored_paths_leave_no_text_and_no_image(
    repo: Repo, log: Log, way: Callable[[Repo, Log], None], globs: list[str]
) -> None:
    for glob in globs:
        repo.git("config", "--add", "hivemind.captureIgnore", glob)
    log.writes("toolu_1", "secrets/key.txt", f"{HUSH}\n")
    log.reads("toolu_2", "secrets/key.txt", f"{HUSH}\n")
    log.runs("toolu_3", "cat ./secrets/key.txt", HUSH)
    log.writes("toolu_4", "a.py", "a = 1\n")
    log.prompt("Thanks.")
    way(repo, log)
    space = open_workspace(repo.path)
    assert b"hush, a line" not in everything(repo)
    assert [image for image in images(space) if image and b"hush" in image] == []
    if way is not by_hooks:
        edits = [event.fields["path"] for event in space.store().events() if event.kind == "edit"]
        tools = [dict(event.fields) for event in space.store().events() if event.kind == "tool_use"]
        assert edits == ["a.py"]
        assert tools[0] == {"tool_use": "toolu_1", "tool": "Write", "status": "ok"}
        assert [tool["tool_use"] for tool in tools] == ["toolu_1", "toolu_2", "toolu_3", "toolu_4"]
        assert images(space) == [b"a = 1\n"]


def test_the_team_s_file_may_ignore_and_redact_more(repo: Repo, log: Log) -> None:
    repo.write(".hivemind.toml", 'capture_ignore = ["secrets/**"]\nredact = ["ACME-[0-9]+"]\n')
    repo.git("config", "hivemind.redact", "ward ([a-z]+)")
    log.prompt("Ask ACME-1234 or ward seven about ACME-99, then ACME-1234.")
    log.writes("toolu_1", "secrets/key.txt", f"{HUSH}\n")
    by_seal(repo, log)
    texts = [event.fields.get("text") for event in events(repo) if event.kind == "prompt"]
    assert texts == ["Ask <custom:1> or ward <custom:2> about <custom:3>, then <custom:1>."]
    assert b"hush" not in everything(repo)


def events(repo: Repo) -> list[Event]:
    return list(open_workspace(repo.path).store().events())


@pytest.mark.parametrize("pattern", ["(", "x*", "(a+)+"])
def test_a_pattern_that_is_none_stops_the_seal_and_keeps_the_journal(repo: Repo, log: Log, pattern: str) -> None:
    repo.git("config", "hivemind.redact", pattern)
    log.prompt("First.")
    entry = log.hook(repo.path / ".git/hivemind", "Stop")
    with pytest.raises(HivemindError, match=r"hivemind\.redact has the pattern"):
        sealing.seal(open_workspace(repo.path))
    assert entry.exists()
    status = reporting.status(open_workspace(repo.path), this_machine())
    assert (status.pending, len(status.warnings)) == (1, 1)
    assert status.warnings[0].startswith(f"nothing is sealed: hivemind.redact has the pattern {pattern!r}, which ")


RACER = """
import sys
from pathlib import Path
from hivemind_git.pipeline import redaction
sys.stdin.readline()
sys.stdout.write(redaction._key(Path(sys.argv[1])).hex())
"""


@pytest.mark.parametrize("found", [None, "", "0123"])
def test_all_who_make_the_first_key_at_once_get_the_same(tmp_path: Path, found: str | None) -> None:
    path = tmp_path / "hivemind/key"
    if found is not None:
        path.parent.mkdir()
        path.write_text(found)
    command = [sys.executable, "-c", RACER, str(path)]
    count = 8 if found is None else 1  # a damaged key is mended by one at a time, under the lock of the seal
    racers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(count)]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    keys = {racer.communicate()[0] for racer in racers}
    assert keys == {path.read_text()}
    assert (len(path.read_text()), [one.name for one in path.parent.iterdir()]) == (64, ["key"])
