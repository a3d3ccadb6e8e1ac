"""A scripted model on loopback: speaks the Anthropic Messages API well enough for a real client to work against it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Turn:
    """What the model answers once: words, then tool uses as (name, input).

    `before` is done when the request has come, before anything is answered; `input_tokens` is what the model says that
    it read.
    """

    text: str
    tools: tuple[tuple[str, dict[str, Any] | str], ...] = ()
    before: Callable[[], object] = lambda: None
    input_tokens: int = 100


@dataclass
class Script:
    """The conversation, the requests that came, and a prefix that keeps tool use ids unique, as real ones are."""

    turns: list[Turn]
    prefix: str
    requests: list[dict[str, Any]] = field(default_factory=list)
    answered: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def turn(self, body: dict[str, Any]) -> Turn:
        """What the model says next."""
        return self.turns.pop(0) if self.turns else Turn("ok")

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The message for a request. Side requests (titles, probes) offer no tools and take no turn."""
        with self.lock:
            self.requests.append(body)
            turn = self.turn(body) if body.get("tools") else Turn("ok")
            self.answered += 1
            number = self.answered
        turn.before()
        content: list[dict[str, Any]] = [{"type": "text", "text": turn.text}] if turn.text else []
        content += [
            {"type": "tool_use", "id": f"toolu_{self.prefix}{number:03d}{i}", "name": name, "input": value}
            for i, (name, value) in enumerate(turn.tools)
        ]
        return {
            "id": f"msg_{self.prefix}{number:03d}",
            "type": "message",
            "role": "assistant",
            "model": body.get("model", "scripted"),
            "content": content,
            "stop_reason": "tool_use" if turn.tools else "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": turn.input_tokens, "output_tokens": 20},
        }


class Obedient(Script):
    """A model that does what the request in front of it says, and by itself makes the mistake.

    It loads a skill that is listed, writes as a skill's text says it once that is there, and mends what a hook objects
    to. Each of its sessions begins with a request that has no answer of its own in it.
    """

    def __init__(self, prefix: str, path: str, wrong: str, right: str, skill: str, lesson: str) -> None:
        super().__init__([], prefix)
        self._path, self._wrong, self._right = path, wrong, right
        self._skill, self._lesson = skill, lesson

    def turn(self, body: dict[str, Any]) -> Turn:
        """The next step by what stands in the request."""
        said = json.dumps(body["messages"])
        used = [block["name"] for message in body["messages"] for block in _tool_uses(message)]
        listed = f"{self._skill}: " in json.dumps([body.get("system"), body["messages"]])
        if listed and "Skill" not in used:
            return Turn("There is a skill for this.", (("Skill", {"skill": self._skill}),))
        text = self._right if self._lesson in said else self._wrong
        if "Write" not in used or ("break rules of this repository" in said and used.count("Write") == 1):
            return Turn("I write it.", (("Write", {"file_path": self._path, "content": text}),))
        return Turn("Done.")


def _tool_uses(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message["content"] if isinstance(message["content"], list) else []
    return [block for block in content if block.get("type") == "tool_use"]


class Handler(BaseHTTPRequestHandler):
    """What models on loopback have in common."""

    protocol_version = "HTTP/1.1"
    script: Script

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass

    def give(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def do_HEAD(self) -> None:
        self.give(200, {})

    def do_GET(self) -> None:
        self.give(404, {"type": "error", "error": {"type": "not_found_error", "message": self.path}})

    def stream(self, events: Iterable[tuple[str, dict[str, Any]]]) -> None:
        """Answers with server-sent events."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True
        for name, value in events:
            self.wfile.write(f"event: {name}\ndata: {json.dumps({'type': name, **value})}\n\n".encode())
        self.wfile.flush()


class _Handler(Handler):
    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        path = self.path.split("?", 1)[0]
        if path.endswith("/count_tokens"):
            return self.give(200, {"input_tokens": 100})
        if not path.endswith("/v1/messages"):
            return self.give(404, {"type": "error", "error": {"type": "not_found_error", "message": path}})
        body = json.loads(raw)
        message = self.script.answer(body)
        return self.stream(_events(message)) if body.get("stream") else self.give(200, message)


def _events(message: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "message_start", {"message": {**message, "content": [], "stop_reason": None}}
    for i, block in enumerate(message["content"]):
        text = block["type"] == "text"
        empty = {**block, "text": ""} if text else {**block, "input": {}}
        delta = (
            {"type": "text_delta", "text": block["text"]}
            if text
            else {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        )
        yield "content_block_start", {"index": i, "content_block": empty}
        yield "content_block_delta", {"index": i, "delta": delta}
        yield "content_block_stop", {"index": i}
    yield (
        "message_delta",
        {"delta": {"stop_reason": message["stop_reason"], "stop_sequence": None}, "usage": message["usage"]},
    )
    yield "message_stop", {}


def serving(turns: Sequence[Turn], prefix: str) -> AbstractContextManager[Script]:
    """Serves the conversation on 127.0.0.1 while the block runs."""
    return speaking(Script(list(turns), prefix))


def speaking(script: Script) -> AbstractContextManager[Script]:
    """Serves a model of one's own on 127.0.0.1 while the block runs."""
    return listening(script, _Handler)


@contextmanager
def listening(script: Script, handler: type[Handler]) -> Iterator[Script]:
    """Answers from a script on 127.0.0.1 while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (handler,), {"script": script}))
    server.daemon_threads = True
    script.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
