"""`git hivemind status`: what is wired, the last event, what waits or was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hivemind_git.cli import render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.reporting import AgentStatus, Status
    from hivemind_git.pipeline.synced import SyncState


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(folder: str, as_json: bool) -> None:
    """Show what is wired, the last event of each assistant, and what is pending or lost."""
    from hivemind_git.pipeline import reporting, workspace  # noqa: PLC0415 - --help must not load libgit2

    state = reporting.status(workspace.open_workspace(folder), workspace.this_machine())
    if as_json:
        render.emit_json(_json(state))
    else:
        click.echo("\n".join(_lines(state)))


def _lines(state: Status) -> list[str]:
    wired = [hook for hook, there in state.hooks.items() if there]
    missing = [hook for hook, there in state.hooks.items() if not there]
    hooks = f"wired: {', '.join(wired)}" if wired else "not wired: `git hivemind install`"
    if wired and missing:
        hooks += f"; not wired: {', '.join(missing)}"
    rows = [[agent.title, agent_line(agent)] for agent in state.agents]
    rows += [["git hooks", hooks]]
    rows += [["", f"{hook}: {why}"] for hook, why in state.obstacles.items()]
    rows += [
        ["capture", "on" if state.capture else render.style("off", fg="yellow")],
        ["journal", _journal(state)],
        ["store", f"{state.store}, {render.count(state.sessions, 'session')}"],
        ["sync", render.printable(_sync(state.sync))],
        *_skills(state),
        *[["warning", render.printable(warning)] for warning in state.warnings],
    ]
    return render.labelled(rows).splitlines()


def _sync(sync: SyncState) -> str:
    if sync.remote is None:
        return "off, no remote: `git config hivemind.remote NAME|URL|PATH`"
    parts = [f"on, with {sync.remote}" if sync.on else f"off (`git config hivemind.sync true`); {sync.remote}"]
    parts.append(f"last {sync.last.t[:16].replace('T', ' ')}" if sync.last.t else "never synced")
    parts += [f"{render.count(sync.ahead, 'segment')} to push"] if sync.ahead else []
    parts += [f"{render.count(sync.behind, 'segment')} to take"] if sync.behind else []
    parts += [f"failed since: {sync.last.problem}"] if sync.last.problem else []
    return ", ".join(parts)


def _skills(state: Status) -> list[list[str]]:
    """A line for each skill that waits for the person, and for what keeps one from being drafted."""
    rows = [
        ["skill", f"{one.name} waits on {one.branch}, {render.count(len(one.rules), 'rule')}: `git hivemind review`"]
        for one in state.waiting
    ]
    rows += [["draft", f"{name}: {render.printable(why)}: `git hivemind codify`"] for name, why in state.needs.items()]
    return rows + ([["codify", render.printable(f"failed: {state.problem}")]] if state.problem else [])


def agent_line(agent: AgentStatus) -> str:
    """The state of one assistant."""
    if not agent.wired:
        return f"not wired: `git hivemind install {agent.name}`" if agent.found else "not found on this machine"
    last = f"last event {agent.last_event[:16].replace('T', ' ')}" if agent.last_event else "no event yet"
    trust = "" if agent.trusted is not False else ", not trusted by the assistant yet: `git hivemind doctor`"
    return f"wired, {last}{trust}"


def _journal(state: Status) -> str:
    text = f"{render.count(state.pending, 'event')} pending"
    if state.lost:
        text += ", " + render.style(f"{state.lost} lost", fg="red") + ": `git hivemind doctor`"
    if state.full:
        text += "; not sealed for 14 days, so nothing more is kept: `git hivemind seal`"
    return text


def agent_json(agent: AgentStatus) -> dict[str, Json]:
    """The state of one assistant, of version 1."""
    return {
        "name": agent.name,
        "found": agent.found,
        "wired": agent.wired,
        "trusted": agent.trusted,
        "last_event": agent.last_event,
    }


def _json(state: Status) -> dict[str, Json]:
    return {
        "repository": state.repository,
        "capture": state.capture,
        "agents": [agent_json(agent) for agent in state.agents],
        "hooks": dict(state.hooks),
        "pending": state.pending,
        "lost": state.lost,
        "full": state.full,
        "store": {"branch": state.store, "sessions": state.sessions},
        "skills": [
            {"name": one.name, "branch": one.branch, "commit": one.commit, "rules": [rule.id for rule in one.rules]}
            for one in state.waiting
        ],
        "needs": dict(state.needs),
        "problem": state.problem,
        "sync": {
            "on": state.sync.on,
            "remote": state.sync.remote,
            "last": state.sync.last.t or None,
            "ahead": state.sync.ahead,
            "behind": state.sync.behind,
            "problem": state.sync.last.problem or None,
        },
        "warnings": list(state.warnings),
    }
