"""Layout alone, as formatters printed it."""

from __future__ import annotations

import pytest

from hivemind_git.corrections import bare


def _lines(text: str) -> list[bytes]:
    return text.encode().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a = f(x,y)\n", "a = f(x, y)\n"),
        ("f(\n    a,\n    b,\n)\n", "f(a, b)\n"),
        ("let x = 'one'\n", 'let x = "one";\n'),
        ("return (\n  <p>text</p>\n)\n", "return <p>text</p>\n"),
        ('type T = "a" | "b";\n', 'type T =\n\t| "a"\n\t| "b";\n'),
        ("const n = data?.n as\n\t| number\n\t| undefined;\n", "const n = data?.n as number | undefined;\n"),
        ("//   code\n", "//\n//\tcode\n//\n"),
        ("\tOne string\n\tLonger int\n", "\tOne    string\n\tLonger int\n"),
        ("x\n", "x\n\n"),
        ("no end", "no end\n"),
        ("one\r\ntwo\r\n", "one\ntwo\n"),
        ("x = 'it\\'s'\n", 'x = "it\'s"\n'),
        ("| a | b |\n|---|---|\n", "| a  | b  |\n| -- | -- |\n".replace("--", "------")),
        ("* one\n* two\n", "- one\n- two\n"),
        (
            "    with open(src, 'rb') as inn,\\\n         open(dst, 'wb') as out:\n",
            '    with open(src, "rb") as inn, open(dst, "wb") as out:\n',
        ),
        (
            "energy = S.Half * mass * dot(vel(frame),\n                             vel(frame))\n",
            "energy = (\n    S.Half\n    * mass\n    * dot(vel(frame), vel(frame))\n)\n",
        ),
        (
            "if (self.encoding == 'utf-8'):\n    x = 0XFF + 1E5 + 10.50\n",
            'if self.encoding == "utf-8":\n    x = 0xFF + 1e5 + 10.5\n',
        ),
        (
            'LOG.debug("already exists at {0}. "\n          "Skipping".format(path))\n',
            'LOG.debug(\n    "already exists at {0}. Skipping".format(\n        path\n    )\n)\n',
        ),
        ("x = u'a'\n", 'x = "a"\n'),
        ("x = bR'a'\n", 'x = rb"a"\n'),
        ("bitmap: list[Register] = []  # These use bitmaps\n", "# These use bitmaps\nbitmap: list[Register] = []\n"),
        (
            "    # Eagerly validate it; it is read lazily when an assertion fails.\n",
            "    # Eagerly validate it; it is read lazily when an\n    # assertion fails.\n",
        ),
        ("}\n", "} // namespace llvm\n"),
        (
            '#define NS ((const xmlChar *) "http://exslt.org")\n',
            '#define NS                          \\\n  ((const xmlChar *)"http://exslt.org")\n',
        ),
        (
            "/// \\return true if all are aligned, false otherwise\n",
            "/// \\return true if all are aligned, false\n/// otherwise\n",
        ),
        ("let at = LEAF\n    + chunk / 2\n    + ch % CHUNK;\n", "let at = LEAF + chunk / 2 + ch % CHUNK;\n"),
        (
            "(lower, Some(upper)) if lower == upper => {\n    Some(upper)\n}\n",
            "(lower, Some(upper)) if lower == upper => Some(upper),\n",
        ),
        ("  'escape': reEscape,\n  'variable': ''\n", '  escape: reEscape,\n  variable: "",\n'),
        (
            "  box-shadow: 0 1px rgba(60, 64, 67, .3), 0 1px #FF0000;\n  margin: 1.0em;\n",
            "  box-shadow:\n    0 1px rgba(60, 64, 67, 0.3),\n    0 1px #ff0000;\n  margin: 1em;\n",
        ),
        ("[type=search]:hover {\n", '[type="search"]:hover {\n'),
        ("on the *[Using\nderive]* page of serde\\_json\n", "on the _[Using\nderive]_ page of serde_json\n"),
        ("````\n", "```\n"),
        ("### ```checker -fix```\n", "### `checker -fix`\n"),
        ("- **`derive`** *(on by default)* __too__\n", "- **`derive`** _(on by default)_ **too**\n"),
        ("if [ \"`pwd | cut -b1`\" != '/' ] ; then\n", "if [ \"$(pwd | cut -b1)\" != '/' ]; then\n"),
        ("fi \\\n    | sed 's/a//' \\\n    | sort\n", "fi |\n\tsed 's/a//' |\n\tsort\n"),
        ("if (done)\n    return;\n", "if (done)\n    {return;}\n"),
        ("if (done) return true;\n", "if (done) {return true;}\n"),
        ("Some(unsafe {\n    f()\n})\n", "Some(unsafe { f() })\n"),
        ("b'\\xFE\\x00'\n", 'b"\\xfe\\x00"\n'),
        ("} // End legacy namespace\n", "} // namespace legacy\n"),
        ("|:----:|--|\n", "| :-: | --- |\n"),
        (
            "x: string | Record<string, string | number> | [a, b];\n",
            "x:\n  | string\n  | Record<\n      string,\n      string | number\n    >\n  | [a, b];\n",
        ),
        ("type F = ((a: A) => number | {\n", "type F =\n  | ((a: A) =>\n      | number\n      | {\n"),
    ],
)
def test_layout_alone(before: str, after: str) -> None:
    assert bare.same(_lines(before), _lines(after))
    assert bare.same(_lines(after), _lines(before))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("return a\n", "return b\n"),
        ("if a < b:\n", "if a <= b:\n"),
        ("f(a)\n", "f(a) // why\n"),
        ('type T = "a" | "b";\n', 'type T = "a" & "b";\n'),
        ("if (x) {\n    a();\n}\nb();\n", "if (x) {\n    a();\n    b();\n}\n"),
        ("# run(a)\n", "run(a)\n"),
        ("x = 1.0\n", "x = 1\n"),
        ("x = 'name'\n", "x = name\n"),
        ("} // TODO: close it\n", "}\n"),
        ("const {data} = get();\n", "const data = get();\n"),
        ("i--;\n", "i-;\n"),
        ("a * b\n", "a + b\n"),
        ("color: #ff0000;\n", "color: #ff0001;\n"),
        ('case "a": run();\n', "case a: run();\n"),
        ("", "x\n"),
    ],
)
def test_more_than_layout(before: str, after: str) -> None:
    assert not bare.same(_lines(before), _lines(after))
