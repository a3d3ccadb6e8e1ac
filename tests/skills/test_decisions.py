from __future__ import annotations

from dataclasses import replace

import pytest

from hivemind_git.skills.decisions import Decision, Verb, latest, stated

ADD = Decision(
    verb=Verb.ADD, rule="r", t="2026-01-01T00:00:00.000Z", author="Ada <a@b>", advice="Wrap errors.", scope=("*.go",)
)
REJECT = replace(ADD, verb=Verb.REJECT, t="2026-01-02T00:00:00.000Z", advice="", scope=(), corrections=("c",))


def test_a_decision_comes_back_as_it_was_kept() -> None:
    for one in (ADD, REJECT):
        assert Decision.from_json(one.to_json()) == one


def test_the_last_decision_counts_in_any_order() -> None:
    assert latest([ADD, REJECT]) == latest([REJECT, ADD]) == {"r": REJECT}
    assert stated([REJECT, ADD]) == {"r": ADD}


@pytest.mark.parametrize("change", [{"verb": "burn"}, {"verb": None}, {"t": 1}, {"scope": "x"}, {"corrections": [1]}])
def test_what_is_no_decision_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Decision.from_json({**ADD.to_json(), **change})  # type: ignore[arg-type]
