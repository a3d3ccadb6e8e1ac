from __future__ import annotations

import json
from pathlib import Path

import pytest
from agents.wired import Wirer
from repos import Repo

from hivemind_git import resources
from hivemind_git.agents import assistant
from hivemind_git.agents.base import Checkout, Found, Machine, Scope, Wired
from hivemind_git.agents.command import command_line
from hivemind_git.errors import HivemindError

PI = assistant("pi")
WIRER = Wirer(PI, Scope.USER)
install, uninstall = WIRER.install, WIRER.uninstall
SHIPPED = (resources.find("hooks") / "agent/pi/index.js").read_bytes()
SHARED = (resources.find("hooks") / "agent/tell.js").read_bytes()


def extension(machine: Machine) -> Path:
    return machine.home / ".pi/agent/extensions/hivemind-git/index.js"


def both(machine: Machine) -> list[Path]:
    return [extension(machine), extension(machine).with_name("tell.js")]


def test_the_extension_runs_the_constant_command_line() -> None:
    body = command_line("pi").removeprefix("sh -c ").removesuffix(" hivemind pi")
    assert SHARED.decode().count(f"const COMMAND =\n  {body};\n") == 1
    assert 'spawn("sh", ["-c", COMMAND, "hivemind", agent]' in SHARED.decode()
    assert 'teller("pi")' in SHIPPED.decode()


def test_install_and_uninstall_leave_nothing(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    assert PI.wired(checkout, machine) == Wired()
    assert install(checkout, machine) == both(machine)
    assert [path.read_bytes() for path in both(machine)] == [SHIPPED, SHARED]
    assert install(checkout, machine) == []
    assert PI.wired(checkout, machine) == Wired((extension(machine),), None)
    assert uninstall(checkout, machine) == []
    assert not (machine.home / ".pi").exists()


def test_an_older_version_of_ours_is_replaced_and_goes_whole(place: tuple[Checkout, Machine]) -> None:
    """Another repository's install may have put a newer one there since."""
    checkout, machine = place
    install(checkout, machine)
    extension(machine).write_bytes(SHIPPED.replace(b"SHELLS", b"OLDER"))
    assert PI.wired(checkout, machine).files == (extension(machine),)
    assert install(checkout, machine) == [extension(machine)]
    assert extension(machine).read_bytes() == SHIPPED
    extension(machine).write_bytes(SHIPPED.replace(b"SHELLS", b"NEWER"))
    assert uninstall(checkout, machine) == []
    assert not extension(machine).exists()


def test_what_a_person_wrote_around_our_part_stays(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    install(checkout, machine)
    extension(machine).write_bytes(b"// mine\n" + SHIPPED + b"// mine too\n")
    uninstall(checkout, machine)
    assert extension(machine).read_bytes() == b"// mine\n// mine too\n"


def test_somebody_elses_extension_is_never_overwritten(place: tuple[Checkout, Machine]) -> None:
    checkout, machine = place
    extension(machine).parent.mkdir(parents=True)
    extension(machine).write_text("export default () => {};\n")
    with pytest.raises(HivemindError, match="is not ours"):
        PI.wire(checkout, machine, Scope.USER)
    assert PI.wired(checkout, machine) == Wired()


def test_the_folder_that_the_environment_names(place: tuple[Checkout, Machine], tmp_path: Path) -> None:
    checkout, machine = place
    elsewhere = Machine(machine.home, {"PI_CODING_AGENT_DIR": "~/conf"})
    paths = [change.path for change in PI.wire(checkout, elsewhere, Scope.USER)]
    assert paths == [machine.home / "conf/extensions/hivemind-git" / name for name in ("index.js", "tell.js")]


def test_a_local_extension_is_hidden_from_git(place: tuple[Checkout, Machine], repo: Repo) -> None:
    checkout, machine = place
    folder = checkout.top / ".pi/extensions/hivemind-git"
    written = [folder / "index.js", folder / "tell.js", checkout.common / "info/exclude"]
    assert install(checkout, machine, Scope.LOCAL) == written
    assert repo.git("status", "--porcelain") == ""
    uninstall(checkout, machine)
    assert not (checkout.top / ".pi").exists()
    assert "hivemind" not in (checkout.common / "info/exclude").read_text()


def test_a_project_extension_is_everybodys(place: tuple[Checkout, Machine], repo: Repo) -> None:
    checkout, machine = place
    install(checkout, machine, Scope.PROJECT)
    assert repo.git("status", "--porcelain") == "?? .pi/"
    repo.commit("Wire pi")
    with pytest.raises(HivemindError, match="is committed in this repository"):
        PI.wire(checkout, machine, Scope.LOCAL)


@pytest.mark.parametrize(
    ("decisions", "settings", "expected"),
    [
        ({}, {}, False),
        ({"{top}": True}, {}, True),
        ({"{top}": False, "{above}": True}, {"defaultProjectTrust": "always"}, False),
        ({"{above}": True}, {}, True),
        ({"{top}/sub": True}, {}, False),
        ({"{top}": None}, {"defaultProjectTrust": "always"}, True),
        ({}, {"defaultProjectTrust": "ask"}, False),
        ([], {}, None),
        ("broken", {}, None),
    ],
)
def test_a_project_extension_needs_trust(
    place: tuple[Checkout, Machine], decisions: object, settings: object, expected: bool | None
) -> None:
    checkout, machine = place
    install(checkout, machine, Scope.PROJECT)
    folder = machine.home / ".pi/agent"
    folder.mkdir(parents=True)
    text = json.dumps(decisions).replace("{top}", str(checkout.top)).replace("{above}", str(checkout.top.parent))
    (folder / "trust.json").write_text("{" if decisions == "broken" else text)
    (folder / "settings.json").write_text(json.dumps(settings))
    assert PI.wired(checkout, machine).trusted is expected


def test_a_program_named_pi_alone_is_not_taken_for_it(hermetic: Path, tmp_path: Path) -> None:
    program = tmp_path / "pi"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    machine = Machine(hermetic, {"PATH": str(tmp_path)})
    assert PI.find(machine) is None
    (hermetic / ".pi/agent").mkdir(parents=True)
    assert PI.find(machine) == Found(program, hermetic / ".pi/agent")
    assert PI.find(Machine(hermetic, {})) == Found(None, hermetic / ".pi/agent")
