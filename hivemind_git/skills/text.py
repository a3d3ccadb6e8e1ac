"""Makes foreign text safe to stand in a skill: what people and agents wrote stays text, whatever it holds."""

from __future__ import annotations

import re
import unicodedata

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_VARIATION_SUPPLEMENT = range(0xE0100, 0xE01F0)
_HTML_START = re.compile(r"<(?=[A-Za-z/!?])")
_LINK = re.compile(r"\](?=[(\[])")
_ARROW = re.compile(r"[-=]+>")


def hidden(char: str) -> bool:
    """Whether a character shows nothing, or changes how its neighbours show (controls, direction marks, tags).

    Line feed and tab are not hidden. Variation selectors beyond the sixteen that emoji use carry smuggled text.
    """
    if char in "\n\t":
        return False
    return unicodedata.category(char) in _HIDDEN or ord(char) in _VARIATION_SUPPLEMENT


def visible(text: str) -> str:
    r"""The text with every hidden character spelled out as `\u202e`, and line ends as LF."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(f"\\u{ord(char):04x}" if hidden(char) else char for char in unified)


def flat(text: str) -> str:
    """One visible line, runs of white space as one space."""
    return " ".join(visible(text).split())


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the cut marked by an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def code(text: str, limit: int = 160) -> str:
    """A Markdown code span that shows the text on one line; line ends show as `⏎`."""
    lines = [line.strip() for line in visible(text).strip("\n").split("\n")]
    shown = cut(" ⏎ ".join(lines), limit) or " "
    fence = "`" * (max((len(run) for run in re.findall(r"`+", shown)), default=0) + 1)
    pad = " " if "`" in (shown[0], shown[-1]) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(markdown: str) -> str:
    """Markdown that may stand in a table cell: a pipe ends a cell even inside a code span."""
    return markdown.replace("|", r"\|")


def prose(text: str, limit: int = 200) -> str:
    """One line of Markdown that shows the text itself: no HTML, no links or images, no open comment."""
    shown = cut(flat(text), limit).replace("\\", "\\\\")
    return _LINK.sub(r"]\\", _HTML_START.sub(r"\\<", shown))


def diff(before: str, after: str, lines: int = 6, width: int = 160) -> str:
    """The body of a fenced diff: removed lines, then added ones, at most `lines` of them in all.

    Each line begins with `-`, `+` or a space, so none can close the fence or look like a mark of ours.
    """
    removed = ["- " + cut(line, width) for line in visible(before).strip("\n").split("\n") if before.strip()]
    added = ["+ " + cut(line, width) for line in visible(after).strip("\n").split("\n") if after.strip()]
    keep_removed = max(lines // 2, lines - len(added))
    keep_added = max(lines - len(removed), lines - keep_removed)
    return "\n".join(_at_most(removed, keep_removed) + _at_most(added, keep_added))


def _at_most(rows: list[str], limit: int) -> list[str]:
    if len(rows) <= limit:
        return rows
    return [*rows[: limit - 1], f"{rows[0][0]} … ({len(rows) - limit + 1} more lines)"]


def yaml_line(text: str, limit: int) -> str:
    """A double-quoted YAML scalar on one line, as the strictest reader of skills takes it.

    No angle brackets (clients refuse them), no `---` (the reference validator splits the frontmatter there), no inner
    double quotes (simple readers end at the first).
    """
    line = _ARROW.sub("→", flat(text)).replace("<", " ").replace(">", " ").replace('"', "'")
    line = cut(" ".join(re.sub(r"-{3,}", "--", line).split()), limit)
    return '"' + line.replace("\\", "\\\\") + '"'


def slug(text: str) -> str:
    """Lower-case words of ASCII letters and digits joined by hyphens; `snake_case` and `camelCase` are taken apart."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", unicodedata.normalize("NFKD", text))
    return re.sub(r"[^a-z0-9]+", "-", spaced.encode("ascii", "ignore").decode().lower()).strip("-")
