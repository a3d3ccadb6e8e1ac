"""The real pi on its screen."""

from __future__ import annotations

import json
import re
import time

from clients.chat_server import serving_chat
from clients.pi import MODEL, Pi
from clients.screen import Screen, on_screen
from e2e.stored import hivemind
from repos import Repo
from waiting import wait_for


def ask(screen: Screen, text: str) -> None:
    """Says something until it is answered: before it has started pi takes nothing, and says so."""
    screen.say(text)
    screen.wait("(?m)^ *ok *$|Startup is still in progress")

    def answered() -> bool:
        if not (found := re.search("(?m)^ *ok *$", screen.shown())):
            screen.press("Enter")
            time.sleep(1)
        return found is not None

    wait_for(answered)


def test_the_screen_shows_once_where_traces_go(pi: Pi, repo: Repo) -> None:
    """A headless run leaves it for the next session; the model is not told."""
    repo.commit("Start")
    hivemind(repo, "install", "pi")
    notice = repo.path / ".git/hivemind/notice"
    with serving_chat([], "notice") as model:
        pi.configure(model)
        pi.run(repo.path, "headless")
        assert notice.exists()
        for number in range(2):
            with on_screen([pi.executable], repo.path, pi.environment()) as screen:
                screen.wait(MODEL)
                if number == 0:
                    screen.wait("hivemind-git records this repository's sessions")
                    assert not notice.exists()
                ask(screen, f"hello {number}")
                assert ("hivemind-git records" in screen.shown()) == (number == 0), screen.shown()
                screen.press("C-d")
                wait_for(lambda: not screen.shown())
    assert "hivemind-git records" not in json.dumps(model.requests)
