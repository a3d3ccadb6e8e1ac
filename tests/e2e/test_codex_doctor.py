"""What doctor says of the real Codex, before a person trusted our hooks and after."""

from __future__ import annotations

import re
import time

import pytest
from clients.codex import Codex
from clients.codex_app_server import serving, trust
from clients.model_server import serving as model_serving
from repos import Repo

from hivemind_git.agents.base import Machine
from hivemind_git.pipeline import diagnosing, installing, workspace


@pytest.mark.client("codex")
def test_trust_is_asked_of_the_client_itself(codex: Codex, repo: Repo) -> None:
    repo.commit("base", **{"a.txt": "a\n"})
    space = workspace.open_workspace(repo.path)
    environ = {**codex.environment(), "PATH": f"{codex.executable.parent}:{codex.environment()['PATH']}"}
    machine = Machine(codex.home, environ)
    with model_serving([], "unused") as model:
        codex.configure(model)
        installing.install(space, machine, installing.plan(space, machine, ["codex"]))

        def said() -> list[tuple[str, str, str]]:
            checks = diagnosing.diagnose(space, machine, time.time())
            return [
                (one.state.value, re.sub(r" in \d+ ms", "", one.text), one.mend)
                for one in checks
                if one.name == "codex"
            ]

        live = ("ok", "wired; a live event arrived", "")
        mend = "start `codex` here and trust them, or type /hooks in it"
        assert said() == [("broken", "Codex does not trust our hooks, so it runs none of them", mend), live]
        with serving(codex, repo.path) as server:
            hooks = trust(server, repo.path)
        assert said() == [live]
        with serving(codex, repo.path) as server:
            state = {hooks[0]["key"]: {"trusted_hash": hooks[0]["currentHash"], "enabled": False}}
            edit = {"keyPath": "hooks.state", "mergeStrategy": "upsert", "value": state}
            server.call("config/batchWrite", edits=[edit])
        off = ("broken", f"switched off in Codex: {hooks[0]['eventName']}", "switch them on in `codex`, with /hooks")
        assert said() == [off, live]
