from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from agents.wired import Wirer
from repos import Repo

from hivemind_git.agents import assistant
from hivemind_git.agents.base import Checkout, Machine, Scope, Wired
from hivemind_git.agents.codex import trust
from hivemind_git.agents.codex.wiring import HOOKS
from hivemind_git.agents.command import command_line
from hivemind_git.errors import HivemindError

CODEX = assistant("codex")
WIRER = Wirer(CODEX, Scope.USER)
install, uninstall = WIRER.install, WIRER.uninstall
COMMAND = command_line("codex")
STOP: dict[str, Any] = {"hooks": [{"type": "command", "command": "notify-send done"}]}

CONFIGURATIONS = {
    "empty object": "{}",
    "empty object, spread": "{\n}\n",
    "empty hooks": '{\n  "hooks": {}\n}\n',
    "empty event": '{"hooks": {"Stop": []}}\n',
    "another Stop hook": json.dumps({"hooks": {"Stop": [STOP]}}, indent=2),
    "another Stop hook, one line": json.dumps({"hooks": {"Stop": [STOP]}}),
    "four spaces, no final line end": json.dumps({"hooks": {"PreToolUse": [{"matcher": "Bash", **STOP}]}}, indent=4),
    "tabs": json.dumps({"hooks": {"PreToolUse": [{"matcher": "^apply_patch$", **STOP}]}}, indent="\t") + "\n",
    "windows": '{\r\n  "hooks": {\r\n    "Stop": []\r\n  }\r\n}\r\n',
    "many hooks": json.dumps(
        {
            "description": "of the platform team",
            "hooks": {
                "SessionStart": [{"matcher": "startup|resume", "hooks": [{"type": "command", "command": "load"}]}],
                "PreToolUse": [
                    {"matcher": "Bash", "hooks": [{"type": "command", "command": "guard", "timeout": 30}]},
                    {"matcher": "Edit|Write", "hooks": [{"type": "command", "command": "fmt", "statusMessage": "…"}]},
                ],
                "Stop": [STOP, STOP],
                "PermissionRequest": [{"hooks": [{"type": "command", "command": "ask"}]}],
            },
        },
        indent=2,
        ensure_ascii=False,
    ),
    "odd order, odd space": '{ "z":1\n , "hooks":{"Stop":[ ]}\n,"a" : 2}\n\n\n',
    "unicode": '{\n  "hooks": {},\n  "k\\u00fc": "\\ud83d\\ude00 — “neu”"\n}\n',
    "nothing": "",
    "blank": "\n\n",
}


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def hooks_of(machine: Machine) -> Path:
    return machine.home / ".codex" / "hooks.json"


