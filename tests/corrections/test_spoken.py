"""Corrections in words: what a person refused, told again or forwarded, and what only looks like it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hivemind_git.corrections import conversation, spoken
from hivemind_git.corrections.decisions import correction_id, decision_id
from hivemind_git.corrections.evidence import (
    Break,
    Command,
    Edit,
    Evidence,
    Interrupt,
    Item,
    Prompt,
    Refusal,
    Response,
    Session,
    Sight,
    Speaker,
    ToolUse,
)
from hivemind_git.git.diff import diff_lines
from hivemind_git.model import Correction, CorrectionKind, CorrectionOrigin, Hunk, Reason, ReasonSource


def prompt(event: str, text: str, speaker: Speaker = Speaker.PERSON) -> Prompt:
    return Prompt(event=event, t=10.0, text=text, speaker=speaker)


def says(text: str) -> Response:
    return Response(event=f"say {text[:8]}", t=11.0, text=text)


def edit(event: str, before: bytes | None, after: bytes, path: str = "app/log.py") -> Edit:
    return Edit(event=event, t=12.0, tool_use=f"use {event}", worktree="main", path=path, before=before, after=after)


def refusal(reason: str, proposed: str = "print(x)\n", **other: object) -> Refusal:
    made = Refusal(
        event="r1",
        t=1.5,
        tool_use="use r1",
        tool="Edit",
        reason=reason,
        by_person=True,
        worktree="main",
        path="app/log.py",
        replaced="",
        proposed=proposed,
    )
    return replace(made, **other)  # type: ignore[arg-type]


def find(*items: Item) -> spoken.Spoken:
    session = Session(id="s1", agent="claude-code", model="m", items=items)
    return spoken.find(Evidence(sessions=(session,), commits=()), diff_lines)


WRITTEN = edit("e1", None, b"print(1)\nprint(2)\n")
REWRITTEN = edit("e2", b"print(1)\nprint(2)\n", b"log(1)\nprint(2)\n")
OBJECTION = "no, don't use print here, we already have a logger for that"


def test_a_refused_edit_with_an_objection() -> None:
    heard = find(prompt("p1", "add logging"), refusal(OBJECTION), says("You're right, let me fix that."), REWRITTEN)
    assert [replace(one, confidence=1.0) for one in heard.corrections] == [
        Correction(
            id=correction_id("rejected", "r1"),
            session="s1",
            tool_use="use r1",
            agent="claude-code",
            model="m",
            path="app/log.py",
            language="python",
            kind=CorrectionKind.REJECTED,
            origin=CorrectionOrigin.HUMAN,
            before="print(x)\n",
            after="log(1)\n",
            context="",
            reason=Reason(OBJECTION, ReasonSource.REJECTION),
            commit=None,
            author=None,
            t="1970-01-01T00:00:01.500Z",
            decision=decision_id("", "r1", "print(x)\n", "log(1)\n"),
            confidence=1.0,
            evidence=("r1",),
        )
    ]
    assert heard.corrections[0].confidence > 0.9


def test_the_agent_rewrites_its_own_lines_after_an_objection() -> None:
    heard = find(prompt("p1", "log"), WRITTEN, prompt("p2", OBJECTION), says("Good point."), REWRITTEN)
    (found,) = heard.corrections
    assert (found.kind, found.before, found.after) == (CorrectionKind.RESTATED, "print(1)\n", "log(1)\n")
    assert (found.tool_use, found.path, found.reason) == (
        "use e1",
        "app/log.py",
        Reason(OBJECTION, ReasonSource.PROMPT),
    )
    assert found.evidence == ("p2", "e1", "e2")
    assert found.confidence > 0.9


@pytest.mark.parametrize("words", ["Zkusme to bez print.", "printをlogへ"])
def test_words_that_name_what_went_count_in_any_language(words: str) -> None:
    def confidence(last: Edit) -> float:
        heard = find(prompt("p1", "log"), WRITTEN, prompt("p2", words), last)
        return max(one.confidence for one in (*heard.corrections, *heard.passed))

    named = edit("e2", b"print(1)\nprint(2)\n", b"log(1)\nlog(2)\n")
    kept = edit("e2", b"print(1)\nprint(2)\n", b"print(4)\nprint(8)\n")
    assert confidence(named) > confidence(kept) + 0.01


def test_the_longest_run_of_own_lines_stands_for_all() -> None:
    first = edit("e1", None, b"a1\nkeep\nb1\nb2\n")
    second = edit("e2", b"a1\nkeep\nb1\nb2\n", b"x\nkeep\ny\n")
    (found,) = find(prompt("p1", "go"), first, prompt("p2", OBJECTION), second).corrections
    assert (found.before, found.after) == ("b1\nb2\n", "y\n")


def test_a_silent_refusal_is_explained_by_the_next_prompt() -> None:
    words = "don't run the whole suite, that is too slow"
    heard = find(
        prompt("p1", "log"), refusal("", tool="Bash", path=""), Interrupt(event="i", t=2.0), prompt("p2", words)
    )
    (found,) = heard.corrections
    assert (found.kind, found.reason, found.evidence) == (
        CorrectionKind.REJECTED,
        Reason(words, ReasonSource.PROMPT),
        ("r1", "p2"),
    )


def test_words_after_a_silent_refusal_are_heard_once() -> None:
    heard = find(prompt("p1", "log"), WRITTEN, refusal(""), prompt("p2", OBJECTION), says("Good point."), REWRITTEN)
    assert [found.kind for found in heard.corrections] == [CorrectionKind.RESTATED]


def test_work_between_a_silent_refusal_and_a_prompt_parts_them() -> None:
    assert find(prompt("p1", "log"), refusal(""), says("Then I stop."), prompt("p2", OBJECTION)) == spoken.Spoken(
        (), ()
    )


@pytest.mark.parametrize(
    ("text", "answer", "why"),
    [
        ("what does this helper do?", "Good question! It is called at startup.", spoken.REASONS["words"]),
        ("hang on, I'll get you the log", "Sure, take your time.", spoken.REASONS["words"]),
    ],
)
def test_a_refusal_that_only_asks_or_halts_is_explained(text: str, answer: str, why: str) -> None:
    heard = find(prompt("p1", "log"), refusal(text), says(answer))
    assert heard.corrections == ()
    (passed,) = heard.passed
    assert (passed.session, passed.event, passed.kind, passed.text, passed.why) == (
        "s1",
        "r1",
        CorrectionKind.REJECTED,
        text,
        why,
    )
    assert passed.confidence < 0.5


SAID = """\
Do we know where the date comes from during restore? I think `created_at` might be there.

