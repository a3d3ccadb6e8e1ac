"""Runs a command with a model on loopback that says what a model said once: which lessons are the same.

    python -m benchmarks.words.playback ANSWERS [--questions FILE] -- COMMAND [ARGUMENT]...

ANSWERS is `{"same": [[DIGEST, …], …]}`: sets of lessons, each named by the digest of anything that was said of it, so
that no word of a session is kept. `hivemind.draft` is `anthropic` for the command, and its SDK asks this server.
`--questions` keeps what was asked, a line a request, for whoever is to answer it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def digest(words: str) -> str:
    """The name of a saying."""
    return sha256(" ".join(words.split()).encode()).hexdigest()[:16]


def answer(question: Mapping[str, Any], same: Sequence[Sequence[str]]) -> dict[str, Any]:
    """What is said to a question; nothing to one about wording."""
    home = {name: number for number, names in enumerate(same) for name in names}
    sets: dict[int, list[int]] = defaultdict(list)
    for lesson in question.get("lessons", ()):
        known = [home[name] for name in map(digest, lesson["said"]) if name in home]
        if known:
            sets[known[0]].append(lesson["n"])
    return (
        {"same": [numbers for numbers in sets.values() if len(numbers) > 1]} if "lessons" in question else {"rules": []}
    )


def events(text: str) -> bytes:
    """An answer as the API streams it."""
    usage = {"input_tokens": 100, "output_tokens": 20}
    message = {"id": "m", "type": "message", "role": "assistant", "model": "playback", "content": [],
               "stop_reason": None, "stop_sequence": None, "usage": usage}  # fmt: skip
    told: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": text}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {one['type']}\ndata: {json.dumps(one)}\n\n" for one in told).encode()


def serve(same: Sequence[Sequence[str]], questions: Path | None) -> ThreadingHTTPServer:
    """The model, at work on a port of its own."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            question = json.loads(asked["messages"][0]["content"])
            if questions:
                with lock, questions.open("a") as file:
                    file.write(json.dumps(question, ensure_ascii=False) + "\n")
            body = events(json.dumps(answer(question, same)))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:  # type: ignore[override]
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.words.playback", description=__doc__.splitlines()[0])
    parser.add_argument("answers", type=Path, metavar="ANSWERS")
    parser.add_argument("--questions", type=Path, metavar="FILE", help="keep what was asked there")
    parser.add_argument("command", nargs="+", metavar="COMMAND")
    asked = parser.parse_args()
    server = serve(json.loads(asked.answers.read_text())["same"], asked.questions)
    model = {
        "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{server.server_address[1]}",
        "ANTHROPIC_API_KEY": "playback",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "hivemind.draft",
        "GIT_CONFIG_VALUE_0": "anthropic",
    }
    return subprocess.run(asked.command, env={**os.environ, **model}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
