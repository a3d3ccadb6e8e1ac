import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store.store_values import a_correction, an_event, an_id, events, jsons

from hivemind_git.model import Event, Kind, Source
from hivemind_git.store import codec, jsonline
from hivemind_git.store.jsonline import BrokenLineError, NewerLineError


def test_an_event_line_is_written_as_the_data_model_says() -> None:
    event = an_event(
        kind=Kind.TOOL_USE, source=Source.TRANSCRIPT, seq=7, model="m", fields={"tool": "Bash", "input": "ls \u20ac\n"}
    )
    written = (
        '{"agent":"claude-code","id":"ID","input":"ls €\\n","kind":"tool_use","model":"m","seq":7,"session":"s1",'
        '"source":"transcript","t":"2026-01-02T03:04:05.678Z","tool":"Bash","v":1}\n'
    )
    assert codec.encode_event(event).data == written.replace("ID", event.id).encode()
    assert codec.encode_event(event).ids == {event.id}


@given(events())
def test_events_come_back(event: Event) -> None:
    data = codec.encode_event(event).data
    decoded = codec.decode_lines(data, codec.decode_event)
    assert (decoded.broken, decoded.newer, len(decoded.values)) == (0, 0, 1)
    assert codec.encode_event(decoded.values[0]).data == data
    assert _joined(decoded.values[0].fields) == _joined(event.fields)
    assert decoded.values[0].branch == (None if event.branch is None else _joined(event.branch))


def _joined(value: object) -> object:
    """Surrogates that stand side by side are one character once they were written."""
    return json.loads(json.dumps(value))


def test_null_fields_are_absent() -> None:
    event = an_event(fields={"text": "a", "prompt": None})
    assert codec.decode_event(codec.encode_event(event).data).fields == {"text": "a"}


@given(st.text(st.characters(codec=None)))
def test_lines_never_hold_what_acts_on_a_terminal(text: str) -> None:
    data = codec.encode_event(an_event(fields={"text": text})).data
    shown = data.decode()
    assert shown.endswith("}\n")
    assert not any(ord(char) < 32 or 127 <= ord(char) < 160 or char in "\u202e\u2066\u2028" for char in shown[:-1])


@pytest.mark.parametrize("line", [b'{"a":1}', b' {"a":1}', b'\t\r\n {"a":1}\r\n'])
def test_blanks_around_an_object_are_no_fault(line: bytes) -> None:
    assert jsonline.load(line) == {"a": 1}


@pytest.mark.parametrize("line", [b"", b" ", b"[1]", b'{"a":1} {"b":2}', '\u00a0{"a":1}'.encode(), b'{"a":1}\xff'])
def test_what_is_no_single_object_is_refused(line: bytes) -> None:
    with pytest.raises(BrokenLineError):
        jsonline.load(line)


@given(st.dictionaries(st.text(max_size=3), st.floats()))
def test_numbers_unknown_to_json_become_null(values: dict[str, float]) -> None:
    line = jsonline.load(jsonline.dump({"values": values}))["values"]  # type: ignore[dict-item]
    finite = {key: value if abs(value) < float("inf") else None for key, value in values.items()}
    assert line == json.loads(json.dumps(finite))


def test_a_long_line_is_cut_where_it_is_longest() -> None:
    event = an_event(
        fields={"text": "\x01" * 300_000, "path": "a.py", "hunks": [{"before": "x" * 250_000, "after": "y"}]}
    )
    data = codec.encode_event(event).data
    assert jsonline.MAX_LINE - 10 < len(data) <= jsonline.MAX_LINE
    fields = codec.decode_event(data).fields
    assert fields["cut"] == {"text": 300_000, "hunks.0.before": 250_000}
    assert (fields["path"], fields["hunks"][0]["after"]) == ("a.py", "y")  # type: ignore[index,call-overload]
    assert len(fields["text"]) == len(fields["hunks"][0]["before"])  # type: ignore[index,call-overload,arg-type]


def test_a_line_of_the_longest_length_is_not_cut() -> None:
    plain = len(codec.encode_event(an_event(fields={"text": ""})).data)
    fits = codec.encode_event(an_event(fields={"text": "x" * (jsonline.MAX_LINE - plain)})).data
    assert (len(fits), b'"cut"' in fits) == (jsonline.MAX_LINE, False)
    longer = codec.encode_event(an_event(fields={"text": "x" * (jsonline.MAX_LINE - plain + 1)})).data
    assert b'"cut"' in longer


def test_what_was_cut_before_keeps_its_first_length() -> None:
    event = an_event(fields={"text": "x" * 300_000, "cut": {"text": 999_999, "path": 5}})
    assert codec.decode_event(codec.encode_event(event).data).fields["cut"] == {"text": 999_999, "path": 5}


