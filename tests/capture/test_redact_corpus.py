"""A corpus of planted secrets and one without any: caught, missed and false alarms, counted."""

import random
import re

import pytest
from capture.clean_corpus import clean_lines, written_lines
from capture.secret_corpus import (
    ASSIGNED,
    CONTEXTS,
    SHORT,
    TOKENS,
    VALUES,
    Planted,
    leaks,
    planted_assignments,
    planted_tokens,
    planted_variables,
)

from hivemind_git.capture.redact import Redactor
from hivemind_git.capture.redaction.families import FAMILIES

KEY = b"a local key of thirty-two bytes."


@pytest.fixture(scope="module")
def missed() -> set[Planted]:
    """The planted secrets that redaction leaves, of both kinds."""
    return {
        planted for planted in [*planted_tokens(7, 2), *planted_assignments(11, 40)] if leaks(planted, Redactor(KEY))
    }


@pytest.mark.parametrize("kind", TOKENS)
def test_a_token_is_caught_wherever_it_stands(kind: str, missed: set[Planted]) -> None:
    assert [planted for planted in missed if planted.kind == kind] == []


@pytest.mark.parametrize("kind", VALUES)
def test_a_drawn_value_under_a_secret_s_name_is_caught(kind: str, missed: set[Planted]) -> None:
    assert [planted for planted in missed if planted.kind == kind] == []


@pytest.mark.parametrize("kind", SHORT)
def test_a_short_value_of_a_variable_is_caught(kind: str) -> None:
    """All but what could be words: six letters without a digit may be somebody's name for a thing."""
    planted = [one for one in planted_variables(23, 40) if one.kind == kind]
    missed = [one for one in planted if leaks(one, Redactor(KEY))]
    assert len(missed) <= len(planted) * {"6": 0.05, "8": 0.03}.get(kind.rsplit(maxsplit=1)[-1], 0.015)


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(list(planted_tokens(7, 1))) == len(TOKENS) * len(CONTEXTS)
    assert len(list(planted_assignments(11, 1))) == len(VALUES) * len(ASSIGNED)
    assert len(TOKENS) > 120


def test_every_family_has_a_token_in_the_corpus() -> None:
    caught = {
        family
        for make in TOKENS.values()
        for family in re.findall(r"<([a-z-]+):1>", Redactor(KEY).text(f"see {make(random.Random(1))} there"))
    }
    assert {family.name for family in FAMILIES} - caught == set()


def test_what_nobody_keeps_secret_is_left_alone() -> None:
    redactor = Redactor(KEY)
    changed = [line for line in clean_lines(13, 60) if redactor.text(line) != line]
    assert changed == []


def test_what_people_write_is_left_alone() -> None:
    redactor = Redactor(KEY)
    changed = {line: redactor.text(line) for line in written_lines() if redactor.text(line) != line}
    assert changed == {}


def test_the_clean_corpus_as_one_text_is_left_alone() -> None:
    text = "\n".join([*written_lines(), *clean_lines(17, 5)])
    assert Redactor(KEY).text(text) == text
