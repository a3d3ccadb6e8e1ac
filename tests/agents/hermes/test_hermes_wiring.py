from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from agents.wired import Wirer
from ruamel.yaml import YAML

from hivemind_git.agents.base import Checkout, Machine, Scope, Wired
from hivemind_git.agents.command import command_line
from hivemind_git.agents.hermes import ASSISTANT, Hermes
from hivemind_git.agents.hermes.wiring import HOOKS, SKILLS
from hivemind_git.errors import HivemindError

HERMES = ASSISTANT
WIRER = Wirer(HERMES, Scope.USER)
install, uninstall = WIRER.install, WIRER.uninstall
PERSONAL = Hermes()
COMMAND = command_line("hermes")

CONFIGURATIONS = {
    "nothing": "",
    "blank": "\n\n",
    "comments alone": "# Hermes\n# of mine\n",
    "a document's start": "---\nmodel: {provider: openrouter}\n",
    "plain": "model:\n  provider: custom\n  default: qwen3\n",
    "no last line end": "model:\n  provider: custom",
    "windows": "model:\r\n  provider: custom\r\nhooks:\r\n  pre_tool_call:\r\n    - command: x\r\n",
    "byte order mark": "\ufeffmodel:\n  provider: custom\n",
    "four spaces": "model:\n    provider: custom\n"
    "hooks:\n    pre_tool_call:\n        - command: a\n          timeout: 5\n",
    "dashes below their key": "hooks:\n  pre_tool_call:\n  - command: a\n  post_tool_call:\n  - command: b\n",
    "comments all over": "# top\nmodel: a # here\n# between\nhooks: # ours\n"
    "  # in it\n  pre_llm_call:\n    # first\n    - command: a # a\n    # last\n\n# end\n",
    "hooks of nothing": "hooks:\nmodel: a\n",
    "hooks of null": "hooks: ~\nmodel: a\n",
    "empty hooks": "hooks: {}\nmodel: a\n",
    "empty event": "hooks:\n  pre_llm_call: []\n",
    "hooks in brackets": "hooks: {pre_llm_call: [{command: a, timeout: 3}]}\n",
    "brackets over lines": "hooks: {\n  pre_llm_call: [\n    {command: a}, # a\n    {command: b}\n  ]\n}\nmodel: a\n",
    "as JSON": '{"model": {"provider": "custom"}, "hooks": {"on_session_end": [{"command": "a"}]}}\n',
    "folders": "skills:\n  external_dirs:\n    - ~/skills\n    - /srv/team # of all\n",
    "folders in brackets": 'skills: {external_dirs: ["~/skills"]}\n',
    "skills of other kinds": "skills:\n  creation_nudge_interval: 15\n  disabled: [a, b]\nmodel: a\n",
    "our folder already": 'skills:\n  external_dirs: ["${PWD}/.agents/skills"]\n',
    "spilled output": "hooks:\n  output_spill:\n    max_chars: 1000\n  pre_llm_call:\n    - command: a\n",
    "accepted": "hooks_auto_accept: true\nmodel: a\n",
    "text of many lines": "personality: |\n  kind\n  : and short\n\n  # no comment\nmodel: a\n",
    "folded text": "note: >-\n  one\n  two\nhooks:\n  on_session_end:\n    - command: >-\n        a b\n        c\n",
    "quotes": "a: 'it''s'\nb: \"x: # y\"\n'hooks':\n  \"pre_llm_call\":\n    - 'command': 'a'\n",
    "anchors": "base: &base\n  timeout: 5\nhooks:\n  pre_tool_call:\n    - <<: *base\n      command: a\nmodel: a\n",
    "unicode": "persona: „Größe“ 🐝\nhooks:\n  on_session_end:\n    - command: é\n",
    "long lines": f"hooks:\n  on_session_end:\n    - command: {'word ' * 60}x\n      timeout: 9\n",
    "blank lines at the end": "model: a\n\n\n",
}


