from __future__ import annotations

import pytest
from rules.rule_examples import correction

from hivemind_git.rules.cluster import cluster

EXAMPLES = {
    "call": (
        "python",
        [
            ('    print("a", x)', '    logger.info("a", x)'),
            ("print(foo(y))", "logger.info(foo(y))"),
            ('x = 1; print("z")', 'x = 1; logger.info("z")'),
        ],
        ("print($0)", "logger.info($0)"),
    ),
    "arguments that stay": (
        "python",
        [
            ("self.assertEquals(a, b)", "assert a == b"),
            ("self.assertEquals(foo(x), b)", "assert foo(x) == b"),
            ("self.assertEquals(z.y, [1, 2])", "assert z.y == [1, 2]"),
        ],
        ("self.assertEquals($0, $1)", "assert $0 == $1"),
    ),
    "operator": (
        "python",
        [
            ("if x == None:", "if x is None:"),
            ("return y == None", "return y is None"),
            ("while foo(a) == None:", "while foo(a) is None:"),
        ],
        ("== None", "is None"),
    ),
    "argument put in": (
        "python",
        [
            ("r = requests.get(url)", "r = requests.get(url, timeout=10)"),
            ("return requests.get(base + path, params=p)", "return requests.get(base + path, params=p, timeout=10)"),
            ("requests.get(u).json()", "requests.get(u, timeout=10).json()"),
        ],
        ("requests.get($0)", "requests.get($0, timeout=10)"),
    ),
    "value of an argument": (
        "python",
        [
            ("subprocess.run(cmd, shell=True)", "subprocess.run(cmd, shell=False)"),
            ("subprocess.call(c, shell=True, cwd=d)", "subprocess.call(c, shell=False, cwd=d)"),
            ("run(x, shell=True)", "run(x, shell=False)"),
        ],
        ("shell=True", "shell=False"),
    ),
    "a word that moves": (
        "python",
        [
            ("if not x in y:", "if x not in y:"),
            ("return not k in d", "return k not in d"),
            ("if not foo(a) in bar:", "if foo(a) not in bar:"),
        ],
        ("not $0 in", "$0 not in"),
    ),
    "values that change places": (
        "java",
        [
            ('if (a.equals("x")) {', 'if ("x".equals(a)) {'),
            ('return name.equals("bob");', 'return "bob".equals(name);'),
            ('x = t.equals("q") ? 1 : 2;', 'x = "q".equals(t) ? 1 : 2;'),
        ],
        ('$0.equals("$1")', '"$1".equals($0)'),
    ),
    "a hole that returns": (
        "go",
        [
            ("for i := 0; i < n; i++ {", "for i := range n {"),
            ("for l := 0; l < maxLanes; l++ {", "for l := range maxLanes {"),
            ("\tfor i := 0; i < total; i++ {", "\tfor i := range total {"),
        ],
        ("for $0 := 0; $0 < $1; $0++", "for $0 := range $1"),
    ),
    "inside of names": (
        "typescript",
        [
            ("const u = getUser(id)", "const u = fetchUser(id)"),
            ("return await getOrder(o.id)", "return await fetchOrder(o.id)"),
            ("getInvoice()", "fetchInvoice()"),
        ],
        ("get$0($1)", "fetch$0($1)"),
    ),
    "inside of strings": (
        "go",
        [
            ('x := fmt.Sprintf("- %s", desc)', 'x := "- " + desc'),
            ('r.M = fmt.Sprintf("Session: %s", id)', 'r.M = "Session: " + id'),
            ('return fmt.Sprintf("Rewound to: %s", id[:8])', 'return "Rewound to: " + id[:8]'),
        ],
        ('fmt.Sprintf("$0 %s", $1)', '"$0 " + $1'),
    ),
    "one line that becomes two": (
        "go",
        [
            (
                "if exitErr, ok := err.(*exec.ExitError); ok {",
                "exitErr := &exec.ExitError{}\nif errors.As(err, &exitErr) {",
            ),
            ("if pe, ok := err.(*os.PathError); ok {", "pe := &os.PathError{}\nif errors.As(err, &pe) {"),
            ("if x, ok := e.(*a.B); ok {", "x := &a.B{}\nif errors.As(e, &x) {"),
        ],
        ("if $0, ok := $1.(*$2); ok", "$0 := &$2{}\nif errors.As($1, &$0)"),
    ),
    "a directive taken away": (
        "go",
        [
            (
                "\treturn os.WriteFile(p, b, 0o644) //nolint:gosec // test helper",
                "\treturn os.WriteFile(p, b, 0o644)",
            ),
            ("x() //nolint:gosec // test only", "x()"),
            ("//nolint:goconst // tmp", ""),
        ],
        ("//nolint:$0", ""),
    ),
    "a call taken away": (
        "javascript",
        [('console.log("a", b);', ""), ("  console.log(x)", ""), ("console.log({a, b});", "")],
        ("console.log($0)", ""),
    ),
    "a suffix": (
        "rust",
        [
            ("let x = foo().unwrap();", "let x = foo()?;"),
            ("bar(y).unwrap().baz()", "bar(y)?.baz()"),
            ("    z.unwrap()", "    z?"),
        ],
        (".unwrap()", "?"),
    ),
}


@pytest.mark.parametrize(("language", "edits", "expected"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_three_edits_have_one_template(language: str, edits: list[tuple[str, str]], expected: tuple[str, str]) -> None:
    corrections = [correction(number, *edit, language) for number, edit in enumerate(edits)]
    drafts = cluster(corrections, min_decisions=3)
    assert [(draft.template.before, draft.template.after, draft.corrections) for draft in drafts] == [
        (*expected, (0, 1, 2))
    ]


def test_all_of_them_together_stay_apart() -> None:
    edits = [(language, *edit) for language, group, _ in EXAMPLES.values() for edit in group]
    corrections = [
        correction(number, before, after, language) for number, (language, before, after) in enumerate(edits)
    ]
    drafts = cluster(corrections, min_decisions=3)
    assert {(draft.template.before, draft.template.after) for draft in drafts} == {e for _, _, e in EXAMPLES.values()}
