"""How a tool use of OpenClaw ended, by the details of its result. Measured with 2026.9.6."""

from __future__ import annotations

from hivemind_git.agents import pi_results
from hivemind_git.agents.hunks import stored
from hivemind_git.agents.lines import Record, mapping, text
from hivemind_git.agents.pi_results import Result
from hivemind_git.agents.pi_tools import SHELL, End, Images, Use, not_cut, overwritten, words

_BY_PERSON = "approval"


def told_by_payload(use: Use, data: Record) -> End:
    """The end that a payload tells."""
    return _end(use, text(data, "said"), mapping(data, "details"), failed=data.get("failed") is True)


def told_by_message(use: Use, message: Record) -> End:
    """The end that the message of a result tells."""
    return _end(use, words(message), mapping(message, "details"), failed=message.get("isError") is True)


def _end(use: Use, said: str, details: Record, *, failed: bool) -> End:
    result = _result(use, said, details, failed=failed)
    patch = text(details, "patch")
    images = None
    if use.tool == "write" and result.status == "ok":
        content = text(use.arguments, "content")
        images = Images(None, stored(content)) if details.get("created") is True else overwritten(content, patch)
    return End(result, patch, images, whole=not_cut(use) and details.get("kind") == "text")


def _result(use: Use, said: str, details: Record, *, failed: bool) -> Result:
    refused = text(details, "deniedReason")
    if refused:
        # Of a person's answer nothing more is told.
        by_person = _BY_PERSON in refused
        reason = "" if by_person else text(details, "reason")
        return Result("rejected", said, refused_by="person" if by_person else "hook", reason=reason)
    if details.get("status") == "running":
        return Result("unknown", said, background=True)
    code = details.get("exitCode")
    if use.tool == SHELL and isinstance(code, int):
        return Result("failed" if code else "ok", pi_results.without_placeholder(said), code)
    return pi_results.read(said, failed=failed or text(details, "status") in {"error", "failed"}, shell=False, ran=True)
