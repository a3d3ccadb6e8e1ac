from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st
from store.store_values import an_event, an_id, events

from hivemind_git.model import Event, Source
from hivemind_git.store import codec, fold

folded = events(1).map(fold.lift)


@given(folded, folded)
def test_the_fold_is_commutative(one: fold.Folded, other: fold.Folded) -> None:
    assert fold.join(one, other) == fold.join(other, one)


@given(folded, folded, folded)
def test_the_fold_is_associative(one: fold.Folded, two: fold.Folded, three: fold.Folded) -> None:
    assert fold.join(fold.join(one, two), three) == fold.join(one, fold.join(two, three))


@given(folded)
def test_the_fold_is_idempotent(one: fold.Folded) -> None:
    assert fold.join(one, one) == one


@given(st.lists(events(2), min_size=1, max_size=4))
def test_the_order_of_segments_does_not_matter(found: list[Event]) -> None:
    results = {repr(sorted(fold.fold(order).items())) for order in permutations(found)}
    assert len(results) == 1
    assert fold.fold(found * 2) == fold.fold(found)


@given(events(1))
def test_one_event_alone_is_not_changed(event: Event) -> None:
    stored = codec.decode_event(codec.encode_event(event).data)
    assert fold.fold([stored, stored]) == {stored.id: stored}
    assert fold.lower(fold.lift(stored)) == stored


def test_what_is_there_beats_what_is_not() -> None:
    hook = an_event(branch="main", fields={"tool": "Edit", "path": "a.py"})
    transcript = an_event(source=Source.TRANSCRIPT, model="m", fields={"tool": "Edit", "status": "ok"})
    assert fold.fold([hook, transcript]) == {
        an_id(0): an_event(
            source=Source.TRANSCRIPT, branch="main", model="m", fields={"tool": "Edit", "path": "a.py", "status": "ok"}
        )
    }


def test_the_transcript_beats_the_import_beats_the_hook() -> None:
    found = [an_event(source=source, fields={"text": source.value}) for source in Source]
    assert fold.fold(found)[an_id(0)].fields == {"text": "transcript"}
    assert fold.fold(found[1:])[an_id(0)].fields == {"text": "import"}


def test_the_more_redacted_wins_then_the_smaller() -> None:
    texts = ["aws AKIA", "aws <aws-key:1> <token:1>", "aws <aws-key:1> token", "zzz <aws-key:1> <token:1>"]
    found = [an_event(fields={"text": text}) for text in texts]
    assert fold.fold(found)[an_id(0)].fields == {"text": "aws <aws-key:1> <token:1>"}
    assert fold.fold([found[0], an_event(fields={"text": "AWS"})])[an_id(0)].fields == {"text": "AWS"}


def test_a_cut_length_goes_with_the_value_it_belongs_to() -> None:
    cut = an_event(source=Source.TRANSCRIPT, fields={"text": "abc", "path": "a", "cut": {"text": 9, "hunks": 5}})
    whole = an_event(fields={"text": "abcdefghi", "hunks": []})
    assert fold.fold([whole, cut])[an_id(0)].fields == {"text": "abc", "path": "a", "hunks": [], "cut": {"text": 9}}


def test_events_are_ordered_by_time_then_number_then_id() -> None:
    late = an_event("late", t="2026-01-02T03:04:06.000Z")
    found = sorted(
        [an_event(name, seq=seq) for name, seq in (("a", 2), ("b", 1), ("c", 1))], key=lambda e: (e.seq, e.id)
    )
    assert fold.in_order([late, *reversed(found)]) == [*found, late]