@pytest.mark.parametrize("text", CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
def test_install_and_uninstall_give_every_byte_back(place: tuple[Checkout, Machine], text: str) -> None:
    checkout, machine = place
    path = write(hooks_of(machine), text)
    assert install(checkout, machine) == [path]
    told = json.loads(path.read_text())
    theirs = json.loads(text or "{}") if text.strip() else {}
    for hook in HOOKS:
        before = theirs.get("hooks", {}).get(hook.event, [])
        command = {"type": "command", "command": COMMAND, "timeout": hook.seconds}
        assert told["hooks"][hook.event] == [
            *before,
            {**({"matcher": hook.matcher} if hook.matcher else {}), "hooks": [command]},
        ]
    assert install(checkout, machine) == []
    assert CODEX.wired(checkout, machine) == Wired((path,), False)
    assert uninstall(checkout, machine) == []
    assert path.read_bytes() == text.encode()


def test_without_a_file_and_without_a_folder(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    assert CODEX.wired(checkout, machine) == Wired()
    assert install(checkout, machine) == [hooks_of(machine)]
    uninstall(checkout, machine)
    assert not (machine.home / ".codex").exists()


def test_what_was_added_around_our_groups_stays(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    path = write(hooks_of(machine), CONFIGURATIONS["many hooks"])
    install(checkout, machine)
    told = json.loads(path.read_text())
    told["hooks"]["Stop"].append({"hooks": [{"type": "command", "command": "later"}]})
    path.write_text(json.dumps(told, indent=2))
    uninstall(checkout, machine)
    wanted = json.loads(CONFIGURATIONS["many hooks"])
    wanted["hooks"]["Stop"].append({"hooks": [{"type": "command", "command": "later"}]})
    assert json.loads(path.read_text()) == wanted


@pytest.mark.parametrize(
    "text",
    ['{"hooks": {"Stop": "x"}}', '{"hooks": []}', "[]", "{", '{"hooks": {}} // mine', '{"hooks": {},}', "\ufeff{}"],
)
def test_a_file_that_codex_cannot_read_is_refused(place: tuple[Checkout, Machine], text: str) -> None:
    checkout, machine = place
    path = write(hooks_of(machine), text)
    with pytest.raises(HivemindError, match=r"hooks\.json"):
        CODEX.wire(checkout, machine, Scope.USER)
    assert path.read_bytes() == text.encode()
    assert CODEX.wired(checkout, machine) == Wired()


def test_the_folder_that_the_environment_names(place: tuple[Checkout, Machine], tmp_path: Path) -> None:
    checkout, machine = place
    elsewhere = Machine(machine.home, {"CODEX_HOME": str(tmp_path / "codex")})
    (change,) = CODEX.wire(checkout, elsewhere, Scope.USER)
    assert change.path == tmp_path / "codex" / "hooks.json"


def test_local_hooks_are_hidden_from_git(place: tuple[Checkout, Machine], repo: Repo) -> None:
    checkout, machine = place
    path = checkout.top / ".codex" / "hooks.json"
    assert install(checkout, machine, Scope.LOCAL) == [path, checkout.common / "info" / "exclude"]
    assert repo.git("status", "--porcelain") == ""
    assert CODEX.wired(checkout, machine).files == (path,)
    assert install(checkout, machine, Scope.LOCAL) == []
    uninstall(checkout, machine)
    assert not path.parent.exists()
    assert "hivemind" not in (checkout.common / "info" / "exclude").read_text()


def test_project_hooks_are_everybodys(place: tuple[Checkout, Machine], repo: Repo) -> None:
    checkout, machine = place
    install(checkout, machine, Scope.PROJECT)
    assert repo.git("status", "--porcelain") == "?? .codex/"
    repo.commit("Wire Codex")
    with pytest.raises(HivemindError, match="is committed in this repository"):
        CODEX.wire(checkout, machine, Scope.LOCAL)


def trusting(machine: Machine, path: Path, **changed: object) -> None:
    """Writes what the client's own review writes."""
    groups = json.loads(path.read_text())["hooks"]
    lines = ['model = "gpt-5.5"']
    for hook in HOOKS:
        lines.append(f'[hooks.state."{path}:{trust.snake(hook.event)}:{len(groups[hook.event]) - 1}:0"]')
        lines.append(f'trusted_hash = "{trust.hook_hash(hook.event, hook.matcher, COMMAND, hook.seconds)}"')
    lines += [f"{key} = {value}" for key, value in changed.items()]
    write(machine.home / ".codex" / "config.toml", "\n".join(lines) + "\n")


def test_trust_is_read_from_the_configuration(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    path = write(hooks_of(machine), json.dumps({"hooks": {"Stop": [STOP, STOP]}}))
    install(checkout, machine)
    trusting(machine, path)
    assert CODEX.wired(checkout, machine) == Wired((path,), True)
    trusting(machine, path, enabled="false")
    assert CODEX.wired(checkout, machine) == Wired((path,), False)
    write(machine.home / ".codex" / "config.toml", "not toml = = 1")
    assert CODEX.wired(checkout, machine) == Wired((path,), None)
    trusting(machine, path)
    # A group before ours moves it, and Codex asks again.
    told = json.loads(path.read_text())
    told["hooks"]["Stop"].insert(0, STOP)
    path.write_text(json.dumps(told))
    assert CODEX.wired(checkout, machine) == Wired((path,), False)


def test_trust_outlives_an_uninstall(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    path = write(hooks_of(machine), json.dumps({"hooks": {"Stop": [STOP]}}))
    install(checkout, machine)
    trusting(machine, path)
    uninstall(checkout, machine)
    install(checkout, machine)
    assert CODEX.wired(checkout, machine) == Wired((path,), True)


def test_hooks_of_a_project_need_trust_in_the_project_too(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    install(checkout, machine, Scope.LOCAL)
    path = checkout.top / ".codex" / "hooks.json"
    trusting(machine, path)
    assert CODEX.wired(checkout, machine) == Wired((path,), False)
    with (machine.home / ".codex" / "config.toml").open("a") as config:
        config.write(f'[projects."{checkout.top}"]\ntrust_level = "trusted"\n')
    assert CODEX.wired(checkout, machine) == Wired((path,), True)


def test_no_foreign_file_is_untangled() -> None:
    assert CODEX.untangle(Path("/x/settings.json"), b"{}") is None
    assert CODEX.untangle(Path("/x/hooks.json"), b"{}") is None
    assert CODEX.untangle(Path("/x/hooks.json"), b"{") is None


def test_found_by_folder_or_program(tmp_path: Path) -> None:
    assert CODEX.find(Machine(tmp_path, {"PATH": ""})) is None
    program = write(tmp_path / "bin" / "codex", "#!/bin/sh\n")
    program.chmod(0o755)
    found = CODEX.find(Machine(tmp_path, {"PATH": str(program.parent)}))
    assert found is not None
    assert (found.program, found.folder) == (program, None)
    (tmp_path / ".codex").mkdir()
    found = CODEX.find(Machine(tmp_path, {"PATH": ""}))
    assert found is not None
    assert (found.program, found.folder) == (None, tmp_path / ".codex")
