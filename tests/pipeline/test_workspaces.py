"""A lesson reaches just its workspace: the repository, a sub-tree of it, or what shares an id with it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from repos import Repo
from taught import corrected, teach
from teams import Team, an_event, files, keep, objects

from hivemind_git.errors import HivemindError
from hivemind_git.model import Correction, Kind, Rule, RuleState
from hivemind_git.pipeline import checking, codifying, mining, syncing
from hivemind_git.pipeline.checking import Target
from hivemind_git.pipeline.syncing import Wishes
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


def test_what_is_to_be_remembered_holds_where_the_session_worked(repo: Repo) -> None:
    repo.commit("Start", **{".hivemind.toml": 'workspaces = ["web", "api"]\n'})

    def session(name: str, words: str, *paths: str) -> None:
        said = an_event(name, name, text=f"remember: {words}")
        edits = (
            replace(
                an_event(f"{name} {path}", name), kind=Kind.EDIT, fields={"path": path, "op": "create", "hunks": []}
            )
            for path in paths
        )
        keep(repo, said, *edits)

    session("1", "never use inline styles", "web/a.css", "web/b/c.css")
    session("2", "say thanks", "web/a.css", "api/a.py")
    session("3", "be brief")
    assert {rule.advice: rule.scope for rule in mined(repo)} == {
        "never use inline styles": ("web/**",), "say thanks": (), "be brief": (),
    }  # fmt: skip


def test_a_folder_outside_of_the_repository_is_refused(repo: Repo) -> None:
    repo.commit("Start", **{".hivemind.toml": 'workspaces = ["../other"]\n'})
    with pytest.raises(HivemindError, match=r"workspaces in .* takes a folder inside the repository"):
        open_workspace(repo.path)


@pytest.fixture
def shops(tmp_path: Path, hermetic: Path) -> dict[str, Repo]:
    """Three clones of one workspace id: two of one owner's hubs, one of another's. Each was corrected once by hand."""
    found = {}
    for name, owner in (("till", "acme"), ("stock", "acme"), ("spy", "rival")):
        first = Repo(tmp_path / f"{name}-first")
        first.path.mkdir()
        first.git("init", "-q", "-b", "main")
        first.commit("Start", README="x\n")
        hub = tmp_path / owner / f"{name}.git"
        first.git("clone", "-q", "--bare", str(first.path), str(hub))
        first.git("clone", "-q", f"file://{hub}", str(tmp_path / name))
        found[name] = Repo(tmp_path / name)
        found[name].git("config", "hivemind.workspace", "shop")
        said = f"Do not mock the {name} database in tests, use the real {name} one"
        teach(
            found[name],
            corrected(
                f"{name}box/a.py", f'    print(f"{name}word {{x}}")\n', f'    logger.info(f"{name}word {{x}}")\n', 1
            ),
            corrected(f"{name}box/b.py", "", "", 2, said),
            workspace="shop",
        )
    return found


def told(repo: Repo, *beside: Repo) -> list[Rule]:
    rules = mining.mine(open_workspace(repo.path), beside=[str(one.path) for one in beside]).rules
    return [rule for rule in rules if rule.state is RuleState.CANDIDATE]


def test_other_stores_count_and_only_those_of_the_same_owner_are_told(shops: dict[str, Repo], tmp_path: Path) -> None:
    till, stock, spy = shops.values()
    assert told(till) == told(till, stock) == []
    template, advice = sorted(told(till, stock, spy), key=lambda one: one.kind, reverse=True)
    assert (template.before, template.after, template.decisions) == ('print(f"$0")', 'logger.info(f"$0")', 3)
    assert template.scope == ("tillbox/**/*.py",)
    assert template.why.endswith("; 2 of 3 elsewhere in the workspace")
    assert (
        (len(template.corrections), len(template.sessions)) == (len(advice.corrections), len(advice.sessions)) == (2, 2)
    )
    assert (advice.decisions, advice.scope) == (3, ("tillbox/**/*.py",))
    space = open_workspace(till.path)
    done = codifying.run(space, beside=[str(stock.path), str(spy.path)])
    assert len([rule for one in done.published for rule in one.rules]) == 2
    till.git("push", "-q", "origin", *(one.ref for one in done.published))
    syncing.sync(open_workspace(till.path), None, Wishes())
    hub = Repo(tmp_path / "acme/till.git")
    # Every object and file of what was pushed to, and of the clone that pushed.
    for repo in (hub, till):
        for word in (b"spyword", b"spybox", b"the spy", *(one.encode() for one in sessions(spy))):
            assert objects(repo, word) == files(repo, word) == []
    assert objects(hub, b"stockword") != []
    assert objects(hub, b"stockbox") == []
    assert Team(tmp_path, Repo(tmp_path / "rival/spy.git"), {"spy": spy}).holding(b"tillword") == []


def sessions(repo: Repo) -> list[str]:
    return [one.folder for one in open_workspace(repo.path).store().sessions()]


def test_what_is_only_another_owners_is_not_told_at_all(shops: dict[str, Repo]) -> None:
    till, _, spy = shops.values()
    teach(spy, *prints("spybox", 1, 2, 3), workspace="shop")
    teach(spy, *(replace(one, before=one.before.replace("print", "puts")) for one in prints("lib", 4, 5, 6)))
    rules = mining.mine(open_workspace(till.path), beside=[str(spy.path)]).rules
    assert {rule.before for rule in rules if rule.before} == {'print(f"$0")'}
    assert not any("spy" in text for rule in rules for text in (rule.before, rule.after, rule.advice, *rule.scope))


def test_without_a_remote_or_a_label_nothing_is_told(shops: dict[str, Repo], repo: Repo, tmp_path: Path) -> None:
    till, stock, spy = shops.values()
    stock.git("remote", "remove", "origin")
    (template, _) = sorted(told(till, stock, spy), key=lambda one: one.kind, reverse=True)
    assert (template.decisions, len(template.corrections)) == (3, 1)

    def refused(here: Repo, path: Path) -> str:
        with pytest.raises(HivemindError) as caught:
            mining.mine(open_workspace(here.path), beside=[str(path)])
        return caught.value.sentence

    repo.commit("Start")
    teach(repo, *prints("src", 1))
    assert refused(till, repo.path) == f"{repo.path} has no session of the workspace shop"
    assert refused(till, till.path) == f"{till.path} is this repository"
    assert refused(till, tmp_path / "nowhere") == f"not a git repository: {tmp_path}/nowhere"
    till.git("config", "--unset", "hivemind.workspace")
    assert refused(till, stock.path) == "this repository has no workspace id to share"
