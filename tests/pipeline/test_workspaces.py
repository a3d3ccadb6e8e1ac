"""A lesson reaches just its workspace: the repository, a sub-tree of it, or what shares an id with it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from repos import Repo
from taught import corrected, teach

from hivemind_git.errors import HivemindError
from hivemind_git.model import Correction, Rule, RuleState
from hivemind_git.pipeline import checking, codifying, mining
from hivemind_git.pipeline.checking import Target
from hivemind_git.pipeline.workspace import open_workspace
from hivemind_git.skills import folder


def prints(where: str, *numbers: int) -> list[Correction]:
    return [
        corrected(f"{where}/m{n}.py", f'    print(f"{where} {n}")\n', f'    logger.info(f"{where} {n}")\n', n)
        for n in numbers
    ]


def mined(repo: Repo) -> list[Rule]:
    rules = mining.mine(open_workspace(repo.path)).rules
    return [rule for rule in rules if rule.state is not RuleState.HELD or rule.decisions > 1]


def codified(repo: Repo) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """Codifies on main, and gives the skills with their rules and scopes."""
    codifying.run(open_workspace(repo.path), direct=True)
    space = open_workspace(repo.path)
    ours = folder.skills(space.repository, space.repository.head() or "", ".claude/skills").ours
    return {name: [(rule.id, rule.scope) for rule in file.rules] for name, file in ours.items()}


def test_a_lesson_of_a_sub_tree_stays_in_it(repo: Repo) -> None:
    repo.commit("Start", **{".hivemind.toml": 'workspaces = ["services/api", "web"]\n', "web/a.py": "", "lib/a.py": ""})
    teach(repo, *prints("services/api", 1, 2, 3), *prints("web", 4, 5), *prints("lib", 6))
    # Not three decisions of one workspace together: those of web and lib do not add up with the others.
    (rule,) = [one for one in mined(repo) if one.state is RuleState.CANDIDATE]
    assert (rule.scope, rule.decisions) == (("services/api/**/*.py",), 3)
    assert codified(repo) == {"api-python-logging": [(rule.id, ("services/api/**/*.py",))]}
    for path in ("services/api/x.py", "web/x.py", "lib/x.py"):
        repo.write(path, 'print(f"x {y}")\n')
    repo.git("add", "-A")
    found = checking.check(open_workspace(repo.path), Target(staged=True), everything=True).findings
    assert [one.path for one in found] == ["services/api/x.py"]
    # Learned in another workspace too, it is the same rule, and holds in both.
    teach(repo, *prints("web", 7))
    assert codified(repo) == {"api-python-logging": [(rule.id, ("services/api/**/*.py", "web/**/*.py"))]}
    found = checking.check(open_workspace(repo.path), Target(staged=True), everything=True).findings
    assert [one.path for one in found] == ["services/api/x.py", "web/x.py"]
    assert codified(repo) == {"api-python-logging": [(rule.id, ("services/api/**/*.py", "web/**/*.py"))]}


def test_without_the_setting_the_repository_is_one_workspace(repo: Repo) -> None:
    repo.commit("Start")
    teach(repo, *prints("services/api", 1), *prints("web", 2), *prints("lib", 3))
    (rule,) = mined(repo)
    assert (rule.state, rule.scope, rule.decisions) == (RuleState.CANDIDATE, ("**/*.py",), 3)


def test_words_about_no_file_belong_to_the_sub_tree_of_their_session(repo: Repo) -> None:
    repo.commit("Start", **{".hivemind.toml": 'workspaces = ["packages/web/admin"]\n'})
    said = "Please do not mock the database in these tests, use the real one"
    spoken = [corrected("", "", "", n, f"{said} ({n})") for n in (1, 2, 3)]
    beside = [corrected("packages/web/admin/t.py", f"x{n} = {n}\n", f"y{n} = {n}\n", n) for n in (1, 2, 3)]
    teach(repo, *spoken)
    teach(repo, *(replace(one, session=other.session) for one, other in zip(beside, spoken, strict=True)))
    rules = [one for one in mined(repo) if one.advice and one.decisions == 3]
    assert [(one.scope, one.state) for one in rules] == [(("packages/web/admin/**",), RuleState.CANDIDATE)]


def test_a_folder_outside_of_the_repository_is_refused(repo: Repo) -> None:
    repo.commit("Start", **{".hivemind.toml": 'workspaces = ["../other"]\n'})
    with pytest.raises(HivemindError, match=r"workspaces in .* takes a folder inside the repository"):
        open_workspace(repo.path)
