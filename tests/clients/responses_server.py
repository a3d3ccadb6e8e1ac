"""A scripted model on loopback: speaks the OpenAI Responses API well enough for the real Codex to work against it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from clients.model_server import Handler, Script, Turn, listening


@dataclass
class ResponsesScript(Script):
    """The conversation. A tool's input is an object for a function, text for a custom tool; `a.b` is b in space a.

    `agents` are the turns of sub-agents.
    """

    agents: list[Turn] = field(default_factory=list)

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The response to a request."""
        with self.lock:
            self.requests.append(body)
            told = body.get("client_metadata", {})
            turns = self.turns if told.get("thread_id") == told.get("session_id") else self.agents
            turn = turns.pop(0) if turns else Turn("ok")
            self.answered += 1
            number = self.answered
        turn.before()
        name = f"{self.prefix}{number:03d}"
        said = [{"type": "output_text", "text": turn.text, "annotations": []}]
        message = {"type": "message", "id": f"msg_{name}", "role": "assistant", "status": "completed", "content": said}
        calls = [_call(f"call_{name}{i}", *tool) for i, tool in enumerate(turn.tools)]
        return {
            "id": f"resp_{name}",
            "object": "response",
            "created_at": 0,
            "model": body.get("model", "scripted"),
            "status": "completed",
            "output": [*([message] if turn.text else []), *calls],
            "usage": {
                "input_tokens": 100 * number,
                "input_tokens_details": {"cached_tokens": 40},
                "output_tokens": 20,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": 100 * number + 20,
            },
        }


def serving_responses(
    turns: Sequence[Turn], prefix: str, agents: Sequence[Turn] = ()
) -> AbstractContextManager[Script]:
    """Serves the conversation on 127.0.0.1 while the block runs."""
    return listening(ResponsesScript(list(turns), prefix, agents=list(agents)), _Handler)


class _Handler(Handler):
    def do_POST(self) -> None:  # noqa: N802 - the base class names it so
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        if not self.path.split("?", 1)[0].endswith("/responses"):
            return self.give(404, {"error": {"message": self.path}})
        # The screen asks for a title of the conversation beside it.
        aside = "thread_title" in (self.headers.get("x-codex-turn-metadata") or "")
        script = ResponsesScript([Turn("Title")], "title") if aside else self.script
        return self.stream(_events(script.answer(json.loads(raw))))


def _call(call: str, name: str, value: dict[str, Any] | str) -> dict[str, Any]:
    namespace, _, bare = name.rpartition(".")
    custom = isinstance(value, str)
    asked = {"input": value} if custom else {"arguments": json.dumps(value)}
    return {
        "type": "custom_tool_call" if custom else "function_call",
        "id": f"item_{call}",
        "call_id": call,
        "name": bare,
        "status": "completed",
        **asked,
        **({"namespace": namespace} if namespace else {}),
    }


def _events(response: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "response.created", {"response": {**response, "status": "in_progress", "output": []}}
    for i, item in enumerate(response["output"]):
        message = item["type"] == "message"
        begun = {**item, "content": []} if message else item
        yield "response.output_item.added", {"output_index": i, "item": begun}
        if message:
            delta = {"output_index": i, "item_id": item["id"], "content_index": 0, "delta": item["content"][0]["text"]}
            yield "response.output_text.delta", delta
        yield "response.output_item.done", {"output_index": i, "item": item}
    yield "response.completed", {"response": response}
