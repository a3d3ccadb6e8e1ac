"""The Anthropic SDK, with key and base URL from its own environment. Importing it alone costs seconds."""

from __future__ import annotations

import threading

import anthropic

from hivemind_git.skills.draft.asking import AgainError, Answer, Caller, Question, UnusableError

_AGAIN = frozenset({408, 409, 429, 500, 502, 503, 504, 529})


def attempt(caller: Caller, question: Question) -> Answer:
    """One request, without tools.

    Raises:
        AgainError: the server is busy, broken or cannot be reached.
        UnusableError: asking again would change nothing.
    """
    try:
        return _in_time(caller, question)
    except anthropic.APIStatusError as error:
        said = f"the model could not be asked: HTTP {error.status_code}"
        if error.status_code not in _AGAIN:
            raise UnusableError(said) from error
        raise AgainError(said, _wait(error)) from error
    except anthropic.APIConnectionError as error:
        raise AgainError("the model could not be reached") from error
    except (UnusableError, ValueError):
        raise
    except Exception as error:  # the SDK raises whatever its HTTP library, its parser and its credentials raise
        raise UnusableError(f"the model could not be asked: {type(error).__name__}") from error


def _wait(error: anthropic.APIStatusError) -> float:
    """Seconds that the server asks for; the SDK by itself would wait for days."""
    try:
        return float(error.response.headers.get("retry-after", "0"))
    except ValueError:
        return 0.0


def _in_time(caller: Caller, question: Question) -> Answer:
    """The request, left at the deadline: timeouts of the SDK are a read's, and a server may drip for ever."""
    client = anthropic.Anthropic(max_retries=0, timeout=caller.silence)
    late = threading.Event()

    def leave() -> None:
        late.set()
        client.close()

    timer = threading.Timer(caller.deadline, leave)
    timer.start()
    try:
        return _streamed(client, caller.model, question)
    except Exception as error:
        if late.is_set():
            raise UnusableError("the model took too long") from error
        raise
    finally:
        timer.cancel()
        client.close()


def _streamed(client: anthropic.Anthropic, model: str, question: Question) -> Answer:
    with client.messages.stream(
        model=model,
        max_tokens=question.most_tokens,
        system=question.system,
        messages=[{"role": "user", "content": question.text}],
        output_config={"format": {"type": "json_schema", "schema": dict(question.schema)}},
    ) as stream:
        message = stream.get_final_message()
    if message.stop_reason != "end_turn":
        raise UnusableError(f"the model did not finish: {message.stop_reason}")
    text = "".join(block.text for block in message.content if block.type == "text")
    return Answer(text, (message.usage.input_tokens, message.usage.output_tokens))