def config(machine: Machine) -> Path:
    return machine.home / ".hermes" / "config.yaml"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def read(text: str) -> dict[str, Any]:
    return YAML(typ="safe", pure=True).load(io.StringIO(text.removeprefix("\ufeff"))) or {}


def with_ours(theirs: dict[str, Any]) -> dict[str, Any]:
    hooks = dict(theirs.get("hooks") or {})
    for hook in HOOKS:
        matcher = {"matcher": hook.matcher} if hook.matcher else {}
        ours = {"command": COMMAND, **matcher, "timeout": 10}
        hooks[hook.event] = [*(hooks.get(hook.event) or []), ours]
    skills = dict(theirs.get("skills") or {})
    folders = skills.get("external_dirs") or []
    skills["external_dirs"] = folders if SKILLS in folders else [*folders, SKILLS]
    return {**theirs, "hooks": hooks, "skills": skills}


@pytest.mark.parametrize("text", CONFIGURATIONS.values(), ids=CONFIGURATIONS.keys())
def test_install_and_uninstall_give_every_byte_back(place: tuple[Checkout, Machine], text: str) -> None:
    checkout, machine = place
    path = write(config(machine), text)
    assert install(checkout, machine) == [path]
    told = path.read_bytes().decode()
    assert read(told) == with_ours(read(text))
    assert [line for line in text.splitlines() if "#" in line and line not in told.splitlines()] == []
    assert install(checkout, machine) == []
    assert HERMES.wired(checkout, machine) == Wired((path,), text == CONFIGURATIONS["accepted"])
    assert uninstall(checkout, machine) == []
    assert path.read_bytes() == text.encode()


@pytest.mark.parametrize("name", [name for name in CONFIGURATIONS if name != "as JSON"])
def test_our_part_goes_and_what_came_since_stays(place: tuple[Checkout, Machine], name: str) -> None:
    checkout, machine = place
    text = CONFIGURATIONS[name]
    path = write(config(machine), text)
    install(checkout, machine)
    with path.open("ab") as file:
        file.write(b"" if path.read_bytes().endswith(b"\n") else b"\n")
        file.write(b"display:  # new\n  skin: ares\n")
    assert uninstall(checkout, machine) == []
    told = path.read_text("utf-8")
    left = {**read(text), "display": {"skin": "ares"}}
    ours = {key: value for key, value in read(told).items() if value or key in read(text)}
    assert _solid(ours) == _solid(left) or SKILLS in text
    assert COMMAND not in told
    assert told.endswith("display:  # new\n  skin: ares\n")


def _solid(value: Any) -> Any:
    """A value without what holds nothing: brackets that held only ours stay."""
    if isinstance(value, dict):
        return {key: kept for key, each in value.items() if (kept := _solid(each)) not in (None, [], {})}
    return value


def test_a_configuration_that_a_tool_wrote_anew(place: tuple[Checkout, Machine]) -> None:
    """`hermes config set` writes all of it anew, without comments, and folds our line."""
    checkout, machine = place
    path = write(config(machine), CONFIGURATIONS["comments all over"])
    install(checkout, machine)
    anew = io.StringIO()
    dumper = YAML(typ="safe", pure=True)
    dumper.default_flow_style = False
    dumper.dump({**read(path.read_text()), "new": 1}, anew)
    path.write_text(anew.getvalue())
    assert HERMES.wired(checkout, machine).files == (path,)
    assert install(checkout, machine) == []
    assert uninstall(checkout, machine) == []
    assert _solid(read(path.read_text())) == {**read(CONFIGURATIONS["comments all over"]), "new": 1}