- What happens with sessions that were never closed?
"""
COPIED = "Do we know where the date comes from during restore? I think created_at might be there."


def test_what_is_copied_from_the_agent_does_not_speak_for_the_person() -> None:
    """A plan was refused with the agent's last question, copied from the terminal, and the answer behind it."""
    reason = f"{COPIED} no, read it from the transcript"
    plan = refusal(reason, tool="ExitPlanMode", path="", proposed="# Plan")
    (found,) = find(prompt("p1", "log"), says(SAID), plan, says("Let me look.")).corrections
    assert found.reason == Reason(reason, ReasonSource.REJECTION)
    other = find(prompt("p1", "log"), says("I have a plan."), plan, says("Let me look."))
    assert [(one.text, one.why) for one in other.passed] == [(reason, spoken.REASONS["words"])]


@pytest.mark.parametrize(
    ("text", "own"),
    [
        (f"{COPIED} no, read it from the transcript", "no, read it from the transcript"),
        ("you say:\n> What happens with sessions that were never closed?\nthey stay open", "you say:\nthey stay open"),
        (COPIED, COPIED),
        ("I think created_at might be there, yes", "I think created_at might be there, yes"),
        ("no", "no"),
        ("", ""),
    ],
)
def test_a_persons_own_words(text: str, own: str) -> None:
    assert conversation.own_words(text, SAID) == own


def test_the_answer_to_the_agents_own_question_is_no_correction() -> None:
    heard = find(
        prompt("p1", "log"), WRITTEN, says("Shall I use option 1 or 2?"), prompt("p2", "2, but only here"), REWRITTEN
    )
    assert heard.corrections == ()
    assert [passed.event for passed in heard.passed] == ["p2"]


def test_a_question_back_is_not_an_answer() -> None:
    words = "why does this print at all, shouldn't it use the logger?"
    heard = find(prompt("p1", "log"), WRITTEN, says("Shall I go on?"), prompt("p2", words), REWRITTEN)
    assert [one.reason for one in heard.corrections] == [Reason(words, ReasonSource.PROMPT)]


@pytest.mark.parametrize(
    "items",
    [
        (prompt("p1", "log"), WRITTEN, prompt("p2", OBJECTION)),
        (prompt("p1", "log"), WRITTEN, prompt("p2", "/simplify"), REWRITTEN),
        (prompt("p1", "log"), WRITTEN, prompt("p2", OBJECTION, Speaker.PROGRAM), REWRITTEN),
        (prompt("p1", "log"), WRITTEN, prompt("p2", "!make test"), REWRITTEN),
        (prompt("p1", "log"), refusal("  ")),
        (prompt("p1", "log"), refusal(OBJECTION, by_person=False)),
        (prompt("p1", "log"), refusal(OBJECTION, tool="AskUserQuestion")),
        (
            prompt("p1", "log"),
            edit("e1", None, b"a=1\n"),
            prompt("p2", OBJECTION),
            edit("e2", b"a=1\n", b"a = 1\n"),
        ),
    ],
    ids=["no rewrite", "command", "program", "shell", "no words", "by a hook", "a question's", "formatter"],
)
def test_what_is_not_even_looked_at(items: tuple[Item, ...]) -> None:
    assert find(*items) == spoken.Spoken((), ())


