"""Stored events and local images → the sessions that a derivation reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hivemind_git.capture.images import Image
from hivemind_git.corrections import evidence
from hivemind_git.corrections.decisions import seconds
from hivemind_git.model import Event, Kind, Result

_SHELLS = frozenset(
    {
        "Bash",
        "BashOutput",
        "PowerShell",
        "Shell",
        "exec_command",
        "execute",
        "execute_code",
        "local_shell",
        "shell",
        "terminal",
    }
)

_NO_TRANSCRIPT = evidence.Hole(what="no prompt of it is known: its transcript is missing")


def session(identity: str, events: Iterable[Event], images: Mapping[str, Image]) -> evidence.Session:
    """One session as it went. Without a prompt its record has a hole.

    Args:
        identity: its id.
        events: what happened, in order.
        images: event id → file images.
    """
    ordered = list(events)
    items = tuple(item for event in ordered if (item := _item(event, images.get(event.id))) is not None)
    first = ordered[0] if ordered else None
    return evidence.Session(
        id=identity,
        agent=first.agent if first else "",
        model=next((event.model for event in ordered if event.model), None),
        items=items,
        tests=tuple(tests(ordered)),
        holes=() if any(event.kind is Kind.PROMPT for event in ordered) else (_NO_TRANSCRIPT,),
    )


def tests(events: Iterable[Event]) -> Iterator[evidence.TestRun]:
    """The tests of a session whose result is known, in order."""
    for event in events:
        if event.kind is Kind.OUTCOME and event.fields.get("of") == "tests":
            result = event.fields.get("result")
            if result in {Result.PASSED, Result.FAILED}:
                yield evidence.TestRun(t=seconds(event.t), passed=result == Result.PASSED)


def _item(event: Event, image: Image | None) -> evidence.Item | None:
    t = seconds(event.t)
    item: evidence.Item | None = None
    match event.kind:
        case Kind.PROMPT:
            item = evidence.Prompt(event=event.id, t=t, text=_text(event, "text"), speaker=_speaker(event))
        case Kind.RESPONSE:
            item = evidence.Response(event=event.id, t=t, text=_text(event, "text"))
        case Kind.EDIT:
            item = _edit(event, t, image)
        case Kind.TOOL_USE:
            item = _tool_use(event, t, image)
        case Kind.REJECTION:
            item = _refusal(event, t, image)
        case Kind.INTERRUPT:
            item = evidence.Interrupt(event=event.id, t=t)
        case Kind.COMPACTION:
            item = evidence.Break(event=event.id, t=t, what="compaction")
        case Kind.SESSION_START if event.fields.get("how") in {"resume", "clear", "rewind"}:
            item = evidence.Break(event=event.id, t=t, what=_text(event, "how"))
    return item


def _edit(event: Event, t: float, image: Image | None) -> evidence.Edit | None:
    # Without its images an edit says only that the agent was there: derivation must know of the hole.
    if not _text(event, "path"):
        return None
    image = image or Image(None, None, before_known=False)
    return evidence.Edit(
        event=event.id,
        t=t,
        tool_use=_text(event, "tool_use"),
        worktree=event.worktree or "",
        path=_text(event, "path"),
        before=image.before,
        after=image.after,
        before_known=image.before_known,
        created=_text(event, "op") == "create",
        subagent=event.fields.get("subagent") is True,
    )


def _tool_use(event: Event, t: float, image: Image | None) -> evidence.Item:
    path = _text(event, "path")
    if image is not None and image.after is not None and path:
        return evidence.Sight(
            event=event.id,
            t=t,
            worktree=event.worktree or "",
            path=path,
            content=image.after,
            brought_back=_text(event, "tool") == "rewind",
        )
    status = _text(event, "status")
    ok = {"ok": True, "failed": False, "interrupted": False, "rejected": False}.get(status)
    if _text(event, "tool") in _SHELLS:
        return evidence.Command(
            event=event.id,
            t=t,
            tool_use=_text(event, "tool_use"),
            worktree=event.worktree or "",
            text=_text(event, "input"),
            ok=ok,
            output=_text(event, "output"),
            closed=event.fields.get("window") == "closed",
        )
    return evidence.ToolUse(
        event=event.id,
        t=t,
        tool_use=_text(event, "tool_use"),
        tool=_text(event, "tool"),
        text=_text(event, "input"),
        ok=ok,
    )


def _refusal(event: Event, t: float, image: Image | None) -> evidence.Refusal:
    return evidence.Refusal(
        event=event.id,
        t=t,
        tool_use=_text(event, "tool_use"),
        tool=_text(event, "tool"),
        reason=_text(event, "reason"),
        by_person=event.fields.get("by") == "person",
        worktree=event.worktree or "",
        path=_text(event, "path"),
        replaced=_text(event, "replaced"),
        proposed=_text(event, "proposed"),
        before=image.before if image else None,
        after=image.after if image else None,
    )


def _speaker(event: Event) -> evidence.Speaker:
    value = event.fields.get("speaker")
    return evidence.Speaker(value) if value in {"person", "program"} else evidence.Speaker.UNKNOWN


def _text(event: Event, name: str) -> str:
    value = event.fields.get(name)
    return value if isinstance(value, str) else ""
