"""A session as a conversation: what a person said, what came right before it, and what the agent did next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hivemind_git.corrections.evidence import (
    Command,
    Edit,
    Item,
    Prompt,
    Refusal,
    Response,
    Session,
    Sight,
    Speaker,
    ToolUse,
)

# Tools by which an agent asks the person something: refusing one is an answer, never a correction.
QUESTION_TOOLS = frozenset({"AskUserQuestion", "ask_user_question", "request_user_input", "AskQuestion", "question"})
# Tools that write a file; with them an agent also writes outside the repository (its plan), which is no `Edit`.
FILE_TOOLS = frozenset({"Edit", "Write", "MultiEdit", "NotebookEdit", "edit", "write", "apply_patch", "write_file"})
# ASCII; full width (Chinese, Japanese); Arabic; Armenian; Ethiopic.
QUESTION_MARKS = ("?", "\uff1f", "\u061f", "\u055e", "\u1367")
_TAIL = 400
_NUMBERED = re.compile(r"^\W{0,4}\d{1,2}[.)]", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?\u3002\uff01\uff1f])\s+|\n+")
# What a terminal and Markdown put around words, and what a copy of them loses or gains.
_MARKS = re.compile(r"[\s`*_>#|\u2500-\u257f\u25cf\u23fa\u276f\u23bf]+")
_QUOTED = 25
_COPIED_FROM = 20_000
_COPIED_INTO = 4_000


@dataclass(frozen=True, slots=True)
class Turn:
    """One prompt of a person and what the agent did until the next one.

    `prompt` is None for what happened before the first one. `lead` is the item right before the prompt, `said` what
    the agent had last said by then.
    """

    prompt: Prompt | None
    lead: Item | None
    said: str
    items: tuple[Item, ...]


def turns(session: Session) -> tuple[Turn, ...]:
    """The turns of a session in order. What a program wrote starts none: a finished command has no opinion."""
    found: list[Turn] = []
    prompt: Prompt | None = None
    lead: Item | None = None
    last: Item | None = None
    said = words = ""
    body: list[Item] = []
    for item in session.items:
        if isinstance(item, Prompt) and speaks(item):
            found.append(Turn(prompt, lead, words, tuple(body)))
            prompt, lead, words, body = item, last, said, []
        else:
            body.append(item)
        if isinstance(item, Response) and item.text.strip():
            said = item.text
        last = item
    return (*found, Turn(prompt, lead, words, tuple(body)))


def speaks(prompt: Prompt) -> bool:
    """Whether a prompt holds words to the agent: no program's text, and no shell command (`!ls`) of the person."""
    return prompt.speaker is not Speaker.PROGRAM and not prompt.text.startswith("!")


def own_words(text: str, said: str) -> str:
    """A person's words without the sentences and lines that the agent had said before; all of them if nothing is left.

    Who copies what the agent said, to contradict it ("… is available. No, it comes from …"), does not sound like it.
    """
    heard = _plain(said[:_COPIED_FROM])
    parts = [one for one in _SENTENCE.split(text[:_COPIED_INTO]) if one.strip()]
    own = [one for one in parts if len(plain := _plain(one)) < _QUOTED or plain not in heard]
    return "\n".join(own) + text[_COPIED_INTO:] if own and len(own) < len(parts) else text


def _plain(text: str) -> str:
    return _MARKS.sub(" ", text).strip()


def asks(text: str) -> bool:
    """Whether a text holds a question mark of any script."""
    return any(mark in text for mark in QUESTION_MARKS)


def put_question(turn: Turn) -> bool:
    """Whether the agent had just asked something, so that the prompt is likely the answer."""
    if isinstance(turn.lead, ToolUse) and turn.lead.tool in QUESTION_TOOLS:
        return True
    return isinstance(turn.lead, Response) and asks(turn.lead.text[-_TAIL:])


def answers_by_number(turn: Turn) -> bool:
    """Whether the prompt is a numbered list after a numbered list of the agent's, as one answers a row of questions."""
    text = turn.prompt.text if turn.prompt else ""
    return len(_NUMBERED.findall(text)) >= 2 and len(_NUMBERED.findall(turn.said)) >= 2


def reply(items: Sequence[Item]) -> str:
    """What the agent said first after a person's words; empty where it acted first. Reading is no act."""
    for item in items:
        if isinstance(item, Response):
            if item.text.strip():
                return item.text.strip()
        elif isinstance(item, (Edit, Command, Refusal)):
            return ""
    return ""


def acts(items: Sequence[Item]) -> bool:
    """Whether the agent used any tool."""
    return any(isinstance(item, (Edit, Command, ToolUse, Refusal, Sight)) for item in items)
