"""Who speaks in a Claude Code transcript, and what a refusal says.

From 2.1.329 on records say so themselves (`turnOrigin`, `promptSource`, `permissionDecision`, `userFeedback`); before,
the client's fixed texts tell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hivemind_git.agents.lines import Record, mapping, text
from hivemind_git.corrections.evidence import Speaker

INTERRUPTED = "[Request interrupted by user"
_NOT_SPOKEN = (
    "<local-command-",
    "<bash-stdout>",
    "<bash-stderr>",
    "<user-memory-input>",
    "Caveat: The messages below",
    "This session is being continued from a previous conversation",
    "[Image: source:",
)
_PROGRAMS = ("<task-notification>", "<teammate-message", "Stop hook feedback:", "<tick>")
_ATTACHED = re.compile(r"\s*<(ide_[a-z_]+|system-reminder)>.*?</\1>\s*", re.DOTALL)
_PICTURE = re.compile(r"\[Image #\d+\]")
_BUILT_IN = "<command-name>"
_CUSTOM = "<command-message>"
_TAG = "<{0}>(.*?)</{0}>"

_REFUSED = (
    "The user doesn't want to proceed with this tool use.",
    "The user doesn't want to take this action right now.",
    "The agent proposed a plan that was rejected by the user.",
    "Permission for this tool use was denied.",
)
_WORDS = ("the user said:\n", "The user said:\n")
_HINT = "\n\nNote: The user's next message may contain a correction or preference."
_CLARIFY = "The user wants to clarify these questions."
_ANSWER = re.compile(r"^\s*Answer: (.*)$", re.MULTILINE)
_NO_ONE_ASKED = ("Claude requested permissions to ", "Permission to use ")
_HOOK = re.compile(r"\A\w+:\w+ hook (?:blocking )?error(?: from command)?: ?(?:\[.*?\]: )?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Words:
    """What a prompt says and who says it."""

    text: str
    speaker: Speaker


@dataclass(frozen=True, slots=True)
class RefusalWords:
    """Who refused a tool use and with which words.

    `by` is `person`, `hook` or `config`. `ran` true: the person let it run and stopped it.
    """

    by: str
    reason: str
    ran: bool = False


def words_of(record: Record, said: str) -> Words | None:
    """The prompt in a `user` record whose text is `said`; None where nobody prompts.

    A command of the client, and a line for the shell, a person typed, but the words that they become are a program's.
    """
    said = typed(said)
    if (
        (record.get("isMeta") is True and not by_program(said))
        or record.get("isCompactSummary") is True
        or not _PICTURE.sub("", said).strip()
    ):
        return None
    if said.startswith((*_NOT_SPOKEN, INTERRUPTED, _BUILT_IN)):
        return None
    if said.startswith(_CUSTOM):
        return Words(_command(said), Speaker.PROGRAM)
    if said.startswith("<bash-input>"):
        return Words("!" + _tag(said, "bash-input"), Speaker.PROGRAM)
    # A plan that the person let pass, with a cleared context, comes back as a prompt: its words are the agent's own.
    if by_program(said) or "planContent" in record:
        return Words(said, Speaker.PROGRAM)
    return Words(said, _speaker(record))


def typed(said: str) -> str:
    """A prompt without what the client put before or after it: the file that was open in the editor, a reminder."""
    while found := _ATTACHED.match(said):
        said = said[found.end() :]
    last = max(said.rfind("\n<ide_"), said.rfind("\n<system-reminder>"))
    return typed(said[:last]) if last >= 0 and _ATTACHED.fullmatch(said, last) else said


def by_program(said: str) -> bool:
    """Whether a prompt is a program's by its text: a notification, another agent's message, a hook's answer."""
    return said.startswith(_PROGRAMS)


def ends_session(said: str) -> bool:
    """Whether the person closed the session with a command of the client."""
    return said.startswith(_BUILT_IN) and _tag(said, "command-name") in {"/exit", "/quit"}


def clears(said: str) -> bool:
    """Whether the session began by clearing the one before."""
    return said.startswith(_BUILT_IN) and _tag(said, "command-name") == "/clear"


def refusal(record: Record, said: str) -> RefusalWords | None:
    """The refusal in a `user` record whose failed tool result is `said`; None where the tool use was not refused."""
    decision = mapping(record, "permissionDecision")
    source = text(decision, "source")
    if decision.get("decision") == "reject" and source not in {"user_reject", "user_abort"}:
        return RefusalWords("hook" if source == "hook" else "config", _HOOK.sub("", said))
    if source == "user_reject" or text(record, "userFeedback"):
        return RefusalWords("person", text(record, "userFeedback") or _reason(said) or _bare(said))
    if said.startswith(_REFUSED):
        newer = "toolDenialKind" in record
        return RefusalWords("person", _reason(said), newer and record.get("toolDenialBeforeRun") is not True)
    if _HOOK.match(said):
        return RefusalWords("hook", _HOOK.sub("", said))
    if said.startswith(_NO_ONE_ASKED):
        return RefusalWords("config", said)
    return None


def _speaker(record: Record) -> Speaker:
    origin = text(mapping(record, "origin"), "kind") or text(record, "turnOrigin") or text(record, "promptSource")
    if not origin or origin in {"human", "typed"}:
        return Speaker.PERSON
    # In headless runs the prompt is a person's command line or a program's: nothing tells.
    return Speaker.UNKNOWN if origin == "sdk" else Speaker.PROGRAM


def _reason(said: str) -> str:
    for mark in _WORDS:
        if mark in said:
            words = said.split(mark, 1)[1].split(_HINT, 1)[0].strip()
            return "\n".join(_ANSWER.findall(words)) if words.startswith(_CLARIFY) else words
    return ""


def _bare(said: str) -> str:
    return "" if said.startswith(_REFUSED) else said


def _command(said: str) -> str:
    return f"{_tag(said, 'command-name')} {_tag(said, 'command-args')}".strip()


def _tag(said: str, name: str) -> str:
    found = re.search(_TAG.format(name), said, re.DOTALL)
    return found.group(1).strip() if found else ""
