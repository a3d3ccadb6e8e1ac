"""`git hivemind codify`: rules as skill commits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hivemind_git.cli import progress, render

if TYPE_CHECKING:
    from hivemind_git.model import Json
    from hivemind_git.pipeline.codifying import Codified
    from hivemind_git.pipeline.mining import Mined
    from hivemind_git.pipeline.offering import Offered
    from hivemind_git.pipeline.workspace import Workspace
    from hivemind_git.skills.publish import Publication


@click.command()
@click.option(
    "--branch", "where", flag_value="branch", default="branch", help="On hivemind/skill/<name>, for review (default)."
)
@click.option("--direct", "where", flag_value="direct", help="On the branch that is checked out.")
@click.option("--pr", is_flag=True, help="Push the branches and open or update a pull request for each (gh, glab).")
@click.option(
    "--with", "beside", multiple=True, metavar="PATH", help="Count a repository of the same workspace id too (again)."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, version 1.")
@click.pass_obj
def command(folder: str, where: str, pr: bool, beside: tuple[str, ...], as_json: bool) -> int:
    """Commit every candidate rule to the skill it belongs to.

    Each skill has a branch of its own, which starts at the trunk. Your worktree and index are not touched, except by
    --direct, and then only at the skill's own path. With --pr all open skill branches are offered; without gh or glab
    they are pushed, and the text for the request is left in a file. Closing a request unmerged declines its rules.
    """
    from hivemind_git.pipeline import codifying, workspace  # noqa: PLC0415 - --help must not load libgit2

    if pr and where == "direct":
        raise click.UsageError("--pr needs a branch of its own for each skill; leave out --direct.")
    space = workspace.open_workspace(folder)
    if pr:
        return _offered(space, beside, as_json=as_json)
    with progress.derivation() as told:
        done = codifying.run(space, direct=where == "direct", beside=beside, progress=told)
    render.warn_of_nonsense(space)
    if as_json:
        render.emit_json(_json(done))
    else:
        show(done, direct=where == "direct")
    return 3 if done.refused else 0


def _offered(space: Workspace, beside: tuple[str, ...], *, as_json: bool) -> int:
    from hivemind_git.pipeline import codifying, offering  # noqa: PLC0415

    way = offering.route(space)
    learnt = offering.learn(space, way)
    with progress.derivation() as told:
        done = codifying.run(space, beside=beside, progress=told)
    render.warn_of_nonsense(space)
    offered, refused = offering.offer(space, way, done)
    done.refused.update(refused)
    if as_json:
        render.emit_json({**_json(done), "requests": [_request_row(one) for one in offered], "learnt": [*learnt]})
        return 3 if done.refused else 0
    if learnt:
        click.echo(f"{render.count(len(learnt), 'rule')} declined or taken back, as requests were closed or reopened")
    show(done, quiet=bool(offered))
    for one in offered:
        click.echo(f"{render.style(one.skill, bold=True)}: {one.what} {render.printable(one.url)}".rstrip())
        if one.body:
            click.echo(f"  text for the request: {one.body}")
    return 3 if done.refused else 0


def show(done: Codified, *, direct: bool = False, quiet: bool = False) -> None:
    """What was committed and what was not; `quiet`: nothing where nothing was to be."""
    for one in done.published:
        branch = one.ref.removeprefix("refs/heads/")
        what = f"{render.count(len(one.rules), 'rule')} committed" if one.rules else "rejected rules taken out"
        click.echo(f"{render.style(one.skill, bold=True)}: {what} on {branch} ({one.commit[:9]})")
        for note in one.notes:
            click.echo(f"  {render.printable(note)}")
        if not direct:
            click.echo(f"  review: git log -p {_shown_range(one)}")
    if done.standing:
        click.echo(
            f"{render.count(done.standing, 'rule stands', 'rules stand')} on open skill branches already, unchanged."
        )
    for rule, why in done.skipped.items():
        click.echo(f"left out {rule}: {render.printable(why)}")
    if done.unlisted:
        names = ", ".join(render.printable(name) for name in done.unlisted)
        click.echo(f"beyond the 8,000 characters in which assistants list skills: {names}; merge or remove some")
    if done.note:
        click.echo(f"without the model: {render.printable(done.note)}")
    for name, error in done.refused.items():
        click.echo(f"{name}: {render.printable(error.sentence)}\n  {render.printable(error.step)}", err=True)
    if not (quiet or done.published or done.standing or done.refused or done.skipped):
        click.echo(f"Nothing to codify: {_waiting(done.mined)}.")


def _waiting(mined: Mined) -> str:
    """What keeps rules back: a revert each, by name; what the others lack, where there are any, or no rule at all."""
    kept_back = [rule for rule in mined.rules if rule.state.value in {"held", "conflict"} and rule.decisions > 1]
    # By the reason, not by the id: what is made of the same corrections again has another id.
    reverted = {f"reverted in {one.commit}": one.commit for one in mined.dropped}
    gone = [reverted[rule.why] for rule in kept_back if rule.why in reverted]
    others = len(kept_back) - len(gone)
    parts = [mined.needed] if others or not gone else []
    parts += [f"{render.count(others, 'rule')} waiting"] if others else []
    if gone:
        commits = ", ".join(commit[:9] for commit in dict.fromkeys(gone))
        parts.append(f"{render.count(len(gone), 'rule')} held (reverted in {commits})")
    return "; ".join(parts) + (", see `git hivemind mine`" if kept_back else "")


def _shown_range(one: Publication) -> str:
    branch = one.ref.removeprefix("refs/heads/")
    return f"{one.parent[:9]}..{branch}" if one.parent else branch


def _json(done: Codified) -> dict[str, Json]:
    return {
        "published": [_row(one) for one in done.published],
        "refused": {name: error.sentence for name, error in done.refused.items()},
        "unlisted": list(done.unlisted),
    }


def _request_row(one: Offered) -> dict[str, Json]:
    body = str(one.body) if one.body else None
    return {"skill": one.skill, "branch": one.branch, "what": one.what, "url": one.url or None, "body": body}


def _row(one: Publication) -> dict[str, Json]:
    return {
        "skill": one.skill,
        "ref": one.ref,
        "commit": one.commit,
        "rules": list(one.rules),
        "notes": list(one.notes),
    }
