"""A session as an Agent Trajectory Interchange Format document, version 1.8 (the pydantic models of harbor).

The format forbids fields of its own, but for `extra`: there stands what it has no place for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hivemind_git.exchange.pairs import Clean
from hivemind_git.model import Correction, Event, Json, Kind

VERSION = "ATIF-v1.8"


def trajectory(events: Sequence[Event], corrections: Iterable[Correction], clean: Clean) -> dict[str, Json]:
    """The document of one session; steps are numbered from 1. `events` are in order and not empty."""
    first = events[0]
    agent: dict[str, Json] = {
        "name": first.agent,
        "version": next((one.agent_version for one in events if one.agent_version), None) or "unknown",
    }
    model = next((one.model for one in events if one.model), None)
    if model:
        agent["model_name"] = model
    made = [step for event in events if (step := _step(event, clean)) is not None]
    steps: list[Json] = [{"step_id": number, **step} for number, step in enumerate(made, 1)]
    told: list[Json] = [_correction(one, clean) for one in corrections]
    return {
        "schema_version": VERSION,
        "session_id": first.session,
        "agent": agent,
        "steps": steps,
        "extra": {"hivemind": {"corrections": told}},
    }


def _step(event: Event, clean: Clean) -> dict[str, Json] | None:
    step: dict[str, Json] = {"timestamp": event.t}
    match event.kind:
        case Kind.PROMPT:
            person = event.fields.get("speaker") != "program"
            step |= {"source": "user" if person else "system", "message": clean(_text(event, "text"))}
        case Kind.RESPONSE:
            step |= {"source": "agent", "message": clean(_text(event, "text"))}
        case Kind.TOOL_USE:
            step |= _used(event, _text(event, "tool") or "tool", {"input": clean(_text(event, "input"))}, clean)
        case Kind.EDIT:
            hunks = event.fields.get("hunks")
            arguments: dict[str, Json] = {"path": _text(event, "path"), "hunks": _hunks(hunks, clean)}
            step |= _used(event, "edit", arguments, clean)
        case Kind.REJECTION:
            step |= {
                "source": "user",
                "message": clean(_text(event, "reason")),
                "extra": {"hivemind": {"refused": _text(event, "tool"), "tool_use": _text(event, "tool_use")}},
            }
        case _:
            return None
    if step["source"] == "agent" and event.model:
        step["model_name"] = event.model
    return step


def _used(event: Event, name: str, arguments: dict[str, Json], clean: Clean) -> dict[str, Json]:
    call = _text(event, "tool_use") or event.id
    output = clean(_text(event, "output")) or _text(event, "status")
    used: dict[str, Json] = {
        "source": "agent",
        "message": "",
        "tool_calls": [{"tool_call_id": call, "function_name": name, "arguments": arguments}],
    }
    if output:
        used["observation"] = {"results": [{"source_call_id": call, "content": output}]}
    return used


def _hunks(value: Json, clean: Clean) -> list[Json]:
    found = value if isinstance(value, list) else []
    return [
        {side: clean(text) for side in ("before", "after") if isinstance(text := hunk.get(side), str)}
        for hunk in found
        if isinstance(hunk, dict)
    ]


def _correction(one: Correction, clean: Clean) -> dict[str, Json]:
    return {
        "id": one.id,
        "tool_use": one.tool_use,
        "kind": one.kind.value,
        "origin": one.origin.value,
        "path": one.path,
        "before": clean(one.before),
        "after": clean(one.after),
        "reason": clean(one.reason.text) if one.reason else None,
        "commit": one.commit,
        "t": one.t,
        "confidence": one.confidence,
    }


def _text(event: Event, name: str) -> str:
    value = event.fields.get(name)
    return value if isinstance(value, str) else ""
