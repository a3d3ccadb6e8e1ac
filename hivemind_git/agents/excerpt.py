"""Long texts cut to their start and end."""

from __future__ import annotations

KEPT = 2000


def excerpt(said: str, kept: int = KEPT) -> str:
    """The first and last `kept` characters, with the number of those left out between them."""
    left = len(said) - 2 * kept
    return said if left <= 0 else f"{said[:kept]}\n…[{left} characters]…\n{said[-kept:]}"
