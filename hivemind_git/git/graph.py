"""The graph of the commits that changed a folder, drawn by git itself: its simplification, its edges, its colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hivemind_git.errors import HivemindError
from hivemind_git.git import process
from hivemind_git.git.objects import Repository

_ROWS = 12
_COMMIT, _ROW = "\x01", "\x02"


@dataclass(frozen=True, slots=True)
class Node:
    """A commit with what git draws left of it: `first` beside its first line, `rows` beside the next ones.

    The last row may be repeated for as long as there is text; the edges have come to rest by then.
    """

    commit: str
    subject: str
    first: str
    rows: tuple[str, ...]
    between: tuple[str, ...]

    def beside(self, lines: Sequence[str]) -> list[str]:
        """The text of the commit with the graph on its left; where the text ends, edges still go where they go."""
        rest = self.rows[-1]
        moving = [row for row in self.rows if row != rest]
        texts = [*lines[1:], *[""] * (len(moving) - len(lines) + 1)]
        rows = [*self.rows, *[rest] * (len(texts) - len(self.rows))][: len(texts)]
        told = [self.first + lines[0], *(row + text for row, text in zip(rows, texts, strict=True))]
        return [line.rstrip() for line in (*told, *self.between)]


def draw(repository: Repository, tip: str, paths: Sequence[str], *, colour: bool) -> list[Node]:
    """The commits reachable from `tip` that changed one of the paths, and the merges that join them, in git's order.

    Raises:
        HivemindError: git is missing, or cannot walk the history.
    """
    form = f"--format=tformat:%x01%H%x01%s{f'%n{_ROW}' * _ROWS}"
    walk = ["log", "--graph", "--full-history", "--simplify-merges", f"--color={'always' if colour else 'never'}"]
    command = [f"--git-dir={repository.git_dir}", "-c", "log.showSignature=false", *walk, "--no-patch", form, tip]
    done = process.run([*command, "--", *paths], extra={"GIT_LITERAL_PATHSPECS": "1"})
    if done.returncode:
        raise HivemindError(f"git could not draw the history: {process.last_words(done)}", "`git fsck` may say more.")
    nodes: list[Node] = []
    for line in done.stdout.decode("utf-8", "replace").split("\n")[:-1]:
        if _COMMIT in line:
            first, commit, subject = line.split(_COMMIT, 2)
            nodes.append(Node(commit, subject, first, (), ()))
        elif nodes:
            nodes[-1] = _longer(nodes[-1], line)
    return nodes


def _longer(node: Node, line: str) -> Node:
    prefix, row, _ = line.partition(_ROW)
    if row:
        return Node(node.commit, node.subject, node.first, (*node.rows, prefix), node.between)
    return Node(node.commit, node.subject, node.first, node.rows, (*node.between, line))
