from __future__ import annotations

import subprocess

import pytest

from hivemind_git.rules import scope

PATTERNS = [
    "src/**/*.py",
    "*.py",
    "/src/*.py",
    "src/**",
    "**",
    "src/",
    "**/test_*.py",
    "src/a?.py",
    "src/[ab].py",
    "src/[!ab].py",
    "a.b*c",
    "src/**/deep/*.py",
    r"src/\[x\].py",
]
PATHS = [
    "src/a.py",
    "src/x/y/z.py",
    "a.py",
    "src/ab.py",
    "src/b.py",
    "src/deep/q.py",
    "src/x/deep/q.py",
    "tests/test_a.py",
    "aXb1c",
    "a.b1c",
    "src/[x].py",
    "srcx/a.py",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_mean_what_gitignore_means_by_them(pattern: str, tmp_path) -> None:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    (tmp_path / ".gitignore").write_text(pattern + "\n")
    done = subprocess.run(
        ["git", "check-ignore", "--no-index", "-z", "--stdin"],
        cwd=tmp_path,
        input="\0".join(PATHS),
        capture_output=True,
        text=True,
        check=False,
    )
    ignored = set(filter(None, done.stdout.split("\0")))
    assert {path for path in PATHS if scope.matches(pattern, path)} == ignored


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["src/a.py", "src/x/b.py", "src/y/c.py"], ("src/**/*.py",)),
        (["src/a.py", "tests/b.py"], ("**/*.py",)),
        (["pkg/web/x/y/a.ts", "pkg/web/x/y/b.tsx"], ("pkg/web/**/*.ts", "pkg/web/**/*.tsx")),
        (["Makefile", "sub/Makefile"], ("**/Makefile",)),
        (["d/a.py", "d/b.go", "d/c.ts", "d/e.rs"], ("d/**",)),
        (["a.py", "b.go", "c.ts", "d.rs"], ()),
        (["", "/home/dev/x.py", "C:\\x.py"], ()),
        (["we[i]rd/a.py"], ("we\\[i]rd/**/*.py",)),
    ],
)
def test_a_scope_is_the_common_folder_and_the_kinds_of_file(paths: list[str], expected: tuple[str, ...]) -> None:
    found = scope.infer(paths)
    assert found == expected
    assert all(scope.within(found, path) for path in paths if path and not path.startswith(("/", "C:")))
