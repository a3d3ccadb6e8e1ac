"""Pairs as training data: lines of JSON for preference and supervised tuning.

Sources: TRL's dataset formats (preference, standard and conversational), OpenAI's preference fine-tuning (one assistant
message a side, text only) and supervised fine-tuning.
"""

from __future__ import annotations

from hivemind_git.exchange.pairs import Pair
from hivemind_git.model import Json


def trl(pair: Pair) -> dict[str, Json]:
    """A row of TRL's standard preference format."""
    return {"prompt": pair.prompt, "chosen": pair.chosen, "rejected": pair.rejected}


def trl_conversational(pair: Pair) -> dict[str, Json]:
    """A row of TRL's conversational preference format."""
    return {
        "prompt": [_message("user", pair.prompt)],
        "chosen": [_message("assistant", pair.chosen)],
        "rejected": [_message("assistant", pair.rejected)],
    }


def openai_dpo(pair: Pair) -> dict[str, Json]:
    """A line of OpenAI's preference format."""
    return {
        "input": {"messages": [_message("user", pair.prompt)], "tools": [], "parallel_tool_calls": True},
        "preferred_output": [_message("assistant", pair.chosen)],
        "non_preferred_output": [_message("assistant", pair.rejected)],
    }


def openai_sft(pair: Pair) -> dict[str, Json]:
    """A line of OpenAI's chat format: the accepted lines as the answer."""
    return {"messages": [_message("user", pair.prompt), _message("assistant", pair.chosen)]}


def _message(role: str, content: str) -> dict[str, Json]:
    return {"role": role, "content": content}
