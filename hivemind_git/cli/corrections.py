"""`git hivemind corrections`: what people changed of what agents wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hivemind_git.cli import choice, look, progress, render
from hivemind_git.errors import HivemindError

if TYPE_CHECKING:
    from hivemind_git.corrections.derive import Explanation
    from hivemind_git.model import Correction, Json
    from hivemind_git.pipeline.deriving import Outcome
    from hivemind_git.pipeline.workspace import Workspace


@click.command(cls=choice.ListCommand)
@click.argument("paths", nargs=-1, type=click.Path())
@choice.options
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.option(
    "--kind", type=click.Choice(["replaced", "removed", "extended", "rejected", "restated"]), help="Only this kind."
)
@click.option("--session", metavar="ID", default="", help="Only this session (a prefix will do).")
@click.option("--rejected", is_flag=True, help="List the changed agent lines that are no corrections, and why.")
@click.option("--why", metavar="ID|PATH", help="Why one is a correction, or why changes of a path are none.")
@look.options
@click.pass_obj
def command(
    folder: str,
    paths: tuple[str, ...],
    as_json: bool,
    kind: str | None,
    session: str,
    rejected: bool,
    why: str | None,
) -> None:
    """List what people changed of what agents wrote, oldest first, as diffs.

    PATHS limit the list to files and folders, as git's pathspecs do.
    """
    from hivemind_git.pipeline import choosing, deriving, workspace  # noqa: PLC0415 - --help must not load libgit2

    space = workspace.open_workspace(folder)
    wanted = choice.wanted(folder, paths)
    with progress.derivation() as told:
        outcome = deriving.derive(space, told)
    render.warn_of_nonsense(space)
    if why:
        _show_why(outcome, why, as_json)
        return
    if rejected:
        explained = [e for e in outcome.explained if e.session.startswith(session)]
        _show_explained(
            choosing.by_path(explained, lambda e: (e.path,) if e.path else (), wanted)[: wanted.most], as_json
        )
        return
    of_kind = [c for c in outcome.corrections if kind in {None, c.kind.value} and c.session.startswith(session)]
    found = choosing.corrections(of_kind, wanted)
    if as_json:
        rules = deriving.published_rule_of(space)
        render.emit_json({"corrections": [row(c, rules.get(c.id)) for c in found]})
    elif found:
        render.page("\n\n".join(text(c) for c in found))
    else:
        click.echo(_nothing(space, outcome))


def _inside(path: str, paths: tuple[str, ...]) -> bool:
    return not paths or any(path == p.rstrip("/") or path.startswith(p.rstrip("/") + "/") or p == "." for p in paths)


def _nothing(space: Workspace, outcome: Outcome) -> str:
    """Why there is nothing to list: what nobody wrote, or nobody can read, was not kept as it was."""
    from hivemind_git.pipeline import listing  # noqa: PLC0415

    if outcome.corrections:
        return "No correction matches."
    if not outcome.sessions:
        return (
            "No session yet: `git hivemind install` captures the next ones, `git hivemind import` reads those on disk."
        )
    none, found = f"No correction in {render.count(outcome.sessions, 'session')}", listing.written(space)
    edits = render.count(found.edits, "edit")
    if not found.edits:
        return f"{none}: no edit of an agent is known."
    if found.blind == found.edits:
        return f"{none}: {edits} known, and what they wrote cannot be read here."
    kept = "what the agents wrote was kept as it was"
    if changed := sum(1 for one in outcome.explained if one.path):
        have = "has another cause" if changed == 1 else "have other causes"
        kept = f"{render.count(changed, 'change')} of what the agents wrote {have} (--rejected)"
    if found.blind:
        return f"{none}: {kept}; {found.blind} of {edits} cannot be read here."
    return f"{none}: {kept}."


def text(correction: Correction) -> str:
    """A correction for people: what, where, who, the diff and the words."""
    head = (
        f"{render.style(correction.kind.value, fg='yellow')} {correction.id[:12]}  {render.printable(correction.path)}"
    )
    by = [
        correction.t[:10],
        *([correction.author] if correction.author else []),
        *([correction.commit[:9]] if correction.commit else []),
    ]
    if correction.origin.value != "human":
        by.append(f"by a {correction.origin.value}")
    by += [f"confidence {correction.confidence:.2f}", *_outcome(correction)]
    lines = [head, render.style("    " + render.printable(", ".join(by)), dim=True)]
    if correction.context.strip():
        lines.append(render.style(f"    @@ {render.one_line(correction.context, 73)}", fg="cyan"))
    body = render.diff(correction.before, correction.after)
    lines += [body] if body else []
    if correction.reason:
        words = render.printable(correction.reason.text).strip().splitlines()
        lines += [f"    “{words[0]}" if i == 0 else f"     {word}" for i, word in enumerate(words[:8])] if words else []
        lines[-1] += "”" if len(words) <= 8 else " …”"
    return "\n".join(lines)


def _outcome(correction: Correction) -> list[str]:
    """What followed, in phrases."""
    outcome = correction.outcome
    found = [f"tests had {outcome.agent_tests.value}"] if outcome.agent_tests else []
    found += [f"then {outcome.tests.value}" if found else f"tests then {outcome.tests.value}"] if outcome.tests else []
    return [*found, *([outcome.commit.value] if outcome.commit else [])]


def row(correction: Correction, rule: str | None) -> dict[str, Json]:
    """A correction as `corrections --json` has it."""
    reason, outcome = correction.reason, correction.outcome
    return {
        "id": correction.id,
        "session": correction.session,
        "tool_use": correction.tool_use,
        "agent": correction.agent,
        "model": correction.model,
        "kind": correction.kind.value,
        "origin": correction.origin.value,
        "path": correction.path,
        "language": correction.language,
        "before": correction.before,
        "after": correction.after,
        "context": correction.context,
        "commit": correction.commit,
        "author": correction.author,
        "t": correction.t,
        "reason": {"text": reason.text, "source": reason.source.value} if reason else None,
        "decision": correction.decision,
        "confidence": correction.confidence,
        "evidence": list(correction.evidence),
        "doubts": list(correction.doubts),
        "outcome": {
            "agent_tests": outcome.agent_tests.value if outcome.agent_tests else None,
            "tests": outcome.tests.value if outcome.tests else None,
            "commit": outcome.commit.value if outcome.commit else None,
        },
        "rule": rule,
    }


def _show_why(outcome: Outcome, why: str, as_json: bool) -> None:
    """The corrections that an id or a path names with what they rest on, and the changes of the path that are none."""
    named = [c for c in outcome.corrections if c.id.startswith(why) or _inside(c.path, (why,))]
    explained = [e for e in outcome.explained if e.path and _inside(e.path, (why,))]
    if as_json:
        found: list[Json] = [row(c, None) for c in named]
        render.emit_json({"corrections": found, "rejected": [_explained_row(e) for e in explained]})
    elif named or explained:
        render.page("\n\n".join([*map(_grounds, named), *map(_explained_text, explained)]))
    else:
        raise HivemindError(
            f"nothing that was derived is called {why}", "`git hivemind corrections` and its --rejected list all."
        )


def _grounds(correction: Correction) -> str:
    """A correction with what it rests on and what speaks against it."""
    rests = f"    rests on {render.one_line(', '.join(correction.evidence), 66)}"
    return "\n".join([text(correction), rests, *(f"    in doubt: {doubt}" for doubt in correction.doubts)])


def _explained_row(e: Explanation) -> dict[str, Json]:
    return {
        "path": e.path,
        "commit": e.commit,
        "session": e.session,
        "why": str(e.why),
        "detail": e.detail,
        "before": e.before,
        "after": e.after,
    }


def _explained_text(e: Explanation) -> str:
    where = e.path or f"said in {e.session[:13]}"
    said = f"{e.commit[:9]}: {e.detail}" if e.commit else e.detail
    return (
        f"{render.style(str(e.why), fg='yellow')}  {render.printable(where)}\n"
        f"{render.style('    ' + render.one_line(said, 74), dim=True)}\n{render.diff(e.before, e.after)}"
    )


def _show_explained(explained: list[Explanation], as_json: bool) -> None:
    if as_json:
        rows: list[Json] = [_explained_row(e) for e in explained]
        render.emit_json({"rejected": rows})
        return
    if not explained:
        click.echo("Nothing was set aside.")
        return
    render.page("\n\n".join(map(_explained_text, explained)))
