from __future__ import annotations

from cli.conftest import RULE, SKILL, Hivemind
from repos import Repo


def test_the_page_tells_the_whole_loop(skilled: Repo, hivemind: Hivemind) -> None:
    assert hivemind(skilled.path, "report", "-o", "page.html") == (0, "Wrote page.html.\n", "")
    page = (skilled.path / "page.html").read_text()
    assert page.startswith("<!doctype html>")
    for said in (f"{SKILL} landed", "<li><b>3</b>sessions</li>", RULE[:8], "src/shop", "<li><b>1</b>rules live</li>"):
        assert said in page


def test_an_empty_repository_has_a_page_too(repo: Repo, hivemind: Hivemind) -> None:
    said = hivemind(repo.path, "report", "-o", "-")
    assert (said.code, said.err, "No correction yet." in said.out) == (0, "", True)


def test_a_folder_that_is_not_there_is_named(repo: Repo, hivemind: Hivemind) -> None:
    said = hivemind(repo.path, "report", "-o", "no/such/page.html")
    sentence = "no/such/page.html cannot be written: No such file or directory"
    assert said == (3, "", f"hivemind: {sentence}\n  Name another file with --output.\n")
