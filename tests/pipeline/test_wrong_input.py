"""What is gone or makes no sense is reported and passed over: it costs its own corrections, and no others."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.capture.images import ImageStore
from hivemind_git.model import CorrectionKind
from hivemind_git.pipeline import deriving, importing
from hivemind_git.pipeline.workspace import Workspace, open_workspace

Take = Callable[..., Workspace]
ALL = ["src/shop/orders.py", "src/shop/payment.py", "src/shop/stock.py"]


def replaced(repo: Repo) -> list[str]:
    found = deriving.derive(open_workspace(repo.path)).corrections
    return [one.path for one in found if one.kind is CorrectionKind.REPLACED]


def test_a_blob_of_a_commit_that_is_gone(shop: Repo, take: Take) -> None:
    take(shop)
    oid = shop.git("rev-parse", "HEAD:src/shop/stock.py")
    (shop.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    assert replaced(shop) == ALL[:2]


def test_images_of_a_session_that_are_gone_or_damaged(shop: Repo, take: Take) -> None:
    space = take(shop)
    objects = sorted((space.repository.state_dir / "images/objects").glob("??/*"))
    for number, path in enumerate(objects):
        path.write_bytes(b"r" + b"other bytes") if number % 2 else path.unlink()
    assert replaced(shop) == []
    assert {one.kind for one in deriving.derive(open_workspace(shop.path)).corrections} <= {
        CorrectionKind.REJECTED,
        CorrectionKind.RESTATED,
    }


@pytest.mark.parametrize("how", ["pruned", "gone", "damaged"])
def test_what_was_derived_of_images_stays_when_they_are_no_more(shop: Repo, take: Take, how: str) -> None:
    images = take(shop).repository.state_dir / "images"
    before = deriving.derive(open_workspace(shop.path)).corrections
    if how == "pruned":
        ImageStore(images).prune(90, 0, time.time() + 7200)
    for path in images.glob("objects/??/*"):
        path.write_bytes(b"r" + b"other bytes") if how == "damaged" else path.unlink()
    shop.commit("Something else", **{"notes.txt": "notes\n"})  # so that all is derived again

    assert {one.kind for one in before} > {CorrectionKind.REPLACED}
    assert deriving.derive(open_workspace(shop.path)).corrections == before
    for read_again in (True, False):
        space = open_workspace(shop.path)
        assert deriving.derive(space).corrections == before, read_again
        # What was let go was let go on purpose; what the index names should be there.
        assert (space.skipped.images > 0, ImageStore(images).damaged() > 0) == (how != "pruned",) * 2


def test_nonsense_in_a_transcript_is_counted_and_costs_its_own_lines(repo: Repo, tmp_path: Path) -> None:
    repo.commit("Start", when=1767225600, README="shop\n")
    log = Log(tmp_path, repo.path, "a-session")
    log.prompt("add pay")
    log.writes("w1", "pay.py", "def pay():\n    print('paid')\n")
    path = str(repo.path / "pay.py")
    # An edit of text that is not in the file, with a patch of lines that it does not have.
    hunk = {"oldStart": 900, "oldLines": -3, "newStart": "x", "newLines": 2, "lines": ["?", 7, "-no such line", "+x"]}
    detail = {"filePath": path, "oldString": "no such text", "newString": "x", "originalFile": 5, "replaceAll": "yes"}
    log._assistant({"type": "tool_use", "id": "w2", "name": "Edit", "input": {"file_path": path}})
    log._result("w2", "done", {**detail, "structuredPatch": [hunk, None, "x"]})
    with log.path.open("a") as stream:
        stream.write('{"type": "assistant", "message": [\n[]\n\x00\n' + json.dumps({"type": 7, "timestamp": []}) + "\n")
    repo.commit("Pay", when=1767323100, **{"pay.py": "def pay():\n    log.info('paid')\n"})

    done = importing.import_transcripts(open_workspace(repo.path), "claude-code", [log.path])
    assert [(read.failed, read.broken > 0) for read in done.transcripts] == [(False, True)]
    assert deriving.derive(open_workspace(repo.path)).sessions == 1
