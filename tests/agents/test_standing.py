from pathlib import Path

import pytest

from hivemind_git.agents.base import Checkout
from hivemind_git.agents.standing import is_within, tops_of


@pytest.fixture
def tops(tmp_path: Path) -> frozenset[str]:
    (tmp_path / "real/sub").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    top = tmp_path / "link"
    return tops_of(Checkout(top, top / ".git", (top,)))


@pytest.mark.parametrize("folder", ["link", "real", "link/sub", "real/sub", "link/gone"])
def test_a_folder_of_a_worktree(tmp_path: Path, tops: frozenset[str], folder: str) -> None:
    assert is_within(str(tmp_path / folder), tops)


@pytest.mark.parametrize("folder", ["", ".", "link2", "real\0", "link/\0", "\ud800", "x" * 70_000])
def test_a_folder_of_none(tmp_path: Path, tops: frozenset[str], folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert not is_within(folder and f"{tmp_path}/{folder}", tops)


def test_no_folder_is_not_the_one_we_work_in(tops: frozenset[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(min(tops))

    assert not is_within("", tops)
