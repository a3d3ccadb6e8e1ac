"""Reads sessions from Agent Trajectory Interchange Format documents, version 1.x (the pydantic models of harbor).

Steps are read as they are told; what a tool use did to files is worked out by whoever knows the files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from hivemind_git.exchange.reading import ForeignError, first_text, moment, objects
from hivemind_git.model import Json

_DEEPEST: Final = 4
_NAME: Final = 100

_PATHS: Final = ("file_path", "path", "filename", "target_file", "notebook_path", "absolute_path")
_CONTENTS: Final = ("content", "file_text", "contents", "new_content")
_OLD: Final = ("old_string", "old_str", "old_text", "oldText")
_NEW: Final = ("new_string", "new_str", "new_text", "newText")
_COMMANDS: Final = ("command", "cmd", "keystrokes", "script")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a tool use was to do to a file: write `content` whole, or put `new` where `old` is, once or `everywhere`.

    `hunks` are those of an edit that this program exported; then nothing else is known of it.
    """

    content: str | None = None
    old: str = ""
    new: str = ""
    everywhere: bool = False
    hunks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One tool use. `command` is a shell's, `path` a file's as written; `output` None: no result was recorded."""

    key: str
    tool: str
    input: str
    command: str = ""
    path: str = ""
    change: Change | None = None
    output: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: who spoke (`user`, `agent`, `system`), what, and the tool uses of it. `t` is None where none is told.

    `refused` is the (tool, tool use) that the words refuse, where this program exported them.
    """

    number: int
    source: str
    text: str
    t: str | None = None
    model: str | None = None
    calls: tuple[Call, ...] = ()
    refused: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """One session. `copied` counts steps that repeat another one's for context, and were left out."""

    session: str
    agent: str
    version: str | None
    steps: tuple[Step, ...]
    copied: int = 0


def read(value: Json) -> Iterator[Trajectory]:
    """The session of a document, and those of the sub-agents embedded in it.

    Raises:
        ForeignError: it is no trajectory of a version that is read here.
    """
    yield from _read(value, 0)


def _read(value: Json, depth: int) -> Iterator[Trajectory]:
    version = value.get("schema_version") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(version, str) or not version.startswith("ATIF-v"):
        raise ForeignError("is no trajectory: it names no schema_version of ATIF")
    if not version.startswith("ATIF-v1."):
        raise ForeignError(f"is of {version[:20]}, and ATIF-v1 is read here")
    session = first_text(value, "session_id") or first_text(value, "trajectory_id")
    if not session or not isinstance(value.get("steps"), list):
        raise ForeignError("is no trajectory: it has no session_id or no steps")
    agent = value.get("agent")
    named = agent if isinstance(agent, dict) else {}
    model = first_text(named, "model_name")[:_NAME]
    told = objects(value["steps"])
    steps = tuple(
        _step(step, at, model) for at, step in enumerate(told, 1) if step.get("is_copied_context") is not True
    )
    yield Trajectory(
        session=session,
        agent=first_text(named, "name")[:_NAME] or "unknown",
        version=first_text(named, "version")[:_NAME] or None,
        steps=steps,
        copied=len(told) - len(steps),
    )
    for below in objects(value.get("subagent_trajectories")) if depth < _DEEPEST else ():
        yield from _read({"schema_version": version, "session_id": _below(session, below), **below}, depth + 1)


def _below(session: str, trajectory: Mapping[str, Json]) -> str:
    # A sub-agent's document may have only an id of its own within its parent.
    return f"{session}/{first_text(trajectory, 'trajectory_id') or 'subagent'}"


def _step(step: Mapping[str, Json], at: int, model: str) -> Step:
    number, source = step.get("step_id"), first_text(step, "source")
    results = _results(step)
    calls = objects(step.get("tool_calls")) if source == "agent" else []
    return Step(
        number=number if isinstance(number, int) and not isinstance(number, bool) else at,
        source=source if source in ("user", "agent") else "system",
        text=_text(step.get("message")),
        t=moment(step.get("timestamp")),
        model=first_text(step, "model_name")[:_NAME] or model or None,
        calls=tuple(_call(call, results, len(calls)) for call in calls),
        refused=_refused(step),
    )


def _text(value: Json) -> str:
    """A message or result: text, or parts of which those of text are read."""
    if isinstance(value, str):
        return value
    return "\n".join(text for part in objects(value) if (text := first_text(part, "text")))


def _results(step: Mapping[str, Json]) -> dict[str, str]:
    seen = step.get("observation")
    found: dict[str, str] = {}
    for result in objects(seen.get("results")) if isinstance(seen, dict) else ():
        key = first_text(result, "source_call_id")
        found[key] = "\n".join(filter(None, (found.get(key, ""), _text(result.get("content")))))
    return found


def _call(call: Mapping[str, Json], results: Mapping[str, str], calls: int) -> Call:
    key, tool = first_text(call, "tool_call_id"), first_text(call, "function_name") or "tool"
    given = call.get("arguments")
    arguments = given if isinstance(given, dict) else {}
    path, command = first_text(arguments, *_PATHS), first_text(arguments, *_COMMANDS)
    # A result that names no call is of the only one.
    output = results.get(key, results.get("") if calls == 1 else None)
    return Call(
        key=key,
        tool=tool[:_NAME],
        input=path or command or first_text(arguments, "input") or (json.dumps(arguments) if arguments else ""),
        command="" if path else command,
        path=path,
        change=_change(arguments) if path else None,
        output=output,
    )


def _change(arguments: Mapping[str, Json]) -> Change | None:
    hunks = objects(arguments.get("hunks"))
    if hunks:
        return Change(hunks=tuple((first_text(hunk, "before"), first_text(hunk, "after")) for hunk in hunks))
    old, new = (next((arguments[name] for name in names if name in arguments), None) for names in (_OLD, _NEW))
    if isinstance(old, str) and isinstance(new, str):
        return Change(old=old, new=new, everywhere=arguments.get("replace_all") is True)
    content = next((arguments[name] for name in _CONTENTS if name in arguments), None)
    return Change(content=content) if isinstance(content, str) else None


def _refused(step: Mapping[str, Json]) -> tuple[str, str] | None:
    extra = step.get("extra")
    ours = extra.get("hivemind") if isinstance(extra, dict) else None
    if not isinstance(ours, dict) or not isinstance(ours.get("refused"), str):
        return None
    return first_text(ours, "refused"), first_text(ours, "tool_use")
