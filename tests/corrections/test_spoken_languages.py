"""The same conversations in four languages: rules about process and objections are heard, the rest is not."""

from __future__ import annotations

import pytest

from hivemind_git.corrections import spoken
from hivemind_git.corrections.evidence import Edit, Evidence, Item, Prompt, Refusal, Response, Session, Speaker
from hivemind_git.git.diff import diff_lines

WORDS = {
    "en": ("pull first", "no slow tests, please", "I've reverted your changes, use the existing logger", "yes, go on",
           "what does this option do?", "option 2"),
    "de": ("zuerst pullen", "keine langsamen Tests bitte", "ich habe deine Änderungen verworfen, nimm den Logger",
           "ja, weiter", "was macht diese Option?", "Option 2"),
    "fr": ("fais d'abord un pull", "pas de tests lents, s'il te plaît",
           "j'ai annulé tes changements, utilise plutôt le logger existant", "oui, continue", "que fait cette option ?",
           "option 2"),
    "es": ("primero haz pull", "nada de pruebas lentas, por favor", "he revertido tus cambios, usa el logger",
           "sí, sigue", "¿qué hace esta opción?", "opción 2"),
}  # fmt: skip
REPLY = {"en": "You're right.", "de": "Du hast recht.", "fr": "Tu as raison.", "es": "Tienes razón."}


def heard(*items: Item) -> list[str]:
    session = Session(id="s1", agent="claude-code", model=None, items=items)
    found = spoken.find(Evidence(sessions=(session,), commits=()), diff_lines).corrections
    return [one.reason.text for one in found if one.reason]


def told(event: str, text: str) -> Prompt:
    return Prompt(event=event, t=10.0, text=text, speaker=Speaker.PERSON)


def edit(event: str, before: bytes | None, after: bytes) -> Edit:
    return Edit(event=event, t=12.0, tool_use=event, worktree="main", path="log.py", before=before, after=after)


def refused(words: str) -> Refusal:
    return Refusal(
        event="r", t=11.0, tool_use="r", tool="Bash", reason=words, by_person=True, worktree="", path="",
        replaced="", proposed="make all",
    )  # fmt: skip


def rewritten(words: str, *between: Item) -> list[str]:
    was, now = b"print(1)\nprint(2)\n", b"log(1)\nprint(2)\n"
    return heard(told("p1", "log"), edit("e1", None, was), *between, told("p2", words), edit("e2", was, now))


@pytest.mark.parametrize("language", WORDS)
def test_rules_about_process_are_heard_where_a_command_is_refused(language: str) -> None:
    reply = Response(event="a", t=12.0, text=REPLY[language])
    for words in WORDS[language][:2]:
        assert heard(told("p1", "go"), refused(words), reply, edit("e", None, b"x\n")) == [words]


@pytest.mark.parametrize("language", WORDS)
def test_reverted_changes_are_told_again(language: str) -> None:
    words = WORDS[language][2]
    assert rewritten(words) == [words]


@pytest.mark.parametrize("language", WORDS)
def test_a_question_is_no_refusal_of_the_matter(language: str) -> None:
    reply = Response(event="a", t=12.0, text="It tells which port is used. " * 5)
    assert heard(told("p1", "go"), refused(WORDS[language][4]), reply) == []


@pytest.mark.parametrize("language", WORDS)
def test_an_answer_and_a_go_on_are_no_corrections(language: str) -> None:
    asked = Response(event="q", t=9.0, text="1. print 2. log: which one?")
    assert [rewritten(words, asked) for words in (WORDS[language][3], WORDS[language][5])] == [[], []]
