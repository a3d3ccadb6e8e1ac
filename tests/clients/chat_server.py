"""A scripted model on loopback: speaks OpenAI's Chat Completions well enough for real clients to work against it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from clients.model_server import Handler, Script, Turn, listening


@dataclass
class ChatScript(Script):
    """The conversation."""

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The completion for a request."""
        with self.lock:
            self.requests.append(body)
            turn = self.turn(body) if body.get("tools") else Turn("ok")
            self.answered += 1
            number = self.answered
        turn.before()
        name = f"{self.prefix}{number:03d}"
        calls = [
            {
                "id": f"call_{name}{at}",
                "type": "function",
                "function": {"name": tool, "arguments": json.dumps(value)},
            }
            for at, (tool, value) in enumerate(turn.tools)
        ]
        message = {"role": "assistant", "content": turn.text or None, **({"tool_calls": calls} if calls else {})}
        return {
            "id": f"chatcmpl-{name}",
            "object": "chat.completion",
            "created": 0,
            "model": body.get("model", "scripted"),
            "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}],
            "usage": {
                "prompt_tokens": turn.input_tokens + 40,
                "prompt_tokens_details": {"cached_tokens": 40},
                "completion_tokens": 20,
                "total_tokens": turn.input_tokens + 60,
            },
        }


def serving_chat(turns: Sequence[Turn], prefix: str) -> AbstractContextManager[Script]:
    """Serves the conversation on 127.0.0.1 while the block runs."""
    return listening(ChatScript(list(turns), prefix), _Handler)


class _Handler(Handler):
    def do_POST(self) -> None:  # noqa: N802 - the base class names it so
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        if not self.path.split("?", 1)[0].endswith("/chat/completions"):
            return self.give(404, {"error": {"message": self.path}})
        body = json.loads(raw)
        completion = self.script.answer(body)
        return self._streamed(completion) if body.get("stream") else self.give(200, completion)

    def _streamed(self, completion: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for chunk in _chunks(completion):
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")
        self.wfile.flush()


def _chunks(completion: dict[str, Any]) -> Iterator[dict[str, Any]]:
    base = {key: completion[key] for key in ("id", "created", "model")} | {"object": "chat.completion.chunk"}
    (choice,) = completion["choices"]
    message = choice["message"]
    calls = [{"index": at, **call} for at, call in enumerate(message.get("tool_calls", []))]
    delta = {"role": "assistant", "content": message["content"] or "", **({"tool_calls": calls} if calls else {})}
    yield {**base, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    yield {**base, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]}
    yield {**base, "choices": [], "usage": completion["usage"]}
