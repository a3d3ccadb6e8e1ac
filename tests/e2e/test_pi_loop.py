"""The whole loop with the real pi against a model on loopback; a person answers an extension that asks before `rm`."""

from __future__ import annotations

import html
import json
import time

from clients.chat_server import serving_chat
from clients.model_server import Script, Turn
from clients.pi import MODEL, Pi, conversing
from e2e.stored import events, hivemind, story
from repos import Repo

MODULES = ("orders", "payment", "stock")
GATE = """\
export default (pi) => {
  pi.on("tool_call", async (event, ctx) => {
    if (!event.input.command?.includes("rm ")) return;
    if (!(await ctx.ui.confirm("Delete?", event.input.command))) return { block: true, reason: "Blocked by user" };
  });
};
"""


def added(name: str) -> Turn:
    body = f'def {name}(count: int) -> int:\n    """Does it."""\n    print(f"{name} {{count}}")\n    return count\n'
    return Turn(f"I write {name}.", (("write", {"path": f"{name}.py", "content": body}),))


def changed(before: str, after: str) -> Turn:
    return Turn("I change it.", (("edit", {"path": "orders.py", "edits": [{"oldText": before, "newText": after}]}),))


def ran(said: str, command: str) -> Turn:
    return Turn(said, (("bash", {"command": command}),))


FIRST = [
    added("orders"),
    changed("Does it.", "Orders."),
    Turn("I look.", (("read", {"path": "README.md"}),)),
    Turn("", (("write", {"path": "NOTES.md", "content": "# Notes\n"}),)),
    ran("I try it.", "printf 'a = 1\\n' > a.py; python3 -m unittest missing"),
    ran("I clean up.", "rm a.py"),
    Turn("Done."),
    ran("I change the type.", "sed -i 's/count: int/count: float/' orders.py"),
    Turn("Changed."),
]
CORRECTED = [
    *(
        (f"{name}.py", "replaced", f'    print(f"{name} {{count}}")\n', f'    logger.info(f"{name} {{count}}")\n')
        for name in MODULES
    ),
    ("orders.py", "restated", "def orders(count: int) -> int:\n", "def orders(count: float) -> int:\n"),
]


def first_session(pi: Pi, repo: Repo, model: Script) -> None:
    """A program sits where the screen would, and a person refuses what the extension asks."""
    model.turns += FIRST
    with conversing(pi, repo.path) as session:
        session.send({"type": "prompt", "message": "Add orders."})
        question = session.until("extension_ui_request")[-1]
        session.send({"type": "extension_ui_response", "id": question["id"], "confirmed": False})
        session.until("agent_settled")
        session.say("Take floats.")
    assert model.turns == []


def person_corrects(repo: Repo, name: str) -> None:
    path = repo.path / f"{name}.py"
    assert "print(" in path.read_text()
    # Hours apart: what is changed alike in one sitting is one decision.
    when = int(time.time()) + 7200 * MODULES.index(name)
    repo.commit(f"Add {name}", when, **{f"{name}.py": path.read_text().replace("print(", "logger.info(")})


def whole_session_is_stored(repo: Repo) -> None:
    found = events(repo)
    assert story(found) == [
        "session_start startup",
        "prompt Add orders.",
        "response I write orders.",
        "tool_use write ok add orders.py",
        "edit create orders.py",
        "response I change it.",
        "tool_use edit ok update orders.py",
        "edit modify orders.py",
        "response I look.",
        "tool_use read ok README.md",
        "tool_use write ok add NOTES.md",
        "edit modify NOTES.md",
        "response I try it.",
        "tool_use Bash failed 1 closed printf 'a = 1\\n' > a.py; python3 -m unittest missing",
        "edit create a.py by_shell",
        "outcome tests failed",
        "response I clean up.",
        "tool_use Bash rejected rm a.py",
        "rejection Bash person ",
        "response Done.",
        "prompt Take floats.",
        "response I change the type.",
        "tool_use Bash ok 0 closed sed -i 's/count: int/count: float/' orders.py",
        "edit modify orders.py by_shell",
        "response Changed.",
        "session_end quit",
    ]
    assert {event.model for event in found} == {MODEL}
    told = [event for event in found if event.kind in {"session_start", "prompt", "response", "rejection"}]
    assert {event.agent_version for event in told} == {"0.87.1"}
    tokens = [event.fields["tokens"] for event in found if event.kind == "response"]
    assert tokens == [{"input": 100 * n, "cache_read": 40 * n, "output": 20 * n} for n in (1, 1, 1, 2, 1, 1, 1, 1)]
    (create, *_) = [event for event in found if event.kind == "edit"]
    assert create.fields["before_known"] is True


def listed_skills(pi: Pi, repo: Repo, model: Script) -> str:
    """What the next session tells the model."""
    model.turns.append(Turn("Hello."))
    pi.run(repo.path, "What do you know of this project?")
    return html.unescape("\n".join(str(message["content"]) for message in model.requests[-1]["messages"]))


def pi_status(repo: Repo) -> tuple[bool, bool | None]:
    (agent,) = [one for one in json.loads(hivemind(repo, "status", "--json"))["agents"] if one["name"] == "pi"]
    return agent["wired"], agent["trusted"]


def test_corrections_become_a_skill_that_the_next_session_loads(pi: Pi, repo: Repo) -> None:
    repo.commit("Start", **{"README.md": "# shop\n", "NOTES.md": "# notes\n"})
    with serving_chat([], "loop") as model:
        pi.configure(model)
        hivemind(repo, "install", "pi")
        extensions = pi.home / ".pi/agent/extensions"
        (extensions / "gate.js").write_text(GATE)
        assert pi_status(repo) == (True, None)
        first_session(pi, repo, model)
        whole_session_is_stored(repo)
        person_corrects(repo, "orders")
        for name in MODULES[1:]:
            model.turns += [added(name), Turn("Done.")]
            pi.run(repo.path, f"Add {name}.")
            person_corrects(repo, name)

        found = json.loads(hivemind(repo, "corrections", "--json"))["corrections"]
        assert {c["model"] for c in found} == {MODEL}
        assert sorted((c["path"], c["kind"], c["before"], c["after"]) for c in found) == sorted(CORRECTED)
        hivemind(repo, "codify")
        branch = repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads/hivemind/skill")
        before = listed_skills(pi, repo, model)
        repo.git("merge", "-q", "--no-edit", branch)
        name = branch.removeprefix("hivemind/skill/")
        document = (repo.path / ".agents/skills" / name / "SKILL.md").read_text()
        (description,) = [line for line in document.splitlines() if line.startswith("description: ")]
        wanted = (f"<name>{name}</name>", json.loads(description.removeprefix("description: ")))
        assert not any(words in before for words in wanted)
        # A project's skills load only where a person trusts it.
        assert not any(words in listed_skills(pi, repo, model) for words in wanted)
        (pi.home / ".pi/agent/trust.json").write_text(json.dumps({str(repo.path): True}))
        after = listed_skills(pi, repo, model)
        assert [after.count(words) for words in wanted] == [1, 1]
