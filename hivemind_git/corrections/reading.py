"""What the text of a departure says by itself: of the file as a whole, of its layout, of what stands where."""

from __future__ import annotations

from hivemind_git.corrections import bare, noise
from hivemind_git.corrections.departures import Comparison, Residual
from hivemind_git.corrections.why import Verdict, Why


def file(comparison: Comparison) -> Verdict | None:
    """What the file as a whole says."""
    marked = comparison.commit.generated if comparison.commit else frozenset[str]()
    if not comparison.accepted:
        return Verdict(Why.DELETED, "the file was not there")
    if noise.generated(comparison.path, marked, comparison.reference.lines):
        return Verdict(Why.GENERATED, "the file is made by a program")
    if comparison.conflicted:
        return Verdict(Why.GIT_OPERATION, "a merge conflict stood in the file")
    return None


def layout(residual: Residual) -> Verdict | None:
    """Whether the agent's text is still there, laid out differently."""
    comparison = residual.comparison
    if residual.index in comparison.unwritten:
        return Verdict(Why.GENERATED, "the notebook's program wrote it when it was run")
    if residual.index in comparison.formatted:
        return Verdict(Why.FORMATTER, "only the layout differs")
    if noise.recoded(residual.before, residual.after):
        return Verdict(Why.FORMATTER, "only the encoding differs")
    if residual.before and _survive(residual):
        return Verdict(Why.FORMATTER, "the agent's lines differ in layout alone; what is new stands beside them")
    return None


def imports(residual: Residual) -> Verdict | None:
    """Whether imports alone differ. Sorted ones are no moved lines, which would speak of another writer."""
    above = residual.comparison.reference.lines[: residual.hunk.before_start]
    if noise.imports(residual.before, residual.after, above):
        return Verdict(Why.IMPORTS, "only imports differ: they follow from other changes")
    return None


def moved(residual: Residual) -> Verdict | None:
    """Whether the agent's text stands at another place."""
    if residual.index in residual.comparison.moved:
        return Verdict(Why.MOVED, "the same lines stand elsewhere in the file")
    return None


def text(residual: Residual) -> Verdict | None:
    """What the changed text alone says."""
    lines, start = residual.comparison.reference.lines, residual.hunk.before_start
    if noise.redacted(residual.before, residual.after):
        return Verdict(Why.REDACTION, "the record of the session masks this text")
    if not residual.before and noise.whole_block(residual.after, lines[start:]):
        return Verdict(Why.ADDITION, "new text was put between the agent's; the agent's own was left as it was")
    return None


def _survive(residual: Residual) -> bool:
    """Whether each of the agent's lines stands among the accepted ones, perhaps laid out anew."""
    accepted = {bare.line(line) for line in residual.after}
    return all(bare.line(residual.comparison.reference.lines[i]) in accepted for i in residual.lines)