def test_without_a_file_and_without_a_folder(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    assert HERMES.wired(checkout, machine) == Wired()
    assert install(checkout, machine) == [config(machine)]
    assert config(machine).stat().st_mode & 0o777 == 0o600
    uninstall(checkout, machine)
    assert not (machine.home / ".hermes").exists()


def test_an_older_line_of_ours_is_replaced(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    path = write(config(machine), "")
    install(checkout, machine)
    path.write_text(path.read_text().replace("exec 2>/dev/null; ", ""))
    assert HERMES.wired(checkout, machine) == Wired()
    install(checkout, machine)
    assert read(path.read_text()) == with_ours({})


@pytest.mark.parametrize(
    "text",
    [
        "model: [\n",
        "model:\n\tprovider: x\n",
        "- a\n",
        "a: 1\n---\nb: 2\n",
        "hooks: yes please\n",
        "hooks:\n  pre_llm_call: mine\n",
        "skills:\n  external_dirs: ~/one\n",
        "b: &b\n  on_session_end: []\nhooks: *b\n",
    ],
)
def test_a_file_that_cannot_be_extended_is_refused(place: tuple[Checkout, Machine], text: str) -> None:
    checkout, machine = place
    path = write(config(machine), text)
    with pytest.raises(HivemindError, match=r"config\.yaml cannot be extended"):
        HERMES.wire(checkout, machine, Scope.USER)
    assert path.read_bytes() == text.encode()
    assert HERMES.wired(checkout, machine) == Wired()


def test_the_folder_that_the_environment_names(place: tuple[Checkout, Machine], tmp_path: Path) -> None:
    checkout, machine = place
    elsewhere = Machine(machine.home, {"HERMES_HOME": str(tmp_path / "h")})
    (change,) = HERMES.wire(checkout, elsewhere, Scope.USER)
    assert change.path == tmp_path / "h" / "config.yaml"


def consenting(machine: Machine, events: list[str]) -> None:
    """Writes what Hermes writes when a person says yes."""
    approvals = [{"approved_at": "2026-11-21T02:15:11Z", "command": COMMAND, "event": each} for each in events]
    path = machine.home / ".hermes" / "shell-hooks-allowlist.json"
    write(path, json.dumps({"approvals": approvals}, indent=2))


def test_consent_is_read_and_never_given(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    (path,) = install(checkout, machine)
    assert sorted(each.name for each in path.parent.iterdir()) == ["config.yaml"]
    assert HERMES.wired(checkout, machine) == Wired((path,), False)
    events = [hook.event for hook in HOOKS]
    consenting(machine, events[1:])
    assert HERMES.wired(checkout, machine) == Wired((path,), False)
    consenting(machine, events)
    assert HERMES.wired(checkout, machine) == Wired((path,), True)
    write(path.parent / "shell-hooks-allowlist.json", "{")
    assert HERMES.wired(checkout, machine) == Wired((path,), None)


def test_no_foreign_file_is_untangled() -> None:
    assert HERMES.untangle(Path("/x/other.yaml"), b"a: 1\n") is None
    assert HERMES.untangle(Path("/x/config.yaml"), b"a: 1\n") is None
    assert HERMES.untangle(Path("/x/config.yaml"), b"[hivemind hermes'") is None


def test_found_by_folder_or_program(tmp_path: Path) -> None:
    assert HERMES.find(Machine(tmp_path, {"PATH": ""})) is None
    program = write(tmp_path / "bin" / "hermes", "#!/bin/sh\n")
    program.chmod(0o755)
    found = HERMES.find(Machine(tmp_path, {"PATH": str(program.parent)}))
    assert found is not None
    assert (found.program, found.folder) == (program, None)
    assert PERSONAL.own_skills(Machine(tmp_path, {})) is None
    (tmp_path / ".hermes").mkdir()
    assert PERSONAL.own_skills(Machine(tmp_path, {})) == tmp_path / ".hermes" / "skills"
    found = HERMES.find(Machine(tmp_path, {"PATH": ""}))
    assert found is not None
    assert (found.program, found.folder) == (None, tmp_path / ".hermes")
    assert (HERMES.name, HERMES.title, HERMES.skill_folders) == ("hermes", "Hermes", (".agents/skills",))
