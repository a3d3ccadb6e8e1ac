from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from agents.wired import Wirer

from hivemind_git import resources
from hivemind_git.agents import assistant
from hivemind_git.agents.base import Call, Checkout, Examinable, Machine, Scope, Wired
from hivemind_git.agents.command import command_line
from hivemind_git.errors import HivemindError

OPENCLAW = assistant("openclaw")
WIRER = Wirer(OPENCLAW, Scope.USER)
install, uninstall = WIRER.install, WIRER.uninstall
SHIPPED = resources.find("hooks") / "agent"
FILES = ("package.json", "openclaw.plugin.json", "index.js", "tell.js")

CONFIGURATIONS = {
    "nothing": None,
    "empty object": "{}\n",
    "onboarded": json.dumps({"gateway": {"mode": "local", "port": 18789}, "agents": {"defaults": {}}}, indent=2),
    "comments": '{\n  // mine\n  "gateway": {"port": 1,},\n  "plugins": {\n    "entries": {}, // none yet\n  },\n}\n',
    "other plugins": json.dumps(
        {"plugins": {"entries": {"evlog": {"enabled": True}}, "load": {"paths": []}}}, indent=4
    ),
    "allowed alone": json.dumps({"plugins": {"allow": ["evlog"], "entries": {"evlog": {}}}}, indent="\t") + "\n",
    "allowed, one line": '{"plugins": {"allow": ["evlog", "telegram"]}}',
    "all allowed": '{"plugins": {"allow": []}}\n',
    "windows": '{\r\n  "update": {\r\n    "checkOnStart": false\r\n  }\r\n}\r\n',
    "links elsewhere": '{"skills": {"load": {"allowSymlinkTargets": ["~/skills"], "watch": true}}}\n',
    "our entry already": '{"plugins": {"entries": {"hivemind": {"enabled": true}}}}\n',
}


def configured(machine: Machine, text: str) -> Path:
    path = machine.home / ".openclaw/openclaw.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("text", CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
def test_install_and_uninstall_give_every_byte_back(place: tuple[Checkout, Machine], text: str | None) -> None:
    checkout, machine = place
    path = configured(machine, text) if text is not None else machine.home / ".openclaw/openclaw.json"
    folder = machine.home / ".openclaw/extensions/hivemind"
    install(checkout, machine)
    sources = (SHIPPED / "openclaw/package.json").parent, SHIPPED
    for name in FILES:
        source = next(place / name for place in sources if (place / name).exists())
        assert (folder / name).read_bytes() == source.read_bytes()
    assert install(checkout, machine) == []
    assert OPENCLAW.wired(checkout, machine) == Wired((folder / "index.js", path), True)
    assert uninstall(checkout, machine) == []
    assert not folder.exists()
    assert (path.read_bytes().decode() if path.exists() else None) == text


def test_a_list_of_allowed_plugins_gets_ours(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    path = configured(machine, '{"plugins": {"allow": ["evlog"]}}')
    install(checkout, machine)
    plugins = {"allow": ["evlog", "hivemind"], "entries": {"hivemind": {"enabled": True}}}
    skills = {"load": {"allowSymlinkTargets": [f"{checkout.top}/.agents/skills/../../.claude/skills"]}}
    assert json.loads(path.read_text()) == {"plugins": plugins, "skills": skills}


def test_after_the_client_wrote_its_configuration_anew(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    path = configured(machine, '{"plugins": {"allow": ["evlog"]}}')
    install(checkout, machine)
    told = json.loads(path.read_text())
    path.write_text(json.dumps({"meta": {"lastTouchedVersion": "2026.9.6"}, **told}, indent=2) + "\n")
    assert uninstall(checkout, machine) == []
    wanted = {"meta": {"lastTouchedVersion": "2026.9.6"}, "plugins": {"allow": ["evlog"], "entries": {}}}
    assert json.loads(path.read_text()) in (wanted, {**wanted, "plugins": {"allow": ["evlog"]}})


def test_a_newer_version_of_ours_goes_whole(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    install(checkout, machine)
    index = machine.home / ".openclaw/extensions/hivemind/index.js"
    index.write_text(index.read_text().replace("PATIENCE_MS", "NEWER_MS"))
    assert uninstall(checkout, machine) == []
    assert not (machine.home / ".openclaw").exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"plugins": 1}', '{"plugins": {"entries": []}}', "{plugins: {}}"])
def test_a_malformed_configuration_is_refused(place: tuple[Checkout, Machine], text: str) -> None:
    checkout, machine = place
    path = configured(machine, text)
    with pytest.raises(HivemindError, match="cannot be extended"):
        OPENCLAW.wire(checkout, machine, Scope.USER)
    assert path.read_text() == text
    assert OPENCLAW.wired(checkout, machine) == Wired()


@pytest.mark.parametrize(
    ("plugins", "trusted"),
    [
        ({}, True),
        ({"enabled": False}, False),
        ({"deny": ["hivemind"]}, False),
        ({"allow": ["other"]}, False),
        ({"allow": []}, True),
        ({"entries": {"hivemind": {"enabled": False}}}, False),
    ],
)
def test_what_keeps_our_plugin_from_running(
    place: tuple[Checkout, Machine], plugins: dict[str, object], trusted: bool
) -> None:
    checkout, machine = place
    install(checkout, machine)
    configured(machine, json.dumps({"plugins": {"entries": {"hivemind": {"enabled": True}}, **plugins}}))
    assert OPENCLAW.wired(checkout, machine).trusted is trusted
    assert isinstance(OPENCLAW, Examinable)
    assert [fault.what for fault in OPENCLAW.faults(checkout, machine)] == [
        f"{machine.home}/.openclaw/openclaw.json keeps the plugin hivemind from loading"
    ] * (not trusted)
    (call,) = OPENCLAW.calls(checkout, machine)
    assert call == Call(tuple(shlex.split(command_line("openclaw"))), checkout.top)


def test_the_files_that_the_environment_names(place: tuple[Checkout, Machine], tmp_path: Path) -> None:
    checkout, machine = place
    elsewhere = {"OPENCLAW_STATE_DIR": str(tmp_path / "state"), "OPENCLAW_CONFIG_PATH": "~/claw.json"}
    changes = OPENCLAW.wire(checkout, Machine(machine.home, elsewhere), Scope.USER)
    plugin = tmp_path / "state/extensions/hivemind"
    assert {change.path for change in changes} == {*(plugin / name for name in FILES), machine.home / "claw.json"}


def test_what_is_pis_is_left_to_pi(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    for change in assistant("pi").wire(checkout, machine, Scope.USER):
        assert OPENCLAW.untangle(change.path, change.after or b"") is None
