from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from agents.wired import Wirer

from hivemind_git.agents import assistant
from hivemind_git.agents.base import Checkout, Machine, Scope
from hivemind_git.agents.claude_code.wiring import HOOKS
from hivemind_git.agents.command import command_line
from hivemind_git.errors import HivemindError

if TYPE_CHECKING:
    from tests.conftest import Repo

CLAUDE = assistant("claude-code")
WIRER = Wirer(CLAUDE, Scope.LOCAL)
install, uninstall = WIRER.install, WIRER.uninstall
COMMAND = command_line("claude-code")

CONFIGURATIONS = {
    "empty object": "{}",
    "empty object, spread": "{\n}\n",
    "two spaces": '{\n  "model": "opus",\n  "permissions": {\n    "allow": [\n      "Bash(ls:*)"\n    ]\n  }\n}\n',
    "four spaces, no final line end": '{\n    "env": {\n        "A": "1"\n    }\n}',
    "tabs": '{\n\t"permissions": {\n\t\t"deny": ["Read(.env)"]\n\t}\n}\n',
    "one line": '{"permissions":{"allow":["Bash(npm test)"]},"model":"sonnet"}',
    "one line, spaced": '{ "model": "sonnet" }\n',
    "windows": '{\r\n  "model": "opus",\r\n  "includeCoAuthoredBy": false\r\n}\r\n',
    "byte order mark": '\ufeff{\n  "model": "opus"\n}\n',
    "comments": '{\n  // mine\n  "model": "opus", // good\n  /* more */\n  "hooks": {\n    // none yet\n  }\n}\n',
    "trailing commas": '{\n  "permissions": {\n    "allow": [\n      "Bash",\n    ],\n  },\n}\n',
    "another Stop hook": json.dumps({"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "x"}]}]}}, indent=2),
    "many hooks": json.dumps(
        {
            "hooks": {
                "PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "guard"}]}],
                "PostToolUse": [
                    {"matcher": "Edit|Write", "hooks": [{"type": "command", "command": "prettier --write"}]},
                    {"matcher": "Bash", "hooks": [{"type": "command", "command": "log"}]},
                ],
                "Notification": [{"hooks": [{"type": "command", "command": "ding"}]}],
            },
            "statusLine": {"type": "command", "command": "~/.claude/status.sh"},
        },
        indent=2,
    ),
    "empty hooks": '{\n  "hooks": {}\n}\n',
    "empty event": '{"hooks": {"Stop": []}, "cleanupPeriodDays": 30}\n',
    "odd order, odd space": '{ "z":1\n , "hooks":{"Stop":[ ]}\n,"a" : 2}\n\n\n',
    "unicode": '{\n  "outputStyle": "Erklärend — “neu”",\n  "k\\u00fc": "\\ud83d\\ude00"\n}\n',
    "nothing": "",
    "blank": "\n\n",
}


def settings(checkout: Checkout) -> Path:
    return checkout.top / ".claude" / "settings.local.json"


def snapshot(checkout: Checkout) -> dict[str, bytes]:
    files = [*checkout.top.glob(".claude/*"), checkout.common / "info" / "exclude"]
    return {str(path): path.read_bytes() for path in files if path.is_file()}


def registered(text: str) -> dict[str, list[tuple[str | None, str, int]]]:
    """The hooks of a settings file that are ours: event → matcher, command, timeout."""
    found: dict[str, Any] = json.loads(text)["hooks"]
    return {
        event: [
            (group.get("matcher"), hook["command"], hook["timeout"])
            for group in groups
            for hook in group["hooks"]
            if hook["command"] == COMMAND
        ]
        for event, groups in found.items()
    }


def test_a_fresh_repository(repo: Repo, place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    before = snapshot(checkout)
    assert install(checkout, machine) == [settings(checkout), checkout.common / "info" / "exclude"]
    assert registered(settings(checkout).read_text()) == {
        hook.event: [(hook.matcher or None, COMMAND, 10)] for hook in HOOKS
    }
    assert repo.git("status", "--porcelain") == ""
    assert CLAUDE.wired(checkout, machine).files == (settings(checkout),)
    assert uninstall(checkout, machine) == []
    assert snapshot(checkout) == before
    assert not (checkout.top / ".claude").exists()
    assert CLAUDE.wired(checkout, machine).files == ()


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_byte_comes_back(name: str, place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    source = CONFIGURATIONS[name].encode()
    settings(checkout).parent.mkdir()
    settings(checkout).write_bytes(source)
    assert settings(checkout) in install(checkout, machine)
    wired = settings(checkout).read_bytes()
    assert wired != source
    assert install(checkout, machine) == []
    assert settings(checkout).read_bytes() == wired
    assert uninstall(checkout, machine) == []
    assert settings(checkout).read_bytes() == source


@pytest.mark.parametrize("name", [name for name, text in CONFIGURATIONS.items() if text.strip()])
def test_our_entries_alone_go_where_the_record_is_gone(name: str, place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    source = CONFIGURATIONS[name].encode()
    settings(checkout).parent.mkdir()
    settings(checkout).write_bytes(source)
    install(checkout, machine)
    assert CLAUDE.untangle(settings(checkout), settings(checkout).read_bytes()) == source
    excluded = checkout.common / "info" / "exclude"
    assert b"settings.local" not in (CLAUDE.untangle(excluded, excluded.read_bytes()) or b"")


def test_the_user_edited_around_ours(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    settings(checkout).parent.mkdir()
    settings(checkout).write_text(CONFIGURATIONS["two spaces"])
    install(checkout, machine)
    edit = ('"model": "opus"', '"model": "sonnet",\n  "verbose": true')
    settings(checkout).write_text(settings(checkout).read_text().replace(*edit))
    assert uninstall(checkout, machine) == []
    assert settings(checkout).read_text() == CONFIGURATIONS["two spaces"].replace(*edit)


def test_a_command_of_ours_in_somebody_elses_group(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    group = {"hooks": [{"type": "command", "command": "theirs"}, {"type": "command", "command": COMMAND}]}
    settings(checkout).parent.mkdir()
    settings(checkout).write_text(json.dumps({"hooks": {"Stop": [group]}}))
    install(checkout, machine)
    stop = json.loads(settings(checkout).read_text())["hooks"]["Stop"]
    assert [[hook["command"] for hook in one["hooks"]] for one in stop] == [["theirs"], [COMMAND]]


def test_an_older_command_of_ours_is_replaced(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    old = {"hooks": [{"type": "command", "command": "sh -c 'old' hivemind claude-code"}]}
    settings(checkout).parent.mkdir()
    settings(checkout).write_text(json.dumps({"hooks": {"Stop": [old], "Notification": [old]}}, indent=2))
    install(checkout, machine)
    assert set(registered(settings(checkout).read_text())) == {hook.event for hook in HOOKS}
    assert "old" not in settings(checkout).read_text()


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ('{\n  "hooks": {\n', "line 3: a key is missing"),
        ('{\n  "a": 1\n  "b": 2\n}', "line 3: a comma or } is missing"),
        ('{"hooks": []}', "hooks is not an object"),
        ('{"hooks": {"Stop": "x"}}', "hooks.Stop is not an array"),
        ("[]", "the document is not an object"),
    ],
)
def test_a_malformed_file_is_refused_and_left(source: str, sentence: str, place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    settings(checkout).parent.mkdir()
    settings(checkout).write_text(source)
    with pytest.raises(HivemindError) as caught:
        install(checkout, machine)
    assert caught.value.sentence == f"{settings(checkout)} cannot be extended: {sentence}"
    assert settings(checkout).read_text() == source
    assert CLAUDE.wired(checkout, machine).files == ()


def test_what_is_committed_is_nobodys_own(repo: Repo, place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    repo.commit("settings", **{".claude/settings.local.json": "{}\n"})
    with pytest.raises(HivemindError, match="is committed in this repository"):
        install(checkout, machine)


def test_for_everybody_and_for_the_user(hermetic: Path, place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    project, user = checkout.top / ".claude" / "settings.json", hermetic / ".claude" / "settings.json"
    assert install(checkout, machine, Scope.PROJECT) == [project]
    assert install(checkout, machine, Scope.USER) == [user]
    assert CLAUDE.wired(checkout, machine).files == (project, user)
    assert uninstall(checkout, machine) == []
    assert not project.exists()
    assert not user.exists()


def test_another_configuration_folder(tmp_path: Path, place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    machine = Machine(machine.home, {"CLAUDE_CONFIG_DIR": str(tmp_path / "conf")})
    changes = CLAUDE.wire(checkout, machine, Scope.USER)
    assert [change.path for change in changes] == [tmp_path / "conf" / "settings.json"]


def test_a_linked_worktree_wires_the_main_one_too(repo: Repo, place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    other = repo.path.parent / "other"
    repo.git("worktree", "add", "-q", str(other))
    linked = Checkout(other, checkout.common, (checkout.top, other))
    assert install(linked, machine)[:2] == [settings(linked), settings(checkout)]
    assert repo.git("status", "--porcelain") == ""
    repo.git("worktree", "remove", str(other))


def test_found_by_program_or_by_folder(tmp_path: Path, hermetic: Path) -> None:
    assert CLAUDE.find(Machine(hermetic, {"PATH": str(tmp_path)})) is None
    (hermetic / ".claude").mkdir()
    found = CLAUDE.find(Machine(hermetic, {"PATH": str(tmp_path)}))
    assert found is not None
    assert (found.program, found.folder) == (None, hermetic / ".claude")
    program = tmp_path / "claude"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    found = CLAUDE.find(Machine(tmp_path / "nobody", {"PATH": str(tmp_path)}))
    assert found is not None
    assert (found.program, found.folder) == (program, None)
