"""What a long derivation tells of how far it is, and that one with nothing to do tells nothing."""

from __future__ import annotations

from collections.abc import Callable

from repos import Repo

from hivemind_git.pipeline import deriving
from hivemind_git.pipeline.workspace import Workspace, open_workspace

Take = Callable[..., Workspace]


def test_each_session_and_each_file_is_counted(shop: Repo, take: Take) -> None:
    space = take(shop)
    told: list[tuple[str, int, int]] = []
    deriving.derive(space, lambda *one: told.append(one))

    stages = dict.fromkeys(stage for stage, _, _ in told)
    assert list(stages) == ["Reading sessions", "Following files"]
    for stage in stages:
        counted = [(done, total) for name, done, total in told if name == stage]
        assert counted == [(done, 3) for done in range(4)]

    told.clear()
    deriving.derive(open_workspace(shop.path), lambda *one: told.append(one))
    assert told == []
