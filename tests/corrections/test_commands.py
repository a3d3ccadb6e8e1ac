from __future__ import annotations

import pytest

from hivemind_git.corrections.commands import Effects, Write, effects
from hivemind_git.corrections.verdicts import verdict

HEREDOC = "cat > notes.md <<'EOF'\n# Notes\nEOF\n"


def sure(path: str, content: str | None = None, **more: bool) -> Write:
    return Write(path, content, certain=True, **more)


@pytest.mark.parametrize(
    ("line", "writes"),
    [
        (HEREDOC, [sure("/r/notes.md", "# Notes\n")]),
        ("cat <<'EOF' > a\nx\nEOF", [sure("/r/a", "x\n")]),
        ("cat <<EOF > a\n$x\nEOF", [sure("/r/a")]),
        ("mkdir -p d && cat > d/a <<'EOF'\nx\nEOF\necho done", [sure("/r/d/a", "x\n")]),
        ("make && cat > a <<'EOF'\nx\nEOF\necho done", [Write("/r/a", "x\n")]),
        ("test -f a || echo x > a", [Write("/r/a", "x\n")]),
        ("if x; then echo y > a; fi", [Write("/r/a", "y\n")]),
        ("echo x > a &", [Write("/r/a", "x\n")]),
        ("cd sub && echo x >> a", [sure("/r/sub/a", "x\n", append=True)]),
        ("(cd sub; echo x > a); echo y > b", [sure("/r/sub/a", "x\n"), sure("/r/b", "y\n")]),
        ("cd $X && echo x > a", []),
        ("echo -n x > a; echo -e 'x\\n' > b", [sure("/r/a", "x"), sure("/r/b")]),
        (
            "printf '%s\\n' x > a; printf 'a\\nb\\n' > b; printf '%d' 3 > c",
            [sure("/r/a", "x\n"), sure("/r/b", "a\nb\n"), sure("/r/c")],
        ),
        ("> a; : > b", [sure("/r/a", ""), sure("/r/b", "")]),
        ("{ a; b; } > log", [sure("/r/log")]),
        ("tee a b <<'EOF' > /dev/null\nx\nEOF", [sure("/r/a", "x\n"), sure("/r/b", "x\n")]),
        ("ls 2>&1 >/dev/null", []),
        ("sed -i 's/a/b/' x y", [sure("/r/x"), sure("/r/y")]),
        ("sed -i '' -e 's/a/b/' x", [sure("/r/x")]),
        ("sed -n 1,3p x", []),
        ("perl -pi -e 's/a/b/' x", [sure("/r/x")]),
        ("rm -f a b", [sure("/r/a", deletes=True), sure("/r/b", deletes=True)]),
        ("rm -rf d", [Write("/r/d", deletes=True)]),
        ("cp a b/", [Write("/r/b/a", source="/r/a", certain=True)]),
        ("mv a b", [Write("/r/b", source="/r/a"), Write("/r/a", deletes=True)]),
        ("git commit -m \"$(cat <<'EOF'\nfix > it\nEOF\n)\"", []),
    ],
)
def test_writes(line: str, writes: list[Write]) -> None:
    assert list(effects(line, "/r").writes) == writes


@pytest.mark.parametrize(
    "line",
    [
        "ls -la | head -5",
        "cd x && git status --short && git log --oneline | head",
        "git -C sub diff HEAD~1 -- a.py",
        "find . -name '*.py'",
        "grep -rn foo src 2>/dev/null; echo $?",
        "gofmt -l . && prettier --check src && black --check .",
        "awk '{print $1}' f",
        "gh pr view 3 --json title",
        "timeout 5 env A=1 cat f",
        "for f in a b; do wc -l $f; done",
        "tsc --noEmit",
    ],
)
def test_read_only(line: str) -> None:
    assert effects(line, "/r").read_only


@pytest.mark.parametrize(
    "line",
    [
        "python3 fix.py",
        "./run.sh",
        "xargs sed -i s/a/b/ < files",
        "find . -name x -delete",
        "eval ls",
        "go generate ./...",
        "npm run build",
        "echo 'open",
        "echo x > $OUT",
        "rm *.pyc",
        "git checkout -- a.py",
        "git stash",
        "cp -r a b",
        "$CMD",
        "curl -o a http://x",
    ],
)
def test_may_write_anything(line: str) -> None:
    found = effects(line, "/r")
    assert found.opaque
    assert not found.read_only


@pytest.mark.parametrize(
    ("line", "formatters", "linters", "tests"),
    [
        ("gofmt -w . && go test ./...", ("gofmt",), (), ("go test",)),
        ("npx prettier --write src", ("prettier",), (), ()),
        ("uv run ruff format . && uv run ruff check --fix .", ("ruff format",), ("ruff check",), ()),
        ("npx eslint src", (), (), ()),
        ("npx eslint --fix src", (), ("eslint",), ()),
        ("python -m black src && python3 -m pytest -q", ("black",), (), ("pytest",)),
        ("cargo fmt && cargo clippy && cargo test", ("cargo fmt",), ("cargo clippy",), ("cargo test",)),
        ("npm run lint:fix && npm test", (), ("npm",), ("npm",)),
        ("mise run fmt && mise run test:ci", ("mise",), (), ("mise",)),
        ("make check", (), (), ("make",)),
        ("pre-commit run -a", ("pre-commit",), (), ()),
    ],
)
def test_formatters_linters_tests(
    line: str, formatters: tuple[str, ...], linters: tuple[str, ...], tests: tuple[str, ...]
) -> None:
    found = effects(line, "/r")
    assert (found.formatters, found.linters, found.tests) == (formatters, linters, tests)


@pytest.mark.parametrize(
    ("line", "passed", "failed"),
    [
        ("pytest", True, True),
        ("cd x && pytest -q", True, True),
        ("make build && pytest", True, False),
        ("pytest && git push", True, False),
        ("pytest | tail -5", False, False),
        ("pytest || true", False, False),
        ("pytest; echo $?", False, False),
        ("pytest a && pytest b", True, False),
        ("if x; then pytest; fi", False, False),
    ],
)
def test_what_the_exit_code_says_of_the_tests(line: str, passed: bool, failed: bool) -> None:
    found = effects(line, "/r")
    assert (found.passed_if_ok, found.failed_if_failed) == (passed, failed)


def test_git_commands_with_their_folders() -> None:
    line = "cd sub && git stash && git -C ../other checkout main -- a.py; git -c x=y commit -m 'x'"
    assert effects(line, "/r").git == (("stash", "/r/sub"), ("checkout", "/r/other"), ("commit", "/r/sub"))


def test_nothing_does_nothing() -> None:
    assert effects("") == Effects(read_only=True)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("===== 3 passed in 0.1s =====", "passed"),
        ("== 1 failed, 3 passed in 0.1s ==", "failed"),
        ("--- FAIL: TestX (0.00s)\nFAIL\tpkg\t0.1s", "failed"),
        ("ok  \tpkg/a\t0.1s\nok  \tpkg/b\t0.1s", None),
        ("Tests:       1 failed, 4 passed, 5 total", "failed"),
        ("Tests:       4 passed, 4 total", "passed"),
        (" 12 pass\n 0 fail\n", "passed"),
        (" 12 pass\n 1 fail\n", "failed"),
        ("test result: FAILED. 1 passed; 1 failed", "failed"),
        ("  7 passing (1s)\n  2 failing", "failed"),
        ("0 failures", None),
        ("all good", None),
    ],
)
def test_verdicts(output: str, expected: str | None) -> None:
    assert verdict(output) == expected
