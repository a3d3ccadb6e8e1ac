"""The whole loop with the real Codex against a model on loopback, as an editor drives it and a person answers it."""

from __future__ import annotations

import json
import time
from typing import Any

from clients.codex import EDITS, Codex, patched, ran
from clients.codex_app_server import serving, trust
from clients.model_server import Script, Turn
from clients.responses_server import serving_responses
from e2e.stored import events, hivemind, story
from repos import Repo

from hivemind_git.agents.codex import trust as ours
from hivemind_git.agents.codex.wiring import HOOKS
from hivemind_git.agents.command import command_line

MODULES = ("orders", "payment", "stock")
ASKS = 'approval_policy = "on-request"\nsandbox_mode = "read-only"'


def added(name: str) -> Turn:
    body = f'def {name}(count: int) -> int:\n    """Does it."""\n    print(f"{name} {{count}}")\n    return count\n'
    return Turn(f"I write {name}.", (patched(f"Add File: {name}.py", added=body),))


def changed(before: str, after: str) -> Turn:
    return Turn("I change it.", (patched("Update File: orders.py", removed=f"{before}\n", added=f"{after}\n"),))


FIRST = [
    added("orders"),
    changed('    """Does it."""', '    """Orders."""'),
    Turn("I try it.", (ran("printf 'a = 1\\n' > a.py; python3 -m unittest missing", asking=True),)),
    changed("    return count", "    return 0"),
    Turn("Done."),
    Turn("I change the type.", (ran("sed -i 's/count: int/count: float/' orders.py", asking=True),)),
    Turn("Changed."),
]
CORRECTED = [
    *(
        (f"{name}.py", "replaced", f'    print(f"{name} {{count}}")\n', f'    logger.info(f"{name} {{count}}")\n')
        for name in MODULES
    ),
    ("orders.py", "restated", "def orders(count: int) -> int:\n", "def orders(count: float) -> int:\n"),
]
REFUSED = "call_loop0040"


def person(_: str, parameters: dict[str, Any]) -> str:
    return "decline" if parameters["itemId"] == REFUSED else "accept"


def converse(codex: Codex, repo: Repo, model: Script, turns: list[Turn], *prompts: str) -> None:
    """One session in the editor."""
    model.turns += turns
    with serving(codex, repo.path, person) as server:
        thread = server.thread(repo.path)
        assert [server.turn(thread, prompt) for prompt in prompts] == ["completed"] * len(prompts)
    assert model.turns == []


def person_corrects(repo: Repo, name: str) -> None:
    path = repo.path / f"{name}.py"
    assert "print(" in path.read_text()
    # Hours apart: what is changed alike in one sitting is one decision.
    when = int(time.time()) + 7200 * MODULES.index(name)
    repo.commit(f"Add {name}", when, **{f"{name}.py": path.read_text().replace("print(", "logger.info(")})


def codex_status(repo: Repo) -> tuple[bool, bool | None]:
    (agent,) = [one for one in json.loads(hivemind(repo, "status", "--json"))["agents"] if one["name"] == "codex"]
    return agent["wired"], agent["trusted"]


def trusting(codex: Codex, repo: Repo) -> None:
    """A person reviews our hooks; Codex and we agree on what that is."""
    assert codex_status(repo) == (True, False)
    with serving(codex, repo.path) as server:
        hooks = trust(server, repo.path)
    file, command = codex.home / ".codex/hooks.json", command_line("codex")
    assert {hook["key"]: hook["currentHash"] for hook in hooks} == {
        ours.key(file, hook.event, 0, 0): ours.hook_hash(hook.event, hook.matcher, command, hook.seconds)
        for hook in HOOKS
    }
    assert codex_status(repo) == (True, True)
    before = file.stat()
    hivemind(repo, "install", "codex")
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def whole_session_is_stored(repo: Repo) -> None:
    found = events(repo)
    assert story(found) == [
        "session_start startup",
        "prompt person Add orders.",
        "response I write orders.",
        "tool_use apply_patch ok 0 add orders.py",
        "edit create orders.py",
        "response I change it.",
        "tool_use apply_patch ok 0 update orders.py",
        "edit modify orders.py",
        "response I try it.",
        "tool_use Bash failed 1 closed printf 'a = 1\\n' > a.py; python3 -m unittest missing",
        "outcome tests failed",
        "edit create a.py by_shell",
        "response I change it.",
        "tool_use apply_patch rejected update orders.py",
        "rejection apply_patch person orders.py ",
        "response Done.",
        "prompt person Take floats.",
        "response I change the type.",
        "tool_use Bash ok 0 closed sed -i 's/count: int/count: float/' orders.py",
        "edit modify orders.py by_shell",
        "response Changed.",
        "session_end other",
    ]
    # The last payload names no model, and may be sealed alone.
    assert {event.model for event in found if event.kind != "session_end"} == {EDITS}
    assert {event.agent_version for event in found if event.source == "transcript"} == {"0.169.0"}
    tokens = [event.fields["tokens"] for event in found if event.kind == "response"]
    assert tokens == [{"input": 100 * n - 40, "cache_read": 40, "output": 20} for n in range(1, 8)]


def listed_skills(codex: Codex, repo: Repo, model: Script) -> str:
    """What the next session tells the model."""
    converse(codex, repo, model, [Turn("Hello.")], "What do you know of this project?")
    return json.dumps(model.requests[-1])


def test_corrections_become_a_skill_that_the_next_session_loads(codex: Codex, repo: Repo) -> None:
    repo.commit("Start", **{"README.md": "# shop\n", "AGENTS.md": "Be brief.\n"})
    with serving_responses([], "loop") as model:
        codex.configure(model, extra=ASKS)
        hivemind(repo, "install", "codex")
        trusting(codex, repo)
        converse(codex, repo, model, FIRST, "Add orders.", "Take floats.")
        whole_session_is_stored(repo)
        person_corrects(repo, "orders")
        for name in MODULES[1:]:
            converse(codex, repo, model, [added(name), Turn("Done.")], f"Add {name}.")
            person_corrects(repo, name)

        found = json.loads(hivemind(repo, "corrections", "--json"))["corrections"]
        assert {c["model"] for c in found} == {EDITS}
        assert sorted((c["path"], c["kind"], c["before"], c["after"]) for c in found) == sorted(CORRECTED)
        hivemind(repo, "codify")
        branch = repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads/hivemind/skill")
        before = listed_skills(codex, repo, model)
        repo.git("merge", "-q", "--no-edit", branch)
        name = branch.removeprefix("hivemind/skill/")
        document = (repo.path / ".agents/skills" / name / "SKILL.md").read_text()
        (description,) = [line for line in document.splitlines() if line.startswith("description: ")]
        words = json.loads(description.removeprefix("description: "))
        wanted = json.dumps(f"- {name}: {words}")[1:-1]
        assert wanted not in before
        assert listed_skills(codex, repo, model).count(wanted) == 1
