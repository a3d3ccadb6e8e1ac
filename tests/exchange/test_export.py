"""Exports, read back by the packages that the formats are of."""

from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest
from cli.conftest import RULE, Hivemind
from repos import Repo
from store.store_values import a_correction, an_event

from hivemind_git.exchange import agent_trace, atif, training
from hivemind_git.exchange.agent_trace import Lines
from hivemind_git.exchange.pairs import Pair, Wanted, pairs
from hivemind_git.model import CorrectionOrigin, Kind

BEFORE = '    print(f"reserved {item}")\n'
AFTER = '    logger.info(f"reserved {item}")\n'


def same(text: str) -> str:
    return text


def rows(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("conversational", [False, True])
def test_trl_rows_load_as_a_preference_data_set(
    taught: Repo, hivemind: Hivemind, tmp_path: Path, conversational: bool
) -> None:
    import datasets  # noqa: PLC0415 - three seconds that only this test is worth

    target = tmp_path / "pairs.jsonl"
    flags = ["--conversational"] if conversational else []
    assert hivemind(taught.path, "export", "trl", "-o", str(target), *flags).code == 0
    loaded = datasets.load_dataset("json", data_files=str(target), split="train", cache_dir=str(tmp_path / "cache"))
    assert sorted(loaded.column_names) == ["chosen", "prompt", "rejected"]
    last = loaded[len(loaded) - 1]
    expected = (BEFORE, AFTER)
    if conversational:
        expected = ([{"role": "assistant", "content": BEFORE}], [{"role": "assistant", "content": AFTER}])  # type: ignore[assignment]
        assert last["prompt"][0]["role"] == "user"
    assert (len(loaded), (last["rejected"], last["chosen"])) == (3, expected)


def test_openai_lines_have_the_fields_that_its_service_asks_for() -> None:
    pair = Pair("id", "2026-01-01T00:00:00.000Z", "add a log", "print(1)\n", "log(1)\n")
    assert training.openai_dpo(pair) == {
        "input": {"messages": [{"role": "user", "content": "add a log"}], "tools": [], "parallel_tool_calls": True},
        "preferred_output": [{"role": "assistant", "content": "log(1)\n"}],
        "non_preferred_output": [{"role": "assistant", "content": "print(1)\n"}],
    }
    assert training.openai_sft(pair) == {
        "messages": [{"role": "user", "content": "add a log"}, {"role": "assistant", "content": "log(1)\n"}]
    }


def test_a_split_never_trains_on_the_future(taught: Repo, hivemind: Hivemind, tmp_path: Path) -> None:
    said = hivemind(taught.path, "export", "trl", "-o", str(tmp_path / "p.jsonl"), "--split", "2026-11-04")
    assert (said.code, said.out) == (0, "")
    assert [len(rows(tmp_path / f"p.{part}.jsonl")) for part in ("train", "test")] == [2, 1]
    assert "src/shop/stock.py" in str(rows(tmp_path / "p.test.jsonl")[0]["prompt"])


def test_only_true_corrections_with_two_sides_make_pairs() -> None:
    events = [
        an_event(1, fields={"text": "first", "speaker": "person"}),
        an_event(2, kind=Kind.EDIT, fields={"tool_use": "toolu_1"}),
        an_event(3, fields={"text": "<task-notification>", "speaker": "program"}),
    ]
    given = [
        a_correction(1, path="a.py", before="a\n", after="b\n", context="def f():", confidence=0.9),
        a_correction(2, before="a\n", after=""),
        a_correction(3, before="a\n", after="b\n", confidence=0.2),
        a_correction(4, before="a\n", after="b\n", origin=CorrectionOrigin.LINTER),
    ]
    found = list(pairs(events, given, Wanted(), same))
    assert [(pair.id, pair.prompt) for pair in found] == [(given[0].id, "first\n\nIn a.py, at: def f():")]
    assert len(list(pairs(events, given, Wanted(confidence=0, origins=frozenset(CorrectionOrigin)), same))) == 3


def test_what_leaves_is_redacted_once_more() -> None:
    events = [an_event(1, fields={"text": "use hunter2"}), an_event(2, fields={"tool_use": "toolu_1"}, kind=Kind.EDIT)]
    given = [a_correction(1, before="x = 'hunter2'\n", after="x = read('hunter2')\n", context="hunter2")]
    (found,) = pairs(events, given, Wanted(), lambda text: text.replace("hunter2", "<secret:1>"))
    assert "hunter2" not in f"{found}"


def test_harbor_takes_our_trajectories(taught: Repo, hivemind: Hivemind, harbor: ModuleType, tmp_path: Path) -> None:
    said = hivemind(taught.path, "export", "atif", "-o", str(tmp_path / "out"))
    assert (said.code, said.err) == (0, f"Wrote 3 files to {tmp_path / 'out'}.\n")
    for file in (tmp_path / "out").iterdir():
        document = harbor.Trajectory.model_validate_json(file.read_text())
        sources = [step.source for step in document.steps]
        assert (sources[0], "agent" in sources, document.agent.name) == ("user", True, "claude-code")
        assert [step.step_id for step in document.steps] == list(range(1, len(sources) + 1))
        assert document.extra["hivemind"]["corrections"][0]["path"].startswith("src/shop/")


def test_harbor_takes_refusals_and_programs_words_too(harbor: ModuleType) -> None:
    events = [
        an_event(1, fields={"text": "a summary", "speaker": "program"}),
        an_event(2, kind=Kind.RESPONSE, model="m", fields={"text": "done"}),
        an_event(3, kind=Kind.TOOL_USE, fields={"tool": "Bash", "input": "ls", "tool_use": "t1", "output": "a"}),
        an_event(4, kind=Kind.REJECTION, fields={"tool": "Edit", "reason": "no", "tool_use": "t2", "by": "person"}),
        an_event(5, kind=Kind.SESSION_END, fields={"why": "exit"}),
    ]
    document = harbor.Trajectory.model_validate(atif.trajectory(events, [], same))
    assert [(step.source, step.message) for step in document.steps] == [
        ("system", "a summary"),
        ("agent", "done"),
        ("agent", ""),
        ("user", "no"),
    ]


def test_cognee_takes_our_archive(skilled: Repo, hivemind: Hivemind, cogx_models: ModuleType, tmp_path: Path) -> None:
    assert hivemind(skilled.path, "export", "cogx", "-o", str(tmp_path / "out")).code == 0
    manifest = cogx_models.read_manifest(tmp_path / "out")
    records = list(cogx_models.read_archive(tmp_path / "out"))
    kinds = [record.kind for record in records]
    assert manifest.source_system == "hivemind-git"
    assert manifest.counts == {kind: kinds.count(kind) for kind in ("memory", "document")}
    assert f"rule:{RULE}" in [record.external_id for record in records]


def test_parquet_has_every_correction_and_its_types(taught: Repo, hivemind: Hivemind, tmp_path: Path) -> None:
    from pyarrow import parquet  # noqa: PLC0415 - slow to load

    target = tmp_path / "c.parquet"
    assert hivemind(taught.path, "export", "parquet", "-o", str(target)).code == 0
    table = parquet.read_table(target)
    told = json.loads(hivemind(taught.path, "corrections", "--json").out)["corrections"]
    assert table.column("id").to_pylist() == [one["id"] for one in told]
    assert table.column("confidence").to_pylist() == [one["confidence"] for one in told]
    assert str(table.schema.field("evidence").type) == "list<element: string>"


def test_a_trace_of_head_names_agents_lines_and_corrected_ones(taught: Repo, hivemind: Hivemind) -> None:
    said = hivemind(taught.path, "export", "agent-trace")
    record = json.loads(said.out)
    assert (record["version"], record["vcs"]["revision"]) == ("0.1.0", taught.git("rev-parse", "HEAD"))
    file = next(one for one in record["files"] if one["path"] == "src/shop/stock.py")
    lines = taught.git("show", "HEAD:src/shop/stock.py").splitlines()
    told = {
        one["contributor"]["type"]: [
            line for span in one["ranges"] for line in lines[span["start_line"] - 1 : span["end_line"]]
        ]
        for one in file["conversations"]
    }
    assert AFTER.rstrip("\n") in told["mixed"]
    assert AFTER.rstrip("\n") not in told["ai"]
    assert hivemind(taught.path, "export", "agent-trace").out == said.out


def test_ranges_of_a_trace_are_whole_and_ordered() -> None:
    lines = Lines("s", "codex", "gpt-5", written=(3, 1, 2, 7), mixed=(5,))
    record = agent_trace.record("abc", "2026-01-01T00:00:00Z", "1", [("b.py", [lines]), ("a.py", [])])
    assert record["files"] == [
        {
            "path": "b.py",
            "conversations": [
                {
                    "contributor": {"type": "ai", "model_id": "openai/gpt-5"},
                    "ranges": [{"start_line": 1, "end_line": 3}, {"start_line": 7, "end_line": 7}],
                    "related": [{"type": "session", "url": "urn:hivemind:session:codex:s"}],
                },
                {
                    "contributor": {"type": "mixed", "model_id": "openai/gpt-5"},
                    "ranges": [{"start_line": 5, "end_line": 5}],
                    "related": [{"type": "session", "url": "urn:hivemind:session:codex:s"}],
                },
            ],
        }
    ]


def test_wrong_use_is_told_before_anything_is_written(repo: Repo, hivemind: Hivemind) -> None:
    assert "'tomorrow' is no day" in hivemind(repo.path, "export", "trl", "--split", "tomorrow").err
    assert "name it with --output" in hivemind(repo.path, "export", "atif", "-o", "-").err
    said = hivemind(repo.path, "export", "trl", "-o", "no/such/file.jsonl")
    assert (said.code, "no/such/file.jsonl cannot be written: No such file or directory" in said.err) == (3, True)
    assert hivemind(repo.path, "export", "atif", "--session", "zz").code == 3
