from __future__ import annotations

from dataclasses import replace

import pytest
from rules.rule_examples import correction, said

from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin, Reason, ReasonSource
from hivemind_git.rules.advice import LONGEST, advice_id, lessons, shorten

TEAM = {
    "duplication": [
        "please dry this up, the same block is copy-pasted in three places",
        "we said no boilerplate, reuse what the client has",
        "this repeats the parser above",
    ],
    "simplicity": ["way too complicated for what it does", "overengineered, simplify", "keep it simple please"],
    "separation": ["own PR for this please", "do this in a follow-up PR", "that does not belong in this branch"],
    "slowness": ["don't run the whole suite, it takes too long", "way too slow", "the full build takes forever"],
    "waiting": ["no sleeps in here", "why are we sleeping for two seconds?", "poll the socket, no busy wait"],
    "emphasis": ["no emojis in commit messages", "drop the emoji", "I don't want emojis in logs"],
    "asking": [
        "don't push without asking",
        "do not push yet, ask me",
        "never push before you asked, don't commit either",
    ],
}


def spoken(groups: dict[str, list[str]]) -> tuple[list[Correction], list[str]]:
    pairs = [
        (name, text) for number in range(3) for name, texts in groups.items() for text in texts[number : number + 1]
    ]
    return [said(number, text) for number, (_, text) in enumerate(pairs)], [name for name, _ in pairs]


def test_people_who_say_the_same_in_other_words_meet() -> None:
    corrections, names = spoken(TEAM)
    found = [
        [names[number] for number in one.corrections] for one in lessons(corrections, {}) if len(one.corrections) > 1
    ]
    mixed = [group for group in found if len(set(group)) > 1]
    assert mixed == []
    assert sum(len(group) for group in found) >= 14


def test_small_talk_meets_nothing() -> None:
    texts = ["ok continue", "what does this do?", "yes", "now add the endpoint", "show me the diff", "thanks"]
    found = lessons([said(number, text) for number, text in enumerate(texts)], {})
    assert [len(one.corrections) for one in found] == [1] * 6


def test_the_advice_is_a_quotation_and_acts_are_counted() -> None:
    texts = [
        "this repeats the parser, reuse it",
        "stop repeating the parser code",
        "parser code is repeated again, reuse it",
    ]
    (found,) = lessons([said(number, text) for number, text in enumerate(texts)], {})
    assert found.text in texts
    assert (found.corrections, found.decisions) == ((0, 1, 2), 3)


def test_twenty_hunks_of_a_commit_were_explained_once_and_a_linter_says_nothing() -> None:
    why = Reason("Reuse the parser instead of repeating it", ReasonSource.COMMIT)
    hunks = [correction(number, f"a{number}", f"b{number}", commit="c" * 40, reason=why) for number in range(20)]
    lint = [replace(one, id=f"lint-{one.id}", origin=CorrectionOrigin.LINTER) for one in hunks]
    (found,) = lessons(hunks + lint, {})
    assert (found.text, found.decisions, len(found.corrections)) == (why.text, 1, 20)


def test_hunks_that_nobody_explained_are_one_act_without_words() -> None:
    hunks = [correction(number, f"a{number}", f"b{number}", commit="c" * 40, session="s") for number in range(3)]
    assert [(one.text, one.corrections, one.decisions) for one in lessons(hunks, {})] == [("", (0, 1, 2), 1)]
    assert lessons(hunks[:1], {}) == []


def test_what_was_being_done_is_part_of_what_was_meant() -> None:
    first = said(1, "too slow", "make test-all", path="")
    second = said(2, "not now, much too slow", "make test-integration", path="")
    assert [one.corrections for one in lessons([first, second], {})] == [(0, 1)]


def test_a_lesson_keeps_its_id_as_it_grows() -> None:
    texts = ["this repeats the parser", "stop repeating the parser", "the parser is repeated again"]
    three = [said(10 + number, text) for number, text in enumerate(texts)]
    (before,) = lessons(three, {})
    assert before.id == advice_id([one.id for one in three])
    earlier = said(1, "don't repeat the parser")
    (renamed,) = lessons([earlier, *three], {})
    (carried,) = lessons([earlier, *three], {before.id: [one.id for one in three]})
    assert (renamed.id == before.id, carried.id == before.id) == (False, True)
    (strange,) = lessons(three, {"f" * 16: ["x", "y", three[0].id]})
    assert strange.id == before.id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One line.\n\nTwo.", "One line. Two."),
        ("Reuse the parser. " + "And more of it. " * 30, "Reuse the parser." + " And more of it." * 13),
        ("word " * 100, ("word " * 47).strip() + "\u2026"),
        ("語" * 10, "語" * 10),
    ],
)
def test_quotations_end_at_a_sentence(text: str, expected: str) -> None:
    assert shorten(text) == expected
    assert len(expected) <= LONGEST


def test_restated_prompts_are_heard_with_what_changed() -> None:
    kind = CorrectionKind.RESTATED
    one = said(1, "that reads odd, say it shorter", 'print("a long message")', after='print("short")', kind=kind)
    two = said(2, 'does not sound right, say "done"', 'print("it is finished")', after='print("done")', kind=kind)
    assert [found.corrections for found in lessons([one, two], {})] == [(0, 1)]
