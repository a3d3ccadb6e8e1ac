"""Labelled cases: a tiny folder of our own, read, derived and judged."""

from __future__ import annotations

import gzip
import json
import os
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from hivemind_git.cli import eval as eval_command
from hivemind_git.corrections.why import Why
from hivemind_git.demo import days
from hivemind_git.errors import HivemindError
from hivemind_git.eval import ablation, labelled, labels
from hivemind_git.eval.labelled import Folder, Found, Label

BEFORE = '    print(f"placed order {len(orders)}")\n'
AFTER = '    logger.info(f"placed order {len(orders)}")\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The demo's first day as a case, with one true label."""
    day = next(iter(days()))
    case = tmp_path / "cases" / "one"
    case.mkdir(parents=True)
    (case / "session-0.jsonl.gz").write_bytes(gzip.compress(day.transcript))
    commit = {
        "commit": "c0ffee00", "author_time": int(datetime.fromisoformat(day.committed).timestamp()),
        "subject": day.subject, "files": {day.path: {"parent": None, "committed": day.accepted}},
    }  # fmt: skip
    session = {"session_id": "s", "file": "session-0.jsonl.gz"}
    (case / "case.json.gz").write_bytes(
        gzip.compress(json.dumps({"commits": [commit], "sessions": [session]}).encode())
    )
    label = {
        "id": "l1", "kind": "hunk_final", "label": "true_correction", "weight": 2.0, "component": "one",
        "commit": "c0ffee00", "file": day.path, "agent_text": BEFORE, "committed_text": AFTER, "confidence": "high",
    }  # fmt: skip
    index = {"checkpoint": "one", "component": "one", "control_clean": False}
    (tmp_path / "cases/index.jsonl").write_text(json.dumps(index) + "\n")
    (tmp_path / "cases/labels_own.jsonl").write_text(json.dumps(label) + "\n")
    return tmp_path / "cases"


def test_a_case_is_built_derived_and_judged(folder: Path) -> None:
    cases = labelled.read(folder)
    ((name, found),) = labelled.derived(cases)
    assert isinstance(found, list)
    hunk, *_ = labels.judge(cases, found)

    assert name == "one"
    assert [(one.before, one.after, one.commit) for one in found if one.kind == "hunk"] == [
        (BEFORE, AFTER, "c0ffee00"),
        ("", "logger = logging.getLogger(__name__)\n\n", "c0ffee00"),
    ]
    assert (hunk.plain.right, hunk.plain.wrong, hunk.plain.wanted, hunk.weighted.right) == (1.0, 0.0, 1.0, 2.0)
    assert hunk.unjudged == 1
    assert hunk.interval == (1.0, 1.0)


REFUSED = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the "
    "new_string was NOT written to the file). To tell you how to proceed, the user said:\n"
)


def _refused(number: int, words: str) -> list[dict[str, object]]:
    """The lines of a command that a person refused, minutes after the one before."""
    common = {"sessionId": "s", "cwd": "/home/ada/shop", "isSidechain": False, "version": "2.1.0"}
    use = {"type": "tool_use", "id": f"toolu_{number}", "name": "Bash", "input": {"command": f"make suite{number}"}}
    no = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "is_error": True, "content": REFUSED + words}
    asked = {"type": "assistant", "message": {"role": "assistant", "id": f"m{number}", "content": [use]}}
    told = {"type": "user", "message": {"role": "user", "content": [no]}, "toolUseResult": "Error: " + REFUSED + words}
    return [
        {**common, **asked, "uuid": f"a{number}", "timestamp": f"2026-01-01T10:{number:02}:00.000Z"},
        {**common, **told, "uuid": f"u{number}", "timestamp": f"2026-01-01T10:{number:02}:30.000Z"},
    ]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["grown", "the shorter slice last"])
def test_slices_of_one_session_unite_and_need_no_commit(folder: Path, order: tuple[int, int]) -> None:
    first, second = "no, don't run the whole suite, that is too slow", "rebase from main first"
    slices = [_refused(1, first), [*_refused(1, first), *_refused(2, second)]]
    for number, which in enumerate(order):
        lines = "\n".join(json.dumps(line) for line in slices[which])
        (folder / f"one/session-{number}.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    sessions = [{"session_id": "s", "file": f"session-{number}.jsonl.gz"} for number in (0, 1)]
    (folder / "one/case.json.gz").write_bytes(gzip.compress(json.dumps({"commits": [], "sessions": sessions}).encode()))

    ((_, found),) = labelled.derived(labelled.read(folder))
    assert isinstance(found, list)
    assert [(one.kind, one.words) for one in found] == [("rejection", first), ("rejection", second)]


@pytest.mark.parametrize("weight", [3, 4])
def test_wrong_ones_of_weight_stand_below_the_table_or_it_says_that_there_are_none(folder: Path, weight: int) -> None:
    labels_file = folder / "labels_own.jsonl"
    wrong = {**json.loads(labels_file.read_text()), "label": "no_correction", "weight": weight}
    labels_file.write_text(json.dumps(wrong) + "\n")
    said = CliRunner().invoke(eval_command.command, ["labels", str(folder), "--markdown"])

    named = f"wrong, weight 4: l1 {wrong['file']}" if weight > 3 else "Wrong ones that weigh more than 3: none."
    assert (said.exit_code, said.output.splitlines()[-2:]) == (0, ["", named])


@pytest.mark.parametrize("of", ["labels", "ablation"])
@pytest.mark.parametrize(
    ("held", "why"),
    [(b"{}", "it has no sessions"), (b"{", "Expecting property name"), (None, "[Errno 2] No such file")],
    ids=["another format", "no JSON", "nothing"],
)
def test_a_case_that_cannot_be_derived_is_named_with_why_and_the_next_step(
    folder: Path, of: str, held: bytes | None, why: str
) -> None:
    case = folder / "one/case.json.gz"
    case.unlink() if held is None else case.write_bytes(gzip.compress(held))
    for option in ("--markdown", "--json"):
        said = CliRunner().invoke(eval_command.command, [of, str(folder), option], standalone_mode=False)

        told = said.output.splitlines()[-1] if option == "--markdown" else json.loads(said.output)["notes"][-1]
        assert said.return_value == 1
        assert told.startswith(f"not derived: one: {why}")
        assert told.endswith(". docs/measurements.md tells what the folder holds.")


def test_a_machine_without_a_git_identity_measures_as_others_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)

    ((_, found),) = labelled.derived(labelled.read(folder))
    assert isinstance(found, list)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HivemindError, match=r"index\.jsonl or labels_\*\.jsonl is missing"):
        labelled.read(tmp_path)


def _label(number: int, *, true: bool, weight: float = 1.0, ignored: bool = False) -> Label:
    return Label(
        id=f"l{number}", kind="hunk", final=False, true=true, weight=weight, component="one", commit="", path="a.py",
        before=f"a{number}\n", after=f"b{number}\n", words="", ignored=ignored,
    )  # fmt: skip


def test_what_counts_as_right_wrong_and_unjudged() -> None:
    told = (
        _label(1, true=True, weight=2), _label(2, true=False, weight=4), _label(3, true=True),
        _label(4, true=True, ignored=True),
    )  # fmt: skip
    cases = Folder(Path(), told, {"one": "one", "clean": "clean"}, frozenset({"clean"}))
    found = [Found("one", "hunk", "", "a.py", f"a{i}\n", f"b{i}\n", "") for i in (1, 1, 2, 4, 9)]
    found.append(Found("clean", "hunk", "", "a.py", "x\n", "y\n", ""))
    hunk, *_ = labels.judge(cases, found)

    assert (hunk.plain.right, hunk.plain.wrong, hunk.plain.wanted) == (1.0, 2.0, 2.0)
    assert (hunk.weighted.right, hunk.weighted.wrong, hunk.weighted.wanted) == (2.0, 5.0, 3.0)
    assert (hunk.in_controls, hunk.unjudged, [one.id for one in hunk.heavy]) == (1, 2, ["l2"])
    assert labels.table([hunk])[1][:7] == ("hunk", "1", "2", "2", "0.333", "0.500", "0.400")


def test_an_ablation_derives_each_case_without_one_mechanism_after_the_other(folder: Path) -> None:
    (head, whole, *rows), failed = ablation.measure(labelled.read(folder))

    assert head == ("without", "right", "wrong", "weighted P", "R", "F1", "in clean controls")
    assert whole == ("nothing: all mechanisms at work", "1", "0", "1.000", "1.000", "1.000", "0")
    assert [row[0] for row in rows][-3:] == ["all explanations", "all doubts", "all of it: the naive diff"]
    assert (len(rows), len(set(rows)), failed) == (len(Why) - 3 + 3, len(Why) - 3 + 3, [])
