"""Which sub-tree a path or a scope is in, and what of a scope lies in one."""

from __future__ import annotations

import pytest

from hivemind_git.rules import workspaces

FOLDERS = ("services/api", "services/api/v2", "web", "a[1]")


@pytest.mark.parametrize(
    ("path", "home"),
    [
        ("services/api/a.py", "services/api"),
        ("services/api/v2/a.py", "services/api/v2"),
        ("services/apiary/a.py", ""),
        ("web", "web"),
        ("README", ""),
        ("", ""),
    ],
)
def test_a_path_is_at_home_in_the_innermost_sub_tree(path: str, home: str) -> None:
    assert workspaces.home(path, FOLDERS) == home


@pytest.mark.parametrize(
    ("scope", "homes"),
    [
        (("services/api/**/*.py",), {"services/api"}),
        (("services/api/v2/*.py", "web/**"), {"services/api/v2", "web"}),
        (("services/**/*.py",), {""}),
        ((r"a\[1]/**",), {"a[1]"}),
        ((), {""}),
    ],
)
def test_the_sub_trees_of_a_scope(scope: tuple[str, ...], homes: set[str]) -> None:
    assert workspaces.homes(scope, FOLDERS) == homes


@pytest.mark.parametrize(
    ("scope", "folder", "clipped"),
    [
        (("services/**/*.py",), "services/api", ("services/api/**/*.py",)),
        (("**/*.py", "**/*.js"), "web", ("web/**/*.py", "web/**/*.js")),
        (("web/src/**/*.py",), "web", ("web/src/**/*.py",)),
        ((), "web", ("web/**",)),
        (("**",), "a[1]", (r"a\[1]/**",)),
        (("src/**",), "", ("src/**",)),
    ],
)
def test_the_part_of_a_scope_inside_a_folder(scope: tuple[str, ...], folder: str, clipped: tuple[str, ...]) -> None:
    assert workspaces.inside(scope, folder) == clipped


@pytest.mark.parametrize(
    ("scope", "folder", "does"),
    [
        (("services/api/**",), "services/api", True),
        (("services/**",), "services/api", True),
        (("services/api/models/*.py",), "services/api", True),
        (("web/**",), "services/api", False),
        ((), "web", True),
        (("services/api/**",), "", False),
        (("services/api/**", "lib/*.py"), "", True),
    ],
)
def test_whether_a_scope_reaches_a_sub_tree(scope: tuple[str, ...], folder: str, does: bool) -> None:
    assert workspaces.reaches(scope, folder, FOLDERS) is does
