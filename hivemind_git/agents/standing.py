"""Whether a session worked in a repository, by the folder that its log names."""

from __future__ import annotations

import os
from collections.abc import Collection

from hivemind_git.agents.base import Checkout


def tops_of(checkout: Checkout) -> frozenset[str]:
    """The tops of all worktrees of a repository, as they are named and with their links followed."""
    return frozenset(spelling for top in checkout.worktrees for spelling in (str(top), os.path.realpath(top)))


def is_within(folder: str, tops: Collection[str]) -> bool:
    """Whether a folder is one of the tops or below one, as it is named or with its links followed.

    A log names any text: an empty one and one that no path can be are in no worktree.
    """
    if not folder:
        return False
    try:
        spellings = {folder, os.path.realpath(folder)}
    except ValueError:  # a NUL, or half of a surrogate pair
        return False
    return any(each == top or each.startswith(f"{top}{os.sep}") for each in spellings for top in tops)
