"""Who wrote each line of the images that a history met, by path and content.

Agent lines come from the edits; a line is a person's only where the derivation found a correction by hand that wrote
it. All else is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from hivemind_git.corrections.departures import Comparison
from hivemind_git.corrections.derive import examine
from hivemind_git.corrections.evidence import Evidence
from hivemind_git.corrections.lines import Origin, Writer, place_of
from hivemind_git.model import CorrectionOrigin, DiffFunction


@dataclass(frozen=True, slots=True)
class Attribution:
    """The origins of the lines of every image met, in the order of its lines."""

    images: Mapping[tuple[str, bytes], tuple[Origin, ...]]

    def of(self, path: str, content: bytes) -> tuple[Origin, ...] | None:
        """The origins of one image's lines; None where it was never met."""
        return self.images.get((path, content))


def attribute(evidence: Evidence, diff: DiffFunction) -> Attribution:
    """Who wrote each line, as far as the evidence tells."""
    findings, walks = examine(evidence, diff, whole=True)
    by_hand: dict[Comparison, set[tuple[str, int]]] = defaultdict(set)
    for finding in findings:
        if finding.reported and finding.by_hand and finding.origin is CorrectionOrigin.HUMAN:
            hunk, comparison = finding.residual.hunk, finding.residual.comparison
            place = place_of(comparison.event, comparison.path)
            by_hand[comparison].update((place, i) for i in range(hunk.after_start, hunk.after_end))
    images = {}
    for walk in walks:
        ours = {place for comparison in walk.comparisons for place in by_hand.get(comparison, ())}
        for key, version in walk.versions.items():
            images[key] = tuple(_named(origin, ours) for origin in version.origins)
    return Attribution(images)


def _named(origin: Origin, by_hand: set[tuple[str, int]]) -> Origin:
    if origin.writer is Writer.UNKNOWN and (origin.event, origin.number) in by_hand:
        return origin._replace(writer=Writer.HUMAN)
    return origin
