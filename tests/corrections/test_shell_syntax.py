from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hivemind_git.corrections.shell_syntax import Script, parse

COMMIT = """git commit -m "$(cat <<'EOF'
it's (not) a "file" > write
EOF
)" && git push"""


def shape(line: str) -> list[str]:
    """Each command as one line: how it is joined, its words, where its output goes, what it is in."""
    return [
        " ".join(
            [
                simple.joined or "-",
                *(word.text if word.literal else f"~{word.text}" for word in simple.words),
                *(f"{redirect.operator}{redirect.target.text}" for redirect in simple.redirects),
                *(["piped"] if simple.piped else []),
                *(["background"] if simple.background else []),
                *(["maybe"] if simple.conditional else []),
                *(["inside"] if simple.substituted else []),
            ]
        )
        for simple in parse(line).commands
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", []),
        ("# only a comment", []),
        ("ls -la # not this", ["- ls -la"]),
        ("echo a#b", ["- echo a#b"]),
        ("a && b || c; d | e & f", ["- a", "&& b", "|| c", "; d piped background", "| e background", "; f"]),
        ("a &&\n  b", ["- a", "&& b"]),
        ("a \\\n -b", ["- a -b"]),
        ("X=1 Y='2 3' cmd", ["- cmd"]),
        ("echo 'it''s' \"a b\" c\\ d", ["- echo its a b c d"]),
        ("echo $HOME ~/x *.py a{b,c}", ["- echo ~$HOME ~~/x ~*.py ~a{b,c}"]),
        ('echo "$HOME" \'$HOME\' "a\\$b"', ["- echo ~$HOME $HOME a$b"]),
        ("echo $'a' $'a\\n'", ["- echo a ~a\\n"]),
        ("echo $(date > when) `who`", ["- date >when inside", "- who inside", "- echo ~$(date > when) ~`who`"]),
        ("diff <(sort a) <(sort b)", ["- sort a inside", "- sort b inside", "- diff ~ ~"]),
        ("(cd x && make) > log", ["- cd x", "&& make", "- ) >log"]),
        ("{ a; b; } > log 2>&1", ["- a", "; b", "; ) >log >&1"]),
        ("for f in *.py; do rm $f; done", ["; rm ~$f maybe"]),
        ("for ((i=0;i<3;i++)); do a; done", ["; a maybe"]),
        ("((i > 3)) && a", ["&& a"]),
        ("if [[ $a == b && -f c ]]; then x; elif y; then z; else w; fi; v", None),
        ("while read l; do echo $l; done < in", ["- read l maybe", "; echo ~$l maybe", "; ) <in"]),
        ("case $x in\n a|b) foo;;\n *) bar > q ;;\nesac\nbaz", ["- foo maybe", "; bar >q maybe", "; baz"]),
        ("f() { rm x; }; f", ["- rm x maybe", "; f"]),
        ("cmd 2>&1 >/dev/null &>all >>more", ["- cmd >&1 >/dev/null &>all >>more"]),
        ("time sleep 1", ["- sleep 1"]),
        (COMMIT, None),
    ],
)
def test_lines_agents_write(line: str, expected: list[str] | None) -> None:
    found = shape(line)
    if line == COMMIT:
        assert [each.split(" ")[:2] for each in found] == [["-", "cat"], ["-", "git"], ["&&", "git"]]
    elif expected is None:
        assert [each.split(" ")[1] for each in found] == ["~[[", "x", "y", "z", "w", "v"]
    else:
        assert found == expected
    assert parse(line).understood


@pytest.mark.parametrize(
    ("line", "body", "literal"),
    [
        ("cat > f <<'EOF'\n$a `b`\nEOF\n", "$a `b`\n", True),
        ('cat > f <<"EOF"\n$a\nEOF', "$a\n", True),
        ("cat > f <<\\EOF\n$a\nEOF", "$a\n", True),
        ("cat > f <<EOF\nplain\nEOF", "plain\n", True),
        ("cat > f <<EOF\n$a\nEOF", "$a\n", False),
        ("cat > f <<-EOF\n\t\tx\n\tEOF\n", "x\n", True),
        ("cat > f <<'EOF'\nEOFX\n EOF\nEOF", "EOFX\n EOF\n", True),
        ("cat > f <<'EOF'\nno end", "no end\n", True),
    ],
)
def test_heredocs(line: str, body: str, literal: bool) -> None:
    (simple,) = parse(line).commands
    heredoc = simple.redirects[1].body
    assert heredoc is not None
    assert (heredoc.text, heredoc.literal) == (body, literal)


def test_two_heredocs_on_a_line_belong_to_their_commands() -> None:
    bodies = [simple.redirects[0].body for simple in parse("cat <<A && cat <<B\na\nA\nb\nB\nls").commands[:2]]
    assert [body.text for body in bodies if body] == ["a\n", "b\n"]


@pytest.mark.parametrize(
    "line", ["echo 'open", 'echo "open', "echo $(open", "a )", "echo `open", "case x in a", "if ((", "(" * 99]
)
def test_what_is_no_shell_is_not_understood(line: str) -> None:
    assert not parse(line).understood


@given(st.text(alphabet=" \n'\"$`(){}<>|&;#\\ab=-[]*", max_size=60))
def test_any_text_gives_an_answer(line: str) -> None:
    assert isinstance(parse(line), Script)
