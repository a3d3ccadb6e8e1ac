"""The loop closed with the real Claude Code and a model that obeys: it errs until what it is sent has the skill."""

from __future__ import annotations

import json
import time

import pytest
from clients.claude_code import ClaudeCode
from clients.model_server import Obedient, Script, Turn, serving, speaking
from e2e.stored import hivemind
from repos import Repo

from hivemind_git.model import RuleKind
from hivemind_git.skills.compose import compose
from hivemind_git.skills.layout import Standing
from hivemind_git.skills.rules_toml import SkillRule

SKILL = "python-logging"
TAUGHT = "Write `logger.info("
"""In the skill's text, and in no description."""
MODULES = ("orders", "payment", "stock", "returns", "parcels", "refunds")
CALLS = ("started", "counted", "checked", "finished")


def source(name: str, call: str) -> str:
    lines = "".join(f'    {call}(f"{name} {word} {{count}}")\n' for word in CALLS)
    return f"def {name}(count: int) -> int:\n{lines}    return count\n"


def session(claude: ClaudeCode, repo: Repo, name: str, skill: str = SKILL, lesson: str = TAUGHT) -> Script:
    """The agent is asked for a module; what it writes depends on what its client tells it."""
    wrong, right = source(name, "print"), source(name, "logger.info")
    model = Obedient(name, str(repo.path / f"{name}.py"), wrong, right, skill, lesson)
    with speaking(model):
        claude.run(repo.path, f"Add {name}.py, which counts.", model)
    return model


def accept(repo: Repo, name: str) -> None:
    """A person commits the module, mended where it has to be; hours apart, for one sitting is one decision."""
    text = (repo.path / f"{name}.py").read_text()
    when = int(time.time()) + 7200 * MODULES.index(name)
    repo.commit(f"Add {name}", when, **{f"{name}.py": text.replace("print(", "logger.info(")})


@pytest.fixture
def shop(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> Repo:
    # The client stamps its events with the real time; commits have to come after them.
    monkeypatch.delenv("GIT_AUTHOR_DATE")
    monkeypatch.delenv("GIT_COMMITTER_DATE")
    repo.commit("Start", **{"README.md": "# shop\n"})
    hivemind(repo, "install", "claude-code")
    return repo


@pytest.fixture
def taught(claude: ClaudeCode, shop: Repo) -> Repo:
    """Three sessions in which the mistake was made and mended by hand, and the skill that came of it, merged."""
    for name in MODULES[:3]:
        session(claude, shop, name)
        assert "print(" in (shop.path / f"{name}.py").read_text()
        accept(shop, name)
    hivemind(shop, "seal")
    hivemind(shop, "codify")
    shop.git("merge", "-q", "--no-edit", f"hivemind/skill/{SKILL}")
    return shop


def test_the_mistake_is_made_before_the_skill_and_no_more_after_it(claude: ClaudeCode, taught: Repo) -> None:
    for name in MODULES[3:]:
        session(claude, taught, name)
        assert (taught.path / f"{name}.py").read_text() == source(name, "logger.info")
        accept(taught, name)
    hivemind(taught, "seal")
    (effect,) = json.loads(hivemind(taught, "effect", "--json"))["effects"]
    assert effect["skill"] == SKILL
    assert (effect["before"]["violated"], effect["before"]["chances"]) == (12, 12)
    assert (effect["since"]["violated"], effect["since"]["chances"]) == (0, 12)
    assert effect["outcome"] == "helped"


def publish(repo: Repo) -> None:
    """A skill of one rule on the trunk."""
    rule = SkillRule(
        id="1f403488e5c5138c", kind=RuleKind.TEMPLATE, before='print(f"$0")', after='logger.info(f"$0")',
        language="python", decisions=3,
    )  # fmt: skip
    draft = compose(SKILL, [rule], Standing())
    folder = f".claude/skills/{SKILL}"
    repo.commit("Add a skill", **{f"{folder}/SKILL.md": draft.skill, f"{folder}/rules.toml": draft.rules_file})


def test_before_its_first_edit_in_the_scope_of_a_rule_the_agent_hears_of_it(claude: ClaudeCode, shop: Repo) -> None:
    publish(shop)
    shop.git("config", "hivemind.recall", "edit")
    hivemind(shop, "status")
    files = [str(shop.path / name) for name in ("notes.md", "a.py", "b.py")]
    writes = [Turn("I write.", (("Write", {"file_path": file, "content": "x = 1\n"}),)) for file in files]
    with serving([*writes, Turn("Done.")], "recall") as model:
        claude.run(shop.path, "Write three files.", model)
    told = 'mind them in a.py:\n\n- write `logger.info(f"$0")`, not `print(f"$0")` (skill python-logging)'
    said = [json.dumps(one["messages"]) for one in model.requests if one.get("tools")]
    assert [one.count(json.dumps(told)[1:-1]) for one in said] == [0, 0, 1, 1]
    assert all((shop.path / file).read_text() == "x = 1\n" for file in files)


def test_what_an_agent_that_read_no_skill_wrote_is_mended_before_it_stops(claude: ClaudeCode, shop: Repo) -> None:
    publish(shop)
    shop.git("config", "hivemind.checkAgent", "stop")
    hivemind(shop, "status")
    model = session(claude, shop, "orders", skill="none", lesson="write `logger.info(")
    assert (shop.path / "orders.py").read_text() == source("orders", "logger.info")
    assert model.answered == 4, "wrong, stop, right, stop"
