"""The whole loop with the real Hermes Agent against a model on loopback."""

from __future__ import annotations

import json
import time

from clients.chat_server import serving_chat
from clients.hermes import ACCEPTING, Hermes, patched, ran, wrote
from clients.model_server import Script, Turn
from e2e.stored import events, hivemind, story
from repos import Repo

LISTED = 57
MODULES = ("orders", "payment", "stock")


def added(name: str) -> Turn:
    body = f'def {name}(count: int) -> int:\n    """Does it."""\n    print(f"{name} {{count}}")\n    return count\n'
    return Turn(f"I write {name}.", (wrote(f"{name}.py", body),))


FIRST = [
    added("orders"),
    Turn("I change it.", (patched("orders.py", '"""Does it."""', '"""Orders."""'),)),
    Turn("I try it.", (ran("printf 'a = 1\\n' > a.py; python3 -m unittest missing"),)),
    Turn("I tidy up.", (ran("rm -rf build"),)),
    Turn("Done."),
]
SECOND = [
    Turn("I change the type.", (ran("sed -i 's/count: int/count: float/' orders.py"),)),
    Turn("Changed."),
]
CORRECTED = [
    *(
        (f"{name}.py", "replaced", f'    print(f"{name} {{count}}")\n', f'    logger.info(f"{name} {{count}}")\n')
        for name in MODULES
    ),
    ("orders.py", "restated", "def orders(count: int) -> int:\n", "def orders(count: float) -> int:\n"),
]


def converse(hermes: Hermes, repo: Repo, model: Script, turns: list[Turn], prompt: str, *more: str) -> str:
    model.turns += turns
    session = hermes.run(repo.path, prompt, *more)
    assert model.turns == []
    return session


def person_corrects(repo: Repo, name: str) -> None:
    path = repo.path / f"{name}.py"
    assert "print(" in path.read_text()
    # Hours apart: what is changed alike in one sitting is one decision.
    when = int(time.time()) + 7200 * MODULES.index(name)
    repo.commit(f"Add {name}", when, **{f"{name}.py": path.read_text().replace("print(", "logger.info(")})


def hermes_status(repo: Repo) -> tuple[bool, bool | None]:
    (agent,) = [one for one in json.loads(hivemind(repo, "status", "--json"))["agents"] if one["name"] == "hermes"]
    return agent["wired"], agent["trusted"]


def whole_session_is_stored(repo: Repo) -> None:
    found = events(repo)
    assert hivemind(repo, "import", "--agent", "hermes").startswith("Imported ")
    assert {event.id for event in events(repo)} == {event.id for event in found}
    assert story(found) == [
        "session_start startup",
        "prompt unknown Add orders.",
        "response I write orders.",
        "tool_use write_file ok add orders.py",
        "edit create orders.py",
        "response I change it.",
        "tool_use patch ok update orders.py",
        "edit modify orders.py",
        "response I try it.",
        "edit create a.py by_shell",
        "tool_use terminal failed 1 closed printf 'a = 1\\n' > a.py; python3 -m unittest missing",
        "outcome tests failed",
        "response I tidy up.",
        "tool_use terminal rejected closed rm -rf build",
        "rejection terminal person ",
        "response Done.",
        "session_end shutdown",
        "prompt unknown Take floats.",
        "response I change the type.",
        "edit modify orders.py by_shell",
        "tool_use terminal ok 0 closed sed -i 's/count: int/count: float/' orders.py",
        "response Changed.",
        "session_end shutdown",
    ]
    # No payload of a tool use names the model, and what a window tells comes from nothing else.
    told = [event for event in found if not event.fields.get("by_shell") and event.kind != "session_end"]
    assert {event.model for event in told} == {"loopback-model"}
    tokens = [event.fields["tokens"] for event in found if event.kind == "response"]
    assert tokens == [{"input": 100, "output": 20, "cache_read": 40, "cache_write": 0}] * 7


def listed_skills(hermes: Hermes, repo: Repo, model: Script) -> str:
    """What the next session tells the model."""
    converse(hermes, repo, model, [Turn("Hello.")], "What do you know of this project?")
    return json.dumps(model.requests[-1])


def test_corrections_become_a_skill_that_the_next_session_loads(hermes: Hermes, repo: Repo) -> None:
    repo.commit("Start", **{"README.md": "# shop\n"})
    with serving_chat([], "loop") as model:
        hermes.configure(model)
        mine = hermes.config.read_bytes()
        hivemind(repo, "install", "hermes")
        assert hermes_status(repo) == (True, False)
        session = converse(hermes, repo, model, FIRST, "Add orders.", ACCEPTING)
        assert hermes_status(repo) == (True, True)
        converse(hermes, repo, model, SECOND, "Take floats.", "--resume", session)
        whole_session_is_stored(repo)
        person_corrects(repo, "orders")
        for name in MODULES[1:]:
            converse(hermes, repo, model, [added(name), Turn("Done.")], f"Add {name}.")
            person_corrects(repo, name)

        found = json.loads(hivemind(repo, "corrections", "--json"))["corrections"]
        assert sorted((c["path"], c["kind"], c["before"], c["after"]) for c in found) == sorted(CORRECTED)
        hivemind(repo, "codify")
        branch = repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads/hivemind/skill")
        before = json.dumps(model.requests[-1])
        repo.git("merge", "-q", "--no-edit", branch)
        name = branch.removeprefix("hivemind/skill/")
        document = (repo.path / ".agents/skills" / name / "SKILL.md").read_text()
        (description,) = [line for line in document.splitlines() if line.startswith("description: ")]
        words = json.loads(description.removeprefix("description: "))
        # Hermes lists the start of a description.
        wanted = json.dumps(f"- {name}: {words[:LISTED]}...")[1:-1]
        assert wanted not in before
        assert listed_skills(hermes, repo, model).count(wanted) == 1
        hivemind(repo, "uninstall")
        assert hermes.config.read_bytes() == mine
