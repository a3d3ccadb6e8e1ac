"""What the agents' commands did in a span of time."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

import pytest

from hivemind_git.corrections.activity import Activity

if TYPE_CHECKING:
    from corrections.conftest import Story


@pytest.mark.parametrize(
    ("path", "shell"),
    [
        ("src/app.py", True),
        ("src/app", False),
        ("lib/util.py", True),
        ("lib/other.py", False),
        ("src/", False),
        ("", False),
    ],
)
def test_a_command_that_wrote_a_file_is_found_by_its_name(story: Story, path: str, *, shell: bool) -> None:
    story.run("ls")
    story.run("echo 1 > src/app.py; cat src/app.py")
    story.run("")
    story.run("cp a lib/util.py && cp b lib/util.py")

    assert Activity(story.evidence()).between("main", (path,), -inf, inf).shell == shell