def test_lines_of_nobody_known_need_words_that_are_clear() -> None:
    change = edit("e1", b"print(1)\n", b"log(1)\n")
    (found,) = find(prompt("p1", OBJECTION), says("You're right, my mistake."), change).corrections
    assert (found.tool_use, found.before, found.evidence) == (None, "print(1)\n", ("p1", "e1"))
    quiet = find(prompt("p1", "I'd like the level to be read from the settings"), change)
    assert quiet.corrections == ()
    assert [passed.why for passed in quiet.passed] == [spoken.REASONS["unowned"]]


def test_a_forwarded_review_comment_has_the_reviewers_origin() -> None:
    comment = (
        "Medium Severity\n\nThe comment in `load_config` says that the file is optional, but open_config() raises when "
        "config/app.toml:12 is missing. This is misleading and should be updated to say what happens."
    )
    (found,) = find(prompt("p1", "log"), WRITTEN, prompt("p2", comment), REWRITTEN).corrections
    assert found.origin is CorrectionOrigin.REVIEW
    assert found.reason == Reason(comment, ReasonSource.REVIEW)


def test_a_forked_session_repeats_nothing() -> None:
    items = (prompt("p1", "log"), WRITTEN, prompt("p2", OBJECTION), says("Good point."), REWRITTEN)
    one = Session(id="s1", agent="claude-code", model=None, items=items)
    heard = spoken.find(Evidence(sessions=(one, replace(one, id="s2")), commits=()), diff_lines)
    assert [found.session for found in heard.corrections] == ["s1"]


@pytest.mark.parametrize(
    "words",
    [
        "nein, nicht so, nimm lieber den vorhandenen Logger",
        "non, pas comme ça, utilise plutôt la fonction existante",
        "no, así no, mejor usa la función que ya existe",
        "不对，应该用已有的函数",  # noqa: RUF001
    ],
)
def test_it_works_in_the_language_the_person_writes(words: str) -> None:
    heard = find(prompt("p1", "log"), refusal(words), edit("e2", None, b"log(1)\n"))
    assert [found.reason for found in heard.corrections] == [Reason(words, ReasonSource.REJECTION)]


_TEXTS = st.one_of(st.text(max_size=40), st.sampled_from([OBJECTION, "yes", "?", "\ud800", "/x", "!x", "1. a\n2. b"]))
_IMAGES = st.one_of(st.none(), st.binary(max_size=30), st.sampled_from([b"a\nb\n", b"a\nc\n", b"\n\n", b"\xff\x00"]))
_TIMES = st.floats(allow_nan=True, allow_infinity=True)
_NAMES = st.sampled_from(["a", "b", ""])
_ITEMS = st.one_of(
    st.builds(Prompt, event=_NAMES, t=_TIMES, text=_TEXTS, speaker=st.sampled_from(Speaker)),
    st.builds(Response, event=_NAMES, t=_TIMES, text=_TEXTS),
    st.builds(
        Edit,
        event=_NAMES,
        t=_TIMES,
        tool_use=_NAMES,
        worktree=_NAMES,
        path=_NAMES,
        before=_IMAGES,
        after=_IMAGES,
        before_known=st.booleans(),
        subagent=st.booleans(),
    ),
    st.builds(Sight, event=_NAMES, t=_TIMES, worktree=_NAMES, path=_NAMES, content=st.binary(max_size=20)),
    st.builds(
        Command, event=_NAMES, t=_TIMES, tool_use=_NAMES, worktree=_NAMES, text=_TEXTS, ok=st.none() | st.booleans()
    ),
    st.builds(ToolUse, event=_NAMES, t=_TIMES, tool_use=_NAMES, tool=_TEXTS, text=_TEXTS, ok=st.none()),
    st.builds(
        Refusal,
        event=_NAMES,
        t=_TIMES,
        tool_use=_NAMES,
        tool=st.sampled_from(["Edit", "Bash", "AskUserQuestion", ""]),
        reason=_TEXTS,
        by_person=st.booleans(),
        worktree=_NAMES,
        path=_NAMES,
        replaced=_TEXTS,
        proposed=_TEXTS,
    ),
    st.builds(Interrupt, event=_NAMES, t=_TIMES),
    st.builds(Break, event=_NAMES, t=_TIMES, what=_NAMES),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(_ITEMS, max_size=12), max_size=3))
def test_nonsense_evidence_is_survived(sessions: list[list[Item]]) -> None:
    made = tuple(Session(id="s", agent="", model=None, items=tuple(items)) for items in sessions)
    heard = spoken.find(Evidence(sessions=made, commits=()), diff_lines)
    assert all(0.5 <= one.confidence <= 1 for one in heard.corrections)
    assert all(0 <= one.confidence < 0.5 and one.why for one in heard.passed)
    assert len({one.id for one in heard.corrections}) == len(heard.corrections)


def test_an_impossible_diff_is_survived() -> None:
    session = Session(
        id="s", agent="", model=None, items=(prompt("p1", "log"), WRITTEN, prompt("p2", OBJECTION), REWRITTEN)
    )
    heard = spoken.find(Evidence(sessions=(session,), commits=()), lambda before, after: [Hunk(5, 9, 2, 1)])
    assert heard == spoken.Spoken((), ())
