"""The whole loop with the real OpenClaw's gateway against a model on loopback; a plugin refuses to delete."""

from __future__ import annotations

import html
import json
import time
from pathlib import Path

from clients.chat_server import serving_chat
from clients.model_server import Script, Turn
from clients.openclaw import MODEL, OpenClaw
from e2e.stored import events, hivemind, story
from repos import Repo

MODULES = ("orders", "payment", "stock")
GATE = {
    "package.json": '{"name": "gate", "version": "1.0.0", "type": "module", "openclaw": {"extensions": ["./i.js"]}}',
    "openclaw.plugin.json": '{"id": "gate", "name": "Gate", "activation": {"onStartup": true}, "configSchema": {}}',
    "i.js": """\
const refuse = ({ params: { command } }) => {
  if (command?.includes("rm ")) return { block: true, blockReason: "Keep files." };
};
export default { id: "gate", name: "Gate", register: (api) => api.on("before_tool_call", refuse, { priority: 9 }) };
""",
}


def added(name: str) -> Turn:
    body = f'def {name}(count: int) -> int:\n    """Does it."""\n    print(f"{name} {{count}}")\n    return count\n'
    return Turn(f"I write {name}.", (("write", {"path": f"{name}.py", "content": body}),))


def changed(before: str, after: str) -> Turn:
    return Turn("I change it.", (("edit", {"path": "orders.py", "edits": [{"oldText": before, "newText": after}]}),))


def ran(said: str, command: str) -> Turn:
    return Turn(said, (("exec", {"command": command}),))


FIRST = [
    added("orders"),
    changed("Does it.", "Orders."),
    Turn("I look.", (("read", {"path": "README.md"}),)),
    ran("I try it.", "printf 'a = 1\\n' > a.py; python3 -m unittest missing"),
    ran("I clean up.", "rm a.py"),
    Turn("Done."),
]
SECOND = [ran("I change the type.", "sed -i 's/count: int/count: float/' orders.py"), Turn("Changed.")]
CORRECTED = [
    *(
        (f"{name}.py", "replaced", f'    print(f"{name} {{count}}")\n', f'    logger.info(f"{name} {{count}}")\n')
        for name in MODULES
    ),
    ("orders.py", "restated", "def orders(count: int) -> int:\n", "def orders(count: float) -> int:\n"),
]


def with_a_gate(openclaw: OpenClaw) -> None:
    folder = openclaw.home / ".openclaw/extensions/gate"
    folder.mkdir(parents=True)
    for name, text in GATE.items():
        (folder / name).write_text(text)
    value = json.loads(openclaw.configuration.read_text())
    value["plugins"] |= {"allow": ["gate"], "entries": {"gate": {"enabled": True}}}
    openclaw.configuration.write_text(json.dumps(value, indent=2) + "\n")


def say(openclaw: OpenClaw, model: Script, prompt: str, conversation: str, *turns: Turn) -> None:
    model.turns += turns
    assert openclaw.ask(prompt, conversation) == turns[-1].text
    assert model.turns == []


def person_corrects(repo: Repo, name: str) -> None:
    path = repo.path / f"{name}.py"
    assert "print(" in path.read_text()
    # Hours apart: what is changed alike in one sitting is one decision.
    when = int(time.time()) + 7200 * MODULES.index(name)
    repo.commit(f"Add {name}", when, **{f"{name}.py": path.read_text().replace("print(", "logger.info(")})


def whole_session_is_stored(repo: Repo) -> None:
    found = events(repo)
    # The client tells of a tool's end without waiting: what a window saw may be dated after the next answer.
    late = [event for event in found if event.kind == "outcome" or event.fields.get("by_shell")]
    assert sorted(story(late)) == [
        "edit create a.py by_shell",
        "edit modify orders.py by_shell",
        "outcome tests failed",
    ]
    assert story(event for event in found if event not in late) == [
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
        "response I try it.",
        "tool_use Bash failed 1 closed printf 'a = 1\\n' > a.py; python3 -m unittest missing",
        "response I clean up.",
        "tool_use Bash rejected rm a.py",
        "rejection Bash hook Keep files.",
        "response Done.",
        "prompt Take floats.",
        "response I change the type.",
        "tool_use Bash ok 0 closed sed -i 's/count: int/count: float/' orders.py",
        "response Changed.",
    ]
    told = [event for event in found if event.kind in {"prompt", "response", "rejection"}]
    assert {event.agent_version for event in told} == {"2026.9.6"}
    assert {event.model for event in told if event.kind != "prompt"} == {MODEL}
    tokens = [event.fields["tokens"] for event in found if event.kind == "response"]
    assert tokens == [{"input": 100, "cache_read": 40, "output": 20}] * 8


def listed_skills(openclaw: OpenClaw, model: Script, conversation: str) -> str:
    """What a new conversation tells the model."""
    say(openclaw, model, "What do you know of this project?", conversation, Turn("Hello."))
    return html.unescape("\n".join(str(message["content"]) for message in model.requests[-1]["messages"]))


def openclaw_status(repo: Repo) -> tuple[bool, bool | None]:
    (agent,) = [one for one in json.loads(hivemind(repo, "status", "--json"))["agents"] if one["name"] == "openclaw"]
    return agent["wired"], agent["trusted"]


def ended(repo: Repo) -> set[str]:
    return {str(event.fields["why"]) for event in events(repo) if event.kind == "session_end"}


def test_corrections_become_a_skill_that_the_next_session_loads(openclaw: OpenClaw, repo: Repo, tmp_path: Path) -> None:
    repo.commit("Start", **{"README.md": "# shop\n"})
    with serving_chat([], "loop") as model:
        openclaw.configure(model, repo.path)
        with_a_gate(openclaw)
        hivemind(repo, "install", "openclaw")
        assert openclaw_status(repo) == (True, True)
        with openclaw.running(tmp_path):
            say(openclaw, model, "Add orders.", "orders", *FIRST)
            say(openclaw, model, "Take floats.", "orders", *SECOND)
            whole_session_is_stored(repo)
            person_corrects(repo, "orders")
            for name in MODULES[1:]:
                say(openclaw, model, f"Add {name}.", name, added(name), Turn("Done."))
                person_corrects(repo, name)

            found = json.loads(hivemind(repo, "corrections", "--json"))["corrections"]
            assert {c["model"] for c in found} == {MODEL}
            assert sorted((c["path"], c["kind"], c["before"], c["after"]) for c in found) == sorted(CORRECTED)
            hivemind(repo, "codify")
            branch = repo.git("for-each-ref", "--format=%(refname:short)", "refs/heads/hivemind/skill")
            before = listed_skills(openclaw, model, "before")
            repo.git("merge", "-q", "--no-edit", branch)
            name = branch.removeprefix("hivemind/skill/")
            document = (repo.path / ".agents/skills" / name / "SKILL.md").read_text()
            (description,) = [line for line in document.splitlines() if line.startswith("description: ")]
            wanted = (f"<name>{name}</name>", json.loads(description.removeprefix("description: ")))
            assert not any(words in before for words in wanted)
            after = listed_skills(openclaw, model, "after")
            assert [after.count(words) for words in wanted] == [1, 1]
        assert ended(repo) == {"shutdown"}
