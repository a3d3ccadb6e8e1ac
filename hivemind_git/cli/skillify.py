"""`git hivemind skillify`: the state of drafting skills, here and by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from hivemind_git.cli import render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.surveying import Lessons, Model, Survey, Worker


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(folder: str, as_json: bool) -> None:
    """Show where skills go, what is wired, what waits, and when drafting by itself last ran and will run.

    It drafts nothing: `git hivemind codify` does, and `git hivemind review` asks you rule by rule.
    """
    from hivemind_git.pipeline import surveying, workspace  # noqa: PLC0415 - --help must not load libgit2

    found = surveying.survey(workspace.open_workspace(folder), workspace.this_machine())
    if as_json:
        render.emit_json(_json(found))
    else:
        click.echo(render.table(_rows(found, time.time())))


def _rows(found: Survey, now: float) -> list[list[str]]:
    where = found.scope
    scope = f"workspace {where.workspace}, here {where.repository}" if where.workspace else where.repository
    linked = ", linked from .agents/skills" if where.linked else ""
    rows = [
        ["scope", render.printable(scope)],
        ["trunk", render.printable(where.trunk) or "none yet: commit something first"],
        ["skills", render.printable(f"{where.skills_dir}{linked}")],
        ["wired", _wired(found)],
        ["rules", _counted(found.lessons)],
        *[["live", f"{name}, {render.count(rules, 'rule')}"] for name, rules in found.lessons.live.items()],
        *[["broken", f"{name}: its rules.toml cannot be read"] for name in found.lessons.broken],
    ]
    rows += [
        ["waits", f"{one.name} on {one.branch}, {render.count(len(one.rules), 'rule')}: `git hivemind review`"]
        for one in found.waiting
    ]
    needs = found.worker.pace.waiting.items()
    rows += [["draft", f"{name}: {render.printable(why)}: `git hivemind codify`"] for name, why in needs]
    rows += [["last run", _last(found.worker)], ["next run", _next(found.worker, now)]]
    rows += [["words by", _model(found.model)]]
    return rows + [["notice", f"not shown yet: {render.printable(text)}"] for text in found.notices]


def _wired(found: Survey) -> str:
    names = [one.title for one in found.installed.agents if one.wired]
    hooks = [hook for hook, there in found.installed.hooks.items() if there]
    names += [f"git's {', '.join(hooks)}"] if hooks else []
    return "; ".join(names) or "nothing: `git hivemind install`"


def _counted(lessons: Lessons) -> str:
    counts = [f"{number} {state.value}" for state, number in lessons.states.items() if number]
    return f"{', '.join(counts)}: `git hivemind mine`" if counts else f"none yet: {lessons.needed}"


def _last(worker: Worker) -> str:
    pace = worker.pace
    if worker.running:
        return f"{_moment(pace.began)}, at work now"
    if not pace.began:
        return "never"
    if pace.problem:
        again = f", {pace.failures} times in a row" if pace.failures > 1 else ""
        why = render.style(f"failed{again}: {render.printable(pace.problem)}", fg="red")
        return f"{_moment(pace.began)}, {why}"
    made = f"drafted {', '.join(pace.published)}" if pace.published else "nothing new to draft"
    return f"{_moment(pace.began)}, {made} in {pace.ended - pace.began:.1f} s"


def _next(worker: Worker, now: float) -> str:
    if worker.off:
        return f"never by itself: {worker.off}"
    if now < worker.held:
        return f"not before {_moment(worker.held)}, as the last one failed"
    if worker.idle:
        return "when something changed: nothing did since the last"
    left = max(0, worker.every - worker.turns)
    if not left or now >= worker.rested:
        return "when the next turn or session ends"
    return f"when a session ends, a turn after {_moment(worker.rested)}, or {render.count(left, 'more turn')}"


def _model(model: Model) -> str:
    if model.drafter == "template":
        return "the template; `git config hivemind.draft anthropic` asks a model"
    spent, caps = model.spent, model.caps
    return (
        f"{model.drafter}/{render.printable(model.name)}, today {spent.tokens:,} of {caps.tokens:,} tokens, "
        f"${spent.microdollars / 1e6:.2f} of ${caps.microdollars / 1e6:.2f}"
    )


def _moment(t: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(t))


def _json(found: Survey) -> dict[str, Json]:
    where, worker, model = found.scope, found.worker, found.model
    return {
        "scope": {"repository": where.repository, "workspace": where.workspace or None, "trunk": where.trunk or None},
        "skills": {
            "folder": where.skills_dir,
            "linked": where.linked,
            "live": dict(found.lessons.live),
            "broken": list(found.lessons.broken),
        },
        "wired": {
            "agents": [one.name for one in found.installed.agents if one.wired],
            "hooks": [hook for hook, there in found.installed.hooks.items() if there],
        },
        "rules": {state.value: number for state, number in found.lessons.states.items()},
        "waiting": [
            {"name": one.name, "branch": one.branch, "commit": one.commit, "rules": [rule.id for rule in one.rules]}
            for one in found.waiting
        ],
        "needs": dict(worker.pace.waiting),
        "worker": _worker_json(worker),
        "model": {
            "drafter": model.drafter,
            "name": model.name,
            "tokens": model.spent.tokens,
            "most_tokens": model.caps.tokens,
            "dollars": model.spent.microdollars / 1e6,
            "most_dollars": model.caps.microdollars / 1e6,
        },
        "notices": list(found.notices),
    }


def _worker_json(worker: Worker) -> dict[str, Json]:
    pace = worker.pace
    return {
        "off": worker.off or None,
        "running": worker.running,
        "began": pace.began or None,
        "ended": pace.ended or None,
        "drafted": list(pace.published),
        "problem": pace.problem or None,
        "failures": pace.failures,
        "not_before": worker.held or None,
        "rested": worker.rested or None,
        "turns": worker.turns,
        "every": worker.every,
        "idle": worker.idle,
    }
