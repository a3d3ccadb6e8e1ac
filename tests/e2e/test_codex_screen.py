"""The real Codex on its screen, hooks trusted as a person's review does it."""

from __future__ import annotations

import json

from clients.codex import UNKNOWN, Codex
from clients.codex_app_server import serving, trust
from clients.responses_server import serving_responses
from clients.screen import on_screen
from e2e.stored import events, hivemind, story
from repos import Repo
from waiting import at_work_in, wait_for


def test_the_screen_shows_once_where_traces_go(codex: Codex, repo: Repo) -> None:
    """With the first prompt, for Codex starts a session then; the model is not told. The prompt is a person's."""
    repo.commit("Start")
    hivemind(repo, "install", "codex")
    with serving_responses([], "notice") as model:
        codex.configure(model, UNKNOWN, f'[projects."{repo.path}"]\ntrust_level = "trusted"')
        with serving(codex, repo.path) as server:
            trust(server, repo.path)
        for number in range(2):
            with on_screen([codex.executable, "--no-daemon"], repo.path, codex.environment()) as screen:
                screen.wait("Ask Codex|\\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}")
                screen.say(f"hello {number}")
                screen.wait("• ok")
                assert ("hivemind-git records this repository" in screen.shown()) == (number == 0), screen.shown()
                screen.say("/quit")
                wait_for(lambda: not screen.shown())
    assert "hivemind-git records" not in json.dumps([request["input"] for request in model.requests])
    assert [line for line in story(events(repo)) if line.startswith("prompt")] == [
        "prompt person hello 0",
        "prompt person hello 1",
    ]
    wait_for(lambda: not at_work_in(repo.path))
