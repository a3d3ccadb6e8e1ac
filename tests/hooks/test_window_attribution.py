"""From the hook's windows to edits in the store: what is an assistant's for certain, and what is unknown."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hooks.installed_hook import Hook
from repos import Repo

from hivemind_git import resources
from hivemind_git.agents.identity import event_id
from hivemind_git.capture.images import ImageStore
from hivemind_git.model import Event, Kind
from hivemind_git.pipeline.sealing import seal
from hivemind_git.pipeline.workspace import open_workspace


@dataclass
class Desk:
    """A repository with the hook, in which assistants and people write."""

    hook: Hook
    repo: Repo
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def tell(self, event: str, session: str = "s", **fields: object) -> None:
        data = {"session_id": session, "cwd": str(self.repo.path), "hook_event_name": event, **fields}
        self.hook.silent(json.dumps(data, separators=(",", ":")).encode())

    def begin(self, command: str, session: str = "s", **fields: object) -> dict[str, object]:
        use = {
            "session": session,
            "tool_name": "Bash",
            "permission_mode": "bypassPermissions",
            "tool_input": {"command": command},
            "tool_use_id": f"toolu_{next(self.numbers)}",
            **fields,
        }
        self.tell("PreToolUse", **use)  # type: ignore[arg-type]
        return use

    def end(self, use: dict[str, object], event: str = "PostToolUse", **fields: object) -> None:
        self.tell(event, **{"tool_response": {"stdout": ""}, **use, **fields})  # type: ignore[arg-type]

    def run(self, act: Callable[[], object], command: str = "make", **fields: object) -> None:
        use = self.begin(command, **fields)
        act()
        self.end(use)

    def write(self, path: str, content: str | bytes) -> Callable[[], object]:
        return lambda: self.repo.write(path, content)

    def events(self, kind: Kind) -> list[Event]:
        space = open_workspace(self.repo.path)
        seal(space)
        found = [event for event in space.store().events() if event.kind is kind]
        return sorted(found, key=lambda event: (event.t, event.seq))

    def edits(self) -> list[tuple[str, str, bytes | None, bytes | None]]:
        events = self.events(Kind.EDIT)
        images = ImageStore(self.hook.home / "images")
        seen = [(event, images.load(event.session)[event.id]) for event in events]
        return [(str(event.fields["path"]), event.session, image.before, image.after) for event, image in seen]

    def windows(self) -> list[object]:
        return [event.fields.get("window") for event in self.events(Kind.TOOL_USE)]


@pytest.fixture
def desk(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> Desk:
    shutil.copy(resources.find("hooks") / "agent" / "window", hook.home / "window")
    repo = Repo(hook.cwd)
    repo.commit("Start", **{"a.txt": "one\n", "b.txt": "two\n"})
    monkeypatch.chdir(hook.cwd)
    return Desk(hook, repo)


A = ("a.txt", "s", b"one\n", b"ONE\n")


def test_what_changes_inside_is_the_agents_and_what_changes_outside_is_not(desk: Desk) -> None:
    desk.run(desk.write("a.txt", "ONE\n"))
    desk.repo.write("a.txt", "a person's\n")
    desk.repo.write("b.txt", "a person's\n")
    desk.run(desk.write("a.txt", "the agent's\n"))
    assert desk.edits() == [A, ("a.txt", "s", b"a person's\n", b"the agent's\n")]
    assert desk.windows() == ["closed", "closed"]


def test_a_copy_of_what_git_had_is_not_the_agents_and_a_renamed_file_is_told(desk: Desk) -> None:
    """Whoever wrote the file that was copied, it was not the command."""
    top = desk.repo.path
    desk.run(lambda: shutil.copy(top / "a.txt", top / "copy.txt"), "cp a.txt copy.txt")
    desk.run(lambda: (top / "b.txt").rename(top / "c.txt"), "mv b.txt c.txt")
    desk.run(desk.write("copy.txt", "one\ntwo\n"), "echo two >> copy.txt")
    assert desk.edits() == [
        ("b.txt", "s", b"two\n", None),
        ("c.txt", "s", None, b"two\n"),
        ("copy.txt", "s", b"one\n", b"one\ntwo\n"),
    ]
    assert desk.windows() == ["closed"] * 3


def test_ids_are_those_of_the_transcript(desk: Desk) -> None:
    desk.run(desk.write("new.txt", "x\n"))
    (edit,) = desk.events(Kind.EDIT)
    assert edit.id == event_id("claude-code", "s", "toolu_1", "edit", "new.txt")
    assert dict(edit.fields) == {
        "tool_use": "toolu_1",
        "path": "new.txt",
        "op": "create",
        "by_shell": True,
        "hunks": [{"before": "", "after": "x\n", "before_start": 0, "after_start": 0}],
    }


def test_a_window_outranks_what_the_command_line_tells(desk: Desk) -> None:
    desk.run(desk.write("a.txt", "ONE\n"), "cat > a.txt <<'EOF'\nONE\nEOF")
    assert desk.edits() == [A]
    assert "before_known" not in desk.events(Kind.EDIT)[0].fields


def test_a_command_that_failed_wrote_all_the_same(desk: Desk) -> None:
    use = desk.begin("make")
    desk.repo.write("a.txt", "ONE\n")
    desk.end(use, "PostToolUseFailure", error="Exit code 1")
    assert (desk.edits(), desk.windows()) == ([A], ["closed"])


def test_a_command_in_the_background_may_write_more(desk: Desk) -> None:
    use = desk.begin("make", tool_input={"command": "make", "run_in_background": True})
    desk.repo.write("a.txt", "ONE\n")
    desk.end(use)
    assert (desk.edits(), desk.windows()) == ([A], ["unknown"])


def test_windows_that_overlap_are_unknown(desk: Desk) -> None:
    one, other = desk.begin("make", "s"), desk.begin("make", "t")
    desk.repo.write("a.txt", "ONE\n")
    desk.end(other)
    desk.end(one)
    assert (desk.edits(), desk.windows()) == ([], ["unknown", "unknown"])


def test_windows_that_overlap_are_unknown_across_seals(desk: Desk) -> None:
    one, other = desk.begin("make", "s"), desk.begin("make", "t")
    desk.repo.write("a.txt", "ONE\n")
    desk.end(other)
    assert desk.edits() == []
    desk.end(one)
    assert desk.edits() == []


def test_a_seal_between_both_sides_changes_nothing(desk: Desk) -> None:
    use = desk.begin("make")
    assert desk.windows() == [None]
    desk.repo.write("a.txt", "ONE\n")
    desk.end(use)
    assert (desk.edits(), desk.windows()) == ([A], ["closed"])


def test_a_command_without_an_end_is_unknown_at_the_next_prompt(desk: Desk) -> None:
    desk.begin("make")
    desk.repo.write("a.txt", "ONE\n")
    desk.tell("UserPromptSubmit", prompt="go on", prompt_id="p")
    assert (desk.edits(), desk.windows()) == ([], ["unknown"])
    desk.run(desk.write("b.txt", "TWO\n"))
    assert desk.edits() == [("b.txt", "s", b"two\n", b"TWO\n")]


def test_a_file_tool_that_wrote_meanwhile_keeps_its_file(desk: Desk) -> None:
    use = desk.begin("make")
    desk.repo.write("a.txt", "ONE\n")
    desk.repo.write("b.txt", "TWO\n")
    path = str(desk.repo.path / "a.txt")
    desk.tell("PostToolUse", "t", tool_name="Edit", tool_use_id="e", tool_input={"file_path": path})
    desk.end(use)
    assert [edit for edit in desk.edits() if edit[1] == "s"] == [("b.txt", "s", b"two\n", b"TWO\n")]
    assert "unknown" in desk.windows()


def test_what_git_brings_is_nobodys(desk: Desk) -> None:
    desk.repo.git("checkout", "-q", "-b", "other")
    desk.repo.commit("Other", **{"a.txt": "others\n"})
    desk.run(lambda: desk.repo.git("checkout", "-q", "main"), "git checkout main")
    desk.run(lambda: desk.repo.git("checkout", "-q", "other"), "./switch")
    assert (desk.edits(), desk.windows()) == ([], ["unknown", "unknown"])


def test_a_commit_after_the_edit_is_the_agents(desk: Desk) -> None:
    desk.run(lambda: desk.repo.commit("All", **{"a.txt": "ONE\n"}), "sed -i s/one/ONE/ a.txt && git commit -qam All")
    assert (desk.edits(), desk.windows()) == ([A], ["closed"])


@pytest.mark.parametrize(("mode", "ran", "edits"), [("default", 0, []), ("default", 9000, [A]), ("dontAsk", 0, [A])])
def test_the_time_in_which_a_person_was_asked_is_nobodys(
    mode: str, ran: int, edits: list[object], desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hivemind_git.pipeline.shell_writes._ASKING_SECONDS", 0.05)
    use = desk.begin("make", permission_mode=mode)
    time.sleep(0.2)
    desk.repo.write("a.txt", "ONE\n")
    desk.end(use, duration_ms=ran)
    assert desk.edits() == edits


def test_ignored_paths_leave_nothing(desk: Desk) -> None:
    desk.repo.git("config", "hivemind.captureIgnore", "*.pem")
    open_workspace(desk.repo.path)
    desk.run(lambda: (desk.repo.write("keys/x.pem", "key\n"), desk.repo.write("a.txt", "ONE\n")))
    assert (desk.edits(), desk.windows()) == ([A], ["closed"])
    secret = desk.repo.git("hash-object", "keys/x.pem")
    assert not (desk.hook.home / "windows/objects" / secret[:2] / secret[2:]).exists()


def test_links_binaries_and_crowds_are_no_edits(desk: Desk) -> None:
    desk.run(lambda: (desk.repo.path / "link").symlink_to("a.txt"))
    desk.run(desk.write("image", b"\0\1\2"))
    desk.run(lambda: [desk.repo.write(f"many/{number}", "x\n") for number in range(501)])
    assert (desk.edits(), desk.windows()) == ([], ["unknown"] * 3)


def test_line_ends_that_git_converts_are_those_of_the_file(desk: Desk) -> None:
    desk.repo.git("config", "core.autocrlf", "true")
    path = desk.repo.write("a.txt", b"one\r\ntwo\r\n")
    os.utime(path, (1_700_000_000, 1_700_000_000))  # long before the index, which then vouches for it
    desk.repo.git("commit", "-qam", "CRLF")
    desk.run(path.touch)
    desk.run(desk.write("a.txt", b"one\r\nTWO\r\n"))
    assert desk.edits() == [("a.txt", "s", b"one\r\ntwo\r\n", b"one\r\nTWO\r\n")]


def test_a_converted_file_that_nobody_saw_before_has_no_before(desk: Desk) -> None:
    desk.repo.git("config", "core.autocrlf", "true")
    path = desk.repo.write("a.txt", b"one\r\ntwo\r\n")
    os.utime(path, (1_700_000_000, 1_700_000_000))  # long before the index, which then vouches for it
    desk.repo.git("commit", "-qam", "CRLF")
    desk.run(desk.write("a.txt", b"one\r\nTWO\r\n"))
    assert desk.edits() == [("a.txt", "s", None, b"one\r\nTWO\r\n")]
    assert desk.events(Kind.EDIT)[0].fields["before_known"] is False


def test_a_seal_waits_for_the_hook_to_have_looked(desk: Desk) -> None:
    desk.begin("make")
    (record,) = (desk.hook.home / "windows" / "records").iterdir()
    text = record.read_text()
    record.unlink()
    assert desk.events(Kind.TOOL_USE) == []
    record.write_text(text)
    assert desk.windows() == [None]


def test_a_hook_that_was_killed_leaves_an_unknown_and_a_rest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    use = desk.begin("make")
    desk.repo.write("a.txt", "ONE\n")
    desk.end(use)
    records = desk.hook.home / "windows" / "records"
    max(records.iterdir(), key=lambda path: path.stat().st_mtime_ns).unlink()
    monkeypatch.setattr("hivemind_git.pipeline.windowed._LOOKING_SECONDS", 0.0)
    assert (desk.edits(), desk.windows()) == ([], ["unknown"])
    assert (desk.hook.home / "windows/main/slow").exists()


def test_a_seal_that_is_repeated_tells_the_same(desk: Desk, tmp_path: Path) -> None:
    desk.run(desk.write("a.txt", "ONE\n"))
    journal = desk.hook.home / "journal"
    shutil.copytree(journal, tmp_path / "journal")
    first = desk.edits()
    for path in (tmp_path / "journal").iterdir():
        shutil.copy2(path, journal / path.name)
    assert desk.edits() == first == [A]


def test_paths_that_are_ignored_from_now_on_leave_no_image(desk: Desk) -> None:
    desk.run(desk.write("secret.pem", "a secret\n"))
    oid = desk.repo.git("hash-object", "secret.pem")
    image = desk.hook.home / "windows/objects" / oid[:2] / oid[2:]
    assert image.is_file()
    desk.repo.git("config", "hivemind.captureIgnore", "*.pem")
    open_workspace(desk.repo.path)
    assert list((desk.hook.home / "windows").rglob(oid[2:])) == []
    desk.run(desk.write("secret.pem", "another\n"))
    desk.run(desk.write("a.txt", "ONE\n"))
    assert [path for path, *_ in desk.edits()] == ["a.txt"]
    later = desk.repo.git("hash-object", "secret.pem")
    assert not any((desk.hook.home / "windows").rglob(later[2:]))


def changed(desk: Desk, *paths: str) -> dict[str, object]:
    """What Claude Code's own list says of files that it saw change."""
    hunk = {"oldStart": 1, "oldLines": 1, "newStart": 1, "newLines": 1, "lines": ["-one", "+ONE"]}
    files = [{"filePath": str(desk.repo.path / path), "hunks": [hunk]} for path in paths]
    return {"tool_response": {"stdout": "", "bashEditDiff": {"files": files}}}