def test_a_field_too_long_by_its_numbers_goes_whole() -> None:
    numbers = list(range(100_000))
    fields = codec.decode_event(codec.encode_event(an_event(fields={"hunks": numbers, "path": "a"})).data).fields  # type: ignore[dict-item]
    assert fields == {"path": "a", "cut": {"hunks": len(json.dumps({"hunks": numbers}, separators=(",", ":")))}}


@pytest.mark.parametrize(
    "event",
    [
        an_event(id="../x"),
        an_event(t="yesterday"),
        an_event(t="2026-01-02T03:04:05.678+01:00"),
        an_event(fields={"session": "other"}),
        an_event(session="s" * 300_000),
    ],
)
def test_an_event_out_of_form_is_refused(event: Event) -> None:
    with pytest.raises(ValueError, match=r"form|attributes|too long"):
        codec.encode_event(event)


def test_values_nested_too_deeply_are_refused() -> None:
    deep: object = []
    for _ in range(200_000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested"):
        codec.encode_event(an_event(fields={"input": deep}))


def changed(**values: object) -> bytes:
    return json.dumps({**json.loads(codec.encode_event(an_event()).data), **values}).encode()


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"v":1}',
        b"1" * 5000,
        changed(v=0),
        changed(v=True),
        changed(v="1"),
        changed(id="../../../etc/passwd"),
        changed(id=7),
        changed(t="2026-13-02T03:04:05.678Z"),
        changed(t=0),
        changed(kind="nonsense"),
        changed(kind=[]),
        changed(source=None),
        changed(session=None),
        changed(seq=-1),
        changed(seq=1.5),
        changed(seq=2**60),
        changed(model=["m"]),
    ],
)
def test_a_broken_line_is_counted_and_its_neighbours_kept(line: bytes) -> None:
    good = codec.encode_event(an_event()).data
    decoded = codec.decode_lines(good + line + b"\n" + good, codec.decode_event)
    assert decoded == codec.Decoded((an_event(), an_event()), broken=1 if line else 0)


def test_a_newer_line_is_counted_apart() -> None:
    assert codec.decode_lines(changed(v=2) + b"\nnonsense", codec.decode_event) == codec.Decoded((), broken=1, newer=1)
    with pytest.raises(NewerLineError):
        codec.decode_correction(b'{"v":9}')


def test_corrections_come_back() -> None:
    corrections = (a_correction(), a_correction(1, reason=None, commit=None, model="m", tool_use=None, author=None))
    lines = [codec.encode_correction(correction) for correction in corrections]
    (segment,) = codec.pack((line.data for line in lines), codec.derivation_header(3, "2026-01-01T00:00:00.000Z"))
    assert codec.decode_corrections(segment) == codec.DerivedCorrections(
        3, "2026-01-01T00:00:00.000Z", codec.Decoded(corrections)
    )
    assert lines[0].ids == {corrections[0].id, an_id(0)}
    assert b'"reason":null' in lines[1].data


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"{}",
        b"x",
        b'{"derivation":1}',
        b'{"as_of":"2026","derivation":"1"}',
        b'{"as_of":"2026","derivation":-1}',
        b'{"as_of":"2026","derivation":true}',
        b'{"as_of":1,"derivation":1}',
    ],
)
def test_corrections_without_a_derivation_do_not_count(header: bytes) -> None:
    assert codec.decode_corrections(header + b"\n" + codec.encode_correction(a_correction()).data) is None


@pytest.mark.parametrize(
    "values",
    [
        {"evidence": [1]},
        {"evidence": "x"},
        {"confidence": 2},
        {"confidence": None},
        {"reason": "because"},
        {"reason": {"text": "a", "source": "hearsay"}},
        {"origin": "dog"},
        {"before": None},
    ],
)
def test_a_broken_correction_is_refused(values: dict[str, object]) -> None:
    line = {**json.loads(codec.encode_correction(a_correction()).data), **values}
    with pytest.raises(BrokenLineError):
        codec.decode_correction(json.dumps(line).encode())


@given(st.dictionaries(st.sampled_from(["rule", "state"]), jsons, max_size=2))
def test_records_come_back(record: dict[str, object]) -> None:
    assert codec.decode_record(codec.encode_record(record).data) == _joined(record)  # type: ignore[arg-type]


def test_segments_stay_below_their_bound_and_in_order() -> None:
    lines = [b"%07d" % number + b"x" * 99_992 + b"\n" for number in range(100)]
    header = codec.derivation_header(1, "2026-01-01T00:00:00.000Z")
    segments = codec.pack(lines, header)
    assert [len(segment) for segment in segments] == [len(header) + count * 100_000 for count in (41, 41, 18)]
    assert b"".join(segment.removeprefix(header) for segment in segments) == b"".join(lines)
    assert codec.pack([], header) == [header]
    assert codec.pack([]) == []
