"""What brings the store up to date with the real Codex: each of its hooks alone, and a commit."""

from __future__ import annotations

import json

import pytest
from clients.codex import Codex, patched
from clients.model_server import Turn
from clients.responses_server import serving_responses
from e2e.stored import hivemind, story, unsealed
from repos import Repo
from waiting import at_work_in, wait_for

from hivemind_git.capture.images import ImageStore
from hivemind_git.model import Kind


@pytest.mark.parametrize("moment", ["SessionStart", "UserPromptSubmit", "Stop", "SessionEnd", "commit"])
def test_each_moment_alone_tells_all_that_was_so_far(codex: Codex, repo: Repo, moment: str) -> None:
    """No other hook is wired, and no command of ours runs: the rollout and the worktree are read in the background."""
    repo.commit("Start", **{"a.py": "a = 1\n"})
    hivemind(repo, "install", "codex")
    wired = codex.home / ".codex/hooks.json"
    hooks = json.loads(wired.read_text())
    one = "SessionStart" if moment == "commit" else moment
    wired.write_text(json.dumps({"hooks": {one: hooks["hooks"][one]}}))

    def commit() -> None:
        repo.git("add", "b.py")
        repo.git("commit", "-q", "-m", "Take it")

    patch = patched("Add File: b.py", added="b = 1\n")
    then = commit if moment == "commit" else lambda: None
    with serving_responses([Turn("B.", (patch,)), Turn("Made.", before=then)], "moment") as model:
        codex.run(repo.path, "Make it.", model)
        if moment in ("SessionStart", "UserPromptSubmit"):
            model.turns.append(Turn("Again."))
            codex.run(repo.path, "Again.", model)
    wanted = {"prompt unknown Make it.", "edit create b.py", *([] if moment == "commit" else ["response Made."])}
    wait_for(lambda: wanted <= set(story(unsealed(repo))))
    (made,) = [event for event in unsealed(repo) if event.kind is Kind.EDIT]
    assert ImageStore(repo.path / ".git/hivemind/images").load(made.session)[made.id].after == b"b = 1\n"
    wait_for(lambda: not at_work_in(repo.path))
