"""Names that a shell completes: skills, assistants, commands. Completion must never fail, and never speak."""

from __future__ import annotations

import click

from hivemind_git.cli import OF_SESSIONS
from hivemind_git.errors import HivemindError


def skills(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001 - click's interface
    """The skills of ours on this branch whose names begin so."""
    from hivemind_git.pipeline import workspace  # noqa: PLC0415 - --help must not load libgit2
    from hivemind_git.skills import folder  # noqa: PLC0415

    try:
        space = workspace.open_workspace(ctx.find_root().params.get("folder") or ".")
        head = space.repository.head()
        found = folder.skills(space.repository, head, space.settings.skills_dir, evidence=False).ours if head else {}
    except HivemindError:
        return []
    return [name for name in sorted(found) if name.startswith(incomplete)]


def assistants(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """The assistants whose names begin so."""
    from hivemind_git.agents import NAMES  # noqa: PLC0415

    return [name for name in NAMES if name.startswith(incomplete)]


def of_sessions(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:  # noqa: ARG001
    """The commands below `sessions` whose names begin so."""
    return [name for name in OF_SESSIONS if name.startswith(incomplete)]
