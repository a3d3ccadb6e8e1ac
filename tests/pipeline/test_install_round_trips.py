"""Install, install again, a person's edit, uninstall: over files as people have them, byte for byte."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from pipeline.user_files import CASES, MALFORMED, Case
from repos import Repo

from hivemind_git.agents.base import Scope
from hivemind_git.agents.command import command_line
from hivemind_git.errors import HivemindError
from hivemind_git.pipeline import installing, workspace
from hivemind_git.pipeline.workspace import Workspace

Tree = dict[str, tuple[int, bytes]]


@pytest.fixture
def space(repo: Repo) -> Workspace:
    repo.commit("base", **{"a.txt": "a\n"})
    return workspace.open_workspace(repo.path)


def real_path(space: Workspace, home: Path, name: str) -> Path:
    return home / name[2:] if name.startswith("~/") else space.checkout.top / name


def put(space: Workspace, home: Path, case: Case) -> Path:
    """Makes the file, and the link to it if it is one, and returns where its bytes are."""
    path = real_path(space, home, case.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = real_path(space, home, case.real) if case.real else path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(case.content)
    file.chmod(0o640)
    if case.real:
        path.symlink_to(case.link)
    return file


def tree(space: Workspace, home: Path) -> Tree:
    """All that install may touch: the home folder, the worktree, git's hooks, configuration and excludes."""
    git = space.checkout.common
    found: Tree = {}
    for top in (home, space.checkout.top):
        for path in sorted(top.rglob("*")):
            inside = path.is_relative_to(git)
            if inside and not any(path.is_relative_to(git / name) for name in ("hooks", "info", "config")):
                continue
            content = bytes(path.readlink()) if path.is_symlink() else b"" if path.is_dir() else path.read_bytes()
            found[str(path)] = (stat.S_IMODE(path.lstat().st_mode), content)
    return found


def install(space: Workspace, agent: str, scope: Scope | None) -> list[Path]:
    machine = workspace.this_machine()
    return installing.install(space, machine, installing.plan(space, machine, [agent], scope))


def _command(agent: str) -> bytes:
    """Our command as it stands in JSON."""
    return json.dumps(command_line(agent), ensure_ascii=False)[1:-1].encode()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_byte_survives_install_and_uninstall(space: Workspace, hermetic: Path, case: Case) -> None:
    file = put(space, hermetic, case)
    before = tree(space, hermetic)
    assert install(space, case.agent, case.scope)
    wired = tree(space, hermetic)
    assert installing.agents.assistant(case.agent).wired(space.checkout, workspace.this_machine()).files
    assert not case.holds or _command(case.agent) in file.read_bytes()
    assert install(space, case.agent, case.scope) == []
    assert tree(space, hermetic) == wired
    assert installing.uninstall(space, workspace.this_machine()) == []
    assert tree(space, hermetic) == before


@pytest.mark.parametrize("case", [case for case in CASES if case.edit], ids=lambda case: case.name)
def test_what_a_person_wrote_meanwhile_survives(space: Workspace, hermetic: Path, case: Case) -> None:
    file = put(space, hermetic, case)
    assert case.edit
    file.write_bytes(case.content.replace(*case.edit))
    expected = tree(space, hermetic)
    file.write_bytes(case.content)
    install(space, case.agent, case.scope)
    assert case.edit[0] in file.read_bytes()
    file.write_bytes(file.read_bytes().replace(*case.edit))
    assert installing.uninstall(space, workspace.this_machine()) == []
    assert tree(space, hermetic) == expected


@pytest.mark.parametrize(
    ("agent", "scope", "path", "content"), [row[1:] for row in MALFORMED], ids=[row[0] for row in MALFORMED]
)
def test_what_is_malformed_is_refused_and_stays(
    space: Workspace, hermetic: Path, agent: str, scope: Scope, path: str, content: bytes
) -> None:
    put(space, hermetic, Case("", agent, scope, path, content))
    before = tree(space, hermetic)
    with pytest.raises(HivemindError) as refused:
        install(space, agent, scope)
    assert refused.value.step == "Mend the file, then run the command again; nothing was changed."
    assert path.rpartition("/")[2] in refused.value.sentence
    assert tree(space, hermetic) == before


@pytest.mark.parametrize("case", [case for case in CASES if "tidy" in case.name], ids=lambda case: case.name)
def test_a_link_out_of_the_home_folder_is_not_followed(
    space: Workspace, hermetic: Path, tmp_path: Path, case: Case
) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_bytes(case.content)
    path = real_path(space, hermetic, case.path)
    path.parent.mkdir(parents=True)
    path.symlink_to(elsewhere)
    before = tree(space, hermetic)
    with pytest.raises(HivemindError, match="is a link to"):
        install(space, case.agent, case.scope)
    assert (tree(space, hermetic), elsewhere.read_bytes()) == (before, case.content)


def test_all_at_once(space: Workspace, hermetic: Path) -> None:
    """One file of each assistant, in its own default scope, and every git hook; then each goes alone."""
    first = {case.agent: case for case in reversed(CASES) if case.name.endswith("tidy")}
    for case in first.values():
        put(space, hermetic, case)
    before = tree(space, hermetic)
    machine = workspace.this_machine()
    installing.install(space, machine, installing.plan(space, machine, list(first)))
    for agent in first:
        assert installing.uninstall(space, machine, [agent]) == []
        assert not installing.agents.assistant(agent).wired(space.checkout, machine).files
    assert installing.uninstall(space, machine) == []
    assert tree(space, hermetic) == before