def test_the_clients_list_is_not_believed_while_another_agent_writes(desk: Desk) -> None:
    mine, other = desk.begin("make"), desk.begin("make", "t")
    desk.repo.write("a.txt", "ONE\n")
    desk.end(mine, **changed(desk, "a.txt"))
    desk.end(other, **changed(desk, "a.txt"))
    assert desk.events(Kind.EDIT) == []
    assert desk.windows() == ["unknown", "unknown"]
    told = sorted((desk.hook.home / "windows/told").iterdir())
    assert [path.name for path in told] == ["s", "t"]
    # What a day later the windows show no more is remembered.
    (desk.hook.home / "windows/spans.json").unlink()
    desk.end(mine, **changed(desk, "a.txt"))
    assert desk.events(Kind.EDIT) == []


def test_the_clients_list_is_believed_of_its_own_commands_at_once(desk: Desk) -> None:
    first, second = desk.begin("make"), desk.begin("make")
    desk.repo.write("a.txt", "ONE\n")
    desk.end(first, **changed(desk, "a.txt"))
    desk.end(second)
    (edit,) = desk.events(Kind.EDIT)
    assert (edit.fields["path"], edit.fields["watched"]) == ("a.txt", True)


def test_the_clients_list_is_not_believed_of_a_file_that_a_file_tool_wrote_meanwhile(desk: Desk) -> None:
    use = desk.begin("make")
    path = desk.repo.write("a.txt", "ONE\n")
    desk.tell(
        "PostToolUse",
        "t",
        tool_name="Write",
        tool_use_id="toolu_t",
        tool_input={"file_path": str(path), "content": "ONE\n"},
        tool_response={"type": "update", "filePath": str(path), "content": "ONE\n", "originalFile": "one\n"},
    )
    desk.end(use, **changed(desk, "a.txt"))
    assert [(event.session, event.fields.get("by_shell")) for event in desk.events(Kind.EDIT)] == [("t", None)]
