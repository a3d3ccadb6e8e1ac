"""What is said in a Hermes session, and the ids of it: the same for its hooks and its log.

A prompt's key is its number in the session, an answer's the first tool use that it asks for, else its number among the
answers of its prompt. A hook is told the whole conversation and so counts the same, until a compaction or a rewind
shortens what it is told: then a hook's event folds into an earlier one, where the log has the last word.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from hivemind_git.agents.hermes.disk import AGENT, tool_calls
from hivemind_git.agents.identity import event_id
from hivemind_git.agents.lines import Record, text
from hivemind_git.corrections.evidence import Speaker
from hivemind_git.model import Json, Kind

_STRUCTURED = "\x00json:"
_SUMMARIES = ("[CONTEXT COMPACTION", "[CONTEXT SUMMARY]:")
_NUDGE = "[System: "
_BY_PROGRAM = ("[System note: ", "[IMPORTANT: ")
_PROGRAMS = frozenset({"cron", "webhook", "msgraph_webhook", "api_server"})
_ALONE = frozenset({"", "cli", "local"})
_INTERRUPTED = "Operation interrupted"


def prompt_id(root: str, number: int) -> str:
    """The id of a session's prompt, the first of which is 1."""
    return event_id(AGENT, root, None, Kind.PROMPT, number)


def steer_id(root: str, tool_use: str, number: int) -> str:
    """The id of what a person said while a tool ran."""
    return event_id(AGENT, root, tool_use, Kind.PROMPT, number)


def response_id(root: str, prompt: int, number: int, tool_use: str = "") -> str:
    """The id of an answer: by the first tool use that it asks for, else by its number among those that ask for none."""
    if tool_use:
        return event_id(AGENT, root, tool_use, Kind.RESPONSE)
    return event_id(AGENT, root, prompt, Kind.RESPONSE, number)


def interrupt_id(root: str, prompt: int) -> str:
    """The id of the interrupt of what a prompt asked for."""
    return event_id(AGENT, root, prompt, Kind.INTERRUPT)


def start_id(root: str) -> str:
    """The id of a session's start."""
    return event_id(AGENT, root, None, Kind.SESSION_START)


def spoken(message: Record) -> str:
    """What a message says; its images left out."""
    said = message.get("content")
    if isinstance(said, str) and said.startswith(_STRUCTURED):
        try:
            said = json.loads(said.removeprefix(_STRUCTURED))
        except ValueError:
            return ""
    if isinstance(said, list):
        return "\n".join(text(part, "text") for part in said if isinstance(part, dict) and text(part, "text"))
    return said if isinstance(said, str) else ""


def is_prompt(message: Record) -> bool:
    """Whether a message is a turn's prompt: no summary of earlier ones, nor what makes the model go on."""
    return text(message, "role") == "user" and not spoken(message).startswith((*_SUMMARIES, _NUDGE))


def is_summary(message: Record) -> bool:
    """Whether a message is what a compaction put in the place of others."""
    return spoken(message).startswith(_SUMMARIES)


def is_interrupt(message: Record) -> bool:
    """Whether an answer stands there because a person interrupted."""
    return not tool_calls(message) and spoken(message).startswith(_INTERRUPTED)


def prompts(conversation: Sequence[Record]) -> int:
    """How many prompts a conversation holds."""
    return sum(map(is_prompt, conversation))


def prompt_fields(said: str, number: int, platform: str) -> dict[str, Json]:
    """The fields of a prompt's event. Headless runs and the screen have the same platform, so nobody can tell."""
    by_program = platform in _PROGRAMS or said.startswith(_BY_PROGRAM)
    speaker = Speaker.PROGRAM if by_program else Speaker.UNKNOWN if platform in _ALONE else Speaker.PERSON
    return {"text": said, "speaker": speaker.value, "prompt": str(number)}
